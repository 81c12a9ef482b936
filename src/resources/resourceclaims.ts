// DeviceClass, ResourceClaim, ResourceClaimTemplate and ResourceSlice: devices that pods ask for.
// Called by: resources/index.ts. Must not know: HTTP, storage. They are kept and shown; no driver is simulated, so that
// claims stay pending.
import { Path } from '../machinery/field.ts';
import { semanticEqual, validateImmutableField } from '../machinery/metavalidation.ts';
import type { KubeObject } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { raiseGeneration, startGeneration } from './strategy.ts';

type WithSpec = KubeObject & { spec: object };
type ResourceClaim = WithSpec & { status: { allocation?: object; reservedFor?: object[] } };
type ResourceSlice = KubeObject & { spec: { nodeName?: string; driver?: string; pool?: { name?: string } } };

const GROUP = { group: 'resource.k8s.io', version: 'v1' };
const SPEC = Path.of('spec');

export const deviceClass = defineResource<WithSpec>({
  gvr: { ...GROUP, resource: 'deviceclasses' },
  kind: 'DeviceClass',
  singular: 'deviceclass',
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.resource.v1.DeviceClass',
  strategy: {
    prepareForCreate: startGeneration,
    prepareForUpdate: (object, old) => raiseGeneration(object, old, !semanticEqual(object.spec, old.spec)),
  },
  table: {
    columns: [nameColumn, ageColumn],
    row: (object, nowMs) => [object.metadata.name, ageCell(object, nowMs)],
  },
});

export const resourceClaim = defineResource<ResourceClaim>({
  gvr: { ...GROUP, resource: 'resourceclaims' },
  kind: 'ResourceClaim',
  singular: 'resourceclaim',
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.resource.v1.ResourceClaim',
  strategy: {
    prepareForCreate(object) {
      object.status = {};
    },
    prepareForUpdate(object, old) {
      object.status = old.status;
    },
    validateUpdate: (object, old) => validateImmutableField(object.spec, old.spec, SPEC),
  },
  table: {
    columns: [nameColumn, textColumn('State'), ageColumn],
    row: (object, nowMs) => [object.metadata.name, stateCell(object), ageCell(object, nowMs)],
  },
});

/** Upstream: printers.go resourceClaimState. */
function stateCell({ metadata, status }: ResourceClaim): string {
  const states: string[] = [];
  if (metadata.deletionTimestamp) states.push('deleted');
  if (!status.allocation) {
    if (!metadata.deletionTimestamp) states.push('pending');
  } else {
    states.push('allocated');
    if ((status.reservedFor ?? []).length > 0) states.push('reserved');
  }
  return states.join(',');
}

export const resourceClaimTemplate = defineResource<WithSpec>({
  gvr: { ...GROUP, resource: 'resourceclaimtemplates' },
  kind: 'ResourceClaimTemplate',
  singular: 'resourceclaimtemplate',
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.resource.v1.ResourceClaimTemplate',
  strategy: { validateUpdate: (object, old) => validateImmutableField(object.spec, old.spec, SPEC) },
  table: {
    columns: [nameColumn, ageColumn],
    row: (object, nowMs) => [object.metadata.name, ageCell(object, nowMs)],
  },
});

export const resourceSlice = defineResource<ResourceSlice>({
  gvr: { ...GROUP, resource: 'resourceslices' },
  kind: 'ResourceSlice',
  singular: 'resourceslice',
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.resource.v1.ResourceSlice',
  strategy: {
    prepareForCreate: startGeneration,
    prepareForUpdate: (object, old) => raiseGeneration(object, old, !semanticEqual(object.spec, old.spec)),
  },
  table: {
    columns: [nameColumn, textColumn('Node'), textColumn('Driver'), textColumn('Pool'), ageColumn],
    row: (object, nowMs) => [
      object.metadata.name,
      object.spec.nodeName ?? '<unset>',
      object.spec.driver ?? '',
      object.spec.pool?.name ?? '',
      ageCell(object, nowMs),
    ],
  },
});
