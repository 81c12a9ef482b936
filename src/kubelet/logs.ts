// A container's log: what its program printed, what requests and probes left, from the first line or a part of it.
// Called by: connector.ts, attach. Must not know: HTTP requests of clients. Upstream: kubernetes
// pkg/kubelet/kubelet_pods.go validateContainerLogStatus, pkg/kubelet/kuberuntime/logs.
import type { LogLine } from '../images/image.ts';
import { formatNanoTime, parseTime } from '../machinery/clock.ts';
import { newBadRequest } from '../machinery/status.ts';
import type { Pod } from '../resources/pod.ts';
import { probeLogLines } from './probes.log.ts';
import { programOf } from './process.ts';
import { containerOf, newRun, statusOf, type NodeWorld } from './runs.ts';
import type { LogOptions } from './types.ts';
import type { ContainerRun } from './view.ts';

/** A run whose log is wanted, and when it ended. */
export interface LoggedRun {
  run: ContainerRun;
  /** undefined while it runs. */
  endedAtMs: number | undefined;
}

/**
 * Returns the run whose log a request wants.
 * @throws StatusError BadRequest: `container "web" in pod "web" is waiting to start: ContainerCreating`.
 */
export function loggedRun(
  world: NodeWorld,
  pod: Pod,
  name: string,
  { previous, nowMs }: { previous: boolean; nowMs: number },
): LoggedRun {
  const container = containerOf(pod, name);
  const status = statusOf(pod, name);
  const where = `container "${name}" in pod "${pod.metadata.name}"`;
  if (!container) throw newBadRequest(`${where} is not available`);
  const last = status?.lastState.terminated;
  const waiting = status?.state.waiting;
  const ended = previous ? last : (status?.state.terminated ?? (waiting ? last : undefined));
  if (previous && !last) throw newBadRequest(`previous terminated ${where} not found`);
  if (status && ended) {
    const restartCount = previous && !waiting ? status.restartCount - 1 : status.restartCount;
    const startedAtMs = parseTime(ended.startedAt) ?? 0;
    const endedAtMs = parseTime(ended.finishedAt) ?? nowMs;
    // An end within a second is stamped with the second in which it began.
    const run = newRun(world, { pod, container, restartCount, startedAtMs, nowMs: endedAtMs + 999 });
    return { run, endedAtMs: endedAtMs + 999 };
  }
  const startedAtMs = parseTime(status?.state.running?.startedAt);
  if (status && startedAtMs !== undefined)
    return {
      run: newRun(world, { pod, container, restartCount: status.restartCount, startedAtMs, nowMs }),
      endedAtMs: undefined,
    };
  const reason = waiting?.reason ?? '';
  if (reason === 'ErrImagePull') throw newBadRequest(`${where} is waiting to start: image can't be pulled`);
  if (reason === 'ImagePullBackOff')
    throw newBadRequest(`${where} is waiting to start: trying and failing to pull image`);
  if (waiting) throw newBadRequest(`${where} is waiting to start: ${reason}`);
  throw newBadRequest(`${where} is not available`);
}

/** Returns a run as it is now, for those who follow it: the one that has taken its place is another. undefined: nothing is kept of it. */
export function followedRun(world: NodeWorld, pod: Pod, first: ContainerRun, nowMs: number): LoggedRun | undefined {
  const { container, restartCount } = first;
  const logged = loggedRun(world, pod, container.name, { previous: false, nowMs });
  const newer = logged.run.restartCount - restartCount;
  if (newer === 0) return logged;
  return newer === 1 ? loggedRun(world, pod, container.name, { previous: true, nowMs }) : undefined;
}

/** Returns the lines of a run with fromMs <= at < toMs, oldest first. */
export function linesOfRun({ run, endedAtMs }: LoggedRun, fromMs: number, toMs: number): LogLine[] {
  // A run that is over has said all it had to say, though its last lines may be stamped some ms ahead.
  const endMs = endedAtMs === undefined ? toMs : endedAtMs + 1;
  const record = run.record?.containers?.[run.container.name];
  const kept = [record?.run, record?.previousRun].find((r) => r?.restartCount === run.restartCount);
  const own = kept?.output
    ? kept.output.filter(({ atMs }) => atMs >= fromMs && atMs < endMs)
    : programOf(run).logs(Math.max(fromMs, 0), endMs);
  const requests = (kept?.requests ?? []).filter(({ atMs }) => atMs >= fromMs && atMs < endMs);
  const lines = [...own, ...requests, ...probeLogLines(run, fromMs, endMs)];
  return lines.sort((a, b) => a.atMs - b.atMs);
}

/** Returns the text that a request gets: cut to a time, a number of lines, a number of bytes. */
export function logText(lines: readonly LogLine[], options: LogOptions): string {
  const { tailLines, limitBytes, timestamps } = options;
  const chosen = tailLines === undefined ? lines : tailLines === 0 ? [] : lines.slice(-tailLines);
  const text = chosen.map((line) => formatLine(line, timestamps)).join('');
  return limitBytes === undefined ? text : Buffer.from(text).subarray(0, limitBytes).toString();
}

export function formatLine({ atMs, text }: LogLine, timestamps: boolean): string {
  return `${timestamps ? `${formatNanoTime(atMs)} ` : ''}${text}\n`;
}

/** Returns the instant from which on lines are wanted. */
export function sinceMs({ sinceSeconds, sinceTime }: LogOptions, nowMs: number): number {
  if (sinceSeconds !== undefined) return nowMs - sinceSeconds * 1000;
  return parseTime(sinceTime) ?? 0;
}
