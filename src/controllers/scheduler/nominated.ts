// Pods that wait for a node which others are being sent away from: until they are bound, they count as if they were there.
// Called by: scheduler.ts, preemption.ts. Must not know: how a node is chosen. Upstream: scheduler/backend/queue/nominator.go.
import type { KubeObject } from '../../machinery/types.ts';
import { pod as podResource, type Pod } from '../../resources/pod.ts';
import type { ControllerContext, ControllerIndex } from '../controller.ts';

const INDEX = 'nominatedNode';

export const nominatedNodeIndex: ControllerIndex = {
  definition: podResource as ControllerIndex['definition'],
  name: INDEX,
  index: (object: KubeObject) => {
    const { spec, status } = object as Pod;
    return status.nominatedNodeName && !spec.nodeName ? [status.nominatedNodeName] : [];
  },
};

/** Returns the pods that are to get a node. */
export function nominatedPods({ client }: Pick<ControllerContext, 'client'>, nodeName: string): readonly Pod[] {
  return client.byIndex(podResource, INDEX, nodeName);
}

export function priorityOf({ spec }: Pod): number {
  return spec.priority ?? 0;
}
