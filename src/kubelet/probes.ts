// Liveness, readiness and startup probes: when they run, what they find, what follows from it.
// Passing probes are worked out, not scheduled: after a pass the next look is when something can have changed.
// Called by: stages.run.ts. Must not know: how containers are started. Upstream: kubernetes pkg/kubelet/prober.
import type { Probe } from 'kubernetes-types/core/v1';
import { parseTime } from '../machinery/clock.ts';
import type { ContainerStatus } from './apitypes.ts';
import { runProbe, type ProbeResult } from './probes.run.ts';
import { firstTickMs, periodMs, tickAtOrAfter } from './probeticks.ts';
import type { ProbeKind, ProbeRecord } from './podrecord.ts';
import { programOf } from './process.ts';
import { stopContainer } from './stopping.ts';
import { runOf, type Due } from './runof.ts';
import type { ContainerSpec, PodWork } from './work.ts';

const FAILURE_THRESHOLD = 3;

export function probeSpec(container: ContainerSpec, kind: ProbeKind): Probe | undefined {
  if (kind === 'startup') return container.startupProbe;
  return kind === 'readiness' ? container.readinessProbe : container.livenessProbe;
}

/** Which probes run now: the startup probe alone until it has passed. */
function activeKinds(container: ContainerSpec, status: ContainerStatus): ProbeKind[] {
  const kinds: ProbeKind[] = status.started ? ['liveness', 'readiness'] : ['startup'];
  return kinds.filter((kind) => probeSpec(container, kind));
}

function recordOf(work: PodWork, container: ContainerSpec, kind: ProbeKind): ProbeRecord | undefined {
  return work.existingRun(container.name)?.probes?.[kind];
}

interface NextTick extends Due {
  kind: ProbeKind;
}

/** Returns the next instant at which a probe has to be looked at, and which. */
function nextTick(work: PodWork, container: ContainerSpec, status: ContainerStatus): NextTick | undefined {
  if (work.existingRun(container.name)?.stopping) return undefined;
  let next: NextTick | undefined;
  for (const kind of activeKinds(container, status)) {
    const tick = tickOf(work, container, status, kind);
    if (tick && (!next || tick.atMs < next.atMs)) next = { ...tick, kind };
  }
  return next;
}

function tickOf(work: PodWork, container: ContainerSpec, status: ContainerStatus, kind: ProbeKind): Due | undefined {
  const probe = probeSpec(container, kind);
  const startedMs = parseTime(status.state.running?.startedAt);
  if (!probe || startedMs === undefined) return undefined;
  const record = recordOf(work, container, kind);
  const isSettled = isSteady(status, kind, record, probe);
  if (!isSettled) {
    const lastMs = record?.lastMs;
    const atMs =
      lastMs === undefined
        ? tickAtOrAfter(startedMs, probe, startOfKind(work, status, kind))
        : lastMs + waitMs(probe, record);
    const hasNews = countsDown(kind, record, probe) || willChangeSoon(work, container, status, startedMs);
    return {
      atMs: Math.max(atMs, firstTickMs(startedMs, probe)),
      isBackground: (record?.failures ?? 0) > 0 && !hasNews,
    };
  }
  const since = record?.lastMs ?? firstTickMs(startedMs, probe);
  const change = nextChange(work, container, status, since);
  if (!change) return undefined;
  // What somebody did is waited for; what the container does by itself some day is not.
  return { atMs: tickAtOrAfter(startedMs, probe, Math.max(change.atMs, since + 1)), isBackground: !change.isOutside };
}

/** Liveness and readiness begin when the container counts as started. */
function startOfKind(work: PodWork, status: ContainerStatus, kind: ProbeKind): number {
  const startup = work.existingRun(status.name)?.probes?.startup;
  return kind === 'startup' || !startup ? 0 : startup.lastMs + 1;
}

/** Failures that will soon make a difference are waited for; those that only go on are not. */
function countsDown(kind: ProbeKind, record: ProbeRecord | undefined, probe: Probe): boolean {
  return kind !== 'readiness' && (record?.failures ?? 0) < (probe.failureThreshold ?? FAILURE_THRESHOLD);
}

const SOON_MS = 60_000;

/** A container that is still on its way (its script will make a file, its server will listen) is waited for. */
function willChangeSoon(work: PodWork, container: ContainerSpec, status: ContainerStatus, startedMs: number): boolean {
  const change = nextChange(work, container, status, work.nowMs);
  return change !== undefined && change.atMs <= startedMs + SOON_MS;
}

/** After many failures alike the probe is only looked at now and then: each further one would say the same. */
const PATIENT_FAILURES = 20;

function waitMs(probe: Probe, record: ProbeRecord | undefined): number {
  const failures = record?.failures ?? 0;
  const periods = failures < PATIENT_FAILURES ? 1 : Math.min(2 ** (failures - PATIENT_FAILURES + 1), 360);
  return periods * periodMs(probe);
}

