// StorageClass: its names, defaults, strategy, validation and table.
// Called by: resources/index.ts; storage controllers and the scheduler as a typed handle. Must not know: HTTP, storage.
import type { StorageClass as UpstreamStorageClass } from 'kubernetes-types/storage/v1';
import { type FieldErrors, Path, forbidden, notSupported, required } from '../machinery/field.ts';
import { semanticEqual, validateImmutableField } from '../machinery/metavalidation.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateQualifiedName } from './podspec.validation.names.ts';
import { isDefaultClass } from './storage.formatting.ts';

export type StorageClass = Kind<UpstreamStorageClass>;

export const storageClass = defineResource<StorageClass>({
  gvr: { group: 'storage.k8s.io', version: 'v1', resource: 'storageclasses' },
  kind: 'StorageClass',
  singular: 'storageclass',
  shortNames: ['sc'],
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.storage.v1.StorageClass',
  setDefaults(object) {
    object.reclaimPolicy ||= 'Delete';
    object.volumeBindingMode ||= 'Immediate';
  },
  strategy: {
    validate: validateStorageClass,
    validateUpdate(object, old) {
      const errors: FieldErrors = [];
      for (const field of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
        if (!semanticEqual(object[field], old[field]))
          errors.push(forbidden(Path.of(field), `updates to ${field} are forbidden.`));
      }
      const at = Path.of('volumeBindingMode');
      return [...errors, ...validateImmutableField(object.volumeBindingMode, old.volumeBindingMode, at)];
    },
  },
  table: {
    columns: [
      nameColumn,
      textColumn('Provisioner'),
      textColumn('ReclaimPolicy'),
      textColumn('VolumeBindingMode'),
      textColumn('AllowVolumeExpansion'),
      ageColumn,
    ],
    row: (object, nowMs) => [
      isDefaultClass(object.metadata) ? `${object.metadata.name} (default)` : object.metadata.name,
      object.provisioner,
      object.reclaimPolicy ?? 'Delete',
      object.volumeBindingMode ?? 'Immediate',
      object.allowVolumeExpansion ?? false,
      ageCell(object, nowMs),
    ],
  },
  describe: async (object, context) =>
    (await import('./storageclass.describe.ts')).describeStorageClass(object, context),
});

/** Upstream: kubernetes pkg/apis/storage/validation ValidateStorageClass. */
function validateStorageClass(object: StorageClass): FieldErrors {
  const { provisioner = '', reclaimPolicy, volumeBindingMode, parameters } = object;
  const errors: FieldErrors = [];
  const at = Path.of('provisioner');
  if (provisioner === '') errors.push(required(at));
  else errors.push(...validateQualifiedName(provisioner.toLowerCase(), at));
  for (const key of Object.keys(parameters ?? {}))
    if (key === '') errors.push(required(Path.of('parameters'), 'field can not be empty.'));
  const policies = ['Delete', 'Retain'];
  if (reclaimPolicy !== undefined && !policies.includes(reclaimPolicy))
    errors.push(notSupported(Path.of('reclaimPolicy'), reclaimPolicy, policies));
  const modes = ['Immediate', 'WaitForFirstConsumer'];
  if (volumeBindingMode !== undefined && !modes.includes(volumeBindingMode))
    errors.push(notSupported(Path.of('volumeBindingMode'), volumeBindingMode, modes));
  return errors;
}
