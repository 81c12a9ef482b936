// ReplicaSet: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ReplicaSet as UpstreamReplicaSet } from 'kubernetes-types/apps/v1';
import { Path } from '../machinery/field.ts';
import { formatLabelSelector } from '../machinery/selectors.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, containerCells, integerColumn, nameColumn, wideColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { extensionsVersion, setSelectorFromTemplate } from './extensions.ts';
import { hostnameWarnings, podTemplateWarnings } from './podspec.warnings.ts';
import { setPodTemplateDefaults } from './podtemplate.ts';
import { validateReplicaSet, validateReplicaSetStatus, validateReplicaSetUpdate } from './replicaset.validation.ts';
import { keepStatus, raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type ReplicaSet = Kind<UpstreamReplicaSet>;

const TEMPLATE = Path.of('spec', 'template');

export const replicaSet = defineResource<ReplicaSet>({
  gvr: { group: 'apps', version: 'v1', resource: 'replicasets' },
  kind: 'ReplicaSet',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'scale'],
  schema: 'io.k8s.api.apps.v1.ReplicaSet',
  versions: [
    extensionsVersion<ReplicaSet>({
      resource: 'replicasets',
      kind: 'ReplicaSet',
      warning: 'extensions/v1beta1 ReplicaSet is deprecated in v1.8+, unavailable in v1.16+; use apps/v1 ReplicaSet',
      hub: 'apps/v1',
      subresources: ['status', 'scale'],
      setDefaults(object) {
        setPodTemplateDefaults(object);
        setSelectorFromTemplate(object);
        object.spec.replicas ??= 1;
      },
    }),
  ],
  setDefaults(object) {
    setPodTemplateDefaults(object);
    object.spec.replicas ??= 1;
  },
  strategy: {
    prepareForCreate(object) {
      object.status = { replicas: 0 };
      startGeneration(object);
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      raiseGenerationOnSpecChange(object, old);
    },
    validate: validateReplicaSet,
    validateUpdate: validateReplicaSetUpdate,
    validateStatusUpdate: validateReplicaSetStatus,
    warningsOnCreate: ({ metadata, spec }) => [
      ...hostnameWarnings(metadata.name, 'Pod names and hostnames'),
      ...podTemplateWarnings(spec.template ?? {}, TEMPLATE),
    ],
    warningsOnUpdate: (object, old) =>
      object.metadata.generation === old.metadata.generation
        ? []
        : podTemplateWarnings(object.spec.template ?? {}, TEMPLATE),
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
      formatLabelSelector(object.spec.selector),
    ],
  },
  describe: async (object, context) => (await import('./replicaset.describe.ts')).describeReplicaSet(object, context),
  podTemplate: (object) => object.spec.template,
  fieldLabels: (object) => ({ 'status.replicas': String(object.status.replicas ?? 0) }),
  scale: {
    specReplicasPath: 'spec.replicas',
    statusReplicasPath: 'status.replicas',
    selectorPath: 'spec.selector',
  },
});
