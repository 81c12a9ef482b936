// DaemonSet: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { DaemonSet as UpstreamDaemonSet } from 'kubernetes-types/apps/v1';
import { Path } from '../machinery/field.ts';
import { semanticEqual } from '../machinery/metavalidation.ts';
import { formatLabelSelector } from '../machinery/selectors.ts';
import type { Kind, KubeObject } from '../machinery/types.ts';
import {
  ageCell,
  ageColumn,
  containerCells,
  integerColumn,
  labelsCell,
  nameColumn,
  textColumn,
  wideColumn,
} from './columns.ts';
import { validateDaemonSet, validateDaemonSetStatusUpdate, validateDaemonSetUpdate } from './daemonset.validation.ts';
import { defineResource } from './definition.ts';
import { extensionsVersion, setSelectorFromTemplate } from './extensions.ts';
import { podTemplateWarnings } from './podspec.warnings.ts';
import { setPodTemplateDefaults } from './podtemplate.ts';
import { keepStatus, raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type DaemonSet = Kind<UpstreamDaemonSet>;

/** Counts the changes of the template; apps/v1 shows it as an annotation, extensions/v1beta1 as a field. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

const TEMPLATE = Path.of('spec', 'template');

export const daemonSet = defineResource<DaemonSet>({
  gvr: { group: 'apps', version: 'v1', resource: 'daemonsets' },
  kind: 'DaemonSet',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.apps.v1.DaemonSet',
  versions: [
    extensionsVersion<DaemonSet>({
      resource: 'daemonsets',
      kind: 'DaemonSet',
      warning: 'extensions/v1beta1 DaemonSet is deprecated in v1.8+, unavailable in v1.16+; use apps/v1 DaemonSet',
      hub: 'apps/v1',
      subresources: ['status'],
      setDefaults: setV1beta1Defaults,
      toHub: moveTemplateGenerationToAnnotation,
      fromHub: moveTemplateGenerationToSpec,
    }),
  ],
  setDefaults(object) {
    setPodTemplateDefaults(object);
    const { spec } = object;
    spec.updateStrategy ??= {};
    spec.updateStrategy.type ||= 'RollingUpdate';
    setRollingUpdateDefaults(object);
    spec.revisionHistoryLimit ??= 10;
  },
  strategy: {
    prepareForCreate(object) {
      object.status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
      startGeneration(object);
      setTemplateGeneration(object, Math.max(1, templateGeneration(object)));
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      const hasNewTemplate = !semanticEqual(object.spec.template, old.spec.template);
      setTemplateGeneration(object, templateGeneration(old) + (hasNewTemplate ? 1 : 0));
      raiseGenerationOnSpecChange(object, old);
    },
    validate: validateDaemonSet,
    validateUpdate: validateDaemonSetUpdate,
    validateStatusUpdate: validateDaemonSetStatusUpdate,
    warningsOnCreate: ({ spec }) => podTemplateWarnings(spec.template, TEMPLATE),
    warningsOnUpdate: (object, old) =>
      templateGeneration(object) === templateGeneration(old) ? [] : podTemplateWarnings(object.spec.template, TEMPLATE),
  },
  table: {
    columns: [
      nameColumn,
      integerColumn('Desired'),
      integerColumn('Current'),
      integerColumn('Ready'),
      integerColumn('Up-to-date'),
      integerColumn('Available'),
      textColumn('Node Selector'),
      ageColumn,
      wideColumn('Containers'),
      wideColumn('Images'),
      wideColumn('Selector'),
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      object.status.desiredNumberScheduled ?? 0,
      object.status.currentNumberScheduled ?? 0,
      object.status.numberReady ?? 0,
      object.status.updatedNumberScheduled ?? 0,
      object.status.numberAvailable ?? 0,
      labelsCell(object.spec.template.spec?.nodeSelector),
      ageCell(object, nowMs),
      ...containerCells(object.spec.template.spec?.containers),
      formatLabelSelector(object.spec.selector),
    ],
  },
  describe: async (object, context) => (await import('./daemonset.describe.ts')).describeDaemonSet(object, context),
  podTemplate: (object) => object.spec.template,
});

function setRollingUpdateDefaults({ spec }: DaemonSet): void {
  if (spec.updateStrategy?.type !== 'RollingUpdate') return;
  spec.updateStrategy.rollingUpdate ??= {};
  spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
  spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
}

function setV1beta1Defaults(object: DaemonSet): void {
  setPodTemplateDefaults(object);
  setSelectorFromTemplate(object);
  const { spec } = object;
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= 'OnDelete';
  setRollingUpdateDefaults(object);
  spec.revisionHistoryLimit ??= 10;
}

function templateGeneration(object: KubeObject): number {
  return Number.parseInt(object.metadata.annotations?.[TEMPLATE_GENERATION] ?? '0', 10) || 0;
}

function setTemplateGeneration(object: KubeObject, generation: number): void {
  object.metadata.annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

type V1beta1DaemonSet = KubeObject & { spec?: { templateGeneration?: number } };

function moveTemplateGenerationToAnnotation(object: V1beta1DaemonSet): void {
  const generation = object.spec?.templateGeneration;
  delete object.spec?.templateGeneration;
  if (generation) setTemplateGeneration(object, generation);
}

function moveTemplateGenerationToSpec(object: V1beta1DaemonSet): void {
  const generation = templateGeneration(object);
  delete object.metadata.annotations?.[TEMPLATE_GENERATION];
  if (generation > 0 && object.spec) object.spec.templateGeneration = generation;
}
