// IP families of a Service on a single-stack IPv4 cluster: which policy and families it gets, and what is refused.
// Called by: service.allocation.ts. Must not know: how addresses are chosen.
import { type FieldErrors, Path, invalid } from '../machinery/field.ts';
import { deepEqual } from '../machinery/meta.ts';
import { newInvalid } from '../machinery/status.ts';
import { type Service, hasSameClusterIPs } from './service.types.ts';
import { validateClusterIPs } from './service.validation.addresses.ts';

const POLICY = Path.of('spec', 'ipFamilyPolicy');
const FAMILIES = Path.of('spec', 'ipFamilies');
const CLUSTER_IPS = Path.of('spec', 'clusterIPs');

/** Fills policy and families. Changes `service`. @throws StatusError Invalid. Upstream: initIPFamilyFields. */
export function allocateFamilies(service: Service, old: Service | undefined): void {
  const { spec } = service;
  if (spec.type === 'ExternalName') return;
  const isHeadlessWithoutSelector = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.spec.ipFamilyPolicy ?? (isHeadlessWithoutSelector ? 'RequireDualStack' : 'SingleStack');
  throwIfAny(service, validateClusterIPs(service));
  const errors = old ? reconcileWithOld(service, old) : [];
  if (spec.ipFamilyPolicy === 'SingleStack') errors.push(...refuseTwoStacks(service));
  errors.push(...familiesOfAddresses(service));
  throwIfAny(service, errors);
  if (isHeadlessWithoutSelector) {
    if ((spec.ipFamilies ?? []).length === 0) spec.ipFamilies = ['IPv4'];
    if (spec.ipFamilies?.length === 1 && spec.ipFamilyPolicy !== 'SingleStack')
      spec.ipFamilies.push(spec.ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4');
    return;
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack')
    errors.push(invalid(POLICY, spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    if (family !== 'IPv4') errors.push(invalid(FAMILIES.index(i), family, 'not configured on this cluster'));
  }
  throwIfAny(service, errors);
  if ((spec.ipFamilies ?? []).length === 0) spec.ipFamilies = ['IPv4'];
}

function throwIfAny(service: Service, errors: FieldErrors): void {
  if (errors.length > 0) throw newInvalid({ group: '', kind: 'Service' }, service.metadata.name, errors);
}

/** A Service that goes back to one stack loses its second address; one that does not may not lose any. */
function reconcileWithOld(service: Service, old: Service): FieldErrors {
  const { spec } = service;
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (hasSameClusterIPs(service, old) && spec.clusterIPs) spec.clusterIPs = spec.clusterIPs.slice(0, 1);
    if (deepEqual(spec.ipFamilies, old.spec.ipFamilies) && spec.ipFamilies)
      spec.ipFamilies = spec.ipFamilies.slice(0, 1);
    return [];
  }
  const errors: FieldErrors = [];
  if (isReduced(spec.clusterIPs, old.spec.clusterIPs))
    errors.push(invalid(POLICY, spec.ipFamilyPolicy, "must be 'SingleStack' to release the secondary cluster IP"));
  if (isReduced(spec.ipFamilies, old.spec.ipFamilies))
    errors.push(invalid(POLICY, spec.ipFamilyPolicy, "must be 'SingleStack' to release the secondary IP family"));
  return errors;
}

function isReduced(now: readonly string[] = [], before: readonly string[] = []): boolean {
  return now.length > 0 && now.length < before.length;
}

function refuseTwoStacks({ spec }: Service): FieldErrors {
  const must = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
  const errors: FieldErrors = [];
  if (spec.clusterIPs?.length === 2)
    errors.push(invalid(POLICY, spec.ipFamilyPolicy, `${must} cluster IPs are specified`));
  if (spec.ipFamilies?.length === 2)
    errors.push(invalid(POLICY, spec.ipFamilyPolicy, `${must} IP families are specified`));
  return errors;
}

/** Adds the family of each address that has none yet. */
function familiesOfAddresses({ spec }: Service): FieldErrors {
  const errors: FieldErrors = [];
  for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === 'None') break;
    if (i < (spec.ipFamilies ?? []).length) continue;
    if (ip.includes(':'))
      errors.push(invalid(CLUSTER_IPS.index(i), spec.clusterIPs, 'IPv6 is not configured on this cluster'));
    else (spec.ipFamilies ??= []).push('IPv4');
  }
  return errors;
}
