// The arithmetic of sizes: how far the new set grows, how old ones shrink, how a scaling in mid-rollout is shared out.
// Called by: deployment.ts, deployment.revisions.ts. Must not know: revisions, status.
import type { Deployment } from '../resources/deployment.ts';
import type { ReplicaSet } from '../resources/replicaset.ts';
import type { ControllerContext } from './controller.ts';
import {
  activeSets,
  allSets,
  byCreation,
  deploymentReplicas,
  DESIRED_REPLICAS,
  isRollingUpdate,
  MAX_REPLICAS,
  maxSurge,
  maxUnavailable,
  scaleSet,
  sumStatus,
  sumWanted,
  wantedReplicas,
  type Sets,
} from './deployment.replicasets.ts';

/** Returns the size that the new set may have now. Upstream: deploymentutil.NewRSNewReplicas. */
export function newSetSize(deployment: Deployment, sets: Sets): number {
  const wanted = deploymentReplicas(deployment);
  if (!isRollingUpdate(deployment) || !sets.fresh) return wanted;
  const size = wantedReplicas(sets.fresh);
  const room = wanted + maxSurge(deployment) - sumWanted(allSets(sets));
  return room <= 0 ? size : size + Math.min(room, wanted - size);
}

/** Grows (or shrinks) the new set as far as the surge allows. Returns whether it did. Upstream: rolling.go reconcileNewReplicaSet. */
export function reconcileNewSet(context: ControllerContext, deployment: Deployment, sets: Sets): boolean {
  const { fresh } = sets;
  if (!fresh) return false;
  const wanted = deploymentReplicas(deployment);
  const size = wantedReplicas(fresh);
  if (size === wanted) return false;
  const next = size > wanted ? wanted : newSetSize(deployment, sets);
  sets.fresh = scaleSet(context, deployment, fresh, next);
  return next !== size;
}

/**
 * Shrinks old sets: first those pods that are not available, then as many as availability allows. Returns whether it did.
 * Upstream: rolling.go reconcileOldReplicaSets.
 */
export function reconcileOldSets(context: ControllerContext, deployment: Deployment, sets: Sets): boolean {
  if (sumWanted(sets.old) === 0) return false;
  const minAvailable = deploymentReplicas(deployment) - maxUnavailable(deployment);
  const { fresh } = sets;
  const freshUnavailable = fresh ? wantedReplicas(fresh) - (fresh.status.availableReplicas ?? 0) : 0;
  const maxScaledDown = sumWanted(allSets(sets)) - minAvailable - freshUnavailable;
  if (maxScaledDown <= 0) return false;
  const unhealthy = cleanUpUnhealthy(context, deployment, sets, maxScaledDown);
  const healthy = shrinkOldSets(
    context,
    deployment,
    sets,
    sumStatus(allSets(sets), 'availableReplicas') - minAvailable,
  );
  return unhealthy + healthy > 0;
}

function cleanUpUnhealthy(context: ControllerContext, deployment: Deployment, sets: Sets, max: number): number {
  let done = 0;
  sets.old.sort(byCreation);
  for (const [i, set] of sets.old.entries()) {
    if (done >= max) break;
    const size = wantedReplicas(set);
    const unavailable = size - (set.status.availableReplicas ?? 0);
    if (size === 0 || unavailable <= 0) continue;
    const count = Math.min(max - done, unavailable);
    sets.old[i] = scaleSet(context, deployment, set, size - count);
    done += count;
  }
  return done;
}

function shrinkOldSets(context: ControllerContext, deployment: Deployment, sets: Sets, max: number): number {
  let done = 0;
  for (const [i, set] of sets.old.entries()) {
    if (done >= max) break;
    const size = wantedReplicas(set);
    if (size === 0) continue;
    const count = Math.min(size, max - done);
    sets.old[i] = scaleSet(context, deployment, set, size - count);
    done += count;
  }
  return done;
}

/** Brings every old set to nothing. Returns whether one was larger. Upstream: recreate.go scaleDownOldReplicaSetsForRecreate. */
export function scaleDownOldSets(context: ControllerContext, deployment: Deployment, sets: Sets): boolean {
  const active = activeSets(sets.old);
  for (const set of active) sets.old[sets.old.indexOf(set)] = scaleSet(context, deployment, set, 0);
  return active.length > 0;
}

