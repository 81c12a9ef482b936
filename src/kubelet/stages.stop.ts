// The end of a pod: the deadline of its activity, graceful deletion, and its removal from the API server.
// Called by: stages.ts. Must not know: how containers are started.
import { parseTime } from '../machinery/clock.ts';
import type { ContainerStatus } from './apitypes.ts';
import { wholeSecond } from './backoff.ts';
import { setTerminated } from './containers.ts';
import { preStopMs } from './hooks.ts';
import { programOf } from './process.ts';
import type { Stage } from './stages.ts';
import { runOf } from './stages.run.ts';
import type { ContainerSpec, PodWork } from './work.ts';

/** A killed process: 128 + SIGKILL. */
const KILLED = 137;
/** Containers get at least this long. Upstream: minimumGracePeriodInSeconds. */
const MIN_GRACE_MS = 2000;

function runningContainers(work: PodWork): { container: ContainerSpec; status: ContainerStatus }[] {
  const found: { container: ContainerSpec; status: ContainerStatus }[] = [];
  for (const container of work.allContainers) {
    const status = work.statusOf(container.name);
    if (status?.state.running) found.push({ container, status });
  }
  return found;
}

/** Returns when and how a container ends that is told to stop now, with a grace period from `fromMs` on. */
export function stopEnding(
  work: PodWork,
  container: ContainerSpec,
  status: ContainerStatus,
  { fromMs, graceMs }: { fromMs: number; graceMs: number },
): { atMs: number; exitCode: number } {
  const hookMs = graceMs > 0 ? preStopMs(work, container, graceMs) : 0;
  const limitMs = fromMs + Math.max(graceMs, hookMs + MIN_GRACE_MS);
  const stop = programOf(runOf(work, container, status)).stop?.();
  const atMs = fromMs + hookMs + (stop?.afterMs ?? Number.POSITIVE_INFINITY);
  return stop && atMs <= limitMs ? { atMs, exitCode: stop.exitCode } : { atMs: limitMs, exitCode: KILLED };
}

function graceMs(work: PodWork): number {
  const { deletionGracePeriodSeconds } = work.pod.metadata;
  const seconds = work.isDeleting ? deletionGracePeriodSeconds : work.pod.spec.terminationGracePeriodSeconds;
  return (seconds ?? 30) * 1000;
}

/** Tells every running container to stop. */
function killContainers(work: PodWork): void {
  work.record.killedAtMs = work.nowMs;
  for (const { container } of runningContainers(work))
    work.event('Normal', 'Killing', `Stopping container ${container.name}`, container.name);
}

/** Graceful deletion begins: the containers are told to stop. */
export const shutdown: Stage = {
  name: 'shutdown',
  due(work) {
    if (!work.isDeleting || work.record.killedAtMs !== undefined) return undefined;
    return runningContainers(work).length > 0 ? { atMs: work.nowMs } : undefined;
  },
  run: killContainers,
};

/** The pod has been active for as long as it may: it fails at once, its containers end in their own time. */
export const deadline: Stage = {
  name: 'deadline',
  due(work) {
    const seconds = work.pod.spec.activeDeadlineSeconds;
    const startMs = work.startedAtMs;
    if (seconds === undefined || startMs === undefined || work.isFinished || work.isDeleting) return undefined;
    return { atMs: startMs + seconds * 1000 };
  },
  run(work) {
    work.event('Normal', 'DeadlineExceeded', 'Pod was active on the node longer than the specified deadline');
    killContainers(work);
    work.status.phase = 'Failed';
    work.status.reason = 'DeadlineExceeded';
    work.status.message = 'Pod was active on the node longer than the specified deadline';
  },
};

function lastEndMs(work: PodWork): number {
  const killedAtMs = work.record.killedAtMs ?? work.nowMs;
  const options = { fromMs: killedAtMs, graceMs: graceMs(work) };
  return Math.max(
    killedAtMs,
    ...runningContainers(work).map(({ container, status }) => stopEnding(work, container, status, options).atMs),
  );
}

/** All containers have ended: their last states are written, and a deleted pod goes. */
export const finalRemoval: Stage = {
  name: 'finalRemoval',
  due(work) {
    if (work.record.killedAtMs !== undefined) {
      if (runningContainers(work).length > 0) return { atMs: wholeSecond(lastEndMs(work)) };
      return work.isDeleting ? { atMs: work.nowMs } : undefined;
    }
    return work.isDeleting && runningContainers(work).length === 0 ? { atMs: work.nowMs } : undefined;
  },
  run(work) {
    const options = { fromMs: work.record.killedAtMs ?? work.nowMs, graceMs: graceMs(work) };
    for (const { container, status } of runningContainers(work)) {
      const { atMs, exitCode } = stopEnding(work, container, status, options);
      const startedAtMs = parseTime(status.state.running?.startedAt) ?? work.nowMs;
      setTerminated(work, container, status, { exitCode, startedAtMs, finishedAtMs: Math.min(atMs, work.nowMs) });
    }
    work.isTerminal = true;
    if (work.isDeleting) work.isRemoved = true;
  },
};
