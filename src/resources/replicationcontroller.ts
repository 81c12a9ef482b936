// ReplicationController: its names, defaults, strategy, validation and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ReplicationController as UpstreamController } from 'kubernetes-types/core/v1';
import { type FieldErrors, Path, invalid, required } from '../machinery/field.ts';
import { matchesLabels, selectorFromSet } from '../machinery/selectors.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, containerCells, integerColumn, labelsCell, nameColumn, wideColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import type { PodTemplateSpec } from './podspec.types.ts';
import { hostnameWarnings, podTemplateWarnings } from './podspec.warnings.ts';
import { setPodTemplateDefaults } from './podtemplate.ts';
import { validatePodTemplateSpec, validateRunsForever } from './podtemplate.validation.ts';
import { validateCounts } from './rollingupdate.validation.ts';
import { isEmpty, keepStatus, raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type ReplicationController = Kind<UpstreamController>;

const SPEC = Path.of('spec');
const TEMPLATE = SPEC.child('template');

export const replicationController = defineResource<ReplicationController>({
  gvr: { group: '', version: 'v1', resource: 'replicationcontrollers' },
  kind: 'ReplicationController',
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'scale'],
  schema: 'io.k8s.api.core.v1.ReplicationController',
  setDefaults(object) {
    const { metadata, spec } = object;
    if (spec.template) setPodTemplateDefaults(object);
    const labels = spec.template?.metadata?.labels;
    if (labels) {
      if (isEmpty(spec.selector)) spec.selector = { ...labels };
      if (isEmpty(metadata.labels)) metadata.labels = { ...labels };
    }
    spec.replicas ??= 1;
  },
  strategy: {
    // The API's own default; clients that do not say get background deletion from kubectl.
    defaultPropagation: 'orphan',
    prepareForCreate(object) {
      object.status = { replicas: 0 };
      startGeneration(object);
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      raiseGenerationOnSpecChange(object, old);
    },
    validate: validateController,
    validateUpdate: validateController,
    warningsOnCreate: ({ metadata, spec }) => [
      ...hostnameWarnings(metadata.name, 'Pod names and hostnames'),
      ...podTemplateWarnings(spec.template ?? {}, TEMPLATE),
    ],
    warningsOnUpdate: ({ metadata, spec }, old) =>
      metadata.generation === old.metadata.generation ? [] : podTemplateWarnings(spec.template ?? {}, TEMPLATE),
  },
  table: {
    columns: [
      nameColumn,
      integerColumn('Desired'),
      integerColumn('Current'),
      integerColumn('Ready'),
      ageColumn,
      wideColumn('Containers'),
      wideColumn('Images'),
      wideColumn('Selector'),
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      object.spec.replicas ?? 0,
      object.status.replicas ?? 0,
      object.status.readyReplicas ?? 0,
      ageCell(object, nowMs),
      ...containerCells(object.spec.template?.spec?.containers),
      labelsCell(object.spec.selector),
    ],
  },
  describe: async (object, context) =>
    (await import('./replicationcontroller.describe.ts')).describeReplicationController(object, context),
  podTemplate: (object) => object.spec.template,
  fieldLabels: (object) => ({ 'status.replicas': String(object.status.replicas ?? 0) }),
  scale: {
    specReplicasPath: 'spec.replicas',
    statusReplicasPath: 'status.replicas',
    selectorPath: 'spec.selector',
    selectsByMap: true,
  },
});

/** Upstream: kubernetes pkg/apis/core/validation ValidateReplicationControllerSpec. */
function validateController({ spec }: ReplicationController): FieldErrors {
  const { minReadySeconds, selector, replicas } = spec;
  const errors = validateCounts({ minReadySeconds }, SPEC);
  if (isEmpty(selector)) errors.push(required(SPEC.child('selector')));
  errors.push(...validateCounts({ replicas }, SPEC));
  if (!spec.template) return [...errors, required(TEMPLATE)];
  const template = spec.template as PodTemplateSpec;
  const labels = template.metadata?.labels;
  if (!isEmpty(selector) && !matchesLabels(selectorFromSet(selector), labels ?? {})) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalid(TEMPLATE.child('metadata', 'labels'), labels, detail));
  }
  return [
    ...errors,
    ...validatePodTemplateSpec(template, TEMPLATE),
    ...validateRunsForever(template.spec, TEMPLATE, 'ReplicationController'),
  ];
}
