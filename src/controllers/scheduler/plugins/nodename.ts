// Takes only the node that the pod names. (Such pods seldom get here: the kubelet of that node has them at once.)
// Called by: plugins/index.ts. Must not know: other plugins.
import type { SchedulerPlugin } from '../framework.ts';

/** Upstream: kubernetes pkg/scheduler/framework/plugins/nodename. */
export const nodeName: SchedulerPlugin = {
  name: 'NodeName',
  filter({ pod }) {
    const wanted = pod.spec.nodeName;
    if (!wanted) return undefined;
    const refusal = { reasons: ["node(s) didn't match the requested node name"], isUnresolvable: true };
    return ({ name }) => (name === wanted ? undefined : refusal);
  },
};
