// Lease: its names, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Lease as UpstreamLease } from 'kubernetes-types/coordination/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';

export type Lease = Kind<UpstreamLease>;

export const lease = defineResource<Lease>({
  gvr: { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' },
  kind: 'Lease',
  singular: 'lease',
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.coordination.v1.Lease',
  strategy: { allowsCreateOnUpdate: true, allowsUnconditionalUpdate: false },
  table: {
    columns: [nameColumn, textColumn('Holder'), ageColumn],
    row: (object, nowMs) => [object.metadata.name, object.spec.holderIdentity ?? '', ageCell(object, nowMs)],
  },
});
