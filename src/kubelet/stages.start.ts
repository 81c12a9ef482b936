// Starting containers: init containers one after the other, then the others; each waits for its image, its
// configuration, its back-off.
// Called by: stages.ts. Must not know: what programs do once they run.
import { nodeByName } from '../controllers/nodeevents.ts';
import { parseTime } from '../machinery/clock.ts';
import { backoffMs, BACKOFF_RESET_MS, SYNC_MS, wholeSecond } from './backoff.ts';
import { isSidecar, newContainerStatus, restartsAfter, setRunning, setTerminated, setWaiting } from './containers.ts';
import { configProblem } from './config.ts';
import { beginPull, endPull, type PullStep } from './pulling.ts';
import { runPostStart } from './hooks.ts';
import { startProblem } from './process.ts';
import type { ContainerStatus } from './apitypes.ts';
import type { Due } from './runof.ts';
import type { Stage } from './stages.ts';
import { imageOf } from './view.ts';
import type { ContainerSpec, PodWork } from './work.ts';

/** How long a finished container waits for the kubelet to notice. */
const RELIST_MS = 1000;
/** ErrImagePull becomes ImagePullBackOff at the next sync. */
const PULL_SYNC_MS = 2000;
const NEVER_STARTED = new Set(['ContainerCreating', 'PodInitializing', undefined]);

export const containerStart: Stage = {
  name: 'containerStart',
  due(work) {
    let next: Due | undefined;
    for (const container of startable(work)) {
      const due = startDue(work, container);
      if (due && (!next || due.atMs < next.atMs)) next = due;
    }
    return next;
  },
  run(work) {
    for (const container of startable(work)) {
      const due = startDue(work, container);
      if (due && due.atMs <= work.nowMs) return advance(work, container);
    }
  },
};

/**
 * Returns the containers whose turn it is: at most one init container, or the main ones up to the first that still
 * pulls.
 */
function startable(work: PodWork): ContainerSpec[] {
  if (!work.hasSandbox || work.isDeleting || work.isFinished || work.record.killedAtMs !== undefined) return [];
  const ready: ContainerSpec[] = [];
  for (const container of work.initContainers) {
    const status = work.statusOf(container.name);
    if (!status) continue;
    if (isSidecar(container)) {
      if (status.started) continue;
      if (!status.state.running) ready.push(container);
      if (!hasMainStarted(work)) return ready;
      continue;
    }
    if (status.state.terminated?.exitCode === 0) continue;
    if (hasMainStarted(work)) continue;
    if (!status.state.running) ready.push(container);
    return ready;
  }
  for (const container of work.containers) {
    if (!work.statusOf(container.name)?.state.running) ready.push(container);
    // The kubelet starts containers one by one: while it pulls, the next ones wait.
    if (work.record.containers?.[container.name]?.pull) break;
  }
  for (const container of work.ephemeralContainers as readonly ContainerSpec[]) {
    const status = work.statusOf(container.name);
    if (!status) addEphemeralStatus(work, container);
    if (!status?.state.running && !status?.state.terminated) ready.push(container);
  }
  return ready;
}

function addEphemeralStatus(work: PodWork, container: ContainerSpec): void {
  (work.status.ephemeralContainerStatuses ??= []).push(newContainerStatus(container, 'ContainerCreating'));
}

function hasMainStarted(work: PodWork): boolean {
  return work.containers.some(({ name }) => {
    const status = work.statusOf(name);
    return Boolean(status && (status.state.running || status.state.terminated || status.lastState.terminated));
  });
}

/** Returns when something is to be done about a container that does not run. */
function startDue(work: PodWork, container: ContainerSpec): Due | undefined {
  const status = work.statusOf(container.name);
  if (!status || status.state.running) return undefined;
  const record = work.record.containers?.[container.name];
  if (record?.pull) return { atMs: record.pull.endsAtMs };
  if (status.state.terminated) return restartDue(work, container, status.state.terminated);
  const reason = status.state.waiting?.reason;
  const failed = record?.failedPulls;
  switch (reason) {
    case 'ErrImagePull':
      return { atMs: (failed?.lastAtMs ?? work.nowMs) + PULL_SYNC_MS };
    case 'ImagePullBackOff':
      return { atMs: (failed?.lastAtMs ?? work.nowMs) + backoffMs(failed?.count ?? 1), isBackground: true };
    case 'CrashLoopBackOff':
      return { atMs: finishedAtMs(work, status) + backoffMs(crashes(work, container, status)), isBackground: true };
    case 'RunContainerError':
    case 'PostStartHookError':
      return { atMs: finishedAtMs(work, status) + RELIST_MS };
  }
  if (NEVER_STARTED.has(reason)) return { atMs: firstStartMs(work, container) };
  const atMs = (record?.checkedAtMs ?? work.nowMs) + SYNC_MS;
  // What was waited for may be there now; an image's name does not get better by waiting.
  const isHopeless = reason !== 'CreateContainerConfigError' || configProblem(work, container) !== undefined;
  return { atMs, isBackground: isHopeless };
}

function finishedAtMs(work: PodWork, status: ContainerStatus): number {
  return parseTime(status.lastState.terminated?.finishedAt) ?? work.nowMs;
}

