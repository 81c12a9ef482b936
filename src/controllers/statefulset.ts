// StatefulSet: pods with numbers, made and let go in order, updated from the highest number down.
// Called by: controllers/manager.ts through the index. Must not know: what the pods run.
import { clone, controllerOf, deepEqual, isDeleting, keyOf, parseKey } from '../machinery/meta.ts';
import { isAlreadyExists, StatusError } from '../machinery/status.ts';
import { controllerRevision, type ControllerRevision } from '../resources/controllerrevision.ts';
import { persistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { statefulSet, type StatefulSet } from '../resources/statefulset.ts';
import type { StoredEvent } from '../storage/types.ts';
import { claimObjects } from './claim.ts';
import type { Controller, ControllerContext, ReconcileResult } from './controller.ts';
import { controllerIndex, ownerOrAdopters, self } from './enqueue.ts';
import { resolveIntOrPercent } from './intstr.ts';
import { slowStart } from './podcontrol.ts';
import { isPodAvailable, isPodFinished, isPodReady, nextAvailableAtMs } from './podstate.ts';
import { createClaims, hasGoingClaim, syncClaimOwners } from './statefulset.claims.ts';
import { REVISION_LABEL, syncHistory, truncateHistory, type History } from './statefulset.history.ts';
import { createPod, deletePod, isMemberOf, ordinalOf, repairPod, startOrdinal } from './statefulset.pods.ts';

type StatefulSetStatus = StatefulSet['status'];

/** A claim that has gone may be what a new pod waits for. */
function enqueueForClaim({ object, type }: StoredEvent, { client }: ControllerContext): Iterable<string> {
  if (type !== 'DELETED') return [];
  const { name, namespace } = object.metadata;
  return client
    .list(statefulSet, namespace)
    .filter((set) =>
      set.spec.volumeClaimTemplates?.some((t) => name.startsWith(`${t.metadata?.name}-${set.metadata.name}-`)),
    )
    .map(keyOf);
}

const ownersOfPod = ownerOrAdopters(statefulSet);

/** A pod that was nobody's may have had the name of one that is wanted. Upstream tries again and again meanwhile. */
function enqueueForPod(event: StoredEvent, context: ControllerContext): Iterable<string> {
  const { type, object } = event;
  if (type !== 'DELETED' || controllerOf(object)) return ownersOfPod(event, context);
  const sets = context.client.list(statefulSet, object.metadata.namespace);
  return sets.filter((set) => isMemberOf(set, object as Pod)).map(keyOf);
}

/** Upstream: kubernetes pkg/controller/statefulset/stateful_set.go. */
export const statefulSetController: Controller = {
  name: 'statefulset-controller',
  watches: [
    { definition: statefulSet, enqueue: self },
    { definition: podResource, enqueue: enqueueForPod },
    { definition: persistentVolumeClaim, enqueue: enqueueForClaim, resync: () => [] },
  ],
  indexes: [controllerIndex(podResource), controllerIndex(controllerRevision)],
  reconcile(context, key) {
    const set = context.client.get(statefulSet, parseKey(key));
    if (!set) return;
    try {
      return sync(context, set);
    } catch (error) {
      if (isAlreadyExists(error)) return;
      throw error;
    }
  },
};

interface Situation {
  set: StatefulSet;
  history: History;
  /** The pods of the numbers that are wanted, lowest first; undefined where one is missing. */
  replicas: (Pod | undefined)[];
  /** Those beyond, highest first: the order in which they go. */
  condemned: Pod[];
  /** One step at a time, each when all before it are done. */
  isOrdered: boolean;
}

function sync(context: ControllerContext, set: StatefulSet): ReconcileResult {
  const { client, nowMs } = context;
  const { selector, minReadySeconds = 0 } = set.spec;
  const canAdopt = (pod: Pod) => isMemberOf(set, pod);
  const pods = claimObjects(context, { definition: podResource, owner: set, selector, canAdopt });
  const history = syncHistory(context, set);
  const situation = arrange(set, history, pods);
  let refusal: StatusError | undefined;
  try {
    if (!isDeleting(set)) step(context, situation);
  } catch (error) {
    // What is there is counted before what the server refused is tried again.
    if (!(error instanceof StatusError)) throw error;
    refusal = error;
  }
  const latest = client.get(statefulSet, set.metadata) ?? set;
  updateStatus(context, latest, history, pods);
  truncateHistory(context, set, history, pods);
  if (refusal) throw refusal;
  const requeueAtMs = nextAvailableAtMs(pods, minReadySeconds, nowMs);
  return requeueAtMs === undefined ? {} : { requeueAtMs };
}

function arrange(set: StatefulSet, history: History, pods: readonly Pod[]): Situation {
  const start = startOrdinal(set);
  const replicas = Array.from<Pod | undefined>({ length: set.spec.replicas ?? 1 });
  const condemned: Pod[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(pod);
    if (ordinal < 0) continue;
    const place = ordinal - start;
    if (place >= 0 && place < replicas.length) replicas[place] = pod;
    else condemned.push(pod);
  }
  condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a));
  return { set, history, replicas, condemned, isOrdered: set.spec.podManagementPolicy !== 'Parallel' };
}

