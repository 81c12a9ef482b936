// Cluster IPs and IP families of Services: how they go together, and what an update may change.
// Called by: service.validation.ts, service.families.ts. Must not know: which addresses are free.
import { type FieldErrors, Path, duplicate, invalid, notSupported, required } from '../machinery/field.ts';
import { isIPv6 } from '../machinery/validation.ts';
import { validateIPLegacy } from './ip.validation.ts';
import type { Service } from './service.types.ts';

const CLUSTER_IPS = Path.of('spec', 'clusterIPs');
const FAMILIES = Path.of('spec', 'ipFamilies');
const POLICY = Path.of('spec', 'ipFamilyPolicy');
const SUPPORTED_FAMILIES = ['IPv4', 'IPv6'];
const SUPPORTED_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** Returns whether the Service has no address of its own, by its clusterIPs. */
export function isHeadless({ spec }: Service): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';
}

/** Upstream: kubernetes pkg/apis/core/validation ValidateServiceClusterIPsRelatedFields. */
export function validateClusterIPs(service: Service): FieldErrors {
  const { type, clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = service.spec;
  if (type === 'ExternalName') return [];
  const errors: FieldErrors = [];
  if (clusterIP === '') {
    if (clusterIPs.length > 0)
      errors.push(invalid(CLUSTER_IPS, clusterIPs, 'must be empty when `clusterIP` is not specified'));
  } else if (clusterIPs.length === 0) errors.push(required(CLUSTER_IPS));
  else if (clusterIPs[0] !== clusterIP)
    errors.push(invalid(CLUSTER_IPS, clusterIPs, 'first value must match `clusterIP`'));
  for (const [i, family] of ipFamilies.entries()) {
    if (!SUPPORTED_FAMILIES.includes(family)) errors.push(notSupported(FAMILIES.index(i), family, SUPPORTED_FAMILIES));
    if (ipFamilies.indexOf(family) < i) errors.push(duplicate(FAMILIES.index(i), family));
  }
  if (ipFamilyPolicy !== undefined && !SUPPORTED_POLICIES.includes(ipFamilyPolicy))
    errors.push(notSupported(POLICY, ipFamilyPolicy, SUPPORTED_POLICIES));
  const wrong = validateAddresses(clusterIPs);
  errors.push(...wrong);
  if (clusterIPs.length > 2) errors.push(invalid(CLUSTER_IPS, clusterIPs, 'may only hold up to 2 values'));
  if (wrong.length > 0) return errors;
  if (clusterIPs.length > 1 && clusterIPs.every(isIPv6) === clusterIPs.some(isIPv6))
    errors.push(invalid(CLUSTER_IPS, clusterIPs, 'may specify no more than one IP for each IP family'));
  return isHeadless(service) ? errors : [...errors, ...validateFamiliesOfAddresses(clusterIPs, ipFamilies)];
}

function validateAddresses(clusterIPs: readonly string[]): FieldErrors {
  return clusterIPs.flatMap((ip, i) => {
    if (i > 0 || ip !== 'None') return validateIPLegacy(ip, CLUSTER_IPS.index(i));
    if (clusterIPs.length === 1) return [];
    return [invalid(CLUSTER_IPS, clusterIPs, "'None' must be the first and only value")];
  });
}

function validateFamiliesOfAddresses(clusterIPs: readonly string[], families: readonly string[]): FieldErrors {
  return clusterIPs.flatMap((ip, i) => {
    const family = families[i];
    if (family === undefined || (family === 'IPv6') === isIPv6(ip)) return [];
    const detail = `expected an ${family} value as indicated by \`ipFamilies[${i}]\``;
    return [invalid(CLUSTER_IPS.index(i), ip, detail)];
  });
}

/** Upstream: validateUpgradeDowngradeClusterIPs and validateUpgradeDowngradeIPFamilies. */
export function validateClusterIPsUpdate(service: Service, old: Service): FieldErrors {
  if (service.spec.type === 'ExternalName' || old.spec.type === 'ExternalName') return [];
  const [headless, wasHeadless] = [isHeadless(service), isHeadless(old)];
  const errors: FieldErrors = [];
  if (!headless || !wasHeadless) errors.push(...validateAddressesUpdate(service, old));
  if (headless === wasHeadless && !headless) errors.push(...validateFamiliesUpdate(service, old));
  return errors;
}

const UNCHANGEABLE = 'may not change once set';

function validateAddressesUpdate({ spec }: Service, old: Service): FieldErrors {
  const [now, before] = [spec.clusterIPs ?? [], old.spec.clusterIPs ?? []];
  const errors: FieldErrors = [];
  if (now.length === before.length) {
    for (const [i, ip] of before.entries())
      if (ip !== now[i]) errors.push(invalid(CLUSTER_IPS.index(i), now, UNCHANGEABLE));
    return errors;
  }
  if (now.length === 0) errors.push(invalid(CLUSTER_IPS.index(0), now, 'primary clusterIP can not be unset'));
  else if (before.length > 0 && now[0] !== before[0]) errors.push(invalid(CLUSTER_IPS.index(0), now, UNCHANGEABLE));
  if (before.length > now.length && now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const detail = "must be set to 'SingleStack' when releasing the secondary clusterIP";
    errors.push(invalid(POLICY, spec.ipFamilyPolicy, detail));
  }
  return errors;
}

function validateFamiliesUpdate({ spec }: Service, old: Service): FieldErrors {
  const [now, before] = [spec.ipFamilies ?? [], old.spec.ipFamilies ?? []];
  const errors: FieldErrors = [];
  if (now.length === before.length) {
    for (const [i, family] of before.entries())
      if (family !== now[i]) errors.push(invalid(FAMILIES.index(0), now, UNCHANGEABLE));
    return errors;
  }
  if (before.length > now.length && (spec.clusterIPs ?? []).length === 0)
    errors.push(invalid(FAMILIES.index(0), now, 'primary ipFamily can not be unset'));
  if (before.length > 0 && now.length > 0 && now[0] !== before[0])
    errors.push(invalid(FAMILIES.index(0), spec.clusterIPs, UNCHANGEABLE));
  if (before.length > now.length && now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const detail = "must be set to 'SingleStack' when releasing the secondary ipFamily";
    errors.push(invalid(POLICY, spec.ipFamilyPolicy, detail));
  }
  return errors;
}
