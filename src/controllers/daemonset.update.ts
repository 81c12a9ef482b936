// A DaemonSet's rolling update: which old pods go now, which nodes get a new one beside the old.
// Called by: daemonset.ts. Must not know: the client, revisions beyond a hash.
import { isDeleting } from '../machinery/meta.ts';
import type { DaemonSet } from '../resources/daemonset.ts';
import type { Pod } from '../resources/pod.ts';
import { isPodUpdated, type NodePods } from './daemonset.nodes.ts';
import { resolveIntOrPercent } from './intstr.ts';
import { isPodAvailable } from './podstate.ts';

export interface UpdatePlan {
  podsToDelete: Pod[];
  nodesToSurge: string[];
}

interface UpdateOptions {
  set: DaemonSet;
  pods: NodePods;
  /** Number of nodes that should run a pod. */
  desired: number;
  hash: string;
  nowMs: number;
}

/** Returns the limits in pods. Both zero would never end: then one may be unavailable. Upstream: daemon/update.go updatedDesiredNodeCounts. */
function limits({ set, desired }: UpdateOptions): { maxSurge: number; maxUnavailable: number } {
  const { rollingUpdate } = set.spec.updateStrategy ?? {};
  const maxSurge = resolveIntOrPercent(rollingUpdate?.maxSurge ?? 0, desired, 'up');
  const maxUnavailable = resolveIntOrPercent(rollingUpdate?.maxUnavailable ?? 1, desired, 'up');
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

export function maySurge(set: DaemonSet): boolean {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  const { maxSurge = 0 } = rollingUpdate ?? {};
  return type !== 'OnDelete' && maxSurge !== 0 && maxSurge !== '0%';
}

interface OnNode {
  newPod: Pod | undefined;
  oldPod: Pod | undefined;
}

/** Returns the new and the old pod of a node, or undefined when there are several of one sort. Upstream: findUpdatedPodsOnNode. */
function onNode({ set, hash }: UpdateOptions, pods: readonly Pod[]): OnNode | undefined {
  const living = pods.filter((pod) => !isDeleting(pod));
  const fresh = living.filter((pod) => isPodUpdated(set, pod, hash));
  const old = living.filter((pod) => !fresh.includes(pod));
  return fresh.length > 1 || old.length > 1 ? undefined : { newPod: fresh[0], oldPod: old[0] };
}

/** Upstream: kubernetes pkg/controller/daemon/update.go rollingUpdate. */
export function planRollingUpdate(options: UpdateOptions): UpdatePlan {
  const { maxSurge, maxUnavailable } = limits(options);
  return maxSurge > 0 ? planSurge(options, maxSurge) : planReplacement(options, maxUnavailable);
}

function planReplacement(options: UpdateOptions, maxUnavailable: number): UpdatePlan {
  const { set, pods, nowMs } = options;
  const isAvailable = (pod: Pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs);
  let unavailable = 0;
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  for (const [, onThisNode] of [...pods].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = onNode(options, onThisNode);
    if (found?.newPod && !found.oldPod) {
      if (!isAvailable(found.newPod)) unavailable += 1;
    } else if (found?.oldPod && !found.newPod) {
      if (!isAvailable(found.oldPod)) {
        broken.push(found.oldPod);
        unavailable += 1;
      } else candidates.push(found.oldPod);
    } else unavailable += 1;
  }
  const room = Math.max(0, maxUnavailable - unavailable);
  return { podsToDelete: [...broken, ...candidates.slice(0, room)], nodesToSurge: [] };
}

function planSurge(options: UpdateOptions, maxSurge: number): UpdatePlan {
  const { set, pods, nowMs } = options;
  const isAvailable = (pod: Pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs);
  let surging = 0;
  const podsToDelete: Pod[] = [];
  const broken: string[] = [];
  const candidates: string[] = [];
  for (const [node, onThisNode] of [...pods].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = onNode(options, onThisNode);
    if (!found?.oldPod) continue;
    if (!found.newPod) (isAvailable(found.oldPod) ? candidates : broken).push(node);
    else if (isAvailable(found.newPod)) podsToDelete.push(found.oldPod);
    else surging += 1;
  }
  return { podsToDelete, nodesToSurge: [...broken, ...candidates.slice(0, Math.max(0, maxSurge - surging))] };
}
