// Endpoints: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Endpoints as UpstreamEndpoints } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type Endpoints = Kind<UpstreamEndpoints>;

export const endpoints = defineResource<Endpoints>({
  gvr: { group: '', version: 'v1', resource: 'endpoints' },
  kind: 'Endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.core.v1.Endpoints',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
