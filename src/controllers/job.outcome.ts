// How a Job ends: what makes it fail, and what makes it a success before all its pods have succeeded.
// Called by: job.ts. Must not know: the client, how the end is written. Upstream: job_controller.go syncJob.
import { parseTime } from '../machinery/clock.ts';
import type { Job } from '../resources/job.ts';
import { isSuspended, type JobSync } from './job.manage.ts';
import { metSuccessRule } from './job.perindex.ts';
import { isPastRestartLimit, isPodFailed, matchFailurePolicy } from './job.pods.ts';

export interface Outcome {
  type: 'SuccessCriteriaMet' | 'FailureTarget';
  reason: string;
  message: string;
}

/** Returns how the Job ends with the pods as they are, or undefined. */
export function outcomeOf(sync: JobSync, nowMs: number): Outcome | undefined {
  const { job, pods } = sync;
  const type = 'FailureTarget';
  for (const pod of pods) {
    const message = isPodFailed(job, pod) ? matchFailurePolicy(job, pod).failsJob : undefined;
    if (message !== undefined) return { type, reason: 'PodFailurePolicy', message };
  }
  if (sync.failed > (job.spec.backoffLimit ?? 6) || isPastRestartLimit(job, pods))
    return { type, reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  const deadlineMs = deadlineOf(job);
  if (deadlineMs !== undefined && nowMs >= deadlineMs)
    return { type, reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  return indexOutcome(sync);
}

function indexOutcome({ job, succeededIndexes, failedIndexes }: JobSync): Outcome | undefined {
  const { completions = 0, maxFailedIndexes } = job.spec;
  const failed = failedIndexes?.size ?? 0;
  const type = 'FailureTarget';
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    const message = 'Job has exceeded the specified maximal number of failed indexes';
    return { type, reason: 'MaxFailedIndexesExceeded', message };
  }
  if (failed > 0 && failed + succeededIndexes.size >= completions)
    return { type, reason: 'FailedIndexes', message: 'Job has failed indexes' };
  const message = metSuccessRule(job, succeededIndexes);
  return message === undefined ? undefined : { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message };
}

/** Returns the end of the time that the Job may take, in ms, or undefined. */
export function deadlineOf(job: Job): number | undefined {
  const { activeDeadlineSeconds } = job.spec;
  const startMs = parseTime(job.status.startTime);
  if (activeDeadlineSeconds === undefined || startMs === undefined || isSuspended(job)) return undefined;
  return startMs + activeDeadlineSeconds * 1000;
}
