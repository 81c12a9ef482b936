// Validation of a pod's spec, wherever it stands: all findings, in upstream's order.
// Called by: pod.validation.ts, podtemplate.validation.ts. Must not know: the kinds around a spec.
// Left out: the details of Windows pods and of gang scheduling (workloadRef).
import type { HostAlias, PodDNSConfig } from 'kubernetes-types/core/v1';
import {
  type FieldErrors,
  type Path,
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../machinery/field.ts';
import { validateLabels } from '../machinery/metavalidation.ts';
import {
  isDNS1123Label,
  isDNS1123Subdomain,
  isDNS1123SubdomainWithUnderscore,
  isValidIPLegacy,
  rangeMessage,
} from '../machinery/validation.ts';
import type { PodSpec, PodValidationOptions } from './podspec.types.ts';
import {
  validateContainers,
  validateEphemeralContainers,
  validateInitContainers,
} from './podspec.validation.containers.ts';
import { validateFileKeyRefVolumes } from './podspec.validation.env.ts';
import {
  invalidEach,
  validateDNS1123Label,
  validateDNS1123Subdomain,
  validateQualifiedName,
  validateWord,
} from './podspec.validation.names.ts';
import { validateContainerResources, validatePodResources } from './podspec.validation.resources.ts';
import { validateAffinity, validateTolerations, validateTopologySpread } from './podspec.validation.scheduling.ts';
import { validateHostUsers, validatePodSecurityContext } from './podspec.validation.security.ts';
import { validateVolumes } from './podspec.validation.volumes.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

/** Upstream: kubernetes pkg/apis/core/validation/validation.go ValidatePodSpec. */
export function validatePodSpec(spec: PodSpec, path: Path, options: PodValidationOptions): FieldErrors {
  const errors: FieldErrors = [];
  if (spec.terminationGracePeriodSeconds === undefined)
    errors.push(required(path.child('terminationGracePeriodSeconds')));
  const volumes = validateVolumes(spec.volumes ?? [], options, path.child('volumes'));
  const claimNames = (spec.resourceClaims ?? []).map((c) => c.name).filter((name) => name !== '');
  const surroundings = { spec, volumes: volumes.right, claimNames };
  errors.push(
    ...volumes.errors,
    ...validateResourceClaims(spec, path.child('resourceClaims')),
    ...validateContainers(surroundings, path.child('containers')),
    ...validateInitContainers(surroundings, path.child('initContainers')),
    ...validateEphemeralContainers(surroundings, path.child('ephemeralContainers')),
    ...validatePodResources(spec, claimNames, path),
    ...validateHostNetworkPorts(spec, path, options),
    ...validateWord(spec.restartPolicy, RESTART_POLICIES, path.child('restartPolicy')),
    ...validateWord(spec.dnsPolicy, DNS_POLICIES, path.child('dnsPolicy')),
    ...validateLabels(spec.nodeSelector, path.child('nodeSelector')),
    ...validatePodSecurityContext(spec, path.child('securityContext')),
    ...validateAffinity(spec.affinity, path.child('affinity')),
    ...validateDNSConfig(spec, path.child('dnsConfig')),
    ...validateGates(spec, path),
    ...validateTopologySpread(spec.topologySpreadConstraints ?? [], path.child('topologySpreadConstraints')),
    ...validateHostUsers(spec, path),
    ...validateHostnameOverride(spec, path.child('hostnameOverride')),
    ...validateNames(spec, path),
    ...validateOS(spec, path),
    ...validateFileKeyRefVolumes(spec, path),
  );
  return errors;
}

function validateResourceClaims({ resourceClaims = [] }: PodSpec, path: Path): FieldErrors {
  const names = new Set<string>();
  return resourceClaims.flatMap((claim, i) => {
    const { name = '', resourceClaimName, resourceClaimTemplateName } = claim;
    const at = path.index(i);
    const errors: FieldErrors = [];
    if (name === '') errors.push(required(at.child('name')));
    else if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    else errors.push(...validateDNS1123Label(name, at.child('name')));
    names.add(name);
    const both = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
    const neither = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
    const count = [resourceClaimName, resourceClaimTemplateName].filter((value) => value !== undefined).length;
    if (count !== 1) errors.push(invalid(at, claim, count === 2 ? both : neither));
    return errors;
  });
}

function validateHostNetworkPorts(spec: PodSpec, path: Path, { isPod }: PodValidationOptions): FieldErrors {
  if (!spec.hostNetwork) return [];
  return (spec.containers ?? []).flatMap(({ ports = [] }, i) =>
    ports.flatMap(({ hostPort = 0, containerPort }, j) => {
      if ((!isPod && hostPort === 0) || hostPort === containerPort) return [];
      const at = path.child('containers').index(i).child('ports').index(j).child('hostPort');
      return [invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true')];
    }),
  );
}

const MAX_NAMESERVERS = 3;
const MAX_SEARCH_PATHS = 32;
const MAX_SEARCH_CHARS = 2048;

/** Upstream: validatePodDNSConfig. */
function validateDNSConfig({ dnsConfig, dnsPolicy }: PodSpec, path: Path): FieldErrors {
  const serversPath = path.child('nameservers');
  if (dnsPolicy === 'None' && !dnsConfig) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')];
  if (dnsPolicy === 'None' && (dnsConfig?.nameservers ?? []).length === 0)
    return [required(serversPath, 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
  if (!dnsConfig) return [];
  const { nameservers = [], options = [] }: PodDNSConfig = dnsConfig;
  const errors: FieldErrors = [];
  if (nameservers.length > MAX_NAMESERVERS)
    errors.push(invalid(serversPath, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`));
  for (const [i, server] of nameservers.entries())
    errors.push(...invalidEach(serversPath.index(i), server, isValidIPLegacy(server)));
  errors.push(...validateSearches(dnsConfig.searches ?? [], path.child('searches')));
  for (const [i, { name }] of options.entries())
    if (!name) errors.push(required(path.child('options').index(i), 'must not be empty'));
  return errors;
}

function validateSearches(searches: readonly string[], path: Path): FieldErrors {
  const errors: FieldErrors = [];
  if (searches.length > MAX_SEARCH_PATHS)
    errors.push(invalid(path, searches, `must not have more than ${MAX_SEARCH_PATHS} search paths`));
  if (searches.join(' ').length > MAX_SEARCH_CHARS) {
    const detail = `must not have more than ${MAX_SEARCH_CHARS} characters (including spaces) in the search list`;
    errors.push(invalid(path, searches, detail));
  }
  for (const [i, search] of searches.entries()) {
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    if (search !== '.') errors.push(...invalidEach(path.index(i), name, isDNS1123SubdomainWithUnderscore(name)));
  }
  return errors;
}

function validateGates({ readinessGates = [], schedulingGates = [] }: PodSpec, path: Path): FieldErrors {
  const readinessPath = path.child('readinessGates');
  const errors = readinessGates.flatMap(({ conditionType }, i) =>
    validateQualifiedName(conditionType ?? '', readinessPath.index(i).child('conditionType')),
  );
  const seen = new Set<string>();
  for (const [i, { name }] of schedulingGates.entries()) {
    const at = path.child('schedulingGates').index(i);
    errors.push(...validateQualifiedName(name ?? '', at));
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
  }
  return errors;
}

function validateHostnameOverride(spec: PodSpec, path: Path): FieldErrors {
  const { hostnameOverride: hostname } = spec;
  if (hostname === undefined) return [];
  const errors: FieldErrors = [];
  if (spec.setHostnameAsFQDN) errors.push(forbidden(path, 'may not be specified when setHostnameAsFQDN is true'));
  if (spec.hostNetwork) errors.push(forbidden(path, 'may not be specified when hostNetwork is true'));
  if (hostname.length > 64) errors.push(tooLong(path, 64));
  return [...errors, ...validateDNS1123Subdomain(hostname, path)];
}

const MAX_INT32 = 2147483647;

/** The single fields at the end of a spec. */
function validateNames(spec: PodSpec, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  const check = (name: keyof PodSpec, rule: (value: string) => string[]): void => {
    const value = spec[name];
    if (typeof value === 'string' && value !== '') errors.push(...invalidEach(path.child(name), value, rule(value)));
  };
  check('serviceAccountName', isDNS1123Subdomain);
  check('nodeName', isDNS1123Subdomain);
  const { activeDeadlineSeconds: deadline } = spec;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32))
    errors.push(invalid(path.child('activeDeadlineSeconds'), deadline, rangeMessage(1, MAX_INT32)));
  check('hostname', isDNS1123Label);
  check('subdomain', isDNS1123Label);
  errors.push(...validateTolerations(spec.tolerations ?? [], path.child('tolerations')));
  errors.push(...validateHostAliases(spec.hostAliases ?? [], path.child('hostAliases')));
  check('priorityClassName', isDNS1123Subdomain);
  check('runtimeClassName', isDNS1123Subdomain);
  if (spec.preemptionPolicy !== undefined)
    errors.push(
      ...validateWord(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], path.child('preemptionPolicy')),
    );
  if (spec.overhead) errors.push(...validateContainerResources({ limits: spec.overhead }, [], path.child('overhead')));
  return errors;
}

function validateHostAliases(aliases: readonly HostAlias[], path: Path): FieldErrors {
  return aliases.flatMap(({ ip = '', hostnames = [] }, i) => [
    ...invalidEach(path.index(i).child('ip'), ip, isValidIPLegacy(ip)),
    ...hostnames.flatMap((name, j) => validateDNS1123Subdomain(name, path.index(i).child('hostnames').index(j))),
  ]);
}

const OPERATING_SYSTEMS = ['linux', 'windows'];

function validateOS(spec: PodSpec, path: Path): FieldErrors {
  if (!spec.os) return [];
  const { name } = spec.os;
  if (!name) return [required(path.child('os', 'name'))];
  if (!OPERATING_SYSTEMS.includes(name)) return [notSupported(path.child('os'), name, OPERATING_SYSTEMS)];
  if (name === 'windows') return [];
  const detail = 'windows options cannot be set for a linux pod';
  const errors: FieldErrors = [];
  if (spec.securityContext?.windowsOptions)
    errors.push(forbidden(path.child('securityContext', 'windowsOptions'), detail));
  for (const [i, { securityContext }] of (spec.containers ?? []).entries()) {
    const at = path.child('containers').index(i).child('securityContext', 'windowsOptions');
    if (securityContext?.windowsOptions) errors.push(forbidden(at, detail));
  }
  return errors;
}
