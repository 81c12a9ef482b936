// Keeps pods off nodes whose taints they do not tolerate, and prefers nodes without such soft taints.
// Called by: plugins/index.ts; tolerations also by daemonset, nodelifecycle. Must not know: other plugins.
import type { Taint, Toleration } from 'kubernetes-types/core/v1';
import type { Node } from '../../../resources/node.ts';
import { normalizeScores, type SchedulerPlugin } from '../framework.ts';

/** Returns whether a toleration covers a taint. Upstream: Toleration.ToleratesTaint. */
export function tolerates(toleration: Toleration, taint: Pick<Taint, 'key' | 'value' | 'effect'>): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return (toleration.operator ?? 'Equal') === 'Equal' && (toleration.value ?? '') === (taint.value ?? '');
}

/** Returns the first taint with one of the effects that nothing tolerates. */
export function untoleratedTaint(
  node: Node,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly string[],
): Taint | undefined {
  return node.spec.taints?.find(
    (taint) => effects.includes(taint.effect) && !tolerations?.some((toleration) => tolerates(toleration, taint)),
  );
}

/** Upstream: kubernetes pkg/scheduler/framework/plugins/tainttoleration. */
export const taintToleration: SchedulerPlugin = {
  name: 'TaintToleration',
  weight: 3,
  filter({ pod }) {
    const refusal = { reasons: ['node(s) had untolerated taint(s)'], isUnresolvable: true };
    return ({ node }) =>
      untoleratedTaint(node, pod.spec.tolerations, ['NoSchedule', 'NoExecute']) ? refusal : undefined;
  },
  score({ pod }, nodes) {
    const soft = pod.spec.tolerations?.filter(({ effect }) => !effect || effect === 'PreferNoSchedule') ?? [];
    const counts = nodes.map(
      ({ node }) =>
        node.spec.taints?.filter(
          (taint) => taint.effect === 'PreferNoSchedule' && !soft.some((t) => tolerates(t, taint)),
        ).length ?? 0,
    );
    return normalizeScores(counts, { isReversed: true });
  },
};
