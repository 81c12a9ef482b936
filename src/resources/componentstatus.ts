// ComponentStatus: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ComponentStatus as UpstreamComponentStatus } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type ComponentStatus = Kind<UpstreamComponentStatus>;

export const componentStatus = defineResource<ComponentStatus>({
  gvr: { group: '', version: 'v1', resource: 'componentstatuses' },
  kind: 'ComponentStatus',
  singular: 'componentstatus',
  shortNames: ['cs'],
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.core.v1.ComponentStatus',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
