// What objects count for in quotas: amounts by name, and which quotas a pod concerns.
// Called by: admission (quota), the resourcequota controller. Must not know: the store, what is allowed.
import type { ScopedResourceSelectorRequirement } from 'kubernetes-types/core/v1';
import { addQuantities, newQuantity, parseQuantity, type Quantity } from '../machinery/quantity.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { PersistentVolumeClaim } from './persistentvolumeclaim.ts';
import { amountsOf, podLimits, podRequests, type Amounts } from './pod.amounts.ts';
import { podQOSClass } from './pod.qos.ts';
import type { Pod } from './pod.ts';
import type { ResourceQuota } from './resourcequota.ts';
import type { Service } from './service.ts';
import { storageClassOf } from './storage.formatting.ts';

/** Kinds that have had a name of their own in quotas since before `count/`. */
const LEGACY_COUNTS = ['configmaps', 'secrets', 'resourcequotas', 'replicationcontrollers'];
/** What each container must name if a quota limits it. */
const COMPULSORY = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';
const ONE = newQuantity(1);

/** Returns whether a pod counts: one that has ended does not. Upstream: quota/v1/evaluator/core QuotaV1Pod. */
export function isQuotaPod({ status }: Pod): boolean {
  return status.phase !== 'Succeeded' && status.phase !== 'Failed';
}

/** Returns what an object counts for. `resource` is GroupResource text. Upstream: kubernetes pkg/quota/v1/evaluator/core. */
export function quotaUsage(resource: string, object: KubeObject): Amounts {
  const usage: Amounts = new Map([[`count/${resource}`, ONE]]);
  if (LEGACY_COUNTS.includes(resource)) usage.set(resource, ONE);
  if (resource === 'pods') addPod(usage, object as Pod);
  if (resource === 'services') addService(usage, object as Service);
  if (resource === 'persistentvolumeclaims') addClaim(usage, object as PersistentVolumeClaim);
  return usage;
}

/** Returns the names under which requests and limits of containers count. Upstream: podComputeUsageHelper. */
function computeUsage(requests: Amounts, limits: Amounts): Amounts {
  const usage: Amounts = new Map();
  for (const [name, quantity] of requests) {
    usage.set(`requests.${name}`, quantity);
    if (['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-'))
      usage.set(name, quantity);
  }
  for (const [name, quantity] of limits) usage.set(`limits.${name}`, quantity);
  return usage;
}

function addPod(usage: Amounts, pod: Pod): void {
  if (!isQuotaPod(pod)) return;
  usage.set('pods', ONE);
  const asked = { ...pod, status: {} } as Pod;
  for (const [name, quantity] of computeUsage(podRequests(asked), podLimits(asked))) usage.set(name, quantity);
}

function addService(usage: Amounts, { spec }: Service): void {
  const { type, ports = [], allocateLoadBalancerNodePorts } = spec;
  usage.set('services', ONE);
  const isBalanced = type === 'LoadBalancer';
  const counted =
    isBalanced && allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort) : ports;
  usage.set('services.nodeports', newQuantity(type === 'NodePort' || isBalanced ? counted.length : 0));
  usage.set('services.loadbalancers', newQuantity(isBalanced ? 1 : 0));
}

function addClaim(usage: Amounts, claim: PersistentVolumeClaim): void {
  const storageClass = storageClassOf(claim);
  usage.set('persistentvolumeclaims', ONE);
  if (storageClass !== '') usage.set(`${storageClass}${CLASS_SUFFIX}persistentvolumeclaims`, ONE);
  const storage = claim.spec.resources?.requests?.['storage'];
  if (storage === undefined) return;
  const quantity = parseQuantity(storage);
  usage.set('requests.storage', quantity);
  if (storageClass !== '') usage.set(`${storageClass}${CLASS_SUFFIX}requests.storage`, quantity);
}

/** Returns the GroupResources of which objects may count for a name in a quota; undefined: all that have been asked for. */
export function resourcesCountedAs(name: string): string[] {
  if (name.startsWith('count/')) return [name.slice('count/'.length)];
  if (LEGACY_COUNTS.includes(name)) return [name];
  if (name === 'services' || name.startsWith('services.')) return ['services'];
  if (name === 'persistentvolumeclaims' || name === 'requests.storage' || name.includes(CLASS_SUFFIX))
    return ['persistentvolumeclaims'];
  return ['pods'];
}

/**
 * Returns what a pod's containers leave out though a quota limits it, as 'must specify …', or undefined.
 * Upstream: podEvaluator.Constraints.
 */
export function whyIncomplete({ spec }: Pod, limited: readonly string[]): string | undefined {
  const compulsory = limited.filter((name) => COMPULSORY.includes(name));
  const missing = new Map<string, Set<string>>();
  for (const { name, resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const usage = computeUsage(amountsOf(resources?.requests), amountsOf(resources?.limits));
    for (const resource of compulsory) {
      if (usage.has(resource)) continue;
      missing.set(resource, (missing.get(resource) ?? new Set()).add(name));
    }
  }
  if (missing.size === 0) return undefined;
  const texts = [...missing.keys()]
    .sort()
    .map((name) => `${name} for: ${[...(missing.get(name) ?? [])].sort().join(',')}`);
  return `must specify ${texts.join('; ')}`;
}

/** Returns whether a quota is about an object at all: scopes choose among pods, and exclude all else. */
export function matchesScopes({ spec }: ResourceQuota, resource: string, object: KubeObject): boolean {
  const scoped: ScopedResourceSelectorRequirement[] = [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
  if (scoped.length === 0) return true;
  return resource === 'pods' && scoped.every((scope) => matchesScope(scope, object as Pod));
}

/** Upstream: podMatchesScopeFunc. */
function matchesScope({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, { spec }: Pod): boolean {
  switch (scopeName) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return podQOSClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return podQOSClass(spec) !== 'BestEffort';
    case 'PriorityClass':
      return matchesPriority(operator, values, spec.priorityClassName ?? '');
    case 'CrossNamespacePodAffinity':
      return usesOtherNamespaces(spec);
    default:
      return false;
  }
}

function matchesPriority(operator: string, values: readonly string[], name: string): boolean {
  switch (operator) {
    case 'In':
      return values.includes(name);
    case 'NotIn':
      return !values.includes(name);
    case 'Exists':
      return name !== '';
    default:
      return name === '';
  }
}

function usesOtherNamespaces({ affinity }: Pod['spec']): boolean {
  const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((part) => [
    ...(part?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(part?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
  return terms.some(({ namespaces, namespaceSelector }) => (namespaces ?? []).length > 0 || namespaceSelector);
}

/** Adds the second to the first, of the names that the first has. */
export function addCounted(total: Map<string, Quantity>, usage: Amounts): void {
  for (const [name, sum] of total) {
    const more = usage.get(name);
    if (more) total.set(name, addQuantities(sum, more));
  }
}
