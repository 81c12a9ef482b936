// Deployment: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Deployment as UpstreamDeployment } from 'kubernetes-types/apps/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type Deployment = Kind<UpstreamDeployment>;

export const deployment = defineResource<Deployment>({
  gvr: { group: 'apps', version: 'v1', resource: 'deployments' },
  kind: 'Deployment',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'scale'],
  schema: 'io.k8s.api.apps.v1.Deployment',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
