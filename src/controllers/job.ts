// Job: runs pods until enough of them have succeeded, or it has failed.
// Called by: controllers/manager.ts through the index. Must not know: what the pods run.
import type { JobCondition } from 'kubernetes-types/batch/v1';
import { formatTime } from '../machinery/clock.ts';
import { clone, controllerOf, deepEqual, isDeleting, keyString, parseKey } from '../machinery/meta.ts';
import { job as jobResource, type Job } from '../resources/job.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { StoredEvent } from '../storage/types.ts';
import { claimObjects } from './claim.ts';
import type { Controller, ControllerContext, ReconcileResult } from './controller.ts';
import { controllerIndex, ownerOrAdopters, self } from './enqueue.ts';
import { formatIndexes, indexOf, isIndexed, parseIndexes } from './job.indexes.ts';
import { deletePods, isSuspended, manageJob, type JobSync } from './job.manage.ts';
import { deadlineOf, outcomeOf, type Outcome } from './job.outcome.ts';
import { countsPerIndex, failedIndexesOf, failedPodsToFollow } from './job.perindex.ts';
import { isPodFailed, matchFailurePolicy } from './job.pods.ts';
import { isTracked, removeFinalizer } from './job.tracking.ts';
import { isPodActive, isPodReady, isPodTerminating } from './podstate.ts';

const TRACKED_INDEX = 'jobTracking';

const enqueueOwner = ownerOrAdopters(jobResource);

/** A tracked pod whose Job is gone is enqueued under the Job's name too, so that it loses its finalizer. */
function enqueueForPod(event: StoredEvent, context: ControllerContext): Iterable<string> {
  const pod = event.object as Pod;
  const name = pod.metadata.labels?.['batch.kubernetes.io/job-name'];
  const isOrphan = event.type !== 'DELETED' && isTracked(pod) && !controllerOf(pod) && name !== undefined;
  return isOrphan ? [keyString({ namespace: pod.metadata.namespace, name })] : enqueueOwner(event, context);
}

/** Upstream: kubernetes pkg/controller/job/job_controller.go syncJob. */
export const jobController: Controller = {
  name: 'job-controller',
  watches: [
    { definition: jobResource, enqueue: self },
    { definition: podResource, enqueue: enqueueForPod },
  ],
  indexes: [
    controllerIndex(podResource),
    {
      definition: podResource,
      name: TRACKED_INDEX,
      index: (pod) => {
        const owner = controllerOf(pod)?.name ?? pod.metadata.labels?.['batch.kubernetes.io/job-name'];
        return isTracked(pod as Pod) && owner ? [keyString({ namespace: pod.metadata.namespace, name: owner })] : [];
      },
    },
  ],
  reconcile(context, key) {
    const job = context.client.get(jobResource, parseKey(key));
    releaseOrphans(context, key, job);
    if (!job || isManagedElsewhere(job) || isFinished(job)) return;
    return syncJob(context, job);
  },
};