/** Whether the state that passes lead to is reached: only a change of the container can end it. */
function isSteady(status: ContainerStatus, kind: ProbeKind, record: ProbeRecord | undefined, probe: Probe): boolean {
  if (kind === 'startup') return status.started ?? false;
  if (record && record.failures > 0) return false;
  if (kind === 'readiness') return status.ready;
  return record !== undefined && record.successes >= (probe.successThreshold ?? 1);
}

/** Returns the next instant after `sinceMs` at which the container may answer otherwise. */
function nextChange(
  work: PodWork,
  container: ContainerSpec,
  status: ContainerStatus,
  sinceMs: number,
): { atMs: number; isOutside: boolean } | undefined {
  const run = runOf(work, container, status);
  const files = Object.values(work.record.containers ?? {}).flatMap((c) => c.run?.files ?? []);
  const volumes = Object.values(work.record.volumes ?? {}).flat();
  const outside = [...files, ...volumes].map(({ atMs }) => atMs).filter((atMs) => atMs >= sinceMs);
  const program = programOf(run);
  const own = program.foreseen?.() ?? { changes: program.listens().map((l) => l.sinceMs), untilMs: undefined };
  const next = own.changes.find((atMs) => atMs > sinceMs);
  if (outside.length > 0) return { atMs: Math.min(...outside), isOutside: true };
  if (next !== undefined) return { atMs: next, isOutside: false };
  return own.untilMs !== undefined && own.untilMs > work.nowMs ? { atMs: own.untilMs, isOutside: false } : undefined;
}

export function probeDue(work: PodWork, container: ContainerSpec, status: ContainerStatus): Due | undefined {
  const tick = nextTick(work, container, status);
  return tick && { atMs: tick.atMs, isBackground: tick.isBackground ?? false };
}

/** Runs the probe that is due, and draws the conclusions. */
export function runProbes(work: PodWork, container: ContainerSpec, status: ContainerStatus): void {
  const tick = nextTick(work, container, status);
  const probe = tick && probeSpec(container, tick.kind);
  if (!tick || !probe) return;
  const result = runProbe(runOf(work, container, status), probe, tick.kind);
  const run = work.runRecord(container.name);
  const old = run.probes?.[tick.kind];
  const record: ProbeRecord = {
    failures: result.isSuccess ? 0 : (old?.failures ?? 0) + 1,
    successes: result.isSuccess ? (old?.successes ?? 0) + 1 : 0,
    lastMs: work.nowMs,
  };
  run.probes = { ...run.probes, [tick.kind]: record };
  if (result.writes) keepWrites(work, container, result);
  if (!result.isSuccess) reportFailure(work, container, tick.kind, result);
  conclude(work, container, status, tick.kind, record);
}

function keepWrites(work: PodWork, container: ContainerSpec, { writes = {} }: ProbeResult): void {
  const run = work.runRecord(container.name);
  for (const [path, text] of Object.entries(writes)) {
    const content = Buffer.from(text).toString('base64');
    // Behind what was there before: a simulation takes up changes by their number.
    run.files = [...(run.files ?? []), { atMs: work.nowMs, path, kind: 'file', content, mode: 0o644 }];
  }
}

const NAMES: Readonly<Record<ProbeKind, string>> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' };

function reportFailure(
  work: PodWork,
  container: ContainerSpec,
  kind: ProbeKind,
  { output, isError }: ProbeResult,
): void {
  const message = isError
    ? `${NAMES[kind]} probe errored and resulted in unknown state: ${output}`
    : `${NAMES[kind]} probe failed: ${output}`;
  work.event('Warning', 'Unhealthy', message, container.name);
}

/** Thresholds decide: ready or not, started, to be killed. */
function conclude(
  work: PodWork,
  container: ContainerSpec,
  status: ContainerStatus,
  kind: ProbeKind,
  record: ProbeRecord,
): void {
  const probe = probeSpec(container, kind);
  const hasPassed = record.successes >= (probe?.successThreshold ?? 1);
  const hasFailed = record.failures >= (probe?.failureThreshold ?? FAILURE_THRESHOLD);
  if (kind === 'readiness') {
    if (hasPassed) status.ready = true;
    // Not ready from the start: a container that never was ready needs no threshold to stay so.
    else if (hasFailed) status.ready = false;
  } else if (kind === 'startup' && hasPassed) {
    status.started = true;
    status.ready = container.readinessProbe === undefined;
  }
  if (hasFailed && kind !== 'readiness') {
    work.event(
      'Normal',
      'Killing',
      `Container ${container.name} failed ${kind} probe, will be restarted`,
      container.name,
    );
    const seconds = (probe as { terminationGracePeriodSeconds?: number }).terminationGracePeriodSeconds;
    stopContainer(work, container, status, seconds);
  }
}
