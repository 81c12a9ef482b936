// The ReplicaSets of a Deployment: which is new, which are old, what they add up to, and scaling one of them.
// Called by: deployment.*.ts. Must not know: strategies.
import { clone, deepEqual } from '../machinery/meta.ts';
import type { Deployment } from '../resources/deployment.ts';
import { replicaSet, type ReplicaSet } from '../resources/replicaset.ts';
import type { ControllerContext } from './controller.ts';
import { resolveIntOrPercent } from './intstr.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** A Deployment's sets: `fresh` has the current template; `old` are all others. */
export interface Sets {
  fresh: ReplicaSet | undefined;
  old: ReplicaSet[];
}

export function allSets({ fresh, old }: Sets): ReplicaSet[] {
  return fresh ? [...old, fresh] : old;
}

export function wantedReplicas(set: ReplicaSet): number {
  return set.spec.replicas ?? 1;
}
export function deploymentReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}
export function activeSets(sets: readonly ReplicaSet[]): ReplicaSet[] {
  return sets.filter((set) => wantedReplicas(set) > 0);
}
export function sumWanted(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + wantedReplicas(set), 0);
}
export function sumStatus(
  sets: readonly ReplicaSet[],
  field: 'replicas' | 'readyReplicas' | 'availableReplicas' | 'terminatingReplicas',
): number {
  const count = (status: ReplicaSet['status'] & { terminatingReplicas?: number }) => status[field] ?? 0;
  return sets.reduce((sum, set) => sum + count(set.status), 0);
}

/** Oldest first; of one age by name. Upstream: ReplicaSetsByCreationTimestamp. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const x = a.metadata.creationTimestamp ?? '';
  const y = b.metadata.creationTimestamp ?? '';
  if (x === y) return a.metadata.name < b.metadata.name ? -1 : 1;
  return x < y ? -1 : 1;
}

function hasSameTemplate(deployment: Deployment, set: ReplicaSet): boolean {
  const { metadata, ...rest } = set.spec.template ?? {};
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = metadata?.labels ?? {};
  const { metadata: wanted, ...wantedRest } = deployment.spec.template;
  return (
    deepEqual(rest, wantedRest) &&
    deepEqual(labels, wanted?.labels ?? {}) &&
    deepEqual({ ...metadata, labels: {} }, { ...wanted, labels: {} })
  );
}

/** Splits the sets by template. Of several with the current one the oldest is new. Upstream: FindNewReplicaSet. */
export function splitSets(deployment: Deployment, sets: readonly ReplicaSet[]): Sets {
  const sorted = [...sets].sort(byCreation);
  const fresh = sorted.find((set) => hasSameTemplate(deployment, set));
  return { fresh, old: sorted.filter((set) => set !== fresh) };
}

/** Returns the revision number of a set, 0 when it has none. */
export function revisionOf(set: ReplicaSet): number {
  const revision = Number(set.metadata.annotations?.[REVISION] ?? 0);
  return Number.isInteger(revision) ? revision : 0;
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type !== 'Recreate';
}

/** Returns how many pods more than wanted there may be. Upstream: deploymentutil.MaxSurge. */
export function maxSurge(deployment: Deployment): number {
  if (!isRollingUpdate(deployment)) return 0;
  const { maxSurge = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  return resolveIntOrPercent(maxSurge, deploymentReplicas(deployment), 'up');
}

/** Returns how many pods fewer than wanted may be available. Upstream: deploymentutil.MaxUnavailable and ResolveFenceposts. */
export function maxUnavailable(deployment: Deployment): number {
  const replicas = deploymentReplicas(deployment);
  if (!isRollingUpdate(deployment) || replicas === 0) return 0;
  const { maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const resolved = resolveIntOrPercent(maxUnavailable, replicas, 'down');
  return Math.min(resolved === 0 && maxSurge(deployment) === 0 ? 1 : resolved, replicas);
}

/** Sets the annotations from which a later scaling works out proportions. Returns whether they changed. Changes its argument. */
export function setReplicasAnnotations(set: ReplicaSet, deployment: Deployment): boolean {
  const desired = String(deploymentReplicas(deployment));
  const max = String(deploymentReplicas(deployment) + maxSurge(deployment));
  const annotations = (set.metadata.annotations ??= {});
  if (annotations[DESIRED_REPLICAS] === desired && annotations[MAX_REPLICAS] === max) return false;
  annotations[DESIRED_REPLICAS] = desired;
  annotations[MAX_REPLICAS] = max;
  return true;
}

/** Brings a set to a size, with the event ScalingReplicaSet when the size changes. Returns the set as it is now. */
export function scaleSet(
  context: ControllerContext,
  deployment: Deployment,
  set: ReplicaSet,
  size: number,
): ReplicaSet {
  const oldSize = wantedReplicas(set);
  const changed = clone(set);
  if (!setReplicasAnnotations(changed, deployment) && oldSize === size) return set;
  changed.spec.replicas = size;
  const stored = context.client.update(replicaSet, changed);
  if (oldSize !== size) {
    const direction = oldSize < size ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${oldSize} to ${size}`;
    context.recorder.event(deployment, 'Normal', 'ScalingReplicaSet', message);
  }
  return stored;
}
