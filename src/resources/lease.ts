// Lease: its names, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Lease as UpstreamLease } from 'kubernetes-types/coordination/v1';
import { formatMicroTime, parseTime, type Clock } from '../machinery/clock.ts';
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
  decorate: renewedLease,
  table: {
    columns: [nameColumn, textColumn('Holder'), ageColumn],
    row: (object, nowMs) => [object.metadata.name, object.spec.holderIdentity ?? '', ageCell(object, nowMs)],
  },
});

/** A kubelet renews its lease every ten seconds. */
const RENEWAL_MS = 10_000;

/**
 * A node's lease stands in storage as it was acquired: its renewals mean nothing and are worked out when it is read. One whose
 * stored renewal is later than its acquisition was last renewed then: its kubelet has fallen silent.
 */
function renewedLease(object: Lease, clock: Clock): Lease {
  const { acquireTime, renewTime } = object.spec;
  const isNodes =
    object.metadata.namespace === 'kube-node-lease' && object.metadata.ownerReferences?.[0]?.kind === 'Node';
  const acquiredMs = parseTime(acquireTime as string | undefined);
  if (!isNodes || acquiredMs === undefined || acquireTime !== renewTime) return object;
  const renewals = Math.floor((clock.nowMs() - acquiredMs) / RENEWAL_MS);
  return { ...object, spec: { ...object.spec, renewTime: formatMicroTime(acquiredMs + renewals * RENEWAL_MS) } };
}

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
