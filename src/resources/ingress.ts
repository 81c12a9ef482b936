// Ingress: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Ingress as UpstreamIngress } from 'kubernetes-types/networking/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type Ingress = Kind<UpstreamIngress>;

export const ingress = defineResource<Ingress>({
  gvr: { group: 'networking.k8s.io', version: 'v1', resource: 'ingresses' },
  kind: 'Ingress',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.networking.v1.Ingress',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
