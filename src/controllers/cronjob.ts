// CronJob: makes a Job whenever its schedule says so, and forgets old ones.
// Called by: controllers/manager.ts through the index. Must not know: what Jobs do.
import { formatTime, parseTime } from '../machinery/clock.ts';
import { nextCronMs, parseCron, type CronSchedule } from '../machinery/cron.ts';
import { clone, deepEqual, isDeleting, newControllerRef, parseKey } from '../machinery/meta.ts';
import { isAlreadyExists, isNotFound, StatusError } from '../machinery/status.ts';
import { isTimeZone, zoneOffsetMs } from '../machinery/timezone.ts';
import { cronJob as cronJobResource, type CronJob } from '../resources/cronjob.ts';
import { job as jobResource, type Job } from '../resources/job.ts';
import type { Controller, ControllerContext, ReconcileResult } from './controller.ts';
import { CONTROLLER_INDEX, controllerIndex, ownerOfKind, self } from './enqueue.ts';
import { isNamespaceTerminating } from './podcontrol.ts';

const SCHEDULED_TIME = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** More missed times than these are warned of. */
const MAX_MISSED = 100;

type Reference = NonNullable<CronJob['status']['active']>[number];

/** Upstream: kubernetes pkg/controller/cronjob/cronjob_controllerv2.go. */
export const cronJobController: Controller = {
  name: 'cronjob-controller',
  watches: [
    { definition: cronJobResource, enqueue: self },
    { definition: jobResource, enqueue: ownerOfKind({ kind: 'CronJob', group: 'batch' }) },
  ],
  indexes: [controllerIndex(jobResource)],
  reconcile(context, key) {
    const found = context.client.get(cronJobResource, parseKey(key));
    if (!found) return;
    const cronJob = clone(found);
    const jobs = context.client.byIndex(jobResource, CONTROLLER_INDEX, found.metadata.uid ?? '');
    followJobs(context, cronJob, jobs);
    const requeueAtMs = isDeleting(found) ? undefined : schedule(context, cronJob);
    cleanUp(context, cronJob, jobs);
    if (!deepEqual(cronJob.status, found.status)) writeStatus(context, found, cronJob);
    return requeueAtMs === undefined ? {} : ({ requeueAtMs, isBackground: true } satisfies ReconcileResult);
  },
};

function writeStatus({ client }: ControllerContext, found: CronJob, { status }: CronJob): void {
  const latest = client.get(cronJobResource, found.metadata);
  if (latest) client.updateStatus(cronJobResource, { ...clone(latest), status });
}

function finishedAs({ status }: Job): 'Complete' | 'Failed' | undefined {
  const found = status.conditions?.find(
    ({ type, status: value }) => /^(?:Complete|Failed)$/.test(type) && value === 'True',
  );
  return found?.type as 'Complete' | 'Failed' | undefined;
}

