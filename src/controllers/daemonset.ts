// DaemonSet: one pod on every node that its template fits.
// Called by: controllers/manager.ts through the index. Must not know: how the scheduler places them.
import { clone, deepEqual, isDeleting, keyOf, parseKey } from '../machinery/meta.ts';
import { parseTime } from '../machinery/clock.ts';
import { isAlreadyExists, type StatusError } from '../machinery/status.ts';
import { controllerRevision } from '../resources/controllerrevision.ts';
import { daemonSet, type DaemonSet } from '../resources/daemonset.ts';
import { node as nodeResource, type Node } from '../resources/node.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { StoredEvent } from '../storage/types.ts';
import { claimObjects } from './claim.ts';
import type { Controller, ControllerContext, ReconcileResult } from './controller.ts';
import { cleanUpHistory, syncHistory } from './daemonset.history.ts';
import {
  adjustForNode,
  byAge,
  isPodUpdated,
  nodeShouldRun,
  podsByNode,
  REVISION_HASH,
  strandedPods,
  type NodePods,
} from './daemonset.nodes.ts';
import { maySurge, planRollingUpdate } from './daemonset.update.ts';
import { controllerIndex, ownerOfKind, ownerOrAdopters, self } from './enqueue.ts';
import { createPod, deletePod, slowStart } from './podcontrol.ts';
import { isPodActive, isPodAvailable, isPodReady, nextAvailableAtMs } from './podstate.ts';

/** At most so many pods are created or deleted in one reconcile. */
const BURST_REPLICAS = 250;
/** A pod that failed is deleted no sooner than this after its creation, so that one that fails at once does not spin. */
const MIN_FAILED_MS = 1000;

/** What of a node decides whether a daemon runs there. */
function enqueueForNode(event: StoredEvent, { client }: ControllerContext): Iterable<string> {
  const node = event.object as Node;
  const previous = event.previous as Node | undefined;
  const isSame =
    event.type === 'MODIFIED' &&
    previous !== undefined &&
    deepEqual(node.spec, previous.spec) &&
    deepEqual(node.metadata.labels ?? {}, previous.metadata.labels ?? {});
  return isSame ? [] : client.list(daemonSet).map(keyOf);
}

/** Upstream: kubernetes pkg/controller/daemon/daemon_controller.go syncDaemonSet. */
export const daemonSetController: Controller = {
  name: 'daemonset-controller',
  watches: [
    { definition: daemonSet, enqueue: self },
    { definition: podResource, enqueue: ownerOrAdopters(daemonSet) },
    { definition: controllerRevision, enqueue: ownerOfKind({ kind: 'DaemonSet', group: 'apps' }) },
    { definition: nodeResource, enqueue: enqueueForNode, resync: () => [] },
  ],
  indexes: [controllerIndex(podResource), controllerIndex(controllerRevision)],
  reconcile(context, key) {
    const set = context.client.get(daemonSet, parseKey(key));
    if (!set || isDeleting(set)) return;
    const { matchLabels, matchExpressions } = set.spec.selector;
    if (Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
      context.recorder.event(set, 'Warning', 'SelectingAll', message);
      return;
    }
    try {
      return sync(context, set, key);
    } catch (error) {
      if (isAlreadyExists(error)) return;
      throw error;
    }
  },
};

function sync(context: ControllerContext, set: DaemonSet, key: string): ReconcileResult {
  const { client } = context;
  const history = syncHistory(context, set);
  const hash = history.current.metadata.labels?.[REVISION_HASH] ?? '';
  const claim = () => claimObjects(context, { definition: podResource, owner: set, selector: set.spec.selector });
  const nodes = client.list(nodeResource);
  const { isChanged, requeueAtMs, error } = manage(context, { set, hash, nodes, pods: claim() });
  if (!isChanged && set.spec.updateStrategy?.type !== 'OnDelete') {
    const desired = nodes.filter((node) => nodeShouldRun(set, node).shouldRun).length;
    const plan = planRollingUpdate({ set, pods: podsByNode(claim()), desired, hash, nowMs: context.nowMs });
    syncNodes(context, set, hash, { create: plan.nodesToSurge, remove: plan.podsToDelete });
  }
  const pods = claim();
  cleanUpHistory(context, set, history.old, pods);
  const latest = client.get(daemonSet, parseKey(key)) ?? set;
  updateStatus(context, { set: latest, hash, nodes, pods });
  // Pods that the server refused are tried again; what is there has been counted first.
  if (error) throw error;
  const availableAtMs = nextAvailableAtMs(pods, set.spec.minReadySeconds ?? 0, context.nowMs);
  const next = Math.min(requeueAtMs ?? Number.POSITIVE_INFINITY, availableAtMs ?? Number.POSITIVE_INFINITY);
  return next === Number.POSITIVE_INFINITY ? {} : { requeueAtMs: next };
}

interface Situation {
  set: DaemonSet;
  hash: string;
  nodes: readonly Node[];
  pods: readonly Pod[];
}

