// PersistentVolume: its names, defaults, strategy and table.
// Called by: resources/index.ts; storage controllers, the scheduler and kubelets as a typed handle. Must not know: HTTP.
import type { PersistentVolume as UpstreamVolume } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn, wideColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateVolume, validateVolumeUpdate } from './persistentvolume.validation.ts';
import { accessModesText, storageClassOf } from './storage.formatting.ts';
import { keepStatus } from './strategy.ts';

export type PersistentVolume = Kind<UpstreamVolume>;

export const persistentVolume = defineResource<PersistentVolume>({
  gvr: { group: '', version: 'v1', resource: 'persistentvolumes' },
  kind: 'PersistentVolume',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  subresources: ['status'],
  schema: 'io.k8s.api.core.v1.PersistentVolume',
  setDefaults({ spec, status }) {
    status.phase ||= 'Pending';
    spec.persistentVolumeReclaimPolicy ||= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    if (spec.hostPath) spec.hostPath.type ??= '';
  },
  strategy: {
    prepareForCreate(object) {
      object.status = { phase: 'Pending' };
    },
    prepareForUpdate: keepStatus,
    validate: validateVolume,
    validateUpdate: validateVolumeUpdate,
  },
  table: {
    columns: [
      nameColumn,
      textColumn('Capacity'),
      textColumn('Access Modes'),
      textColumn('Reclaim Policy'),
      textColumn('Status'),
      textColumn('Claim'),
      textColumn('StorageClass'),
      textColumn('VolumeAttributesClass'),
      textColumn('Reason'),
      ageColumn,
      wideColumn('VolumeMode'),
    ],
    row(object, nowMs) {
      const { metadata, spec, status } = object;
      const { claimRef } = spec;
      return [
        metadata.name,
        spec.capacity?.['storage'] ?? '0',
        accessModesText(spec.accessModes),
        spec.persistentVolumeReclaimPolicy ?? '',
        metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
        claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : '',
        storageClassOf(object),
        (spec as { volumeAttributesClassName?: string }).volumeAttributesClassName ?? '<unset>',
        status.reason ?? '',
        ageCell(object, nowMs),
        spec.volumeMode ?? '<unset>',
      ];
    },
  },
  describe: async (object, context) =>
    (await import('./persistentvolume.describe.ts')).describePersistentVolume(object, context),
});
