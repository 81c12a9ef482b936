// Keeps pods off cordoned nodes, but those that tolerate the cordon's taint.
// Called by: plugins/index.ts. Must not know: other plugins' rules, but tolerations.
import type { SchedulerPlugin } from '../framework.ts';
import { tolerates } from './tainttoleration.ts';

/** Upstream: kubernetes pkg/scheduler/framework/plugins/nodeunschedulable. */
export const nodeUnschedulable: SchedulerPlugin = {
  name: 'NodeUnschedulable',
  filter({ pod }) {
    const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
    const isTolerated = pod.spec.tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false;
    const refusal = { reasons: ['node(s) were unschedulable'], isUnresolvable: true };
    return ({ node }) => (node.spec.unschedulable && !isTolerated ? refusal : undefined);
  },
};
