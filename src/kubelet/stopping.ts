// Telling a container to stop: its preStop hook, SIGTERM, the grace period, SIGKILL.
// Called by: stages.stop.ts, probes.ts, hooks. Must not know: why it is to stop.
import { preStopMs } from './hooks.ts';
import { programOf } from './process.ts';
import { runOf } from './runof.ts';
import type { ContainerStatus } from './apitypes.ts';
import type { ContainerSpec, PodWork } from './work.ts';

/** A killed process: 128 + SIGKILL. */
export const KILLED = 137;
/** Containers get at least this long. Upstream: minimumGracePeriodInSeconds. */
export const MIN_GRACE_MS = 2000;

/** Returns when and how a container ends that is told to stop at `fromMs`. */
function stopEnding(
  work: PodWork,
  container: ContainerSpec,
  status: ContainerStatus,
  { fromMs, graceMs }: { fromMs: number; graceMs: number },
): { atMs: number; exitCode: number } {
  const hookMs = graceMs > 0 ? preStopMs(work, container, status, graceMs) : 0;
  const limitMs = fromMs + Math.max(graceMs, hookMs + MIN_GRACE_MS);
  const stop = programOf(runOf(work, container, status)).stop?.();
  const atMs = fromMs + hookMs + (stop?.afterMs ?? Number.POSITIVE_INFINITY);
  return stop && atMs <= limitMs ? { atMs, exitCode: stop.exitCode } : { atMs: limitMs, exitCode: KILLED };
}

/** Tells one container to stop now; it ends in its own time, and its restart policy decides what follows. */
export function stopContainer(
  work: PodWork,
  container: ContainerSpec,
  status: ContainerStatus,
  graceSeconds?: number,
): void {
  const seconds = graceSeconds ?? work.pod.spec.terminationGracePeriodSeconds ?? 30;
  const { atMs, exitCode } = stopEnding(work, container, status, { fromMs: work.nowMs, graceMs: seconds * 1000 });
  work.runRecord(container.name).stopping = { endsAtMs: atMs, exitCode };
}