/** One step towards what is wanted. Upstream: stateful_set_control.go updateStatefulSet. */
function step(context: ControllerContext, situation: Situation): void {
  const { set, replicas, condemned, isOrdered } = situation;
  for (const pod of condemned) syncClaimOwners(context, set, pod, { ordinal: ordinalOf(pod), isCondemned: true });
  if (isOrdered) {
    if (!replicas.every((pod, place) => processReplica(context, situation, pod, place))) return;
    if (!letOneGo(context, situation)) return;
  } else {
    const made = slowStart(replicas.length, (place) => processReplica(context, situation, replicas[place], place));
    if (made.error) throw made.error;
    const leaving = condemned.filter((pod) => !isDeleting(pod));
    const left = slowStart(leaving.length, (i) => deletePod(context, set, leaving[i] as Pod));
    if (left.error) throw left.error;
  }
  if (set.spec.updateStrategy?.type === 'RollingUpdate') rollingUpdate(context, situation);
}

/** Makes or repairs the pod of a number. Returns true when those after it may follow. Upstream: processReplica. */
function processReplica(
  context: ControllerContext,
  situation: Situation,
  pod: Pod | undefined,
  place: number,
): boolean {
  const { set, isOrdered } = situation;
  const ordinal = startOrdinal(set) + place;
  if (!pod) {
    if (hasGoingClaim(context, set, ordinal)) return false;
    createPod(context, set, ordinal, revisionFor(situation, place));
    return !isOrdered;
  }
  if (isPodFinished(pod)) {
    // It is made again once it is gone.
    if (!isDeleting(pod)) deletePod(context, set, pod);
    return false;
  }
  if (pod.status.phase === 'Pending') createClaims(context, set, ordinal);
  syncClaimOwners(context, set, pod, { ordinal, isCondemned: false });
  if (isOrdered && (isDeleting(pod) || !isRunningAndAvailable(context, set, pod))) return false;
  repairPod(context, set, pod);
  return true;
}

/** A number below the partition gets the revision that an update leaves alone. Upstream: newVersionedStatefulSetPod. */
function revisionFor({ set, history }: Situation, place: number): ControllerRevision {
  const { type, rollingUpdate: rolling } = set.spec.updateStrategy ?? {};
  if (type !== 'RollingUpdate') return history.update;
  const kept = rolling ? (rolling.partition ?? 0) : (set.status.currentReplicas ?? 0);
  return place < kept ? history.current : history.update;
}

function isRunningAndReady(pod: Pod): boolean {
  return pod.status.phase === 'Running' && isPodReady(pod);
}
function isRunningAndAvailable({ nowMs }: ControllerContext, { spec }: StatefulSet, pod: Pod): boolean {
  return isRunningAndReady(pod) && isPodAvailable(pod, spec.minReadySeconds ?? 0, nowMs);
}

/** Deletes the highest of the pods beyond, when nothing before it is in trouble. Returns true when there is none. */
function letOneGo(context: ControllerContext, { set, replicas, condemned }: Situation): boolean {
  const [highest] = condemned;
  if (!highest) return true;
  const unhealthy = [...replicas.filter((pod) => pod !== undefined), ...condemned]
    .filter((pod) => !isRunningAndReady(pod) || isDeleting(pod))
    .sort((a, b) => ordinalOf(a) - ordinalOf(b));
  const isBlocked = !isRunningAndAvailable(context, set, highest) && unhealthy[0] !== highest;
  if (!isDeleting(highest) && !isBlocked) deletePod(context, set, highest);
  return false;
}

/**
 * Deletes pods of another revision, highest number first, as long as no more are unavailable than may be.
 * Upstream: updateStatefulSetAfterInvariantEstablished.
 */
function rollingUpdate(context: ControllerContext, { set, history, replicas }: Situation): void {
  const { partition = 0, maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  const max = Math.max(1, resolveIntOrPercent(maxUnavailable, replicas.length, 'up'));
  const isBad = (pod: Pod | undefined) => !pod || isDeleting(pod) || !isRunningAndAvailable(context, set, pod);
  let unavailable = 0;
  for (let place = replicas.length - 1; place >= partition && unavailable < max; place--) {
    const pod = replicas[place];
    if (isBad(pod)) unavailable += 1;
    if (!pod || isDeleting(pod) || pod.metadata.labels?.[REVISION_LABEL] === history.update.metadata.name) continue;
    if (!isBad(pod)) unavailable += 1;
    deletePod(context, set, pod);
  }
}

/** Upstream: stateful_set_control.go updateStatus and completeRollingUpdate. */
function updateStatus(
  context: ControllerContext,
  set: StatefulSet,
  { current, update }: History,
  pods: readonly Pod[],
): void {
  const created = pods.filter(({ status }) => status.phase);
  const isOf = ({ metadata }: ControllerRevision) =>
    created.filter((pod) => !isDeleting(pod) && pod.metadata.labels?.[REVISION_LABEL] === metadata.name).length;
  const counts = {
    readyReplicas: created.filter(isRunningAndReady).length,
    currentReplicas: isOf(current),
    updatedReplicas: isOf(update),
  };
  let currentRevision = current.metadata.name;
  const updateRevision = update.metadata.name;
  const wanted = set.spec.replicas ?? 1;
  const isDone = [created.length, counts.readyReplicas, counts.updatedReplicas].every((count) => count === wanted);
  if (set.spec.updateStrategy?.type === 'RollingUpdate' && isDone) {
    counts.currentReplicas = counts.updatedReplicas;
    currentRevision = updateRevision;
  }
  const { conditions, collisionCount = 0 } = set.status;
  const status: StatefulSetStatus = {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: created.length,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    currentRevision,
    updateRevision,
    collisionCount,
    availableReplicas: created.filter((pod) => isRunningAndAvailable(context, set, pod)).length,
    ...(conditions ? { conditions } : {}),
  };
  if (deepEqual(status, set.status)) return;
  const changed = clone(set);
  changed.status = status;
  context.client.updateStatus(statefulSet, changed);
}
