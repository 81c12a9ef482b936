// Spreads pods over zones and nodes: hard constraints refuse nodes, soft ones and the system's defaults prefer.
// Called by: plugins/index.ts. Must not know: other plugins' rules, but node affinity and taints (inclusion policies).
import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1';
import { controllerOf, isDeleting } from '../../../machinery/meta.ts';
import {
  isEverything,
  labelSelectorAsSelector,
  matchesLabels,
  selectorFromSet,
  type LabelSelector,
} from '../../../machinery/selectors.ts';
import type { Pod } from '../../../resources/pod.ts';
import { replicaSet } from '../../../resources/replicaset.ts';
import { service } from '../../../resources/service.ts';
import type { NodeInfo } from '../cache.ts';
import { MAX_SCORE, type Cycle, type SchedulerPlugin } from '../framework.ts';
import { matchesNode } from './nodeaffinity.ts';
import { untoleratedTaint } from './tainttoleration.ts';

const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

interface Constraint {
  maxSkew: number;
  topologyKey: string;
  minDomains: number;
  selector: LabelSelector;
  honorsAffinity: boolean;
  honorsTaints: boolean;
}

function constraintsOf(pod: Pod, whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'): Constraint[] {
  const labels = pod.metadata.labels ?? {};
  return (pod.spec.topologySpreadConstraints ?? [])
    .filter((c) => c.whenUnsatisfiable === whenUnsatisfiable)
    .map((c) => ({
      maxSkew: c.maxSkew,
      topologyKey: c.topologyKey,
      minDomains: c.minDomains ?? 1,
      selector: selectorOf(c, labels),
      honorsAffinity: (c.nodeAffinityPolicy ?? 'Honor') === 'Honor',
      honorsTaints: c.nodeTaintsPolicy === 'Honor',
    }));
}

