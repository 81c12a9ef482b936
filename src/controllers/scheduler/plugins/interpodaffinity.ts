// Places pods near to, or away from, other pods: required terms refuse nodes, preferred ones give scores, both ways.
// Called by: plugins/index.ts. Must not know: other plugins.
import type { PodAffinityTerm, WeightedPodAffinityTerm } from 'kubernetes-types/core/v1';
import { labelSelectorAsSelector, matchesLabels, type LabelSelector } from '../../../machinery/selectors.ts';
import { namespace as namespaceResource } from '../../../resources/namespace.ts';
import type { Pod } from '../../../resources/pod.ts';
import { hasPodAffinity, type NodeInfo, type PodGroup } from '../cache.ts';
import { MAX_SCORE, type Cycle, type SchedulerPlugin } from '../framework.ts';

interface Term {
  topologyKey: string;
  selector: LabelSelector;
  namespaces: readonly string[];
  namespaceSelector: LabelSelector | undefined;
  weight: number;
}

/** Returns the terms as the pod that has them means them: without namespaces, its own. */
function termsOf(pod: Pod, terms: readonly PodAffinityTerm[] | undefined, weight = 1): Term[] {
  return (terms ?? []).map(({ topologyKey, labelSelector, namespaces = [], namespaceSelector, ...rest }) => {
    const selector = labelSelectorAsSelector(labelSelector);
    const { matchLabelKeys = [], mismatchLabelKeys = [] } = rest as {
      matchLabelKeys?: string[];
      mismatchLabelKeys?: string[];
    };
    const merged = mergeKeys(pod, matchLabelKeys, 'In').concat(mergeKeys(pod, mismatchLabelKeys, 'NotIn'));
    const extra = merged.length > 0 ? labelSelectorAsSelector({ matchExpressions: merged }).requirements : [];
    return {
      topologyKey,
      selector: { ...selector, requirements: [...selector.requirements, ...extra] },
      namespaces: namespaces.length > 0 || namespaceSelector ? namespaces : [pod.metadata.namespace ?? ''],
      namespaceSelector: namespaceSelector ? labelSelectorAsSelector(namespaceSelector) : undefined,
      weight,
    };
  });
}

function mergeKeys(pod: Pod, keys: readonly string[], operator: 'In' | 'NotIn') {
  const labels = pod.metadata.labels ?? {};
  return keys.filter((key) => labels[key] !== undefined).map((key) => ({ key, operator, values: [labels[key] ?? ''] }));
}

function weightedTerms(pod: Pod, terms: readonly WeightedPodAffinityTerm[] | undefined, sign: 1 | -1): Term[] {
  return (terms ?? []).flatMap(({ weight, podAffinityTerm }) => termsOf(pod, [podAffinityTerm], sign * weight));
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function requiredAffinity(pod: Pod): Term[] {
  return termsOf(pod, pod.spec.affinity?.podAffinity?.[REQUIRED]);
}
function requiredAntiAffinity(pod: Pod): Term[] {
  return termsOf(pod, pod.spec.affinity?.podAntiAffinity?.[REQUIRED]);
}
function preferredTerms(pod: Pod): Term[] {
  return [
    ...weightedTerms(pod, pod.spec.affinity?.podAffinity?.[PREFERRED], 1),
    ...weightedTerms(pod, pod.spec.affinity?.podAntiAffinity?.[PREFERRED], -1),
  ];
}

/** Counts by topology key and value. */
class Counts {
  readonly #counts = new Map<string, number>();
  static #key(info: NodeInfo, topologyKey: string): string | undefined {
    const value = info.labels[topologyKey];
    return value === undefined ? undefined : `${topologyKey}=${value}`;
  }
  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }
  add(info: NodeInfo, topologyKey: string, count: number): void {
    const key = Counts.#key(info, topologyKey);
    if (key !== undefined) this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }
  of(info: NodeInfo, topologyKey: string): number {
    const key = Counts.#key(info, topologyKey);
    return key === undefined ? 0 : (this.#counts.get(key) ?? 0);
  }
  hasAny(info: NodeInfo): boolean {
    return Object.keys(info.labels).some((topologyKey) => this.of(info, topologyKey) > 0);
  }
  sum(info: NodeInfo): number {
    return Object.keys(info.labels).reduce((sum, topologyKey) => sum + this.of(info, topologyKey), 0);
  }
}

