// ReplicaSet, and ReplicationController after it: keeps the wanted number of pods and counts them in its status.
// Called by: controllers/manager.ts through the index. Must not know: Deployments, beyond the sets that share one owner.
import { formatTime, parseTime } from '../machinery/clock.ts';
import { clone, controllerOf, isDeleting, parseKey } from '../machinery/meta.ts';
import type { StatusError } from '../machinery/status.ts';
import type { ObjectKey } from '../machinery/types.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { replicaSet, type ReplicaSet } from '../resources/replicaset.ts';
import { replicationController, type ReplicationController } from '../resources/replicationcontroller.ts';
import type { StoredEvent } from '../storage/types.ts';
import { claimObjects } from './claim.ts';
import type { Controller, ControllerContext, ReconcileResult } from './controller.ts';
import { controllerIndex, CONTROLLER_INDEX, ownerOrAdopters, self } from './enqueue.ts';
import { createPod, deletePod, slowStart } from './podcontrol.ts';
import {
  isPodActive,
  isPodAvailable,
  isPodReady,
  isPodTerminating,
  nextAvailableAtMs,
  sortForDeletion,
} from './podstate.ts';

/** At most so many pods are created or deleted in one reconcile. */
const BURST_REPLICAS = 500;
const MAX_RETRY_MS = 1_000_000;

type ReplicaSetStatus = ReplicaSet['status'] & { terminatingReplicas?: number };
type ReplicaSetCondition = NonNullable<ReplicaSetStatus['conditions']>[number];

/** What keeps replicas: how it is stored, and how it looks as a ReplicaSet. */
interface ReplicaKind {
  /** Enqueues what a pod belongs to. */
  enqueueForPod(event: StoredEvent, context: ControllerContext): Iterable<string>;
  /** Returns the object of a key, with the selector that a ReplicaSet has. */
  get(client: ControllerContext['client'], key: ObjectKey): ReplicaSet | undefined;
  /** Stores the status. Returns the object as it is then. */
  updateStatus(client: ControllerContext['client'], set: ReplicaSet): ReplicaSet;
}

const replicaSets: ReplicaKind = {
  enqueueForPod: ownerOrAdopters(replicaSet),
  get: (client, key) => client.get(replicaSet, key),
  updateStatus: (client, set) => client.updateStatus(replicaSet, set),
};

/** A ReplicationController selects by plain labels, and does not count pods that are going. */
const replicationControllers: ReplicaKind = {
  enqueueForPod: ownerOrAdopters(replicationController, ({ spec }) => ({ matchLabels: spec.selector ?? {} })),
  get(client, key) {
    const found = client.get(replicationController, key);
    return found && asReplicaSet(found);
  },
  updateStatus(client, set) {
    const { terminatingReplicas: _, ...status } = set.status as ReplicaSetStatus;
    return asReplicaSet(
      client.updateStatus(replicationController, { ...set, status } as unknown as ReplicationController),
    );
  },
};

function asReplicaSet(controller: ReplicationController): ReplicaSet {
  const { spec } = controller;
  return { ...controller, spec: { ...spec, selector: { matchLabels: spec.selector ?? {} } } } as ReplicaSet;
}

/** Upstream: kubernetes pkg/controller/replicaset/replica_set.go. */
export const replicaSetController: Controller = {
  name: 'replicaset-controller',
  watches: [
    { definition: replicaSet, enqueue: self },
    { definition: podResource, enqueue: replicaSets.enqueueForPod },
  ],
  indexes: [controllerIndex(podResource), controllerIndex(replicaSet)],
  reconcile: (context, key) => reconcile(context, key, replicaSets),
};

/** Upstream: kubernetes pkg/controller/replication/replication_controller.go. */
export const replicationManager: Controller = {
  name: 'replication-controller',
  watches: [
    { definition: replicationController, enqueue: self },
    { definition: podResource, enqueue: replicationControllers.enqueueForPod },
  ],
  indexes: [controllerIndex(podResource), controllerIndex(replicaSet)],
  reconcile: (context, key) => reconcile(context, key, replicationControllers),
};

function reconcile(context: ControllerContext, key: string, kind: ReplicaKind): ReconcileResult | void {
  const set = kind.get(context.client, parseKey(key));
  if (!set) return;
  const all = claimObjects(context, {
    definition: podResource,
    owner: set,
    selector: set.spec.selector,
    canAdopt: isPodActive,
  });
  const pods = all.filter(isPodActive);
  const terminating = all.filter(isPodTerminating).length;
  const failure =
    isDeleting(set) || isWaitingToRetry(context, set, pods) ? 'unchanged' : manageReplicas(context, set, pods);
  return updateStatus(context, { set, pods, terminating, failure }, kind);
}

interface ManageFailure {
  reason: 'FailedCreate' | 'FailedDelete';
  error: StatusError;
}

function failureCondition(set: ReplicaSet): ReplicaSetCondition | undefined {
  return set.status.conditions?.find((condition) => condition.type === 'ReplicaFailure');
}

