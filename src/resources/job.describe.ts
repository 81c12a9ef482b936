// What `kubectl describe job` says.
// Called by: job.ts. Must not know: HTTP, storage.
import { parseTime } from '../machinery/clock.ts';
import { humanDuration } from '../machinery/duration.ts';
import { labelSelectorAsSelector, selectorText } from '../machinery/selectors.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { timeText, writeController, writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import type { Job } from './job.ts';
import { writePodTemplate } from './podtemplate.describe.ts';

/** A list of indexes is cut at the first comma past this. */
const INDEXES_SOFT_LIMIT = 50;

/** Upstream: JobDescriber.Describe, describeJob. */
export async function describeJob(job: Job, context: DescribeContext): Promise<string> {
  const events = await eventsOf(job, context);
  return tabbed((w) => {
    w.field(0, 'Name', job.metadata.name);
    w.field(0, 'Namespace', job.metadata.namespace);
    w.field(0, 'Selector', selectorLine(job));
    writeLabelsAndAnnotations(w, job.metadata);
    writeController(w, job);
    writeSpec(w, job);
    writeTimes(w, job, context);
    writeCounts(w, job);
    writePodTemplate(w, job.spec.template);
    writeEvents(w, events, context);
  });
}

function selectorLine({ spec }: Job): string {
  try {
    return selectorText(labelSelectorAsSelector(spec.selector));
  } catch (error) {
    return `Failed to get selector: ${(error as Error).message}`;
  }
}

function writeSpec(w: PrefixWriter, { spec }: Job): void {
  if (spec.parallelism !== undefined) w.field(0, 'Parallelism', spec.parallelism);
  w.field(0, 'Completions', spec.completions ?? '<unset>');
  if (spec.completionMode !== undefined) w.field(0, 'Completion Mode', spec.completionMode);
  if (spec.suspend !== undefined) w.field(0, 'Suspend', spec.suspend);
  if (spec.backoffLimit !== undefined) w.field(0, 'Backoff Limit', spec.backoffLimit);
  const { ttlSecondsAfterFinished } = spec;
  if (ttlSecondsAfterFinished !== undefined) w.field(0, 'TTL Seconds After Finished', ttlSecondsAfterFinished);
}

function writeTimes(w: PrefixWriter, { spec, status }: Job, context: DescribeContext): void {
  const { startTime, completionTime } = status;
  if (startTime) w.field(0, 'Start Time', timeText(startTime, context));
  if (completionTime) w.field(0, 'Completed At', timeText(completionTime, context));
  if (startTime && completionTime) {
    const tookMs = (parseTime(completionTime) ?? 0) - (parseTime(startTime) ?? 0);
    w.field(0, 'Duration', humanDuration(tookMs));
  }
  if (spec.activeDeadlineSeconds !== undefined) w.field(0, 'Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`);
}

function writeCounts(w: PrefixWriter, { spec, status }: Job): void {
  const { active = 0, ready, succeeded = 0, failed = 0, completedIndexes = '' } = status;
  const activeText = ready === undefined ? `${active} Active` : `${active} Active (${ready} Ready)`;
  w.field(0, 'Pods Statuses', `${activeText} / ${succeeded} Succeeded / ${failed} Failed`);
  if (spec.completionMode === 'Indexed') w.field(0, 'Completed Indexes', indexesText(completedIndexes));
}

/** Upstream: capIndexesListOrNone. */
function indexesText(indexes: string): string {
  if (indexes === '') return '<none>';
  const comma = indexes.indexOf(',', INDEXES_SOFT_LIMIT);
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`;
}
