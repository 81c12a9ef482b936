// CronJob: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { CronJob as UpstreamCronJob } from 'kubernetes-types/batch/v1';
import { translateTimestampSince } from '../machinery/duration.ts';
import { Path } from '../machinery/field.ts';
import { formatLabelSelector } from '../machinery/selectors.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, containerCells, integerColumn, nameColumn, textColumn, wideColumn } from './columns.ts';
import { validateCronJob, validateCronJobUpdate } from './cronjob.validation.ts';
import { defineResource } from './definition.ts';
import { boolText } from './describe.metadata.ts';
import { podTemplateWarnings } from './podspec.warnings.ts';
import { setPodTemplateDefaults } from './podtemplate.ts';
import { keepStatus, raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type CronJob = Kind<UpstreamCronJob>;

const TEMPLATE = Path.of('spec', 'jobTemplate', 'spec', 'template');

export const cronJob = defineResource<CronJob>({
  gvr: { group: 'batch', version: 'v1', resource: 'cronjobs' },
  kind: 'CronJob',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.batch.v1.CronJob',
  setDefaults({ spec }) {
    spec.concurrencyPolicy ||= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    spec.jobTemplate ??= {};
    spec.jobTemplate.metadata ??= {};
    spec.jobTemplate.spec ??= { template: {} };
    setPodTemplateDefaults(spec.jobTemplate as Parameters<typeof setPodTemplateDefaults>[0]);
  },
  strategy: {
    prepareForCreate(object) {
      object.status = {};
      startGeneration(object);
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      raiseGenerationOnSpecChange(object, old);
    },
    validate: validateCronJob,
    validateUpdate: validateCronJobUpdate,
    warningsOnCreate: ({ spec }) => podTemplateWarnings(spec.jobTemplate.spec?.template ?? {}, TEMPLATE),
    warningsOnUpdate: ({ metadata, spec }, old) =>
      metadata.generation === old.metadata.generation
        ? []
        : podTemplateWarnings(spec.jobTemplate.spec?.template ?? {}, TEMPLATE),
  },
  table: {
    columns: [
      nameColumn,
      textColumn('Schedule'),
      textColumn('Timezone'),
      { name: 'Suspend', type: 'boolean' },
      integerColumn('Active'),
      textColumn('Last Schedule'),
      ageColumn,
      wideColumn('Containers'),
      wideColumn('Images'),
      wideColumn('Selector'),
    ],
    row(object, nowMs) {
      const { spec, status } = object;
      const last = status.lastScheduleTime;
      const { selector, template } = spec.jobTemplate.spec ?? {};
      return [
        object.metadata.name,
        spec.schedule,
        spec.timeZone ?? '<none>',
        spec.suspend === undefined ? '<unset>' : boolText(spec.suspend),
        status.active?.length ?? 0,
        last ? translateTimestampSince(last, nowMs) : '<none>',
        ageCell(object, nowMs),
        ...containerCells(template?.spec?.containers),
        formatLabelSelector(selector),
      ];
    },
  },
  describe: async (object, context) => (await import('./cronjob.describe.ts')).describeCronJob(object, context),
  podTemplate: (object) => object.spec.jobTemplate.spec?.template,
});
