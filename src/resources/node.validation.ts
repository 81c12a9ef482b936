// Validation of Nodes.
// Called by: node.ts. Must not know: storage, HTTP, the scheduler.
import type { Taint } from 'kubernetes-types/core/v1';
import { FieldError, type FieldErrors, Path, duplicate, forbidden, invalid } from '../machinery/field.ts';
import { deepEqual } from '../machinery/meta.ts';
import { validateLabelName } from '../machinery/metavalidation.ts';
import { parseQuantity } from '../machinery/quantity.ts';
import { isValidCIDRLegacy, isValidLabelValue } from '../machinery/validation.ts';
import type { Node } from './node.ts';
import { invalidEach } from './podspec.validation.names.ts';
import { validateResourceQuantity } from './podspec.validation.resources.ts';
import { validateTaintEffect } from './podspec.validation.scheduling.ts';
import { sortedKeys } from './strategy.ts';

const SPEC = Path.of('spec');
/** Upstream reports taints there, not under spec. */
const TAINTS = Path.of('metadata', 'taints');

/** Upstream: kubernetes pkg/apis/core/validation ValidateNode. */
export function validateNode(node: Node): FieldErrors {
  const podCIDRs = node.spec.podCIDRs ?? [];
  const path = SPEC.child('podCIDRs');
  return [
    ...validateTaints(node.spec.taints ?? []),
    ...validateResources(node),
    ...podCIDRs.flatMap((cidr, i) => invalidEach(path.index(i), cidr, isValidCIDRLegacy(cidr))),
  ];
}

function validateTaints(taints: readonly Taint[]): FieldErrors {
  const seen = new Set<string>();
  return taints.flatMap(({ key = '', value = '', effect = '' }, i) => {
    const at = TAINTS.index(i);
    const errors = validateLabelName(key, at.child('key'));
    const messages = isValidLabelValue(value);
    if (messages.length > 0) errors.push(invalid(at.child('value'), value, messages.join(';')));
    errors.push(...validateTaintEffect(effect, at.child('effect')));
    if (seen.has(`${effect}/${key}`)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: null };
      const detail = 'taints must be unique by key and effect pair';
      errors.push(new FieldError('FieldValueDuplicate', at, shown, detail));
    }
    seen.add(`${effect}/${key}`);
    return errors;
  });
}

function validateResources({ status }: Node): FieldErrors {
  return (['capacity', 'allocatable'] as const).flatMap((list) =>
    sortedKeys(status?.[list]).flatMap((name) => {
      const quantity = parseQuantity(status[list]?.[name] ?? '0');
      return validateResourceQuantity(name, quantity, Path.of('status', list, name));
    }),
  );
}

function mayNotChange(field: string): string {
  return `node updates may not change ${field} except from "" to valid`;
}

/** Upstream: ValidateNodeUpdate. */
export function validateNodeUpdate(node: Node, old: Node): FieldErrors {
  const errors = validateResources(node);
  const addresses = new Set<string>();
  for (const [i, { type, address }] of (node.status.addresses ?? []).entries()) {
    const at = Path.of('status', 'addresses').index(i);
    if (addresses.has(`${type}/${address}`)) errors.push(duplicate(at, { Type: type, Address: address }));
    addresses.add(`${type}/${address}`);
  }
  const before = old.spec.podCIDRs ?? [];
  if (before.length > 0 && !deepEqual(before, node.spec.podCIDRs ?? []))
    errors.push(forbidden(SPEC.child('podCIDRs'), mayNotChange('podCIDR')));
  if (old.spec.providerID && old.spec.providerID !== node.spec.providerID)
    errors.push(forbidden(SPEC.child('providerID'), mayNotChange('providerID')));
  errors.push(...validateTaints(node.spec.taints ?? []));
  if ((node.spec.externalID ?? '') !== (old.spec.externalID ?? ''))
    errors.push(forbidden(SPEC.child('externalID'), 'may not be updated'));
  return errors;
}