/** Creates pods where one is missing and deletes those that should not be. Upstream: daemon_controller.go manage. */
function manage(
  context: ControllerContext,
  { set, hash, nodes, pods }: Situation,
): { isChanged: boolean; requeueAtMs: number | undefined; error: StatusError | undefined } {
  const byNode = podsByNode(pods);
  const create: string[] = [];
  const remove: Pod[] = strandedPods(pods, new Set(nodes.map(({ metadata }) => metadata.name)));
  let requeueAtMs: number | undefined;
  for (const node of nodes) {
    const { name } = node.metadata;
    const { shouldRun, mayStay } = nodeShouldRun(set, node);
    const onNode = byNode.get(name) ?? [];
    if (shouldRun && onNode.length === 0) create.push(name);
    else if (!mayStay) remove.push(...onNode.filter((pod) => !isDeleting(pod)));
    else {
      const { finished, retryAtMs } = finishedPods(context, set, name, onNode);
      remove.push(...finished, ...surplusPods(context, set, hash, onNode));
      if (retryAtMs !== undefined) requeueAtMs = Math.min(requeueAtMs ?? retryAtMs, retryAtMs);
    }
  }
  const error = syncNodes(context, set, hash, { create, remove });
  return { isChanged: create.length + remove.length > 0, requeueAtMs, error };
}

/** Returns the pods of a node that have ended and are to be replaced now, and when to look at the others again. */
function finishedPods({ recorder, nowMs }: ControllerContext, set: DaemonSet, node: string, pods: readonly Pod[]) {
  const finished: Pod[] = [];
  let retryAtMs: number | undefined;
  for (const pod of pods.filter((p) => !isDeleting(p))) {
    const { phase } = pod.status;
    if (phase !== 'Failed' && phase !== 'Succeeded') continue;
    const dueMs = (parseTime(pod.metadata.creationTimestamp) ?? 0) + MIN_FAILED_MS;
    if (nowMs < dueMs) {
      retryAtMs = dueMs;
      continue;
    }
    const subject = `${keyOf(pod)} on node ${node}`;
    if (phase === 'Failed')
      recorder.event(set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${subject}, will try to kill it`);
    else
      recorder.event(
        set,
        'Normal',
        'SucceededDaemonPod',
        `Found succeeded daemon pod ${subject}, will try to delete it`,
      );
    finished.push(pod);
  }
  return { finished, retryAtMs };
}

/** Returns the pods of a node beyond one, or in a surge beyond an old and a new one. Upstream: podsShouldBeOnNode. */
function surplusPods({ nowMs }: ControllerContext, set: DaemonSet, hash: string, pods: readonly Pod[]): Pod[] {
  const running = pods.filter(isPodActive).sort(byAge);
  if (running.length <= 1) return [];
  if (!maySurge(set)) return running.slice(1);
  const [fresh, ...moreFresh] = running.filter((pod) => isPodUpdated(set, pod, hash));
  const [old, ...moreOld] = running.filter((pod) => !isPodUpdated(set, pod, hash));
  const surplus = [...moreFresh, ...moreOld];
  const isDone = fresh && old && (!isPodReady(old) || isPodAvailable(fresh, set.spec.minReadySeconds ?? 0, nowMs));
  return isDone ? [...surplus, old] : surplus;
}

function syncNodes(
  context: ControllerContext,
  set: DaemonSet,
  hash: string,
  { create, remove }: { create: readonly string[]; remove: readonly Pod[] },
): StatusError | undefined {
  const nodes = create.slice(0, BURST_REPLICAS);
  const made = slowStart(nodes.length, (i) => {
    const adjust = (pod: { metadata: Pod['metadata']; spec: Pod['spec'] }) =>
      adjustForNode(set, pod, nodes[i] ?? '', hash);
    createPod(context, { owner: set, template: set.spec.template, adjust });
  });
  for (const pod of remove.slice(0, BURST_REPLICAS)) deletePod(context, set, pod);
  return made.error;
}

/** Upstream: daemon_controller.go updateDaemonSetStatus. */
function updateStatus(context: ControllerContext, { set, hash, nodes, pods }: Situation): void {
  const byNode: NodePods = podsByNode(pods);
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const node of nodes) {
    const [oldest] = byNode.get(node.metadata.name) ?? [];
    if (!nodeShouldRun(set, node).shouldRun) {
      if (oldest) counts.misscheduled += 1;
      continue;
    }
    counts.desired += 1;
    if (!oldest) continue;
    counts.current += 1;
    if (isPodReady(oldest)) counts.ready += 1;
    if (isPodAvailable(oldest, set.spec.minReadySeconds ?? 0, context.nowMs)) counts.available += 1;
    if (isPodUpdated(set, oldest, hash)) counts.updated += 1;
  }
  const optional = {
    updatedNumberScheduled: counts.updated,
    numberAvailable: counts.available,
    numberUnavailable: counts.desired - counts.available,
  };
  const { collisionCount, conditions } = set.status;
  const changed = clone(set);
  changed.status = {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    observedGeneration: set.metadata.generation ?? 1,
    ...Object.fromEntries(Object.entries(optional).filter(([, count]) => count > 0)),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions ? { conditions } : {}),
  };
  if (!deepEqual(changed.status, set.status)) context.client.updateStatus(daemonSet, changed);
}
