// The lines that HTTP probes leave in the access logs of those they ask: worked out when a log is read.
// Called by: logs.ts. Must not know: results of probes.
import type { Probe } from 'kubernetes-types/core/v1';
import type { LogLine } from '../images/image.ts';
import { firstTickMs, periodMs, tickAtOrAfter } from './probeticks.ts';
import { probeRequest } from './probes.run.ts';
import { programOf } from './process.ts';
import type { ContainerRun } from './view.ts';

/** Of each probe the lines of this many runs are kept. */
const MAX_TICKS = 500;

/** Returns the lines with fromMs <= at < toMs, in no order. */
export function probeLogLines(run: ContainerRun, fromMs: number, toMs: number): LogLine[] {
  const { startupProbe, livenessProbe, readinessProbe } = run.container;
  const startup = run.record?.containers?.[run.container.name]?.run?.probes?.startup;
  const startedMs = startup && startup.successes > 0 ? startup.lastMs : undefined;
  const lines: LogLine[] = [];
  const add = (probe: Probe | undefined, sinceMs: number, untilMs: number): void => {
    if (probe?.httpGet) lines.push(...linesOf(run, probe, Math.max(fromMs, sinceMs), Math.min(toMs, untilMs)));
  };
  add(startupProbe, 0, startedMs === undefined ? toMs : startedMs + 1);
  const afterStartup = startupProbe ? (startedMs ?? Number.POSITIVE_INFINITY) + 1 : 0;
  add(livenessProbe, afterStartup, toMs);
  add(readinessProbe, afterStartup, toMs);
  return lines;
}

function linesOf(run: ContainerRun, probe: Probe, fromMs: number, toMs: number): LogLine[] {
  const program = programOf(run);
  const { request, port } = probeRequest(run, probe);
  const listens = program.listens().find((l) => l.port === port);
  if (!program.handle || !program.accessLog || port === undefined || !listens || probe.httpGet?.scheme === 'HTTPS')
    return [];
  const lines: LogLine[] = [];
  const sinceMs = Math.max(
    fromMs,
    listens.sinceMs,
    toMs - MAX_TICKS * periodMs(probe),
    firstTickMs(run.startedAtMs, probe),
  );
  for (let atMs = tickAtOrAfter(run.startedAtMs, probe, sinceMs); atMs < toMs; atMs += periodMs(probe)) {
    const response = program.handle(request, port, atMs);
    if (response) lines.push(...program.accessLog(request, response, atMs));
  }
  return lines;
}
