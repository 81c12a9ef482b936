// ReplicaSet: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ReplicaSet as UpstreamReplicaSet } from 'kubernetes-types/apps/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type ReplicaSet = Kind<UpstreamReplicaSet>;

export const replicaSet = defineResource<ReplicaSet>({
  gvr: { group: 'apps', version: 'v1', resource: 'replicasets' },
  kind: 'ReplicaSet',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'scale'],
  schema: 'io.k8s.api.apps.v1.ReplicaSet',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