/** Returns the instants at which a refused creation is tried again: 1, 3, 7, … s after the first refusal, then every 1000 s. */
function retryAtMs(set: ReplicaSet, fromMs: number): number | undefined {
  const failedMs = parseTime(failureCondition(set)?.lastTransitionTime);
  if (failedMs === undefined) return undefined;
  let atMs = failedMs + 1000;
  for (let delayMs = 2000; atMs < fromMs; delayMs = Math.min(delayMs * 2, MAX_RETRY_MS)) atMs += delayMs;
  return atMs;
}

/** True between two tries of a creation that the server refused: what else happens must not bring a further try. */
function isWaitingToRetry({ nowMs }: ControllerContext, set: ReplicaSet, pods: readonly Pod[]): boolean {
  const isObserved = set.status.observedGeneration === set.metadata.generation;
  if (!isObserved || pods.length >= (set.spec.replicas ?? 1) || pods.length < set.status.replicas) return false;
  const failedMs = parseTime(failureCondition(set)?.lastTransitionTime);
  return failedMs !== undefined && retryAtMs(set, nowMs) !== nowMs;
}

function manageReplicas(context: ControllerContext, set: ReplicaSet, pods: readonly Pod[]): ManageFailure | undefined {
  const wanted = set.spec.replicas ?? 1;
  const template = set.spec.template;
  if (pods.length < wanted && template) {
    const count = Math.min(wanted - pods.length, BURST_REPLICAS);
    const { error } = slowStart(count, () => createPod(context, { owner: set, template }));
    return error && { reason: 'FailedCreate', error };
  }
  if (pods.length > wanted) {
    const count = Math.min(pods.length - wanted, BURST_REPLICAS);
    const victims =
      count < pods.length ? sortForDeletion(pods, context.nowMs, ranksOnNodes(context, set, pods)) : [...pods];
    const { error } = slowStart(count, (i) => deletePod(context, set, victims[i] as Pod));
    return error && { reason: 'FailedDelete', error };
  }
  return undefined;
}

/** Returns how many active pods of the sets with the same owner share each pod's node. Upstream: getPodsRankedByRelatedPodsOnSameNode. */
function ranksOnNodes({ client }: ControllerContext, set: ReplicaSet, pods: readonly Pod[]): Map<Pod, number> {
  const owner = controllerOf(set);
  const related = owner ? client.byIndex(replicaSet, CONTROLLER_INDEX, owner.uid) : [set];
  const perNode = new Map<string, number>();
  for (const { metadata } of related) {
    for (const pod of client.byIndex(podResource, CONTROLLER_INDEX, metadata.uid ?? '')) {
      const node = pod.spec.nodeName ?? '';
      if (isPodActive(pod)) perNode.set(node, (perNode.get(node) ?? 0) + 1);
    }
  }
  return new Map(pods.map((pod) => [pod, perNode.get(pod.spec.nodeName ?? '') ?? 0]));
}

interface Observed {
  set: ReplicaSet;
  pods: readonly Pod[];
  terminating: number;
  failure: ManageFailure | 'unchanged' | undefined;
}

function updateStatus(context: ControllerContext, observed: Observed, kind: ReplicaKind): ReconcileResult {
  const { nowMs, client } = context;
  const { set, pods } = observed;
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  const status = calculateStatus(observed, nowMs);
  const changed = clone(set);
  changed.status = status;
  const stored = kind.updateStatus(client, changed);
  const requeueAtMs = nextAvailableAtMs(pods, minReadySeconds, nowMs);
  if (requeueAtMs !== undefined) return { requeueAtMs };
  const retryMs = retryAtMs(stored, nowMs + 1);
  return retryMs === undefined || isDeleting(set) ? {} : { requeueAtMs: retryMs, isBackground: true };
}

/** Upstream: kubernetes pkg/controller/replicaset/replica_set_utils.go calculateStatus. */
function calculateStatus({ set, pods, terminating, failure }: Observed, nowMs: number): ReplicaSetStatus {
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  const templateLabels = Object.entries(set.spec.template?.metadata?.labels ?? {});
  const isFullyLabeled = (pod: Pod) => templateLabels.every(([k, v]) => pod.metadata.labels?.[k] === v);
  const count = (is: (pod: Pod) => boolean) => pods.filter(is).length;
  const counts = {
    fullyLabeledReplicas: count(isFullyLabeled),
    readyReplicas: count(isPodReady),
    availableReplicas: count((pod) => isPodAvailable(pod, minReadySeconds, nowMs)),
  };
  const status: ReplicaSetStatus = {
    replicas: pods.length,
    ...Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0)),
    terminatingReplicas: terminating,
    observedGeneration: set.metadata.generation ?? 1,
  };
  const others = set.status.conditions?.filter((condition) => condition.type !== 'ReplicaFailure') ?? [];
  const old = failureCondition(set);
  const current = failure === 'unchanged' ? old : failure && (old ?? newFailureCondition(failure, nowMs));
  const conditions = current ? [...others, current] : others;
  return conditions.length > 0 ? { ...status, conditions } : status;
}

function newFailureCondition({ reason, error }: ManageFailure, nowMs: number): ReplicaSetCondition {
  return {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: formatTime(nowMs),
    reason,
    message: error.message,
  };
}