function matcher({ context }: Cycle): (term: Term, pod: Pod) => boolean {
  const labelsOf = (name: string) => context.client.get(namespaceResource, { name })?.metadata.labels ?? {};
  return (term, pod) => {
    const name = pod.metadata.namespace ?? '';
    const isNamed = term.namespaces.includes(name);
    if (!isNamed && !(term.namespaceSelector && matchesLabels(term.namespaceSelector, labelsOf(name)))) return false;
    return matchesLabels(term.selector, pod.metadata.labels ?? {});
  };
}

function* groupsOf(nodes: readonly NodeInfo[], onlyWithAffinity: boolean): Iterable<[NodeInfo, PodGroup]> {
  for (const info of nodes) {
    if (onlyWithAffinity && info.affinityGroups === 0) continue;
    for (const group of info.groups.values()) {
      if (!onlyWithAffinity || hasPodAffinity(group.sample)) yield [info, group];
    }
  }
}

/** Upstream: kubernetes pkg/scheduler/framework/plugins/interpodaffinity. */
export const interPodAffinity: SchedulerPlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  filter(cycle) {
    const { pod, nodes } = cycle;
    const matches = matcher(cycle);
    const affinity = requiredAffinity(pod);
    const antiAffinity = requiredAntiAffinity(pod);
    const [near, away, refusedBy] = [new Counts(), new Counts(), new Counts()];
    const isConstrained = affinity.length + antiAffinity.length > 0;
    for (const [info, { sample, count }] of groupsOf(nodes, !isConstrained)) {
      if (affinity.length > 0 && affinity.every((term) => matches(term, sample)))
        for (const { topologyKey } of affinity) near.add(info, topologyKey, count);
      for (const term of antiAffinity) if (matches(term, sample)) away.add(info, term.topologyKey, count);
      for (const term of requiredAntiAffinity(sample))
        if (matches(term, pod)) refusedBy.add(info, term.topologyKey, count);
    }
    if (!isConstrained && refusedBy.isEmpty) return undefined;
    const isFirst = near.isEmpty && affinity.every((term) => matches(term, pod));
    return (info) => {
      const hasKeys = affinity.every(({ topologyKey }) => info.labels[topologyKey] !== undefined);
      if (!hasKeys || (!isFirst && affinity.some(({ topologyKey }) => near.of(info, topologyKey) === 0)))
        return { reasons: ["node(s) didn't match pod affinity rules"], isUnresolvable: true };
      if (antiAffinity.some(({ topologyKey }) => away.of(info, topologyKey) > 0))
        return { reasons: ["node(s) didn't match pod anti-affinity rules"], isUnresolvable: false };
      if (refusedBy.hasAny(info))
        return { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"], isUnresolvable: false };
      return undefined;
    };
  },
  score(cycle, feasible) {
    const { pod, nodes } = cycle;
    const matches = matcher(cycle);
    const own = preferredTerms(pod);
    const counts = new Counts();
    for (const [info, { sample, count }] of groupsOf(nodes, own.length === 0)) {
      for (const term of own) if (matches(term, sample)) counts.add(info, term.topologyKey, term.weight * count);
      for (const term of [...requiredAffinity(sample), ...preferredTerms(sample)])
        if (matches(term, pod)) counts.add(info, term.topologyKey, term.weight * count);
    }
    if (counts.isEmpty) return undefined;
    const sums = feasible.map((info) => counts.sum(info));
    const [min, max] = [Math.min(...sums), Math.max(...sums)];
    return sums.map((sum) => (max > min ? Math.floor((MAX_SCORE * (sum - min)) / (max - min)) : 0));
  },
};
