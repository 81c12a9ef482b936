// The scheduler: gives every pod without a node one, or says in its status and an event why none would do.
// Called by: controllers/manager.ts through the index. Must not know: what plugins decide by.
import { formatTime } from '../../machinery/clock.ts';
import { clone, deepEqual, isDeleting, keyOf, parseKey } from '../../machinery/meta.ts';
import { isConflict, isNotFound } from '../../machinery/status.ts';
import { node as nodeResource, type Node } from '../../resources/node.ts';
import { persistentVolume } from '../../resources/persistentvolume.ts';
import { persistentVolumeClaim } from '../../resources/persistentvolumeclaim.ts';
import { pod as podResource, type Pod } from '../../resources/pod.ts';
import { storageClass } from '../../resources/storageclass.ts';
import type { StoredEvent } from '../../storage/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { podNodeIndex, unboundPods } from '../nodepods.ts';
import { isPodFinished, podCondition } from '../podstate.ts';
import { hasPodAffinity, SchedulerCache } from './cache.ts';
import { fitErrorMessage, schedulePod, type Cycle, type Verdict } from './framework.ts';
import { nominatedNodeIndex, nominatedPods, priorityOf } from './nominated.ts';
import { hasSpreadConstraints } from './plugins/podtopologyspread.ts';
import { usesClaims } from './plugins/volumebinding.ts';
import { schedulerPlugins } from './plugins/index.ts';
import { findPreemption, preempt } from './preemption.ts';

const NAME = 'default-scheduler';

/** Returns the cache if there is one: it is filled when first needed, then kept up by events. */
function existingCache({ caches }: ControllerContext): SchedulerCache | undefined {
  return caches.get(NAME) as SchedulerCache | undefined;
}

function cacheOf(context: ControllerContext): SchedulerCache {
  const existing = existingCache(context);
  if (existing) return existing;
  const cache = new SchedulerCache();
  for (const node of context.client.list(nodeResource)) cache.setNode(node);
  for (const pod of context.client.list(podResource)) cache.setPod(pod);
  context.caches.set(NAME, cache);
  return cache;
}

function isWaiting(pod: Pod): boolean {
  const { nodeName, schedulerName, schedulingGates } = pod.spec;
  const isOurs = (schedulerName ?? NAME) === NAME;
  return !nodeName && isOurs && !schedulingGates?.length && !isDeleting(pod) && !isPodFinished(pod);
}

