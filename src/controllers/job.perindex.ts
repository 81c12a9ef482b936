// Indexed Jobs that count failures index by index (backoffLimitPerIndex), and the indexes that make one a success (successPolicy).
// Called by: job*.ts. Must not know: the client. Upstream: job/indexed_job_utils.go, success_policy.go.
import type { Job } from '../resources/job.ts';
import type { Pod } from '../resources/pod.ts';
import { indexOf, parseIndexes } from './job.indexes.ts';
import { backoffMs, finishedMs, isPodFailed, matchFailurePolicy } from './job.pods.ts';
import { isTracked } from './job.tracking.ts';

const FAILURES = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED = 'batch.kubernetes.io/job-index-ignored-failure-count';

/** Whether each index has a back-off limit of its own. */
export function countsPerIndex(job: Job): boolean {
  return job.spec.backoffLimitPerIndex !== undefined;
}

function count(pod: Pod, annotation: string): number {
  const text = pod.metadata.annotations?.[annotation] ?? '';
  return /^\d+$/.test(text) ? Number(text) : 0;
}

function failuresBefore(pod: Pod): number {
  return count(pod, FAILURES) + count(pod, IGNORED);
}

/** Returns the indexes for which nothing is tried any more. Upstream: calculateFailedIndexes. */
export function failedIndexesOf(job: Job, pods: readonly Pod[]): Set<number> {
  const { completions = 0, backoffLimitPerIndex = 0 } = job.spec;
  const failed = parseIndexes(job.status.failedIndexes, completions);
  for (const pod of pods) {
    const index = indexOf(pod);
    if (index === undefined || index >= completions || !isTracked(pod) || !isPodFailed(job, pod)) continue;
    const { counts, failsIndex } = matchFailurePolicy(job, pod);
    if (failsIndex || (counts && count(pod, FAILURES) >= backoffLimitPerIndex)) failed.add(index);
  }
  return failed;
}

/**
 * Returns, by index, the last pod that failed and has no successor yet: it is kept until then, for its successor counts on from it.
 * Upstream: getPodsWithDelayedDeletionPerIndex.
 */
export function failedPodsToFollow(
  job: Job,
  pods: readonly Pod[],
  isOver: (index: number) => boolean,
): Map<number, Pod> {
  const last = new Map<number, Pod>();
  for (const pod of pods) {
    const index = indexOf(pod);
    if (index === undefined || index >= (job.spec.completions ?? 0) || isOver(index) || !isPodFailed(job, pod))
      continue;
    const other = last.get(index);
    const isLater = !other || (failuresBefore(pod) >= failuresBefore(other) && finishedMs(pod) >= finishedMs(other));
    if (isLater) last.set(index, pod);
  }
  return last;
}

/** Returns when (ms) a pod may follow one that failed. Upstream: getRemainingTimePerIndex. */
export function followsAtMs(failed: Pod): number {
  return finishedMs(failed) + backoffMs(failuresBefore(failed) + 1);
}

/** Gives a pod the number of failures before it. Changes its argument. Upstream: addIndexFailureCountAnnotation. */
export function countFailures(job: Job, pod: { metadata: Pod['metadata'] }, failed: Pod | undefined): void {
  const isCounted = failed !== undefined && matchFailurePolicy(job, failed).counts;
  const failures = failed ? count(failed, FAILURES) + (isCounted ? 1 : 0) : 0;
  const ignored = failed ? count(failed, IGNORED) + (isCounted ? 0 : 1) : 0;
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [FAILURES]: String(failures),
    ...(ignored > 0 ? { [IGNORED]: String(ignored) } : {}),
  };
}

interface SuccessPolicy {
  rules?: readonly { succeededIndexes?: string; succeededCount?: number }[];
}

/** Returns upstream's sentence on the rule that the indexes meet, or undefined. Upstream: matchSuccessPolicy. */
export function metSuccessRule(job: Job, succeeded: ReadonlySet<number>): string | undefined {
  const { successPolicy, completions = 0 } = job.spec as Job['spec'] & { successPolicy?: SuccessPolicy };
  if (succeeded.size === 0) return undefined;
  const at = (successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && succeeded.size >= succeededCount;
    const wanted = parseIndexes(succeededIndexes, completions);
    const met = [...wanted].filter((index) => succeeded.has(index)).length;
    return wanted.size > 0 && (met === wanted.size || (succeededCount !== undefined && met >= succeededCount));
  });
  return at < 0 ? undefined : `Matched rules at index ${at}`;
}
