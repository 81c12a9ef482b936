// Takes only nodes that the pod's nodeSelector and required node affinity match, and prefers those that preferences match.
// Called by: plugins/index.ts; matching also by daemonset and podtopologyspread. Must not know: other plugins.
import type { NodeSelectorRequirement, NodeSelectorTerm } from 'kubernetes-types/core/v1';
import type { Node } from '../../../resources/node.ts';
import type { Pod } from '../../../resources/pod.ts';
import { normalizeScores, type SchedulerPlugin } from '../framework.ts';

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function matchesRequirement({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const [actual, bound] = [integer(value), integer(values[0])];
      if (actual === undefined || bound === undefined) return false;
      return operator === 'Gt' ? actual > bound : actual < bound;
    }
    default:
      return false;
  }
}

/** Returns whether a node matches a term; an empty term matches none. */
export function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const { labels = {}, name } = node.metadata;
  return (
    matchExpressions.every((r) => matchesRequirement(r, labels[r.key])) &&
    matchFields.every((r) => matchesRequirement(r, r.key === 'metadata.name' ? name : undefined))
  );
}

function requiredTerms(pod: Pod): NodeSelectorTerm[] | undefined {
  return pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
}

/** Returns whether the pod's nodeSelector and required node affinity allow a node. Upstream: GetRequiredNodeAffinity.Match. */
export function matchesNode(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (Object.entries(pod.spec.nodeSelector ?? {}).some(([k, v]) => labels[k] !== v)) return false;
  return requiredTerms(pod)?.some((term) => matchesTerm(term, node)) ?? true;
}

/** Returns the names that a term asks for by field, or undefined when it does not. */
function namesOfTerm({ matchFields = [] }: NodeSelectorTerm): string[] | undefined {
  const lists = matchFields.filter((r) => r.key === 'metadata.name' && r.operator === 'In').map((r) => r.values ?? []);
  const [first, ...rest] = lists;
  return first?.filter((name) => rest.every((list) => list.includes(name)));
}

/** Upstream: kubernetes pkg/scheduler/framework/plugins/nodeaffinity. */
export const nodeAffinity: SchedulerPlugin = {
  name: 'NodeAffinity',
  weight: 2,
  nodeNames({ pod }) {
    const names = requiredTerms(pod)?.map(namesOfTerm);
    if (!names || names.some((list) => list === undefined)) return undefined;
    return new Set(names.flatMap((list) => list ?? []));
  },
  filter({ pod }) {
    if (!pod.spec.nodeSelector && !requiredTerms(pod)) return undefined;
    const refusal = { reasons: ["node(s) didn't match Pod's node affinity/selector"], isUnresolvable: true };
    return ({ node }) => (matchesNode(pod, node) ? undefined : refusal);
  },
  score({ pod }, nodes) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    if (!preferred?.length) return undefined;
    const sums = nodes.map(({ node }) =>
      preferred.reduce((sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0), 0),
    );
    return normalizeScores(sums, { isReversed: false });
  },
};