function isManagedElsewhere({ spec }: Job): boolean {
  return (spec.managedBy ?? 'kubernetes.io/job-controller') !== 'kubernetes.io/job-controller';
}
function conditionOf({ status }: Job, type: string): JobCondition | undefined {
  return status.conditions?.find((condition) => condition.type === type && condition.status === 'True');
}
function isFinished(job: Job): boolean {
  return (conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed')) !== undefined;
}

/** Takes the finalizer off pods that no unfinished Job counts. Upstream: syncOrphanPod. */
function releaseOrphans(context: ControllerContext, key: string, job: Job | undefined): void {
  const tracked = context.client.byIndex(podResource, TRACKED_INDEX, key);
  const isCounted = (pod: Pod) => job && !isFinished(job) && controllerOf(pod)?.uid === job.metadata.uid;
  for (const pod of tracked) if (!isCounted(pod)) removeFinalizer(context, pod);
}

function startSync(context: ControllerContext, found: Job): JobSync {
  const job = clone(found);
  const selector = job.spec.selector;
  const pods = claimObjects(context, { definition: podResource, owner: found, selector });
  const activePods = pods.filter(isPodActive);
  const open = pods.filter(isTracked);
  const newlyFailed = open.filter(
    (pod) => isPodFailed(job, pod) && hasPlace(job, pod) && matchFailurePolicy(job, pod).counts,
  );
  const completions = job.spec.completions ?? 0;
  const succeededIndexes = parseIndexes(job.status.completedIndexes, completions);
  const newlySucceeded = open.filter((pod) => pod.status.phase === 'Succeeded');
  for (const pod of newlySucceeded) {
    const index = indexOf(pod);
    if (index !== undefined && index < completions) succeededIndexes.add(index);
  }
  if (job.status.startTime === undefined && !isSuspended(job)) job.status.startTime = formatTime(context.nowMs);
  const failedIndexes = countsPerIndex(job) ? failedIndexesOf(job, pods) : undefined;
  const activeIndexes = new Set(activePods.map(indexOf));
  const isOver = (index: number): boolean =>
    succeededIndexes.has(index) || (failedIndexes?.has(index) ?? false) || activeIndexes.has(index);
  return {
    job,
    pods,
    activePods,
    active: activePods.length,
    ready: activePods.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    succeeded: isIndexed(job) ? succeededIndexes.size : (job.status.succeeded ?? 0) + newlySucceeded.length,
    failed: (job.status.failed ?? 0) + newlyFailed.length,
    succeededIndexes,
    ...(failedIndexes ? { failedIndexes, failedPods: failedPodsToFollow(job, pods, isOver) } : {}),
  };
}

function isDone({ job, succeeded, active }: JobSync): boolean {
  const { completions } = job.spec;
  return active === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions);
}

function syncJob(context: ControllerContext, found: Job): ReconcileResult {
  const { nowMs } = context;
  const sync = startSync(context, found);
  const { job } = sync;
  const decided = conditionOf(job, 'SuccessCriteriaMet') ?? conditionOf(job, 'FailureTarget');
  let outcome = decided
    ? { type: decided.type as Outcome['type'], reason: decided.reason ?? '', message: decided.message ?? '' }
    : outcomeOf(sync, nowMs);
  if (outcome) deletePods(context, sync, sync.activePods);
  else {
    if (!isDeleting(found)) manageJob(context, sync);
    if (isDone(sync)) {
      const message = 'Reached expected number of succeeded pods';
      outcome = { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message };
    } else if (!isDeleting(found)) syncSuspended(context, job);
  }
  const stored = trackPods(context, found, sync, outcome);
  if (sync.error) throw sync.error;
  const times = [sync.requeueAtMs, isFinished(stored) ? undefined : deadlineOf(job)].filter(
    (ms) => ms !== undefined && ms > nowMs,
  );
  return times.length === 0 ? {} : { requeueAtMs: Math.min(...(times as number[])), isBackground: true };
}

/** Keeps the condition Suspended, once the Job has been suspended. Changes `job`. */
function syncSuspended({ recorder, nowMs }: ControllerContext, job: Job): void {
  const current = job.status.conditions?.find(({ type }) => type === 'Suspended');
  if (isSuspended(job)) {
    if (current?.status === 'True') return;
    setCondition(job, { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }, nowMs);
    recorder.event(job, 'Normal', 'Suspended', 'Job suspended');
  } else if (current?.status === 'True') {
    setCondition(job, { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }, nowMs);
    recorder.event(job, 'Normal', 'Resumed', 'Job resumed');
    job.status.startTime = formatTime(nowMs);
  }
}

function setCondition(
  job: Job,
  condition: Pick<JobCondition, 'type' | 'status' | 'reason' | 'message'>,
  nowMs: number,
): void {
  const conditions = job.status.conditions ?? [];
  const { type, status, reason, message } = condition;
  const time = formatTime(nowMs);
  const made = { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message } as JobCondition;
  const at = conditions.findIndex((old) => old.type === type);
  job.status.conditions = at < 0 ? [...conditions, made] : conditions.with(at, made);
}

/**
 * Writes the status in upstream's two steps: first which pods have ended (and that the end is decided), then, once their
 * finalizers are off, the counts (and the end itself). Upstream: trackJobStatusAndRemoveFinalizers.
 */
