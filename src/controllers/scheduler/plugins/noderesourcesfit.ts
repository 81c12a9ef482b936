// Takes nodes with room for what the pod requests, and prefers those with the most left (LeastAllocated).
// Called by: plugins/index.ts; the room also by daemonset. Must not know: other plugins.
import type { NodeInfo } from '../cache.ts';
import { MAX_SCORE, type Refusal, type SchedulerPlugin } from '../framework.ts';
import { podRequests, type ResourceAmounts } from '../podrequests.ts';

/** The order in which upstream names what is short; extended resources follow. */
const NAMED = ['cpu', 'memory', 'ephemeral-storage'];

/** Returns what a node is short of for a pod's requests, or undefined when it fits. Upstream: noderesources fitsRequest. */
export function shortages(requests: ResourceAmounts, node: NodeInfo): Refusal | undefined {
  const reasons: string[] = [];
  let isUnresolvable = false;
  if (node.podCount + 1 > (node.allocatable.get('pods') ?? 0)) reasons.push('Too many pods');
  for (const resource of [...NAMED, ...[...requests.keys()].filter((name) => !NAMED.includes(name))]) {
    const amount = requests.get(resource) ?? 0;
    const allocatable = node.allocatable.get(resource) ?? 0;
    if (amount === 0 || amount <= allocatable - (node.requested.get(resource) ?? 0)) continue;
    reasons.push(`Insufficient ${resource}`);
    isUnresolvable ||= amount > allocatable;
  }
  return reasons.length === 0 ? undefined : { reasons, isUnresolvable };
}

/** Upstream: kubernetes pkg/scheduler/framework/plugins/noderesources Fit. */
export const nodeResourcesFit: SchedulerPlugin = {
  name: 'NodeResourcesFit',
  filter({ pod }) {
    const requests = podRequests(pod);
    return (node) => shortages(requests, node);
  },
  score({ pod }, nodes) {
    const assumed = podRequests(pod, { isAssumed: true });
    return nodes.map((node) => {
      const scores = ['cpu', 'memory']
        .filter((resource) => node.allocatable.get(resource))
        .map((resource) => {
          const capacity = node.allocatable.get(resource) ?? 0;
          const free = capacity - (node.assumed.get(resource) ?? 0) - (assumed.get(resource) ?? 0);
          return free < 0 ? 0 : Math.floor((free * MAX_SCORE) / capacity);
        });
      const sum = scores.reduce((a, b) => a + b, 0);
      return scores.length === 0 ? 0 : Math.floor(sum / scores.length);
    });
  },
};
