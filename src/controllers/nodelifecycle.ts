// Nodes' health: a node whose kubelet is down becomes Unknown, conditions become taints, its pods are marked not ready.
// Called by: controllers/manager.ts through the index. Must not know: evictions (tainteviction.ts), what sets faults.
import type { NodeCondition, Taint } from 'kubernetes-types/core/v1';
import type { LoopbackClient } from '../client/loopback.ts';
import { formatTime, parseTime } from '../machinery/clock.ts';
import { clone, deepEqual, parseKey } from '../machinery/meta.ts';
import type { KubeObject } from '../machinery/types.ts';
import { defineResource } from '../resources/definition.ts';
import { node as nodeResource, type Node } from '../resources/node.ts';
import { pod as podResource } from '../resources/pod.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext, ReconcileResult } from './controller.ts';
import { recordNodeEvent, recordNodeHealth, recordNodeStatus } from './nodeevents.ts';
import { podsOnNode, podNodeIndex } from './nodepods.ts';

/** A node that reports nothing for so long is Unknown; one that never did gets longer. */
const GRACE_MS = 50_000;
const STARTUP_GRACE_MS = 60_000;

const READY_TAINTS: Readonly<Record<string, string>> = {
  False: 'node.kubernetes.io/not-ready',
  Unknown: 'node.kubernetes.io/unreachable',
};
const PRESSURE_TAINTS: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
};
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** The taints that are this controller's: it takes off those that nothing calls for. */
const OURS = new Set([...Object.values(READY_TAINTS), ...Object.values(PRESSURE_TAINTS), UNSCHEDULABLE]);

/** What the kubelet reports of a healthy machine. */
const HEALTHY: readonly Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>[] = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

/** Faults of nodes as the simulator keeps them, to be watched. */
const faults = defineResource<KubeObject>({
  gvr: { group: '', version: 'internal', resource: '_faults' },
  kind: '_faults',
  singular: '_faults',
  namespaced: false,
  schema: '',
  strategy: {},
  table: { columns: [], row: () => [] },
});

/** What is remembered of a node that is known. */
interface KnownNode {
  uid: string;
  /** Since when the kubelet has been down, in ms; undefined: it is not. */
  downSinceMs?: number;
}
const KNOWN = '_nodehealth';

function isDown(client: LoopbackClient, name: string): boolean {
  return client.internal.get<{ isDown?: boolean }>('_faults', { name })?.isDown ?? false;
}

/** A node; and, as the zone's state counts all, every other when one becomes ready or ceases to be. */
function enqueueForNode({ object, previous, type }: StoredEvent, { client }: ControllerContext): Iterable<string> {
  const isSame = previous && type !== 'DELETED' && readyStatus(object as Node) === readyStatus(previous as Node);
  const { name } = object.metadata;
  // One that is gone is in the list no more, but leaves a record to be removed.
  return isSame ? [name] : [name, ...client.list(nodeResource).map(({ metadata }) => metadata.name)];
}

/** Upstream: kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go. */
export const nodeLifecycleController: Controller = {
  name: 'node-controller',
  watches: [
    { definition: nodeResource, enqueue: enqueueForNode, resync: ({ metadata }) => [metadata.name] },
    { definition: faults, enqueue: ({ object }) => [object.metadata.name] },
  ],
  indexes: [podNodeIndex],
  reconcile(context, key) {
    const found = context.client.get(nodeResource, parseKey(key));
    syncKnown(context, key, found);
    if (!found) return;
    const { node, ...result } = syncHealth(context, found);
    syncTaints(context, node);
    return result;
  },
};

/** Upstream: node_lifecycle_controller.go classifyNodes: registers who is new, lets go of who is gone. */
function syncKnown({ client, recorder }: ControllerContext, name: string, node: Node | undefined): void {
  const known = client.internal.get<KnownNode>(KNOWN, { name });
  const uid = node?.metadata.uid;
  if (known?.uid === uid) return;
  if (known) {
    const message = `Removing Node ${name} from Controller`;
    recordNodeEvent(recorder, { name, uid: known.uid }, { reason: 'RemovingNode', message });
    client.internal.delete(KNOWN, { name });
  }
  if (uid === undefined) return;
  recordNodeEvent(
    recorder,
    { name, uid },
    { reason: 'RegisteredNode', message: `Registered Node ${name} in Controller` },
  );
  client.internal.put<KnownNode>(KNOWN, { name }, { uid });
}

function readyCondition({ status }: Node): NodeCondition | undefined {
  return status.conditions?.find(({ type }) => type === 'Ready');
}
function readyStatus(node: Node): string | undefined {
  return readyCondition(node)?.status;
}

