// Faults of nodes, as the simulator sets them: a node that is down updates nothing and stops nothing.
// Called by: kubelet, connector, sim (sets them). Must not know: pods.
import type { LoopbackClient } from '../client/loopback.ts';
import { formatMicroTime } from '../machinery/clock.ts';
import { lease } from '../resources/lease.ts';
import { internalResource } from './internal.ts';

/** What is wrong with a node; no record means that it is well. */
export interface NodeFault {
  isDown: boolean;
}

const FAULTS = '_faults';

/** For watches: an event each time a node's faults change. */
export const nodeFaults = internalResource(FAULTS);

export function isNodeDown(client: LoopbackClient, nodeName: string): boolean {
  return client.internal.get<NodeFault>(FAULTS, { name: nodeName })?.isDown ?? false;
}

/** Sets or, with undefined, removes the faults of a node. */
export function setNodeFault(client: LoopbackClient, nodeName: string, fault: NodeFault | undefined): void {
  if (fault) client.internal.put(FAULTS, { name: nodeName }, fault);
  else if (client.internal.get(FAULTS, { name: nodeName })) client.internal.delete(FAULTS, { name: nodeName });
  const held = client.get(lease, { namespace: 'kube-node-lease', name: nodeName });
  if (!held) return;
  // A lease that is stored as it was acquired counts as renewed ever since; a silent node's stops at this instant.
  const renewTime = fault?.isDown ? formatMicroTime(client.clock.nowMs()) : held.spec.acquireTime;
  client.update(lease, { ...held, spec: { ...held.spec, renewTime } as typeof held.spec });
}
