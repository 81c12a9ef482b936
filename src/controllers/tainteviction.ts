// Evicts pods from nodes with NoExecute taints: at once, or after the seconds that they tolerate.
// Called by: controllers/manager.ts through the index. Must not know: what taints nodes.
import type { Taint, Toleration } from 'kubernetes-types/core/v1';
import { formatTime, parseTime } from '../machinery/clock.ts';
import { clone, deepEqual, isDeleting, keyOf, parseKey } from '../machinery/meta.ts';
import { isNotFound } from '../machinery/status.ts';
import { node as nodeResource, type Node } from '../resources/node.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { podNodeIndex, podsOnNode } from './nodepods.ts';
import { isPodFinished } from './podstate.ts';
import { tolerates } from './scheduler/plugins/tainttoleration.ts';

/** Since when taints that do not say so themselves have been there, in ms, by key, value and effect. */
interface TaintTimes {
  sinceMs: Record<string, number>;
}
const TIMES = '_tainttimes';

function noExecuteTaints(node: Node | undefined): Taint[] {
  return node?.spec.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];
}

function taintText({ key, value, effect }: Taint): string {
  return `${key}=${value ?? ''}:${effect}`;
}

function enqueueForNode({ object, previous }: StoredEvent, { client }: ControllerContext): Iterable<string> {
  const taints = noExecuteTaints(object as Node);
  if (previous ? deepEqual(taints, noExecuteTaints(previous as Node)) : taints.length === 0) return [];
  return podsOnNode(client, object.metadata.name).map(keyOf);
}

/** Whether a pod is nothing to evict any more. */
function isGoing(pod: Pod | undefined): boolean {
  return pod !== undefined && (isDeleting(pod) || isPodFinished(pod));
}

function enqueueForPod({ type, object, previous }: StoredEvent, { client }: ControllerContext): Iterable<string> {
  const pod = object as Pod;
  const old = previous as Pod | undefined;
  const { nodeName } = pod.spec;
  // Whatever waited for the pod's time is over.
  if (type === 'DELETED' || isGoing(pod) !== isGoing(old)) return [keyOf(pod)];
  const isSame = old?.spec.nodeName === nodeName && deepEqual(old?.spec.tolerations, pod.spec.tolerations);
  if (!nodeName || isSame || noExecuteTaints(client.get(nodeResource, { name: nodeName })).length === 0) return [];
  return [keyOf(pod)];
}

/** Upstream: kubernetes pkg/controller/tainteviction/taint_eviction.go. */
export const taintEvictionController: Controller = {
  name: 'taint-eviction-controller',
  watches: [
    { definition: nodeResource, enqueue: enqueueForNode },
    { definition: podResource, enqueue: enqueueForPod },
  ],
  indexes: [podNodeIndex],
  reconcile(context, key) {
    const pod = context.client.get(podResource, parseKey(key));
    if (!pod?.spec.nodeName || isGoing(pod)) return;
    const node = context.client.get(nodeResource, { name: pod.spec.nodeName });
    const taints = noExecuteTaints(node);
    if (!node || taints.length === 0) return;
    const dueMs = evictionMs(context, node, taints, pod.spec.tolerations ?? []);
    if (dueMs === undefined) return;
    if (context.nowMs < dueMs) return { requeueAtMs: dueMs, isBackground: true };
    evict(context, pod, key);
  },
};

/** Returns when (ms) the pod has to go: 0 for at once, undefined for never. */
function evictionMs(
  context: ControllerContext,
  node: Node,
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
): number | undefined {
  let dueMs: number | undefined;
  for (const taint of taints) {
    const toleration = tolerations.find((candidate) => tolerates(candidate, taint));
    if (!toleration) return 0;
    const { tolerationSeconds } = toleration;
    if (tolerationSeconds === undefined) continue;
    const taintDueMs = addedMs(context, node, taint) + Math.max(0, tolerationSeconds) * 1000;
    dueMs = Math.min(dueMs ?? taintDueMs, taintDueMs);
  }
  return dueMs;
}

/** Taints that people set carry no time: then the first look at them counts, and is kept. */
function addedMs({ client, nowMs }: ControllerContext, node: Node, taint: Taint): number {
  const givenMs = parseTime(taint.timeAdded);
  if (givenMs !== undefined) return givenMs;
  const { name } = node.metadata;
  const known = client.internal.get<TaintTimes>(TIMES, { name })?.sinceMs ?? {};
  const text = taintText(taint);
  if (known[text] !== undefined) return known[text];
  const present = new Set(noExecuteTaints(node).map(taintText));
  const kept = Object.fromEntries(Object.entries(known).filter(([key]) => present.has(key)));
  client.internal.put<TaintTimes>(TIMES, { name }, { sinceMs: { ...kept, [text]: nowMs } });
  return nowMs;
}

function evict({ client, recorder, nowMs }: ControllerContext, pod: Pod, key: string): void {
  recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
  const changed = clone(pod);
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastTransitionTime: formatTime(nowMs),
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  };
  const others = changed.status.conditions?.filter(({ type }) => type !== condition.type) ?? [];
  changed.status.conditions = [...others, condition];
  try {
    client.updateStatus(podResource, changed);
    client.delete(podResource, parseKey(key));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