/** Returns whether a set's size was made for another number of replicas. Upstream: sync.go isScalingEvent. */
export function isScalingEvent(deployment: Deployment, sets: Sets): boolean {
  return activeSets(allSets(sets)).some((set) => {
    const desired = set.metadata.annotations?.[DESIRED_REPLICAS];
    return desired !== undefined && Number(desired) !== deploymentReplicas(deployment);
  });
}

/** Shares a new number of replicas out among the sets. Upstream: sync.go scale. */
export function scaleProportionally(context: ControllerContext, deployment: Deployment, sets: Sets): void {
  const wanted = deploymentReplicas(deployment);
  const replace = (set: ReplicaSet, size: number) => {
    const scaled = scaleSet(context, deployment, set, size);
    if (sets.fresh === set) sets.fresh = scaled;
    else sets.old[sets.old.indexOf(set)] = scaled;
  };
  const only = activeOrLatest(sets);
  if (only) {
    if (wantedReplicas(only) !== wanted) replace(only, wanted);
    return;
  }
  if (isSaturated(deployment, sets.fresh)) {
    scaleDownOldSets(context, deployment, sets);
    return;
  }
  if (!isRollingUpdate(deployment)) return;
  const active = activeSets(allSets(sets));
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - sumWanted(active);
  const ordered = active.sort(toAdd > 0 ? bySizeNewer : bySizeOlder);
  const sizes = proportionalSizes(deployment, ordered, toAdd);
  for (const [i, set] of ordered.entries()) replace(set, sizes[i] ?? 0);
}

/** Returns each set's size after `toAdd` (maybe negative) replicas were shared out in proportion; the first takes what is left over. */
function proportionalSizes(deployment: Deployment, ordered: readonly ReplicaSet[], toAdd: number): number[] {
  let added = 0;
  const sizes = ordered.map((set) => {
    const proportion = proportionOf(deployment, set, toAdd, added);
    added += proportion;
    return wantedReplicas(set) + proportion;
  });
  if (toAdd !== 0 && sizes.length > 0) sizes[0] = Math.max(0, (sizes[0] ?? 0) + toAdd - added);
  return sizes;
}

function proportionOf(deployment: Deployment, set: ReplicaSet, toAdd: number, added: number): number {
  if (wantedReplicas(set) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = fractionOf(deployment, set);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

/** Upstream: deploymentutil.getReplicaSetFraction. */
function fractionOf(deployment: Deployment, set: ReplicaSet): number {
  const wanted = deploymentReplicas(deployment);
  const size = wantedReplicas(set);
  if (wanted === 0) return -size;
  const before = Number(set.metadata.annotations?.[MAX_REPLICAS] ?? 0) || (deployment.status.replicas ?? 0);
  if (before === 0) return 0;
  return Math.round((size * (wanted + maxSurge(deployment))) / before) - size;
}

/** Returns the only active set, or without one the new or else the newest. Upstream: deploymentutil.FindActiveOrLatest. */
function activeOrLatest(sets: Sets): ReplicaSet | undefined {
  const active = activeSets(allSets(sets));
  if (active.length === 0) return sets.fresh ?? [...sets.old].sort(byCreation).at(-1);
  return active.length === 1 ? active[0] : undefined;
}

function isSaturated(deployment: Deployment, fresh: ReplicaSet | undefined): boolean {
  if (!fresh) return false;
  const wanted = deploymentReplicas(deployment);
  return (
    Number(fresh.metadata.annotations?.[DESIRED_REPLICAS]) === wanted &&
    wantedReplicas(fresh) === wanted &&
    (fresh.status.availableReplicas ?? 0) === wanted
  );
}

function bySizeNewer(a: ReplicaSet, b: ReplicaSet): number {
  return wantedReplicas(b) - wantedReplicas(a) || byCreation(b, a);
}
function bySizeOlder(a: ReplicaSet, b: ReplicaSet): number {
  return wantedReplicas(b) - wantedReplicas(a) || byCreation(a, b);
}
