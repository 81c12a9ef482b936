// What `kubectl describe cronjob` says.
// Called by: cronjob.ts. Must not know: HTTP, storage.
import { labelSelectorAsSelector, selectorText } from '../machinery/selectors.ts';
import type { CronJob } from './cronjob.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { boolText, timeText, writeHead } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import { writePodTemplate } from './podtemplate.describe.ts';

/** Upstream: CronJobDescriber.Describe, describeCronJob. */
export async function describeCronJob(cronJob: CronJob, context: DescribeContext): Promise<string> {
  const { spec, status } = cronJob;
  const events = await eventsOf(cronJob, context);
  return tabbed((w) => {
    writeHead(w, cronJob);
    w.field(0, 'Schedule', spec.schedule);
    w.field(0, 'Concurrency Policy', spec.concurrencyPolicy);
    w.field(0, 'Suspend', spec.suspend === undefined ? '<unset>' : boolText(spec.suspend));
    w.field(0, 'Successful Job History Limit', spec.successfulJobsHistoryLimit ?? '<unset>');
    w.field(0, 'Failed Job History Limit', spec.failedJobsHistoryLimit ?? '<unset>');
    const { startingDeadlineSeconds: deadline } = spec;
    w.field(0, 'Starting Deadline Seconds', deadline === undefined ? '<unset>' : `${deadline}s`);
    writeJobTemplate(w, spec.jobTemplate.spec);
    const last = status.lastScheduleTime;
    w.field(0, 'Last Schedule Time', last ? timeText(last, context) : '<unset>');
    writeActive(w, status.active);
    writeEvents(w, events, context);
  });
}

/** Upstream: describeJobTemplate. */
function writeJobTemplate(w: PrefixWriter, spec: CronJob['spec']['jobTemplate']['spec']): void {
  const { selector, parallelism, completions, activeDeadlineSeconds, template } = spec ?? {};
  w.field(0, 'Selector', selector ? selectorText(labelSelectorAsSelector(selector)) : '<unset>');
  w.field(0, 'Parallelism', parallelism ?? '<unset>');
  w.field(0, 'Completions', completions ?? '<unset>');
  if (activeDeadlineSeconds !== undefined) w.field(0, 'Active Deadline Seconds', `${activeDeadlineSeconds}s`);
  writePodTemplate(w, template);
}

/** Upstream: printActiveJobs. */
function writeActive(w: PrefixWriter, active: CronJob['status']['active'] = []): void {
  w.write(0, 'Active Jobs:\t');
  w.write(0, active.length === 0 ? '<none>\n' : `${active.map(({ name }) => name).join(', ')}\n`);
}
