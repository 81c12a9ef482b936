// What a Job reads off its pods: which have ended, when, whether that counts, and how long to wait after failures.
// Called by: job*.ts. Must not know: the client.
import type { PodFailurePolicyRule } from 'kubernetes-types/batch/v1';
import { parseTime } from '../machinery/clock.ts';
import { isDeleting } from '../machinery/meta.ts';
import type { Job } from '../resources/job.ts';
import type { Pod } from '../resources/pod.ts';
import { podCondition } from './podstate.ts';

const FIRST_BACKOFF_MS = 10_000;
const MAX_BACKOFF_MS = 600_000;

/** Returns true when terminating pods are not replaced before they have ended. */
export function replacesOnlyFailed(job: Job): boolean {
  return job.spec.podReplacementPolicy === 'Failed';
}

/** Upstream: job_controller.go isPodFailed. */
export function isPodFailed(job: Job, pod: Pod): boolean {
  if (pod.status.phase === 'Failed') return true;
  return !replacesOnlyFailed(job) && isDeleting(pod) && pod.status.phase !== 'Succeeded';
}

/** Returns when a pod ended, in ms. Upstream: job/backoff_utils.go getFinishedTime. */
export function finishedMs(pod: Pod): number {
  const ends = (pod.status.containerStatuses ?? []).map(({ state }) => parseTime(state?.terminated?.finishedAt));
  if (ends.length > 0 && ends.every((end) => end !== undefined)) return Math.max(...ends);
  const ready = podCondition(pod, 'Ready');
  const unreadyMs = ready?.status === 'False' ? parseTime(ready.lastTransitionTime) : undefined;
  if (unreadyMs !== undefined) return unreadyMs;
  const deletedMs = parseTime(pod.metadata.deletionTimestamp);
  if (deletedMs !== undefined) return deletedMs - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return parseTime(pod.metadata.creationTimestamp) ?? 0;
}

/**
 * Returns when (ms) the next pod may be created after failures: 10 s · 2ⁿ after the last of n+1 failures since the last success,
 * at most ten minutes; undefined when nothing failed. Upstream: job/backoff_utils.go (which remembers; this counts the pods that are there).
 */
export function nextCreationMs(job: Job, pods: readonly Pod[]): number | undefined {
  const failed = pods.filter((pod) => isPodFailed(job, pod)).map(finishedMs);
  const lastSuccessMs = Math.max(...pods.filter((pod) => pod.status.phase === 'Succeeded').map(finishedMs));
  const since = failed.filter((ms) => ms > lastSuccessMs);
  if (since.length === 0) return undefined;
  return Math.max(...since) + backoffMs(since.length);
}

/** Returns how long (ms) nothing is tried after so many failures in a row. Upstream: getRemainingTimeForFailuresCount. */
export function backoffMs(failures: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS);
}

/** Returns true when restarts in place have used up the limit. Upstream: pastBackoffLimitOnFailure. */
export function isPastRestartLimit(job: Job, pods: readonly Pod[]): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  const limit = job.spec.backoffLimit ?? 6;
  let restarts = 0;
  for (const { status } of pods) {
    if (status.phase !== 'Running' && status.phase !== 'Pending') continue;
    for (const container of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
      restarts += container.restartCount;
  }
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

export interface FailureMatch {
  counts: boolean;
  /** Why the whole Job fails. */
  failsJob?: string;
  /** Nothing more is tried for the pod's index. */
  failsIndex?: true;
}

/** Returns what the pod failure policy says of a failed pod. Upstream: job/pod_failure_policy.go matchPodFailurePolicy. */
export function matchFailurePolicy(job: Job, pod: Pod): FailureMatch {
  const { namespace, name } = pod.metadata;
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const matched = rule.onExitCodes ? matchExitCodes(rule, pod) : matchConditions(rule, pod);
    if (matched === undefined) continue;
    if (rule.action === 'Ignore') return { counts: false };
    if (rule.action === 'FailIndex') return { counts: true, failsIndex: true };
    if (rule.action !== 'FailJob') return { counts: true };
    const tail = `matching FailJob rule at index ${index}`;
    const failsJob = rule.onExitCodes
      ? `Container ${matched.subject} for pod ${namespace}/${name} failed with exit code ${matched.exitCode} ${tail}`
      : `Pod ${namespace}/${name} has condition ${matched.subject} ${tail}`;
    return { counts: true, failsJob };
  }
  return { counts: true };
}

interface Matched {
  subject: string;
  exitCode?: number;
}

function matchExitCodes({ onExitCodes }: PodFailurePolicyRule, { status }: Pod): Matched | undefined {
  if (!onExitCodes) return undefined;
  const { containerName, operator, values } = onExitCodes;
  for (const { name, state } of [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])]) {
    const exitCode = state?.terminated?.exitCode ?? 0;
    if (exitCode === 0 || (containerName !== undefined && containerName !== name)) continue;
    if (values.includes(exitCode) === (operator === 'In')) return { subject: name, exitCode };
  }
  return undefined;
}

function matchConditions({ onPodConditions }: PodFailurePolicyRule, { status }: Pod): Matched | undefined {
  const found = status.conditions?.find(({ type, status: value }) =>
    onPodConditions?.some((pattern) => pattern.type === type && pattern.status === value),
  );
  return found && { subject: found.type };
}