function byQueueOrder(a: Pod, b: Pod): number {
  const priority = priorityOf(b) - priorityOf(a);
  if (priority !== 0) return priority;
  const [x = '', y = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  return x === y ? 0 : x < y ? -1 : 1;
}

/** Returns the keys of pods that have no node, the most important and then the oldest first. */
function waitingKeys({ client }: ControllerContext, isConcerned: (pod: Pod) => boolean = () => true): string[] {
  const waiting = unboundPods(client).filter((pod) => isWaiting(pod) && isConcerned(pod));
  return waiting.sort(byQueueOrder).map(keyOf);
}

function isUnchangedForScheduling(pod: Pod, previous: Pod): boolean {
  return deepEqual(pod.spec, previous.spec) && deepEqual(pod.metadata.labels ?? {}, previous.metadata.labels ?? {});
}

/** A pod to place; or one whose going or coming may make room for those that wait. Keeps the cache up as well. */
function enqueueForPod(event: StoredEvent, context: ControllerContext): Iterable<string> {
  const pod = event.object as Pod;
  const previous = event.previous as Pod | undefined;
  const cache = existingCache(context);
  if (event.type === 'DELETED') cache?.deletePod(pod);
  else cache?.setPod(pod);
  if (!pod.spec.nodeName) {
    if (event.type === 'DELETED' || (previous && isUnchangedForScheduling(pod, previous))) return [];
    return isWaiting(pod) ? [keyOf(pod)] : [];
  }
  const isFreed = event.type === 'DELETED' || (isPodFinished(pod) && !(previous && isPodFinished(previous)));
  if (isFreed) return waitingKeys(context);
  const isMoved = !previous?.spec.nodeName || !deepEqual(pod.metadata.labels ?? {}, previous.metadata.labels ?? {});
  if (isMoved) return waitingKeys(context, (waiting) => hasPodAffinity(waiting) || hasSpreadConstraints(waiting));
  const isResized = pod.metadata.generation !== previous.metadata.generation && !deepEqual(pod.spec, previous.spec);
  return isResized ? waitingKeys(context) : [];
}

function enqueueForNode(event: StoredEvent, context: ControllerContext): Iterable<string> {
  const node = event.object as Node;
  const previous = event.previous as Node | undefined;
  const cache = existingCache(context);
  if (event.type === 'DELETED') cache?.deleteNode(node.metadata.name);
  else cache?.setNode(node);
  const isSame =
    previous !== undefined &&
    event.type !== 'DELETED' &&
    deepEqual(node.spec, previous.spec) &&
    deepEqual(node.metadata.labels ?? {}, previous.metadata.labels ?? {}) &&
    deepEqual(node.status.allocatable, previous.status.allocatable);
  return isSame ? [] : waitingKeys(context);
}

/** A claim or a volume: what pods with claims may wait for. */
function enqueueForStorage(_: StoredEvent, context: ControllerContext): Iterable<string> {
  return waitingKeys(context, usesClaims);
}

/** Upstream: kubernetes pkg/scheduler/schedule_one.go. */
export const schedulerController: Controller = {
  name: NAME,
  fieldManager: 'kube-scheduler',
  watches: [
    {
      definition: nodeResource,
      enqueue: enqueueForNode,
      resync: () => [],
    },
    {
      definition: podResource,
      enqueue: enqueueForPod,
      // A pod that was refused has been told so: only a change of nodes or pods is a reason to try it again.
      resync: (object) => (isWaiting(object as Pod) && !isRefused(object as Pod) ? [keyOf(object)] : []),
    },
    ...[persistentVolumeClaim, persistentVolume, storageClass].map((definition) => ({
      definition,
      enqueue: enqueueForStorage,
      resync: () => [],
    })),
  ],
  indexes: [podNodeIndex, nominatedNodeIndex],
  reconcile(context, key) {
    const pod = context.client.get(podResource, parseKey(key));
    if (!pod || !isWaiting(pod)) return;
    const cache = cacheOf(context);
    const { nodes } = cache;
    const isRival = (other: Pod): boolean =>
      other.metadata.uid !== pod.metadata.uid && priorityOf(other) >= priorityOf(pod);
    const cycle: Cycle = {
      context,
      pod,
      nodes,
      nominated: (nodeName) => nominatedPods(context, nodeName).filter(isRival),
    };
    const verdict = schedulePod(schedulerPlugins, cycle);
    const { node } = verdict;
    if (!node) return makeRoom(cycle, verdict);
    if (schedulerPlugins.some(({ preBind }) => preBind?.(cycle, node) === false)) return;
    try {
      context.client.bind({ namespace: pod.metadata.namespace, name: pod.metadata.name }, node.name);
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return;
      throw error;
    }
    const bound = context.client.get(podResource, parseKey(key));
    if (bound) cache.setPod(bound);
    const message = `Successfully assigned ${key} to ${node.name}`;
    context.recorder.event(pod, 'Normal', 'Scheduled', message, { action: 'Binding' });
  },
};

function isRefused(pod: Pod): boolean {
  return podCondition(pod, 'PodScheduled')?.reason === 'Unschedulable';
}

/** Says why no node took the pod, and sends less important ones away where that helps. Upstream: schedule_one.go schedulingCycle. */
function makeRoom(cycle: Cycle, verdict: Verdict): void {
  const { context, pod, nodes } = cycle;
  if (nodes.length === 0)
    return refuse(context, pod, { message: 'no nodes available to schedule pods', nominatedNodeName: '' });
  const preemption = findPreemption(schedulerPlugins, cycle, verdict);
  const { nominatedNodeName } = preemption;
  refuse(context, pod, { message: fitErrorMessage(nodes.length, verdict, preemption.message), nominatedNodeName });
  if (preemption.victims.length > 0) preempt(context, pod, preemption);
}

interface Refused {
  message: string;
  /** '' for none, undefined: as before. */
  nominatedNodeName: string | undefined;
}

/**
 * Says why no node took the pod: once for each different reason, so that a pod that waits for ever is quiet.
 * Upstream: schedule_one.go handleSchedulingFailure.
 */
function refuse(
  context: ControllerContext,
  pod: Pod,
  { message, nominatedNodeName = pod.status.nominatedNodeName ?? '' }: Refused,
): void {
  const old = podCondition(pod, 'PodScheduled');
  const isTold = old?.status === 'False' && old.reason === 'Unschedulable' && old.message === message;
  if (isTold && nominatedNodeName === (pod.status.nominatedNodeName ?? '')) return;
  if (!isTold) context.recorder.event(pod, 'Warning', 'FailedScheduling', message, { action: 'Scheduling' });
  const lastTransitionTime = old?.status === 'False' ? old.lastTransitionTime : formatTime(context.nowMs);
  const { generation } = pod.metadata;
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastTransitionTime: lastTransitionTime ?? formatTime(context.nowMs),
    reason: 'Unschedulable',
    message,
  };
  const changed = clone(pod);
  const others = changed.status.conditions?.filter(({ type }) => type !== 'PodScheduled') ?? [];
  changed.status.conditions = [...others, condition];
  if (nominatedNodeName === '') delete changed.status.nominatedNodeName;
  else changed.status.nominatedNodeName = nominatedNodeName;
  context.client.updateStatus(podResource, changed);
}
