// Keeps a pod off nodes where another pod has one of its host ports.
// Called by: plugins/index.ts. Must not know: other plugins.
import type { SchedulerPlugin } from '../framework.ts';
import { hostPortsOf, portsConflict } from '../podrequests.ts';

/** Upstream: kubernetes pkg/scheduler/framework/plugins/nodeports. */
export const nodePorts: SchedulerPlugin = {
  name: 'NodePorts',
  filter({ pod }) {
    const wanted = hostPortsOf(pod);
    if (wanted.length === 0) return undefined;
    const refusal = {
      reasons: ["node(s) didn't have free ports for the requested pod ports"],
      isUnresolvable: false,
    };
    return ({ ports }) => {
      for (const taken of ports.values())
        if (taken.some((other) => wanted.some((port) => portsConflict(port, other)))) return refusal;
      return undefined;
    };
  },
};
