// Deployment: rolls pods from one template to the next by growing and shrinking ReplicaSets.
// Called by: controllers/manager.ts through the index. Must not know: pods, beyond whether old ones still run.
import { controllerOf, isDeleting, keyString, parseKey } from '../machinery/meta.ts';
import { isAlreadyExists, isNotFound } from '../machinery/status.ts';
import { deployment as deploymentResource, type Deployment } from '../resources/deployment.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { replicaSet, type ReplicaSet } from '../resources/replicaset.ts';
import type { StoredEvent } from '../storage/types.ts';
import { claimObjects } from './claim.ts';
import type { Controller, ControllerContext, ReconcileResult } from './controller.ts';
import {
  deploymentReplicas,
  isRollingUpdate,
  scaleSet,
  splitSets,
  sumStatus,
  type Sets,
} from './deployment.replicasets.ts';
import { revisionsToRemove, syncRevision } from './deployment.revisions.ts';
import {
  isScalingEvent,
  reconcileNewSet,
  reconcileOldSets,
  scaleDownOldSets,
  scaleProportionally,
} from './deployment.scale.ts';
import {
  conditionOf,
  hasProgressDeadline,
  isComplete,
  setCondition,
  syncRolloutStatus,
  syncStatus,
  writeStatus,
} from './deployment.status.ts';
import { controllerIndex, CONTROLLER_INDEX, ownerOrAdopters, self } from './enqueue.ts';
import { isPodFinished } from './podstate.ts';

/** A pod that has gone may be the last that a Recreate waited for. */
function enqueueForDeletedPod(event: StoredEvent, { client }: ControllerContext): Iterable<string> {
  const pod = event.object as Pod;
  const isGone = event.type === 'DELETED' || isPodFinished(pod);
  const owner = isGone ? controllerOf(pod) : undefined;
  if (owner?.kind !== 'ReplicaSet') return [];
  const set = client.get(replicaSet, { namespace: pod.metadata.namespace, name: owner.name });
  const upper = set && controllerOf(set);
  if (upper?.kind !== 'Deployment') return [];
  const key = { namespace: pod.metadata.namespace, name: upper.name };
  const found = client.get(deploymentResource, key);
  return found && !isRollingUpdate(found) ? [keyString(key)] : [];
}

/** Upstream: kubernetes pkg/controller/deployment/deployment_controller.go syncDeployment. */
export const deploymentController: Controller = {
  name: 'deployment-controller',
  watches: [
    { definition: deploymentResource, enqueue: self },
    { definition: replicaSet, enqueue: ownerOrAdopters(deploymentResource) },
    { definition: podResource, enqueue: enqueueForDeletedPod },
  ],
  indexes: [controllerIndex(replicaSet), controllerIndex(podResource)],
  reconcile(context, key) {
    const found = context.client.get(deploymentResource, parseKey(key));
    if (!found) return;
    const { matchLabels, matchExpressions } = found.spec.selector;
    if (Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0) {
      const message = 'This deployment is selecting all pods. A non-empty selector is required.';
      context.recorder.event(found, 'Warning', 'SelectingAll', message);
      return;
    }
    const sets = claimObjects(context, { definition: replicaSet, owner: found, selector: found.spec.selector });
    if (isDeleting(found)) return syncStatus(context, found, splitSets(found, sets));
    const deployment = syncPausedCondition(context, found);
    if (deployment.spec.paused) return syncScaled(context, deployment, sets);
    if (isScalingEvent(deployment, splitSets(deployment, sets))) return syncScaled(context, deployment, sets);
    try {
      return isRollingUpdate(deployment) ? rollOut(context, deployment, sets) : recreate(context, deployment, sets);
    } catch (error) {
      // The name was taken by another set: the collision has been counted, which is a reason to look again.
      if (isAlreadyExists(error)) return;
      throw error;
    }
  },
};

/** A paused rollout makes no progress that a deadline could watch. Upstream: sync.go checkPausedConditions. */
function syncPausedCondition(context: ControllerContext, deployment: Deployment): Deployment {
  const current = conditionOf(deployment.status, 'Progressing');
  if (!hasProgressDeadline(deployment) || current?.reason === 'ProgressDeadlineExceeded') return deployment;
  const isMarked = current?.reason === 'DeploymentPaused';
  const isPaused = deployment.spec.paused === true;
  if (isMarked === isPaused) return deployment;
  const status = { ...deployment.status };
  const type = 'Progressing';
  setCondition(
    status,
    isPaused
      ? { type, status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' }
      : { type, status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' },
    { nowMs: context.nowMs },
  );
  return writeStatus(context, deployment, status);
}

/** A Deployment that is scaled or paused: sizes change, templates do not. Upstream: sync.go sync. */
function syncScaled(context: ControllerContext, found: Deployment, all: readonly ReplicaSet[]): ReconcileResult {
  const { deployment, sets } = syncRevision(context, found, { sets: all, creates: false });
  scaleProportionally(context, deployment, sets);
  if (deployment.spec.paused) cleanUp(context, deployment, sets);
  return syncStatus(context, deployment, sets);
}

/** Upstream: kubernetes pkg/controller/deployment/rolling.go rolloutRolling. */
function rollOut(context: ControllerContext, found: Deployment, all: readonly ReplicaSet[]): ReconcileResult {
  const { deployment, sets } = syncRevision(context, found, { sets: all, creates: true });
  const isScaled = reconcileNewSet(context, deployment, sets) || reconcileOldSets(context, deployment, sets);
  if (!isScaled && isComplete(deployment, deployment.status)) cleanUp(context, deployment, sets);
  return syncRolloutStatus(context, deployment, sets);
}

/** Upstream: kubernetes pkg/controller/deployment/recreate.go rolloutRecreate. */
function recreate(context: ControllerContext, found: Deployment, all: readonly ReplicaSet[]): ReconcileResult {
  let { deployment, sets } = syncRevision(context, found, { sets: all, creates: false });
  if (scaleDownOldSets(context, deployment, sets)) return syncRolloutStatus(context, deployment, sets);
  if (doOldPodsRun(context, sets)) return syncRolloutStatus(context, deployment, sets);
  if (!sets.fresh) ({ deployment, sets } = syncRevision(context, deployment, { sets: all, creates: true }));
  if (sets.fresh) sets.fresh = scaleSet(context, deployment, sets.fresh, deploymentReplicas(deployment));
  if (isComplete(deployment, deployment.status)) cleanUp(context, deployment, sets);
  return syncRolloutStatus(context, deployment, sets);
}

function doOldPodsRun({ client }: ControllerContext, { old }: Sets): boolean {
  if (sumStatus(old, 'replicas') > 0) return true;
  return old.some((set) =>
    client.byIndex(podResource, CONTROLLER_INDEX, set.metadata.uid ?? '').some((pod) => !isPodFinished(pod)),
  );
}

function cleanUp({ client }: ControllerContext, deployment: Deployment, sets: Sets): void {
  for (const set of revisionsToRemove(deployment, sets)) {
    try {
      const { namespace, name } = set.metadata;
      client.delete(replicaSet, { namespace, name }, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
