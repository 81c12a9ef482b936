// The pods of a Job that runs: how many there should be, creating and deleting them.
// Called by: job.ts. Must not know: conditions, finalizers' removal.
import type { StatusError } from '../machinery/status.ts';
import type { Job } from '../resources/job.ts';
import type { Pod } from '../resources/pod.ts';
import type { ControllerContext } from './controller.ts';
import { adjustForIndex, indexedPrefix, indexOf, isIndexed, pendingIndexes } from './job.indexes.ts';
import { countFailures, countsPerIndex, followsAtMs } from './job.perindex.ts';
import { nextCreationMs, replacesOnlyFailed } from './job.pods.ts';
import { JOB_TRACKING, removeFinalizer } from './job.tracking.ts';
import { createPod, deletePod, isNamespaceTerminating, slowStart } from './podcontrol.ts';
import { isPodReady, isPodTerminating, sortForDeletion } from './podstate.ts';

/** At most so many pods are created or deleted in one reconcile. */
const MAX_PER_SYNC = 500;

/** One look at a Job: counts move on as pods are created and deleted. */
export interface JobSync {
  job: Job;
  pods: readonly Pod[];
  activePods: readonly Pod[];
  active: number;
  ready: number;
  terminating: number;
  succeeded: number;
  failed: number;
  succeededIndexes: Set<number>;
  /** With a back-off limit for each index: those given up, and the pods to be followed by others. */
  failedIndexes?: Set<number>;
  failedPods?: ReadonlyMap<number, Pod>;
  /** When to look again, in ms. */
  requeueAtMs?: number;
  error?: StatusError;
}

export function isSuspended(job: Job): boolean {
  return job.spec.suspend === true;
}

/** Returns how many pods should be active. */
function wantedActive({ job, active, succeeded }: JobSync): number {
  const { parallelism = 1, completions } = job.spec;
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** Deletes pods that nobody is to count as failures, and moves the counts. Upstream: deleteJobPods. */
function removePods(context: ControllerContext, sync: JobSync, pods: readonly Pod[]): void {
  for (const pod of pods) removeFinalizer(context, pod);
  deletePods(context, sync, pods);
}

/** Deletes pods, which are counted when they have ended, and moves the counts. Upstream: deleteActivePods. */
export function deletePods(context: ControllerContext, sync: JobSync, pods: readonly Pod[]): void {
  for (const pod of pods) {
    deletePod(context, sync.job, pod);
    sync.active -= 1;
    sync.terminating += 1;
    if (isPodReady(pod)) sync.ready -= 1;
  }
}

/**
 * Upstream: kubernetes pkg/controller/job/job_controller.go manageJob.
 * Differs: 1.35.2 says that no pod is active while the next one waits; its server refuses that when pods are ready.
 */
export function manageJob(context: ControllerContext, sync: JobSync): void {
  const { job } = sync;
  if (isSuspended(job)) {
    removePods(context, sync, podsToRemove(context, sync, sync.active));
    return;
  }
  const wanted = wantedActive(sync);
  const surplus = podsToRemove(context, sync, Math.max(0, sync.active - wanted)).slice(0, MAX_PER_SYNC);
  if (surplus.length > 0) {
    removePods(context, sync, surplus);
    return;
  }
  const missing = wanted - sync.active - (replacesOnlyFailed(job) ? sync.terminating : 0);
  if (missing <= 0) return;
  const notBeforeMs = countsPerIndex(job) ? undefined : nextCreationMs(job, sync.pods);
  if (notBeforeMs !== undefined && notBeforeMs > context.nowMs) {
    sync.requeueAtMs = notBeforeMs;
    return;
  }
  createPods(context, sync, Math.min(missing, MAX_PER_SYNC));
}

/** Returns the pods that must go, and of the others as many as make `atLeast`. Upstream: activePodsForRemoval. */
function podsToRemove({ nowMs }: ControllerContext, { job, activePods }: JobSync, atLeast: number): Pod[] {
  const { misplaced, others } = isIndexed(job)
    ? byPlace(job, activePods, nowMs)
    : { misplaced: [], others: [...activePods] };
  return [...misplaced, ...sortForDeletion(others, nowMs).slice(0, Math.max(0, atLeast - misplaced.length))];
}

/** Parts off pods without an index, beyond the completions, or with one that another pod keeps. Others come by index. */
function byPlace(job: Job, pods: readonly Pod[], nowMs: number): { misplaced: Pod[]; others: Pod[] } {
  const at = (pod: Pod): number => indexOf(pod) ?? -1;
  const keepers = new Map<number, Pod>();
  // Of pods of one index the one that would be deleted last keeps it.
  for (const pod of sortForDeletion(pods, nowMs)) keepers.set(at(pod), pod);
  const isPlaced = (pod: Pod): boolean =>
    at(pod) >= 0 && at(pod) < (job.spec.completions ?? 0) && keepers.get(at(pod)) === pod;
  const sorted = sortForDeletion(pods, nowMs).sort((a, b) => at(a) - at(b));
  return { misplaced: sorted.filter((pod) => !isPlaced(pod)), others: sorted.filter(isPlaced) };
}

function createPods(context: ControllerContext, sync: JobSync, missing: number): void {
  const { job } = sync;
  const indexes = isIndexed(job) ? dueIndexes(context, sync, freeIndexes(sync, missing)) : undefined;
  const count = indexes?.length ?? missing;
  const { done, error } = slowStart(count, (i) => {
    const index = indexes?.[i];
    createPod(context, {
      owner: job,
      template: job.spec.template,
      ...(index === undefined ? {} : { generateName: indexedPrefix(job.metadata.name, index) }),
      adjust(pod) {
        pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), JOB_TRACKING];
        if (index === undefined) return;
        adjustForIndex(job, pod, index);
        if (countsPerIndex(job)) countFailures(job, pod, sync.failedPods?.get(index));
      },
    });
  });
  sync.active += done;
  if (error && !isNamespaceTerminating(error)) sync.error = error;
}

/** Returns the indexes that need not wait after a failure of their own. Upstream: getPodCreationInfoForIndependentIndexes. */
function dueIndexes({ nowMs }: ControllerContext, sync: JobSync, indexes: readonly number[]): readonly number[] {
  if (!countsPerIndex(sync.job)) return indexes;
  const atMs = (index: number): number => {
    const failed = sync.failedPods?.get(index);
    return failed ? followsAtMs(failed) : 0;
  };
  const later = indexes.map(atMs).filter((ms) => ms > nowMs);
  if (later.length > 0) sync.requeueAtMs = Math.min(...later);
  return indexes.filter((index) => atMs(index) <= nowMs);
}

/** Upstream: firstPendingIndexes. */
function freeIndexes({ job, pods, activePods, succeededIndexes, failedIndexes }: JobSync, count: number): number[] {
  const busy = replacesOnlyFailed(job) ? [...activePods, ...pods.filter(isPodTerminating)] : activePods;
  const indexes = busy.map(indexOf).filter((index) => index !== undefined);
  const taken = new Set([...succeededIndexes, ...(failedIndexes ?? []), ...indexes]);
  return pendingIndexes(taken, job.spec.completions ?? 0, count);
}
