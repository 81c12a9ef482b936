// Namespace: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Namespace as UpstreamNamespace } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type Namespace = Kind<UpstreamNamespace>;

export const namespace = defineResource<Namespace>({
  gvr: { group: '', version: 'v1', resource: 'namespaces' },
  kind: 'Namespace',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  subresources: ['status', 'finalize'],
  schema: 'io.k8s.api.core.v1.Namespace',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
