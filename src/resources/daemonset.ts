// DaemonSet: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { DaemonSet as UpstreamDaemonSet } from 'kubernetes-types/apps/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type DaemonSet = Kind<UpstreamDaemonSet>;

export const daemonSet = defineResource<DaemonSet>({
  gvr: { group: 'apps', version: 'v1', resource: 'daemonsets' },
  kind: 'DaemonSet',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.apps.v1.DaemonSet',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
