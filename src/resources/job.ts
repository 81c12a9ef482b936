// Job: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Job as UpstreamJob } from 'kubernetes-types/batch/v1';
import { Path } from '../machinery/field.ts';
import { parseTime } from '../machinery/clock.ts';
import { humanDuration } from '../machinery/duration.ts';
import { formatLabelSelector } from '../machinery/selectors.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, containerCells, nameColumn, textColumn, wideColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateJob, validateJobStatusUpdate, validateJobUpdate } from './job.validation.ts';
import { hostnameWarnings, podTemplateWarnings } from './podspec.warnings.ts';
import { setPodTemplateDefaults } from './podtemplate.ts';
import { isEmpty, keepStatus, raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type Job = Kind<UpstreamJob>;

const TEMPLATE = Path.of('spec', 'template');

export const job = defineResource<Job>({
  gvr: { group: 'batch', version: 'v1', resource: 'jobs' },
  kind: 'Job',
  singular: 'job',
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.batch.v1.Job',
  setDefaults,
  strategy: {
    // Clients that do not say get background deletion from kubectl; the API's own default for Jobs is to orphan.
    defaultPropagation: 'orphan',
    prepareForCreate(object) {
      if (!object.spec.manualSelector) generateSelector(object);
      // What upstream stores is defaulted again when it is read, now with the template's new labels.
      labelFromTemplate(object);
      object.status = {};
      startGeneration(object);
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      raiseGenerationOnSpecChange(object, old);
    },
    validate: validateJob,
    validateUpdate: validateJobUpdate,
    validateStatusUpdate: validateJobStatusUpdate,
    warningsOnCreate: ({ metadata, spec }) => [
      ...hostnameWarnings(metadata.name, 'Pod names and hostnames'),
      ...podTemplateWarnings(spec.template, TEMPLATE),
    ],
    warningsOnUpdate: (object, old) =>
      object.metadata.generation === old.metadata.generation ? [] : podTemplateWarnings(object.spec.template, TEMPLATE),
  },
  table: {
    columns: [
      nameColumn,
      textColumn('Status'),
      textColumn('Completions'),
      textColumn('Duration'),
      ageColumn,
      wideColumn('Containers'),
      wideColumn('Images'),
      wideColumn('Selector'),
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      statusCell(object),
      completionsCell(object),
      durationCell(object, nowMs),
      ageCell(object, nowMs),
      ...containerCells(object.spec.template.spec?.containers),
      formatLabelSelector(object.spec.selector),
    ],
  },
  describe: async (object, context) => (await import('./job.describe.ts')).describeJob(object, context),
  podTemplate: (object) => object.spec.template,
  fieldLabels: (object) => ({ 'status.successful': String(object.status.succeeded ?? 0) }),
});

function setDefaults(object: Job): void {
  setPodTemplateDefaults(object);
  const { spec } = object;
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2147483647;
  labelFromTemplate(object);
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
  }
}

function labelFromTemplate({ metadata, spec }: Job): void {
  const labels = spec.template.metadata?.labels;
  if (labels && isEmpty(metadata.labels)) metadata.labels = { ...labels };
}

/** Labels the pods with name and uid and selects them by the uid. Upstream: job/strategy.go generateSelector. */
function generateSelector({ metadata, spec }: Job): void {
  const uid = metadata.uid ?? '';
  spec.template.metadata ??= {};
  // What the user has set stays: validation then says what is wrong with it.
  spec.template.metadata.labels = {
    'job-name': metadata.name,
    'batch.kubernetes.io/job-name': metadata.name,
    'controller-uid': uid,
    'batch.kubernetes.io/controller-uid': uid,
    ...spec.template.metadata.labels,
  };
  spec.selector ??= {};
  spec.selector.matchLabels = { 'batch.kubernetes.io/controller-uid': uid, ...spec.selector.matchLabels };
}

function hasCondition({ status }: Job, type: string): boolean {
  return status.conditions?.find((c) => c.type === type)?.status === 'True';
}

function statusCell(object: Job): string {
  if (hasCondition(object, 'Complete')) return 'Complete';
  if (hasCondition(object, 'Failed')) return 'Failed';
  if (object.metadata.deletionTimestamp) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (hasCondition(object, type)) return type;
  return 'Running';
}

function completionsCell({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell({ status }: Job, nowMs: number): string {
  const startMs = parseTime(status.startTime);
  if (startMs === undefined) return '';
  return humanDuration((parseTime(status.completionTime) ?? nowMs) - startMs);
}
