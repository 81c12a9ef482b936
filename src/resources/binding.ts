// Binding: gives a pod its node. It is posted, done and not kept.
// Called by: resources/index.ts. Must not know: HTTP, storage, the scheduler.
import type { Binding as UpstreamBinding } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { createdAtCell, createdAtColumn, nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';

export type Binding = Kind<UpstreamBinding>;

export const binding = defineResource<Binding>({
  gvr: { group: '', version: 'v1', resource: 'bindings' },
  kind: 'Binding',
  singular: 'binding',
  namespaced: true,
  verbs: ['create'],
  subresources: [],
  schema: 'io.k8s.api.core.v1.Binding',
  isReview: true,
  strategy: {},
  table: {
    columns: [nameColumn, createdAtColumn],
    row: (object) => [object.metadata.name, createdAtCell(object)],
  },
});
