// The pods of a node, by an index that several controllers share.
// Called by: nodelifecycle, tainteviction, podgc, the scheduler. Must not know: what is done with them.
import type { LoopbackClient } from '../client/loopback.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { ControllerIndex } from './controller.ts';

const INDEX = 'node';

/** Pods by the node they are bound to; those without one under ''. */
export const podNodeIndex: ControllerIndex = {
  definition: podResource,
  name: INDEX,
  index: (pod) => [(pod as Pod).spec.nodeName ?? ''],
};

/** Returns the pods bound to a node, in key order. */
export function podsOnNode(client: LoopbackClient, nodeName: string): readonly Pod[] {
  return client.byIndex(podResource, INDEX, nodeName);
}

/** Returns the pods that no node has been found for. */
export function unboundPods(client: LoopbackClient): readonly Pod[] {
  return client.byIndex(podResource, INDEX, '');
}
