// The kinds that storage drivers talk by: VolumeAttachment, CSINode, CSIDriver, CSIStorageCapacity, VolumeAttributesClass.
// Called by: resources/index.ts. Must not know: HTTP, storage. Nothing here attaches volumes: no driver is simulated.
import type {
  CSIDriver as UpstreamDriver,
  CSINode as UpstreamNode,
  CSIStorageCapacity as UpstreamCapacity,
  VolumeAttachment as UpstreamAttachment,
} from 'kubernetes-types/storage/v1';
import { type FieldErrors, Path, forbidden, required } from '../machinery/field.ts';
import { semanticEqual, validateImmutableField } from '../machinery/metavalidation.ts';
import type { Kind, KubeObject } from '../machinery/types.ts';
import { ageCell, ageColumn, integerColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource, type TableColumn } from './definition.ts';

type VolumeAttachment = Kind<UpstreamAttachment>;
export type CSINode = Kind<UpstreamNode>;
type CSIDriver = Kind<UpstreamDriver>;
type CSIStorageCapacity = Kind<UpstreamCapacity>;
export type VolumeAttributesClass = KubeObject & { driverName?: string; parameters?: Record<string, string> };

const GROUP = { group: 'storage.k8s.io', version: 'v1' };
const SPEC = Path.of('spec');
const booleanColumn = (name: string): TableColumn => ({ name, type: 'boolean' });

export const volumeAttachment = defineResource<VolumeAttachment>({
  gvr: { ...GROUP, resource: 'volumeattachments' },
  kind: 'VolumeAttachment',
  singular: 'volumeattachment',
  namespaced: false,
  subresources: ['status'],
  schema: 'io.k8s.api.storage.v1.VolumeAttachment',
  setDefaults(object) {
    object.status.attached ??= false;
  },
  strategy: {
    prepareForCreate(object) {
      object.status = { attached: false };
    },
    prepareForUpdate(object, old) {
      object.status = old.status;
    },
    validate({ spec }) {
      const errors: FieldErrors = [];
      if (!spec.attacher) errors.push(required(SPEC.child('attacher')));
      if (!spec.source.inlineVolumeSpec && !spec.source.persistentVolumeName)
        errors.push(required(SPEC.child('source'), 'must specify one of inlineVolumeSpec and persistentVolumeName'));
      if (!spec.nodeName) errors.push(required(SPEC.child('nodeName')));
      return errors;
    },
    validateUpdate: (object, old) => validateImmutableField(object.spec, old.spec, SPEC),
  },
  table: {
    columns: [
      nameColumn,
      { name: 'Attacher', type: 'string', format: 'name' },
      textColumn('PV'),
      textColumn('Node'),
      booleanColumn('Attached'),
      ageColumn,
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      object.spec.attacher,
      object.spec.source.persistentVolumeName ?? '',
      object.spec.nodeName,
      object.status.attached,
      ageCell(object, nowMs),
    ],
  },
});

export const csiNode = defineResource<CSINode>({
  gvr: { ...GROUP, resource: 'csinodes' },
  kind: 'CSINode',
  singular: 'csinode',
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.storage.v1.CSINode',
  strategy: {
    validate({ spec }) {
      return (spec.drivers ?? []).flatMap(({ name, nodeID }, i) => {
        const at = SPEC.child('drivers').index(i);
        return [...(name ? [] : [required(at.child('name'))]), ...(nodeID ? [] : [required(at.child('nodeID'))])];
      });
    },
  },
  table: {
    columns: [nameColumn, integerColumn('Drivers'), ageColumn],
    row: (object, nowMs) => [object.metadata.name, object.spec.drivers?.length ?? 0, ageCell(object, nowMs)],
  },
  describe: async (object, context) => (await import('./csi.describe.ts')).describeCSINode(object, context),
});

export const csiDriver = defineResource<CSIDriver>({
  gvr: { ...GROUP, resource: 'csidrivers' },
  kind: 'CSIDriver',
  singular: 'csidriver',
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.storage.v1.CSIDriver',
  setDefaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  strategy: {
    validateUpdate: (object, old) =>
      validateImmutableField(object.spec.attachRequired, old.spec.attachRequired, SPEC.child('attachedRequired')),
  },
  table: {
    columns: [
      nameColumn,
      booleanColumn('AttachRequired'),
      booleanColumn('PodInfoOnMount'),
      booleanColumn('StorageCapacity'),
      textColumn('TokenRequests'),
      booleanColumn('RequiresRepublish'),
      textColumn('Modes'),
      ageColumn,
    ],
    row: ({ spec, ...object }, nowMs) => [
      object.metadata.name,
      spec.attachRequired ?? true,
      spec.podInfoOnMount ?? false,
      spec.storageCapacity ?? false,
      (spec.tokenRequests ?? []).map(({ audience }) => audience).join(',') || '<unset>',
      spec.requiresRepublish ?? false,
      (spec.volumeLifecycleModes ?? []).join(',') || '<none>',
      ageCell(object, nowMs),
    ],
  },
});

export const csiStorageCapacity = defineResource<CSIStorageCapacity>({
  gvr: { ...GROUP, resource: 'csistoragecapacities' },
  kind: 'CSIStorageCapacity',
  singular: 'csistoragecapacity',
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.storage.v1.CSIStorageCapacity',
  strategy: {
    validate: ({ storageClassName }) => (storageClassName ? [] : [required(Path.of('storageClassName'))]),
    validateUpdate: (object, old) => [
      ...validateImmutableField(object.nodeTopology, old.nodeTopology, Path.of('nodeTopology')),
      ...validateImmutableField(object.storageClassName, old.storageClassName, Path.of('storageClassName')),
    ],
  },
  table: {
    columns: [nameColumn, textColumn('StorageClassName'), textColumn('Capacity')],
    row: (object) => [object.metadata.name, object.storageClassName, String(object.capacity ?? '<unset>')],
  },
});

export const volumeAttributesClass = defineResource<VolumeAttributesClass>({
  gvr: { ...GROUP, resource: 'volumeattributesclasses' },
  kind: 'VolumeAttributesClass',
  singular: 'volumeattributesclass',
  shortNames: ['vac'],
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.storage.v1.VolumeAttributesClass',
  strategy: {
    validate: ({ driverName, parameters }) => [
      ...(driverName ? [] : [required(Path.of('driverName'))]),
      ...(Object.keys(parameters ?? {}).length > 0
        ? []
        : [required(Path.of('parameters'), 'must contain at least one key/value pair')]),
    ],
    validateUpdate(object, old) {
      const errors: FieldErrors = [];
      for (const field of ['driverName', 'parameters'] as const) {
        if (!semanticEqual(object[field], old[field]))
          errors.push(forbidden(Path.of(field), `updates to ${field} are forbidden.`));
      }
      return errors;
    },
  },
  table: {
    columns: [nameColumn, textColumn('DriverName'), ageColumn],
    row: (object, nowMs) => [object.metadata.name, object.driverName ?? '', ageCell(object, nowMs)],
  },
  describe: async (object, context) =>
    (await import('./csi.describe.ts')).describeVolumeAttributesClass(object, context),
});
