// Events about nodes, as the kubelet and the node controller write them.
// Called by: nodelifecycle.ts, the kubelet, sim/bootstrap.ts. Must not know: what a node's state is, how it is found out.
import type { KubeObject } from '../machinery/types.ts';
import type { Node } from '../resources/node.ts';
import type { EventOptions, EventRecorder } from './controller.ts';

/** What a program on a node says its node is: it knows the name alone. Upstream: kubelet.go nodeRef. */
export function nodeByName(name: string): KubeObject {
  return { kind: 'Node', metadata: { name, uid: name } } as KubeObject;
}

function kubelet(host: string): EventOptions {
  return { component: 'kubelet', host };
}

/** A kubelet starts and registers its node. Upstream: kubernetes pkg/kubelet/kubelet.go, kubelet_node_status.go. */
export function recordKubeletStart(recorder: EventRecorder, name: string): void {
  recorder.event(nodeByName(name), 'Normal', 'Starting', 'Starting kubelet.', kubelet(name));
  recordNodeHealth(recorder, name);
  const enforced = 'Updated Node Allocatable limit across pods';
  recorder.event(nodeByName(name), 'Normal', 'NodeAllocatableEnforced', enforced, kubelet(name));
}

/** A kubelet finds the conditions of its node other than well, and well now. Upstream: pkg/kubelet/nodestatus/setters.go. */
export function recordNodeHealth(recorder: EventRecorder, name: string): void {
  for (const status of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'])
    recordNodeStatus(recorder, name, status);
}

/** A kubelet tells a change of its node's state. Upstream: kubelet_node_status.go recordNodeStatusEvent. */
export function recordNodeStatus(recorder: EventRecorder, name: string, status: string): void {
  recorder.event(nodeByName(name), 'Normal', status, `Node ${name} status is now: ${status}`, kubelet(name));
}

/** The node controller tells what it makes of a node. Upstream: pkg/controller/util/node/controller_utils.go RecordNodeEvent. */
export function recordNodeEvent(
  recorder: EventRecorder,
  { name, uid }: { name: string; uid: string },
  { reason, message }: { reason: string; message: string },
): void {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid } } as Node;
  recorder.event(node, 'Normal', reason, `Node ${name} event: ${message}`);
}