/** An init container's successor starts when the kubelet has noticed its end. */
function firstStartMs(work: PodWork, container: ContainerSpec): number {
  let previousMs = 0;
  for (const before of work.initContainers) {
    if (before.name === container.name) break;
    const status = work.statusOf(before.name);
    const endedMs = parseTime(status?.state.terminated?.finishedAt ?? status?.state.running?.startedAt);
    if (endedMs !== undefined) previousMs = Math.max(previousMs, endedMs + RELIST_MS);
  }
  return Math.max(previousMs, work.startedAtMs ?? 0);
}

function restartDue(
  work: PodWork,
  container: ContainerSpec,
  ended: { exitCode: number; finishedAt?: string },
): Due | undefined {
  if (!restartsAfter(work.pod, container, ended.exitCode)) return undefined;
  return { atMs: (parseTime(ended.finishedAt) ?? work.nowMs) + RELIST_MS };
}

/** How many restarts in a row came after short runs: 0 lets the container start at once. */
function crashes(work: PodWork, container: ContainerSpec, status: ContainerStatus): number {
  return status.restartCount - (work.record.containers?.[container.name]?.backoffBase ?? 0);
}

function advance(work: PodWork, container: ContainerSpec): void {
  const status = work.statusOf(container.name);
  if (!status) return;
  const record = work.record.containers?.[container.name];
  if (record?.pull) return afterPull(work, container, status, endPull(work, container));
  const reason = status.state.waiting?.reason;
  if (reason === 'ErrImagePull') return backOffPull(work, container, status);
  if (status.state.terminated || reason === 'RunContainerError' || reason === 'PostStartHookError') {
    if (backsOff(work, container, status)) return;
  }
  afterPull(work, container, status, beginPull(work, container));
}

function afterPull(work: PodWork, container: ContainerSpec, status: ContainerStatus, step: PullStep): void {
  if (step.kind === 'pulling') {
    // A container that ran before shows its last end while its image is pulled anew.
    return;
  }
  if (step.kind === 'failed') {
    work.event('Warning', 'Failed', `Error: ${step.reason}`, container.name);
    setWaiting(status, step.reason, step.message);
    if (step.reason !== 'ErrImagePull') work.containerRecord(container.name).checkedAtMs = work.nowMs;
    return;
  }
  createAndStart(work, container, status);
}

function backOffPull(work: PodWork, container: ContainerSpec, status: ContainerStatus): void {
  const image = container.image ?? '';
  const error = work.record.containers?.[container.name]?.failedPulls?.error ?? '';
  work.event('Normal', 'BackOff', `Back-off pulling image "${image}"`, container.name);
  work.event('Warning', 'Failed', 'Error: ImagePullBackOff', container.name);
  setWaiting(status, 'ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${error}`);
}

/** Go prints 1m20s. */
function goSeconds(ms: number): string {
  const seconds = ms / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** Puts a container that ended into CrashLoopBackOff unless it may start at once. */
function backsOff(work: PodWork, container: ContainerSpec, status: ContainerStatus): boolean {
  const ended = status.state.terminated ?? status.lastState.terminated;
  const finishedMs = parseTime(ended?.finishedAt) ?? work.nowMs;
  const ranMs = finishedMs - (parseTime(ended?.startedAt) ?? finishedMs);
  if (ranMs >= BACKOFF_RESET_MS && ended?.reason !== 'StartError')
    work.containerRecord(container.name).backoffBase = status.restartCount;
  const waitMs = backoffMs(crashes(work, container, status));
  if (finishedMs + waitMs <= work.nowMs) return false;
  const { namespace, name } = work.pod.metadata;
  const pod = `${name}_${namespace}(${work.uid})`;
  work.event(
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${container.name} in pod ${pod}`,
    container.name,
  );
  const message = `back-off ${goSeconds(waitMs)} restarting failed container=${container.name} pod=${pod}`;
  setWaiting(status, 'CrashLoopBackOff', message);
  return true;
}

function createAndStart(work: PodWork, container: ContainerSpec, status: ContainerStatus): void {
  const problem = configProblem(work, container);
  const record = work.containerRecord(container.name);
  if (problem) {
    record.checkedAtMs = work.nowMs;
    work.event('Warning', 'Failed', `Error: ${problem.message}`, container.name);
    setWaiting(status, problem.reason, problem.message);
    return;
  }
  delete record.checkedAtMs;
  work.event('Normal', 'Created', 'Container created', container.name);
  const failure = startProblem(work, container);
  if (record.run) record.previousRun = record.run;
  delete record.run;
  setRunning(work, container, status);
  if (failure !== undefined) return failToStart(work, container, status, failure);
  work.event('Normal', 'Started', 'Container started', container.name);
  recordProgramStart(work, container);
  runPostStart(work, container, status);
}

/** Programs of the cluster itself tell on their node that they start. */
function recordProgramStart({ context: { client, recorder }, node }: PodWork, container: ContainerSpec): void {
  const started = imageOf({ client, container }).startEvent;
  if (!started) return;
  const { component, reason, action } = started;
  const host = node.metadata.name;
  recorder.event(nodeByName(host), 'Normal', reason, '', { component, action, host });
}

function failToStart(work: PodWork, container: ContainerSpec, status: ContainerStatus, message: string): void {
  work.event('Warning', 'Failed', `Error: ${message}`, container.name);
  const finishedAtMs = wholeSecond(work.nowMs - 999);
  setTerminated(work, container, status, {
    exitCode: 128,
    reason: 'StartError',
    message,
    startedAtMs: 0,
    finishedAtMs,
  });
  if (restartsAfter(work.pod, container, 128)) setWaiting(status, 'RunContainerError', message);
}
