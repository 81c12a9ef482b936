// The end of a pod: the deadline of its activity, graceful deletion, and its removal from the API server.
// Called by: stages.ts. Must not know: how containers are started.
import { parseTime } from '../machinery/clock.ts';
import type { ContainerStatus } from './apitypes.ts';
import { wholeSecond } from './backoff.ts';
import { endRun } from './endings.ts';
import type { Stage } from './stages.ts';
import { KILLED, MIN_GRACE_MS, stopContainer } from './stopping.ts';
import type { ContainerSpec, PodWork } from './work.ts';

function runningContainers(work: PodWork): { container: ContainerSpec; status: ContainerStatus }[] {
  const found: { container: ContainerSpec; status: ContainerStatus }[] = [];
  for (const container of work.allContainers) {
    const status = work.statusOf(container.name);
    if (status?.state.running) found.push({ container, status });
  }
  return found;
}

function graceMs(work: PodWork): number {
  const { deletionGracePeriodSeconds } = work.pod.metadata;
  const seconds = work.isDeleting ? deletionGracePeriodSeconds : work.pod.spec.terminationGracePeriodSeconds;
  return (seconds ?? 30) * 1000;
}

/** Tells every running container to stop. */
function killContainers(work: PodWork): void {
  work.record.killedAtMs = work.nowMs;
  for (const { container, status } of runningContainers(work)) {
    work.event('Normal', 'Killing', `Stopping container ${container.name}`, container.name);
    if (!work.existingRun(container.name)?.stopping) stopContainer(work, container, status, graceMs(work) / 1000);
  }
}

/** When and how a container that was told to stop ends: a shorter grace period given later cuts it off. */
function endingOf(work: PodWork, { container }: { container: ContainerSpec }): { atMs: number; exitCode: number } {
  const killedAtMs = work.record.killedAtMs ?? work.nowMs;
  const stopping = work.existingRun(container.name)?.stopping ?? { endsAtMs: killedAtMs, exitCode: KILLED };
  const deadlineMs = work.isDeleting
    ? (parseTime(work.pod.metadata.deletionTimestamp) ?? stopping.endsAtMs)
    : stopping.endsAtMs;
  const limitMs = Math.max(deadlineMs, killedAtMs + MIN_GRACE_MS);
  return stopping.endsAtMs <= limitMs
    ? { atMs: stopping.endsAtMs, exitCode: stopping.exitCode }
    : { atMs: limitMs, exitCode: KILLED };
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
  return Math.max(work.record.killedAtMs ?? work.nowMs, ...runningContainers(work).map((c) => endingOf(work, c).atMs));
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
    for (const { container, status } of runningContainers(work)) {
      const { atMs, exitCode } = endingOf(work, { container });
      endRun(work, container, status, { exitCode, finishedAtMs: Math.min(atMs, work.nowMs) });
    }
    work.isTerminal = true;
    if (work.isDeleting) work.isRemoved = true;
  },
};
