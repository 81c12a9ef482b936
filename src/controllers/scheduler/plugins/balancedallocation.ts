// Prefers nodes whose CPU and memory are used to a like degree once the pod is there.
// Called by: plugins/index.ts. Must not know: other plugins.
import type { NodeInfo } from '../cache.ts';
import { MAX_SCORE, type SchedulerPlugin } from '../framework.ts';
import { podRequests, type ResourceAmounts } from '../podrequests.ts';

function balance(node: NodeInfo, more: ResourceAmounts): number {
  const fractions = ['cpu', 'memory']
    .filter((resource) => node.allocatable.get(resource))
    .map((resource) => {
      const used = (node.requested.get(resource) ?? 0) + (more.get(resource) ?? 0);
      return Math.min(1, used / (node.allocatable.get(resource) ?? 1));
    });
  const [a = 0, b = a] = fractions;
  return Math.floor((1 - Math.abs(a - b) / 2) * MAX_SCORE);
}

/** Upstream: kubernetes pkg/scheduler/framework/plugins/noderesources BalancedAllocation. */
export const balancedAllocation: SchedulerPlugin = {
  name: 'NodeResourcesBalancedAllocation',
  score({ pod }, nodes) {
    const requests = podRequests(pod);
    if (!requests.get('cpu') && !requests.get('memory')) return undefined;
    const none: ResourceAmounts = new Map();
    return nodes.map((node) => {
      const gain = balance(node, requests) - balance(node, none);
      return MAX_SCORE / 2 + Math.trunc((MAX_SCORE / 2 + gain) / 2);
    });
  },
};
