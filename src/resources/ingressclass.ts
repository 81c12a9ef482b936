// IngressClass: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { IngressClass as UpstreamIngressClass } from 'kubernetes-types/networking/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type IngressClass = Kind<UpstreamIngressClass>;

export const ingressClass = defineResource<IngressClass>({
  gvr: { group: 'networking.k8s.io', version: 'v1', resource: 'ingressclasses' },
  kind: 'IngressClass',
  singular: 'ingressclass',
  shortNames: [],
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.networking.v1.IngressClass',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