function selectorOf({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, labels: Record<string, string>) {
  const keys = matchLabelKeys.filter((key) => labels[key] !== undefined);
  const matched = Object.fromEntries(keys.map((key) => [key, labels[key] ?? '']));
  const selector = labelSelectorAsSelector(labelSelector);
  return { ...selector, requirements: [...selector.requirements, ...selectorFromSet(matched).requirements] };
}

/** What the system spreads by where the pod says nothing: its services' and its ReplicaSet's selectors. Upstream: helper.DefaultSelector. */
function defaultConstraints({ context, pod }: Cycle): Constraint[] {
  const { client } = context;
  const { namespace, labels = {} } = pod.metadata;
  const requirements = client
    .list(service, namespace)
    .filter(({ spec }) => spec.selector && matchesLabels(selectorFromSet(spec.selector), labels))
    .flatMap(({ spec }) => selectorFromSet(spec.selector).requirements);
  const owner = controllerOf(pod);
  const set = owner?.kind === 'ReplicaSet' ? client.get(replicaSet, { namespace, name: owner.name }) : undefined;
  if (set) requirements.push(...labelSelectorAsSelector(set.spec.selector).requirements);
  if (requirements.length === 0) return [];
  const common = { minDomains: 1, selector: { requirements }, honorsAffinity: true, honorsTaints: false };
  return [
    { ...common, topologyKey: HOSTNAME, maxSkew: 3 },
    { ...common, topologyKey: ZONE, maxSkew: 5 },
  ];
}

function countMatching(info: NodeInfo, selector: LabelSelector, namespace: string | undefined): number {
  if (isEverything(selector)) return 0;
  let count = 0;
  for (const group of info.groups.values()) {
    const { metadata } = group.sample;
    if (!group.isDeleting && metadata.namespace === namespace && matchesLabels(selector, metadata.labels ?? {}))
      count += group.count;
  }
  return count;
}

function isIncluded({ node }: NodeInfo, pod: Pod, constraint: Constraint): boolean {
  if (constraint.honorsAffinity && !matchesNode(pod, node)) return false;
  return !constraint.honorsTaints || !untoleratedTaint(node, pod.spec.tolerations, ['NoSchedule', 'NoExecute']);
}

function hasAllKeys(info: NodeInfo, constraints: readonly Constraint[]): boolean {
  return constraints.every(({ topologyKey }) => info.labels[topologyKey] !== undefined);
}

/** Returns, for a hard constraint, the matching pods in each of its domains. */
function domainCounts({ pod, nodes }: Cycle, constraint: Constraint, all: readonly Constraint[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const info of nodes) {
    if (!hasAllKeys(info, all) || !isIncluded(info, pod, constraint)) continue;
    const domain = info.labels[constraint.topologyKey] ?? '';
    const matching = countMatching(info, constraint.selector, pod.metadata.namespace);
    counts.set(domain, (counts.get(domain) ?? 0) + matching);
  }
  return counts;
}

/** Returns the scores before scaling; undefined for a node without all topology keys. */
function rawScores(cycle: Cycle, feasible: readonly NodeInfo[], constraints: readonly Constraint[]) {
  const { pod, nodes } = cycle;
  const requiresKeys = (pod.spec.topologySpreadConstraints ?? []).length > 0;
  const counted = feasible.filter((info) => !requiresKeys || hasAllKeys(info, constraints));
  const perConstraint = constraints.map((constraint) => {
    const { topologyKey, selector } = constraint;
    if (topologyKey === HOSTNAME) return { constraint, domains: undefined, weight: Math.log(counted.length + 2) };
    const domains = new Map(counted.map((info) => [info.labels[topologyKey], 0]));
    for (const info of nodes) {
      const domain = info.labels[topologyKey];
      const count = domains.get(domain);
      if (count === undefined || (requiresKeys && !hasAllKeys(info, constraints))) continue;
      if (isIncluded(info, pod, constraint))
        domains.set(domain, count + countMatching(info, selector, pod.metadata.namespace));
    }
    return { constraint, domains, weight: Math.log(domains.size + 2) };
  });
  return feasible.map((info) => {
    if (requiresKeys && !hasAllKeys(info, constraints)) return undefined;
    let score = 0;
    for (const { constraint, domains, weight } of perConstraint) {
      const domain = info.labels[constraint.topologyKey];
      if (domain === undefined) continue;
      const count = domains?.get(domain) ?? countMatching(info, constraint.selector, pod.metadata.namespace);
      score += count * weight + constraint.maxSkew - 1;
    }
    return Math.round(score);
  });
}

/** Upstream: kubernetes pkg/scheduler/framework/plugins/podtopologyspread. */
export const podTopologySpread: SchedulerPlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  filter(cycle) {
    const constraints = constraintsOf(cycle.pod, 'DoNotSchedule');
    if (constraints.length === 0) return undefined;
    const reason = "node(s) didn't match pod topology spread constraints";
    const prepared = constraints.map((constraint) => {
      const counts = domainCounts(cycle, constraint, constraints);
      const least = counts.size < constraint.minDomains ? 0 : Math.min(...counts.values());
      const own = matchesLabels(constraint.selector, cycle.pod.metadata.labels ?? {}) ? 1 : 0;
      return { constraint, counts, least, own };
    });
    return ({ labels }) => {
      for (const { constraint, counts, least, own } of prepared) {
        const domain = labels[constraint.topologyKey];
        if (domain === undefined) return { reasons: [`${reason} (missing required label)`], isUnresolvable: true };
        if (least !== Number.POSITIVE_INFINITY && (counts.get(domain) ?? 0) + own - least > constraint.maxSkew)
          return { reasons: [reason], isUnresolvable: false };
      }
      return undefined;
    };
  },
  score(cycle, feasible) {
    const hasOwn = (cycle.pod.spec.topologySpreadConstraints ?? []).length > 0;
    const constraints = hasOwn ? constraintsOf(cycle.pod, 'ScheduleAnyway') : defaultConstraints(cycle);
    if (constraints.length === 0) return undefined;
    const scores = rawScores(cycle, feasible, constraints);
    const counted = scores.filter((score) => score !== undefined);
    const max = Math.max(0, ...counted);
    const min = Math.min(...counted);
    return scores.map((score) => {
      if (score === undefined) return 0;
      return max === 0 ? MAX_SCORE : Math.floor((MAX_SCORE * (max + min - score)) / max);
    });
  },
};

/** Returns whether a pod placed elsewhere may make room for this one. */
export function hasSpreadConstraints(pod: Pod): boolean {
  return !isDeleting(pod) && (pod.spec.topologySpreadConstraints ?? []).length > 0;
}