function trackPods(context: ControllerContext, found: Job, sync: JobSync, outcome: Outcome | undefined): Job {
  const { job } = sync;
  const { client, nowMs } = context;
  const isEnded = (pod: Pod): boolean => isDeleting(found) || outcome !== undefined || hasEnded(sync, pod);
  const ended = sync.pods.filter((pod) => isTracked(pod) && isEnded(pod));
  const succeeded = ended.filter((pod) => pod.status.phase === 'Succeeded');
  // When a Job fails, every pod that has not succeeded has failed.
  const isFailed = (pod: Pod): boolean => outcome?.type === 'FailureTarget' || isPodFailed(job, pod);
  const failed = ended.filter(
    (pod) => !succeeded.includes(pod) && isFailed(pod) && matchFailurePolicy(job, pod).counts && hasPlace(job, pod),
  );
  const { status } = job;
  setCount(status, 'active', sync.active);
  status.ready = sync.ready;
  status.terminating = sync.terminating;
  if (outcome && !conditionOf(job, outcome.type)) setCondition(job, { ...outcome, status: 'True' }, nowMs);
  status.uncountedTerminatedPods = {
    ...(succeeded.length > 0 && !isIndexed(job) ? { succeeded: uids(succeeded) } : {}),
    ...(failed.length > 0 ? { failed: uids(failed) } : {}),
  };
  if (isIndexed(job)) {
    setCount(status, 'succeeded', sync.succeededIndexes.size);
    const text = formatIndexes(sync.succeededIndexes);
    if (text !== '') status.completedIndexes = text;
    else delete status.completedIndexes;
    if (sync.failedIndexes) status.failedIndexes = formatIndexes(sync.failedIndexes);
  }
  let stored = writeStatus(context, found, job);
  for (const pod of ended) removeFinalizer(context, pod);
  if (!isIndexed(job)) setCount(status, 'succeeded', (status.succeeded ?? 0) + succeeded.length);
  setCount(status, 'failed', (status.failed ?? 0) + failed.length);
  status.uncountedTerminatedPods = {};
  const isEnding = outcome !== undefined && sync.terminating === 0 && sync.active === 0;
  if (isEnding) finish(job, outcome, nowMs);
  stored = client.get(jobResource, found.metadata) ?? stored;
  stored = writeStatus(context, stored, job);
  if (isEnding) recordFinish(context, job, outcome);
  return stored;
}

function uids(pods: readonly Pod[]): string[] {
  return pods.map(({ metadata }) => metadata.uid ?? '');
}

/** Upstream: canRemoveFinalizer. */
function hasEnded({ job, failedPods }: JobSync, pod: Pod): boolean {
  if (pod.status.phase === 'Succeeded') return true;
  return isPodFailed(job, pod) && ![...(failedPods?.values() ?? [])].includes(pod);
}

function hasPlace(job: Job, pod: Pod): boolean {
  const index = indexOf(pod);
  return !isIndexed(job) || (index !== undefined && index < (job.spec.completions ?? 0));
}

function setCount(status: Job['status'], field: 'active' | 'succeeded' | 'failed', count: number): void {
  if (count > 0) status[field] = count;
  else delete status[field];
}

function finish(job: Job, { type, reason, message }: Outcome, nowMs: number): void {
  const isComplete = type === 'SuccessCriteriaMet';
  setCondition(job, { type: isComplete ? 'Complete' : 'Failed', status: 'True', reason, message }, nowMs);
  if (isComplete) job.status.completionTime = formatTime(nowMs);
}

function recordFinish({ recorder }: ControllerContext, job: Job, { type, reason, message }: Outcome): void {
  if (type === 'FailureTarget') {
    recorder.event(job, 'Warning', reason, message);
    return;
  }
  const { completions } = job.spec;
  if (completions !== undefined && (job.status.succeeded ?? 0) > completions)
    recorder.event(
      job,
      'Warning',
      'TooManySucceededPods',
      'Too many succeeded pods running after completion count reached',
    );
  recorder.event(job, 'Normal', 'Completed', 'Job completed');
}

function writeStatus({ client }: ControllerContext, stored: Job, { status }: Job): Job {
  return deepEqual(stored.status, status)
    ? stored
    : client.updateStatus(jobResource, { ...clone(stored), status: clone(status) });
}
