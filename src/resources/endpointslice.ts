// EndpointSlice: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { EndpointSlice as UpstreamEndpointSlice } from 'kubernetes-types/discovery/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type EndpointSlice = Kind<UpstreamEndpointSlice>;

export const endpointSlice = defineResource<EndpointSlice>({
  gvr: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' },
  kind: 'EndpointSlice',
  singular: 'endpointslice',
  shortNames: [],
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
