// Lease: its names, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Lease as UpstreamLease } from 'kubernetes-types/coordination/v1';
import { type FieldErrors, Path, invalid } from '../machinery/field.ts';
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
  strategy: {
    allowsCreateOnUpdate: true,
    allowsUnconditionalUpdate: false,
    validate: validateLease,
    validateUpdate: validateLease,
  },
  table: {
    columns: [nameColumn, textColumn('Holder'), ageColumn],
    row: (object, nowMs) => [object.metadata.name, object.spec.holderIdentity ?? '', ageCell(object, nowMs)],
  },
});

/** Upstream: kubernetes pkg/apis/coordination/validation ValidateLeaseSpec. */
function validateLease({ spec }: Lease): FieldErrors {
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = spec ?? {};
  const path = Path.of('spec');
  const errors: FieldErrors = [];
  if (seconds !== undefined && seconds <= 0)
    errors.push(invalid(path.child('leaseDurationSeconds'), seconds, 'must be greater than 0'));
  if (transitions !== undefined && transitions < 0)
    errors.push(invalid(path.child('leaseTransitions'), transitions, 'must be greater than or equal to 0'));
  return errors;
}
