// Validation of CronJobs.
// Called by: cronjob.ts. Must not know: storage, HTTP.
import { parseCron } from '../machinery/cron.ts';
import { type FieldErrors, Path, invalid, notSupported, required } from '../machinery/field.ts';
import { isTimeZone } from '../machinery/timezone.ts';
import type { CronJob } from './cronjob.ts';
import { validateJobSpec } from './job.validation.ts';
import { validateCounts } from './rollingupdate.validation.ts';

const SPEC = Path.of('spec');
const POLICIES = ['Allow', 'Forbid', 'Replace'];
/** The name of a Job is the CronJob's and eleven characters more. */
const MAX_NAME_LENGTH = 52;

/** Upstream: kubernetes pkg/apis/batch/validation ValidateCronJobCreate. */
export function validateCronJob(cronJob: CronJob): FieldErrors {
  const { name } = cronJob.metadata;
  const errors = validateCronJobUpdate(cronJob);
  if (name.length > MAX_NAME_LENGTH)
    errors.push(invalid(Path.of('metadata', 'name'), name, `must be no more than ${MAX_NAME_LENGTH} characters`));
  return errors;
}

/** Upstream: ValidateCronJobUpdate, validateCronJobSpec. */
export function validateCronJobUpdate({ spec }: CronJob): FieldErrors {
  const { schedule = '', startingDeadlineSeconds, concurrencyPolicy = '', jobTemplate } = spec;
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = spec;
  const errors: FieldErrors = [];
  if (schedule === '') errors.push(required(SPEC.child('schedule')));
  else errors.push(...validateSchedule(schedule, spec.timeZone));
  errors.push(...validateCounts({ startingDeadlineSeconds }, SPEC));
  const policyPath = SPEC.child('concurrencyPolicy');
  if (concurrencyPolicy === '') errors.push(required(policyPath));
  else if (!POLICIES.includes(concurrencyPolicy)) errors.push(notSupported(policyPath, concurrencyPolicy, POLICIES));
  errors.push(...validateTimeZone(spec.timeZone), ...validateJobTemplate(jobTemplate.spec));
  return [...errors, ...validateCounts({ successfulJobsHistoryLimit, failedJobsHistoryLimit }, SPEC)];
}

function validateSchedule(schedule: string, timeZone: string | undefined): FieldErrors {
  const at = SPEC.child('schedule');
  const errors: FieldErrors = [];
  try {
    parseCron(schedule.replace(/^(?:CRON_)?TZ=\S+\s+/, ''));
  } catch (error) {
    errors.push(invalid(at, schedule, (error as Error).message));
  }
  if (!schedule.includes('TZ')) return errors;
  const detail =
    timeZone === undefined
      ? 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
      : 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
  return [...errors, invalid(at, schedule, detail)];
}

function validateTimeZone(timeZone: string | undefined): FieldErrors {
  const at = SPEC.child('timeZone');
  if (timeZone === undefined) return [];
  if (timeZone === '') return [invalid(at, timeZone, 'timeZone must be nil or non-empty string')];
  if (timeZone.toLowerCase() === 'local') {
    const detail = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    return [invalid(at, timeZone, detail)];
  }
  return isTimeZone(timeZone) ? [] : [invalid(at, timeZone, `unknown time zone ${timeZone}`)];
}

function validateJobTemplate(spec: CronJob['spec']['jobTemplate']['spec']): FieldErrors {
  const path = SPEC.child('jobTemplate', 'spec');
  const errors = validateJobSpec(spec ?? { template: {} }, path);
  if (spec?.selector) errors.push(invalid(path.child('selector'), spec.selector, '`selector` will be auto-generated'));
  if (spec?.manualSelector) errors.push(notSupported(path.child('manualSelector'), true, ['nil', 'false']));
  return errors;
}