/** Brings the conditions in line with whether the kubelet is there. Returns the node as it is then. */
function syncHealth(context: ControllerContext, node: Node): ReconcileResult & { node: Node } {
  const { client, nowMs } = context;
  const { name, creationTimestamp } = node.metadata;
  const ready = readyCondition(node);
  const known = client.internal.get<KnownNode>(KNOWN, { name }) ?? { uid: node.metadata.uid ?? '' };
  if (!isDown(client, name)) {
    if (known.downSinceMs !== undefined) client.internal.put<KnownNode>(KNOWN, { name }, { uid: known.uid });
    if (ready?.status === 'Unknown' && ready.reason === 'NodeStatusUnknown') return { node: recover(context, node) };
    if (ready) return { node };
  }
  const sinceMs = ready ? (known.downSinceMs ?? nowMs) : (parseTime(creationTimestamp) ?? nowMs);
  if (ready && known.downSinceMs === undefined)
    client.internal.put<KnownNode>(KNOWN, { name }, { ...known, downSinceMs: sinceMs });
  if (ready?.status === 'Unknown') return { node };
  const dueMs = sinceMs + (ready ? GRACE_MS : STARTUP_GRACE_MS);
  if (nowMs < dueMs) return { node, requeueAtMs: dueMs, isBackground: !ready };
  return { node: markUnknown(context, node) };
}

/** Upstream: node_lifecycle_controller.go tryUpdateNodeHealth, MarkPodsNotReady. */
function markUnknown(context: ControllerContext, node: Node): Node {
  const { client, recorder, nowMs } = context;
  const time = formatTime(nowMs);
  const changed = clone(node);
  const conditions = (changed.status.conditions ??= []);
  for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
    const current = conditions.find((condition) => condition.type === type);
    if (!current) {
      conditions.push({
        type,
        status: 'Unknown',
        lastHeartbeatTime: node.metadata.creationTimestamp ?? time,
        lastTransitionTime: time,
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
      });
    } else if (current.status !== 'Unknown') {
      const text = { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
      Object.assign(current, { status: 'Unknown', lastTransitionTime: time, ...text });
    }
  }
  const stored = client.updateStatus(nodeResource, changed);
  if (readyStatus(node) === 'True') {
    recorder.event(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
    markPodsNotReady(context, node.metadata.name);
  }
  return stored;
}

function markPodsNotReady(context: ControllerContext, name: string): void {
  const { client, recorder, nowMs } = context;
  for (const pod of podsOnNode(client, name)) {
    const changed = clone(pod);
    const ready = changed.status.conditions?.find(({ type }) => type === 'Ready');
    if (!ready || ready.status === 'False') continue;
    ready.status = 'False';
    ready.lastTransitionTime = formatTime(nowMs);
    client.updateStatus(podResource, changed);
    recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  }
}

/** The kubelet reports again. */
function recover({ client, recorder, nowMs }: ControllerContext, node: Node): Node {
  const { name } = node.metadata;
  const time = formatTime(nowMs);
  const changed = clone(node);
  const others = changed.status.conditions?.filter(({ type }) => !HEALTHY.some((c) => c.type === type)) ?? [];
  const reported = HEALTHY.map(({ type, status, reason, message }) => ({
    type,
    status,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
    reason: reason ?? '',
    message: message ?? '',
  }));
  changed.status.conditions = [...others, ...reported];
  const stored = client.updateStatus(nodeResource, changed);
  recordNodeHealth(recorder, name);
  recordNodeStatus(recorder, name, 'NodeReady');
  return stored;
}

/** Returns the taints that conditions and a cordon call for. While no node is ready, nothing is driven off (the network may be at fault). */
function wantedTaints(node: Node, isAnyReady: boolean): Taint[] {
  const taints: Taint[] = [];
  for (const { type, status } of node.status.conditions ?? []) {
    const key = type === 'Ready' ? READY_TAINTS[status] : status === 'True' ? PRESSURE_TAINTS[type] : undefined;
    if (key === undefined) continue;
    taints.push({ key, effect: 'NoSchedule' });
    if (type === 'Ready' && isAnyReady) taints.push({ key, effect: 'NoExecute' });
  }
  if (node.spec.unschedulable) taints.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });
  return taints;
}

function isOurs({ key, effect }: Taint): boolean {
  return OURS.has(key) && effect !== 'PreferNoSchedule';
}
function isSameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/** Upstream: node_lifecycle_controller.go doNoScheduleTaintingPass and processTaintBaseEviction. */
function syncTaints({ client, nowMs }: ControllerContext, node: Node): void {
  const isAnyReady = client.list(nodeResource).some((other) => readyStatus(other) === 'True');
  const wanted = wantedTaints(node, isAnyReady);
  const current = node.spec.taints ?? [];
  const kept = current.filter((taint) => !isOurs(taint) || wanted.some((other) => isSameTaint(taint, other)));
  const added = wanted.filter((taint) => !current.some((other) => isSameTaint(taint, other)));
  const taints = [...kept, ...added.map((taint) => ({ ...taint, timeAdded: formatTime(nowMs) }))];
  if (deepEqual(taints, current)) return;
  const changed = clone(node);
  if (taints.length > 0) changed.spec.taints = taints;
  else delete changed.spec.taints;
  client.update(nodeResource, changed);
}
