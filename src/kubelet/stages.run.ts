// While containers run: their ends, by themselves or by force, and what their probes find.
// Called by: stages.ts. Must not know: how containers are started.
import { parseTime } from '../machinery/clock.ts';
import { parseQuantity, value } from '../machinery/quantity.ts';
import type { ContainerStatus } from './apitypes.ts';
import { wholeSecond } from './backoff.ts';
import { endRun } from './endings.ts';
import { probeDue, runProbes } from './probes.ts';
import { programOf } from './process.ts';
import { runOf, type Due } from './runof.ts';
import type { Stage } from './stages.ts';
import { containerUsage } from './usage.ts';
import type { ContainerRun } from './view.ts';
import type { ContainerSpec, PodWork } from './work.ts';

interface Ending {
  container: ContainerSpec;
  status: ContainerStatus;
  atMs: number;
  exitCode: number;
  reason?: string;
  message?: string;
}

function* running(work: PodWork): Generator<{ container: ContainerSpec; status: ContainerStatus }> {
  if (work.isFinished) return;
  for (const container of work.allContainers) {
    const status = work.statusOf(container.name);
    if (status?.state.running) yield { container, status };
  }
}

/** The end of a container that stops by itself, or that was told to stop. */
function endingOf(work: PodWork, container: ContainerSpec, status: ContainerStatus): Ending | undefined {
  const stopping = work.existingRun(container.name)?.stopping;
  if (stopping) return { container, status, atMs: stopping.endsAtMs, exitCode: stopping.exitCode };
  const run = runOf(work, container, status);
  if (isOutOfMemory(run)) return { container, status, atMs: work.nowMs, exitCode: 137, reason: 'OOMKilled' };
  const exit = programOf(run).exit();
  if (!exit) return undefined;
  const { atMs, exitCode, reason, message } = exit;
  return {
    container,
    status,
    atMs,
    exitCode,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}

/** The kernel kills what takes more than its limit. Looked at as of the start: use that wavers must not decide. */
function isOutOfMemory(run: ContainerRun): boolean {
  const limit = run.container.resources?.limits?.['memory'];
  if (limit === undefined) return false;
  return containerUsage(run).memoryBytes > value(parseQuantity(limit));
}

/** A run that ends within its first second is found ended when it is first looked at. */
function noticedAtMs(ending: Ending): number {
  const startedMs = parseTime(ending.status.state.running?.startedAt) ?? 0;
  return ending.atMs < startedMs + 1000 ? startedMs : wholeSecond(ending.atMs);
}

/** When the run began, or when something from outside last changed for it. */
function lastNewsMs(work: PodWork, container: ContainerSpec, status: ContainerStatus): number {
  const run = work.existingRun(container.name);
  const changes = [...(run?.files ?? []), ...Object.values(run?.network ?? {}).flat()];
  const startedMs = parseTime(status.state.running?.startedAt) ?? work.nowMs;
  return changes.reduce((latest, { atMs }) => Math.max(latest, atMs), run?.stopping ? work.nowMs : startedMs);
}

/** A container that runs for longer than this does not keep the cluster from counting as settled. */
const LONG_RUN_MS = 60_000;

export const containerExit: Stage = {
  name: 'containerExit',
  due(work) {
    let next: Due | undefined;
    if (work.record.killedAtMs !== undefined) return undefined;
    for (const { container, status } of running(work)) {
      const ending = endingOf(work, container, status);
      if (!ending) {
        const untilMs = programOf(runOf(work, container, status)).foreseen?.().untilMs;
        if (untilMs !== undefined && (!next || untilMs < next.atMs)) next = { atMs: untilMs, isBackground: true };
        continue;
      }
      const atMs = noticedAtMs(ending);
      const isLong = atMs - lastNewsMs(work, container, status) > LONG_RUN_MS;
      if (!next || atMs < next.atMs) next = { atMs, isBackground: isLong };
    }
    return next;
  },
  run(work) {
    for (const { container, status } of running(work)) {
      const ending = endingOf(work, container, status);
      if (!ending || noticedAtMs(ending) > work.nowMs) continue;
      const { exitCode, reason, message, atMs } = ending;
      endRun(work, container, status, {
        exitCode,
        finishedAtMs: atMs,
        ...(reason === undefined ? {} : { reason }),
        ...(message === undefined ? {} : { message }),
      });
      return;
    }
  },
};

export const containerProbes: Stage = {
  name: 'containerProbes',
  due(work) {
    let next: Due | undefined;
    if (work.record.killedAtMs !== undefined) return undefined;
    for (const { container, status } of running(work)) {
      const due = probeDue(work, container, status);
      if (due && (!next || due.atMs < next.atMs)) next = due;
    }
    return next;
  },
  run(work) {
    for (const { container, status } of running(work)) {
      const due = probeDue(work, container, status);
      if (due && due.atMs <= work.nowMs) return runProbes(work, container, status);
    }
  },
};