/** Brings the list of active Jobs up to date. Changes `cronJob`. */
function followJobs({ client, recorder }: ControllerContext, cronJob: CronJob, jobs: readonly Job[]): void {
  const { status } = cronJob;
  const active = (): Reference[] => status.active ?? [];
  const drop = (uid: string | undefined): void => {
    const rest = active().filter((reference) => reference.uid !== uid);
    if (rest.length > 0) status.active = rest;
    else delete status.active;
  };
  for (const job of jobs) {
    const { name, uid } = job.metadata;
    const isActive = active().some((reference) => reference.uid === uid);
    const end = finishedAs(job);
    if (!isActive && !end) {
      const message = `Saw a job that the controller did not create or forgot: ${name}`;
      recorder.event(cronJob, 'Warning', 'UnexpectedJob', message);
    } else if (isActive && end) {
      drop(uid);
      recorder.event(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end}`);
      const at = job.status.completionTime;
      if (end === 'Complete' && at && (parseTime(at) ?? 0) > (parseTime(status.lastSuccessfulTime) ?? -1))
        status.lastSuccessfulTime = at;
    }
  }
  for (const { name = '', namespace, uid } of active()) {
    if (client.get(jobResource, { namespace, name })?.metadata.uid === uid) continue;
    recorder.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
    drop(uid);
  }
}

/** Starts a Job if one is due. Returns when to look again. Changes `cronJob`. Upstream: syncCronJob. */
function schedule(context: ControllerContext, cronJob: CronJob): number | undefined {
  const { recorder, nowMs } = context;
  const { spec } = cronJob;
  const { timeZone } = spec;
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    const message = `invalid timeZone: "${timeZone}": unknown time zone ${timeZone}`;
    recorder.event(cronJob, 'Warning', 'UnknownTimeZone', message);
    return undefined;
  }
  if (spec.suspend) return undefined;
  let parsed: CronSchedule;
  try {
    parsed = parseCron(spec.schedule);
  } catch (error) {
    const message = `unparseable schedule: "${spec.schedule}" : ${(error as Error).message}`;
    recorder.event(cronJob, 'Warning', 'UnparseableSchedule', message);
    return undefined;
  }
  const next = nextCronMs(parsed, nowMs, timeZone);
  const dueMs = lastDueMs(context, cronJob, parsed);
  if (dueMs !== undefined) startDue(context, cronJob, dueMs);
  return next;
}

/** Returns the latest time that has come and for which no Job was made. Upstream: utils.go mostRecentScheduleTime. */
function lastDueMs({ recorder, nowMs }: ControllerContext, cronJob: CronJob, parsed: CronSchedule): number | undefined {
  const { metadata, spec, status } = cronJob;
  const lastMs = parseTime(status.lastScheduleTime) ?? parseTime(metadata.creationTimestamp) ?? nowMs;
  const deadline = spec.startingDeadlineSeconds;
  const earliestMs = deadline === undefined ? lastMs : Math.max(lastMs, nowMs - deadline * 1000);
  let dueMs: number | undefined;
  let missed = 0;
  for (let at = nextCronMs(parsed, earliestMs, spec.timeZone); at !== undefined && at <= nowMs; missed++) {
    dueMs = at;
    at = nextCronMs(parsed, at, spec.timeZone);
  }
  if (missed > MAX_MISSED) {
    const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    recorder.event(cronJob, 'Warning', 'TooManyMissedTimes', message);
  }
  return dueMs;
}

function startDue(context: ControllerContext, cronJob: CronJob, dueMs: number): void {
  const { client, recorder, nowMs } = context;
  const { spec, status, metadata } = cronJob;
  const deadline = spec.startingDeadlineSeconds;
  if (deadline !== undefined && dueMs + deadline * 1000 < nowMs) {
    const time = new Date(dueMs).toUTCString().replace('GMT', '+0000');
    recorder.event(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${time}`);
    return;
  }
  const name = `${metadata.name}-${Math.floor(dueMs / 60_000)}`;
  const active = status.active ?? [];
  if (active.some((reference) => reference.name === name)) return;
  if (spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    recorder.event(cronJob, 'Normal', 'JobAlreadyActive', message);
    return;
  }
  if (spec.concurrencyPolicy === 'Replace') {
    for (const { name: old = '', namespace } of active) deleteJob(context, cronJob, { namespace, name: old });
    delete status.active;
  }
  let job: Job;
  try {
    job = client.create(jobResource, jobFor(cronJob, name, dueMs));
  } catch (error) {
    if (!(error instanceof StatusError) || isNamespaceTerminating(error)) throw error;
    // A Job of that name is the one that is due, or somebody else's.
    if (isAlreadyExists(error)) status.lastScheduleTime = formatTime(dueMs);
    else recorder.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
    return;
  }
  recorder.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
  const { namespace, uid, resourceVersion } = job.metadata;
  const reference = { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion } as Reference;
  status.active = [...(status.active ?? []), reference];
  status.lastScheduleTime = formatTime(dueMs);
}

/** Upstream: utils.go getJobFromTemplate2. */
function jobFor(cronJob: CronJob, name: string, dueMs: number) {
  const { metadata, spec } = clone(cronJob.spec.jobTemplate);
  const zone = cronJob.spec.timeZone ?? 'UTC';
  const annotations = { ...metadata?.annotations, [SCHEDULED_TIME]: timeIn(zone, dueMs) };
  const { namespace } = cronJob.metadata;
  return {
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...(metadata?.labels ? { labels: metadata.labels } : {}),
      annotations,
      ownerReferences: [newControllerRef(cronJob)],
    },
    spec: spec as Job['spec'],
  };
}

/** Returns a time as the clocks of a zone show it, with their distance from UTC. Upstream: Go time.RFC3339. */
function timeIn(zone: string, atMs: number): string {
  const offsetMs = zoneOffsetMs(zone, atMs);
  const wall = formatTime(atMs + offsetMs).replace(/Z$/, '');
  if (offsetMs === 0) return `${wall}Z`;
  const minutes = Math.abs(offsetMs) / 60_000;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${wall}${offsetMs < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
}

/** Deletes finished Jobs beyond the limits, oldest first. Upstream: cleanupFinishedJobs. */
function cleanUp(context: ControllerContext, cronJob: CronJob, jobs: readonly Job[]): void {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
  const limits = { Complete: successfulJobsHistoryLimit, Failed: failedJobsHistoryLimit };
  for (const [end, limit] of Object.entries(limits)) {
    if (limit === undefined) continue;
    const finished = jobs.filter((job) => finishedAs(job) === end && !isDeleting(job)).sort(byStart);
    for (const { metadata } of finished.slice(0, Math.max(0, finished.length - limit)))
      deleteJob(context, cronJob, { namespace: metadata.namespace, name: metadata.name });
  }
}

function byStart(a: Job, b: Job): number {
  const [x = '', y = ''] = [a.status.startTime, b.status.startTime];
  if (x !== y) return x < y ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function deleteJob(
  { client, recorder }: ControllerContext,
  cronJob: CronJob,
  key: { namespace: string | undefined; name: string },
): void {
  try {
    client.delete(jobResource, key, { propagationPolicy: 'Background' });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return;
  }
  recorder.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${key.name}`);
}
