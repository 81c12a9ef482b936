// The pods of a Job that runs: how many there should be, creating and deleting them.
// Called by: job.ts. Must not know: conditions, finalizers' removal.
import { isDeleting } from '../machinery/meta.ts';
import type { StatusError } from '../machinery/status.ts';
import type { Job } from '../resources/job.ts';
import type { Pod } from '../resources/pod.ts';
import type { ControllerContext } from './controller.ts';
import { adjustForIndex, indexOf, isIndexed, pendingIndexes } from './job.indexes.ts';
import { JOB_TRACKING, nextCreationMs, replacesOnlyFailed } from './job.pods.ts';
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

/** Deletes pods and moves the counts. */
export function deletePods(context: ControllerContext, sync: JobSync, pods: readonly Pod[]): void {
  for (const pod of pods) {
    deletePod(context, sync.job, pod);
    sync.active -= 1;
    sync.terminating += 1;
    if (isPodReady(pod)) sync.ready -= 1;
  }
}

/** Upstream: kubernetes pkg/controller/job/job_controller.go manageJob. */
export function manageJob(context: ControllerContext, sync: JobSync): void {
  const { job, activePods } = sync;
  if (isSuspended(job)) {
    deletePods(context, sync, removalOrder(context, job, activePods));
    return;
  }
  const wanted = wantedActive(sync);
  const duplicates = isIndexed(job) ? misplacedPods(context, sync) : [];
  const surplus = Math.max(sync.active - wanted, duplicates.length);
  if (surplus > 0) {
    const rest = removalOrder(
      context,
      job,
      activePods.filter((pod) => !duplicates.includes(pod)),
    );
    deletePods(context, sync, [...duplicates, ...rest].slice(0, Math.min(surplus, MAX_PER_SYNC)));
    return;
  }
  const missing = wanted - sync.active - (replacesOnlyFailed(job) ? sync.terminating : 0);
  if (missing <= 0) return;
  const notBeforeMs = nextCreationMs(job, sync.pods);
  if (notBeforeMs !== undefined && notBeforeMs > context.nowMs) {
    sync.requeueAtMs = notBeforeMs;
    return;
  }
  createPods(context, sync, Math.min(missing, MAX_PER_SYNC));
}

function removalOrder({ nowMs }: ControllerContext, job: Job, pods: readonly Pod[]): Pod[] {
  const sorted = sortForDeletion(pods, nowMs);
  // Of an Indexed Job the highest indexes go first.
  return isIndexed(job) ? sorted.sort((a, b) => (indexOf(b) ?? -1) - (indexOf(a) ?? -1)) : sorted;
}

/** Returns active pods without a valid index, beyond the completions, or with one that another pod has too. */
function misplacedPods({ nowMs }: ControllerContext, { job, activePods }: JobSync): Pod[] {
  const seen = new Set<number>();
  // The one to be deleted last keeps the index.
  return sortForDeletion(activePods, nowMs)
    .reverse()
    .filter((pod) => {
      const index = indexOf(pod);
      if (index === undefined || index >= (job.spec.completions ?? 0) || seen.has(index)) return true;
      seen.add(index);
      return false;
    });
}

function createPods(context: ControllerContext, sync: JobSync, missing: number): void {
  const { job } = sync;
  const indexes = isIndexed(job) ? freeIndexes(sync, missing) : undefined;
  const count = indexes?.length ?? missing;
  const { done, error } = slowStart(count, (i) => {
    const index = indexes?.[i];
    createPod(context, {
      owner: job,
      template: job.spec.template,
      ...(index === undefined ? {} : { generateName: `${job.metadata.name}-${index}-` }),
      adjust(pod) {
        pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), JOB_TRACKING];
        if (index !== undefined) adjustForIndex(job, pod, index);
      },
    });
  });
  sync.active += done;
  if (error && !isNamespaceTerminating(error)) sync.error = error;
}

function freeIndexes({ job, pods, activePods, succeededIndexes }: JobSync, count: number): number[] {
  const busy = replacesOnlyFailed(job) ? pods.filter((pod) => isPodTerminating(pod) || !isDeleting(pod)) : activePods;
  const active = busy.filter((pod) => activePods.includes(pod) || isPodTerminating(pod)).map(indexOf);
  const taken = new Set([...succeededIndexes, ...active.filter((index) => index !== undefined)]);
  return pendingIndexes(taken, job.spec.completions ?? 0, count);
}
