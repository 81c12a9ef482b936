// PersistentVolumeClaim: its names, defaults, strategy and table.
// Called by: resources/index.ts; storage controllers, the scheduler and kubelets as a typed handle. Must not know: HTTP.
import type { PersistentVolumeClaim as UpstreamClaim } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn, wideColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { setClaimDefaults } from './persistentvolumeclaim.defaults.ts';
import { validateClaim, validateClaimUpdate } from './persistentvolumeclaim.validation.ts';
import { accessModesText, storageClassOf } from './storage.formatting.ts';
import { keepStatus } from './strategy.ts';

export type PersistentVolumeClaim = Kind<UpstreamClaim>;

export const persistentVolumeClaim = defineResource<PersistentVolumeClaim>({
  gvr: { group: '', version: 'v1', resource: 'persistentvolumeclaims' },
  kind: 'PersistentVolumeClaim',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  setDefaults: setClaimDefaults,
  strategy: {
    prepareForCreate(object) {
      object.status = { phase: 'Pending' };
    },
    prepareForUpdate: keepStatus,
    validate: validateClaim,
    validateUpdate: validateClaimUpdate,
  },
  table: {
    columns: [
      nameColumn,
      textColumn('Status'),
      textColumn('Volume'),
      textColumn('Capacity'),
      textColumn('Access Modes'),
      textColumn('StorageClass'),
      textColumn('VolumeAttributesClass'),
      ageColumn,
      wideColumn('VolumeMode'),
    ],
    row(object, nowMs) {
      const { metadata, spec, status } = object;
      const isBound = (spec.volumeName ?? '') !== '';
      return [
        metadata.name,
        metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
        spec.volumeName ?? '',
        isBound ? (status.capacity?.['storage'] ?? '0') : '',
        isBound ? accessModesText(status.accessModes) : '',
        storageClassOf(object),
        (spec as { volumeAttributesClassName?: string }).volumeAttributesClassName ?? '<unset>',
        ageCell(object, nowMs),
        spec.volumeMode ?? '<unset>',
      ];
    },
  },
  describe: async (object, context) =>
    (await import('./persistentvolumeclaim.describe.ts')).describePersistentVolumeClaim(object, context),
});
