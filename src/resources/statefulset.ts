// StatefulSet: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { StatefulSet as UpstreamStatefulSet } from 'kubernetes-types/apps/v1';
import { Path } from '../machinery/field.ts';
import { nameIsDNSLabel } from '../machinery/metavalidation.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, containerCells, nameColumn, textColumn, wideColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { setClaimDefaults } from './persistentvolumeclaim.defaults.ts';
import { podTemplateWarnings } from './podspec.warnings.ts';
import { setPodTemplateDefaults } from './podtemplate.ts';
import {
  validateStatefulSet,
  validateStatefulSetStatusUpdate,
  validateStatefulSetUpdate,
} from './statefulset.validation.ts';
import { keepStatus, raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type StatefulSet = Kind<UpstreamStatefulSet>;

const TEMPLATE = Path.of('spec', 'template');

export const statefulSet = defineResource<StatefulSet>({
  gvr: { group: 'apps', version: 'v1', resource: 'statefulsets' },
  kind: 'StatefulSet',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'scale'],
  schema: 'io.k8s.api.apps.v1.StatefulSet',
  setDefaults,
  strategy: {
    validateName: nameIsDNSLabel,
    prepareForCreate(object) {
      object.status = { replicas: 0, availableReplicas: 0 };
      startGeneration(object);
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      raiseGenerationOnSpecChange(object, old);
    },
    validate: validateStatefulSet,
    validateUpdate: validateStatefulSetUpdate,
    validateStatusUpdate: validateStatefulSetStatusUpdate,
    warningsOnCreate: ({ spec }) => [...podTemplateWarnings(spec.template, TEMPLATE), ...revisionWarnings(spec)],
    warningsOnUpdate: ({ metadata, spec }, old) => [
      ...(metadata.generation === old.metadata.generation ? [] : podTemplateWarnings(spec.template, TEMPLATE)),
      ...revisionWarnings(spec),
    ],
  },
  table: {
    columns: [nameColumn, textColumn('Ready'), ageColumn, wideColumn('Containers'), wideColumn('Images')],
    row: (object, nowMs) => [
      object.metadata.name,
      `${object.status.readyReplicas ?? 0}/${object.spec.replicas ?? 0}`,
      ageCell(object, nowMs),
      ...containerCells(object.spec.template.spec?.containers),
    ],
  },
  describe: async (object, context) => (await import('./statefulset.describe.ts')).describeStatefulSet(object, context),
  podTemplate: (object) => object.spec.template,
  scale: {
    specReplicasPath: 'spec.replicas',
    statusReplicasPath: 'status.replicas',
    selectorPath: 'spec.selector',
  },
});

/** Upstream: kubernetes pkg/apis/apps/v1/defaults.go SetDefaults_StatefulSet. */
function setDefaults(object: StatefulSet): void {
  setPodTemplateDefaults(object);
  const { spec } = object;
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion = 'v1';
    claim.kind = 'PersistentVolumeClaim';
    setClaimDefaults(claim);
  }
  spec.podManagementPolicy ||= 'OrderedReady';
  spec.updateStrategy ??= {};
  const { updateStrategy } = spec;
  updateStrategy.type ||= 'RollingUpdate';
  if (updateStrategy.type === 'RollingUpdate') {
    updateStrategy.rollingUpdate ??= {};
    updateStrategy.rollingUpdate.partition ??= 0;
    updateStrategy.rollingUpdate.maxUnavailable ??= 1;
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
}

function revisionWarnings({ revisionHistoryLimit = 0 }: StatefulSet['spec']): string[] {
  if (revisionHistoryLimit >= 0) return [];
  return ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'];
}
