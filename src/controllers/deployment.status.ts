// A Deployment's status: its counts and its conditions Available, Progressing and ReplicaFailure.
// Called by: deployment.*.ts. Must not know: how sets are scaled.
import { formatTime, parseTime } from '../machinery/clock.ts';
import { clone } from '../machinery/meta.ts';
import { deployment as deploymentResource, type Deployment } from '../resources/deployment.ts';
import type { ControllerContext, ReconcileResult } from './controller.ts';
import {
  allSets,
  deploymentReplicas,
  maxUnavailable,
  sumStatus,
  sumWanted,
  type Sets,
} from './deployment.replicasets.ts';

export type DeploymentStatus = Deployment['status'] & { terminatingReplicas?: number };
type Condition = NonNullable<DeploymentStatus['conditions']>[number];

/** Upstream: MaxInt32 means that there is no deadline. */
const NO_DEADLINE = 2147483647;

export function hasProgressDeadline(deployment: Deployment): boolean {
  const { progressDeadlineSeconds } = deployment.spec;
  return progressDeadlineSeconds !== undefined && progressDeadlineSeconds !== NO_DEADLINE;
}

export function conditionOf(status: DeploymentStatus, type: string): Condition | undefined {
  return status.conditions?.find((condition) => condition.type === type);
}

export interface ConditionText {
  type: 'Available' | 'Progressing' | 'ReplicaFailure';
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
}

/**
 * Puts a condition in place unless status and reason stay the same; it moves to the end. Changes `status`.
 * `isRenewed`: the time of the last update moves even so. Upstream: deploymentutil.SetDeploymentCondition.
 */
export function setCondition(
  status: DeploymentStatus,
  condition: ConditionText,
  { nowMs, isRenewed = false }: { nowMs: number; isRenewed?: boolean },
): void {
  const old = conditionOf(status, condition.type);
  if (!isRenewed && old?.status === condition.status && old.reason === condition.reason) return;
  const now = formatTime(nowMs);
  const lastTransitionTime = old?.status === condition.status ? old.lastTransitionTime : now;
  const { type, status: value, reason, message } = condition;
  status.conditions = [
    ...(status.conditions ?? []).filter((c) => c.type !== type),
    { type, status: value, lastUpdateTime: now, lastTransitionTime: lastTransitionTime ?? now, reason, message },
  ];
}

function removeCondition(status: DeploymentStatus, type: string): void {
  const rest = status.conditions?.filter((condition) => condition.type !== type) ?? [];
  if (rest.length > 0) status.conditions = rest;
  else delete status.conditions;
}

function withoutZeros(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0));
}

/** Returns the status that the sets add up to. Upstream: kubernetes pkg/controller/deployment/sync.go calculateStatus. */
export function calculateStatus(deployment: Deployment, sets: Sets, nowMs: number): DeploymentStatus {
  const all = allSets(sets);
  const available = sumStatus(all, 'availableReplicas');
  const { collisionCount, conditions } = deployment.status;
  const status: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...withoutZeros({
      replicas: sumStatus(all, 'replicas'),
      updatedReplicas: sets.fresh ? sumStatus([sets.fresh], 'replicas') : 0,
      readyReplicas: sumStatus(all, 'readyReplicas'),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, sumWanted(all) - available),
    }),
    terminatingReplicas: sumStatus(all, 'terminatingReplicas'),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions ? { conditions: clone(conditions) } : {}),
  };
  const isAvailable = available >= deploymentReplicas(deployment) - maxUnavailable(deployment);
  setCondition(
    status,
    isAvailable
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    { nowMs },
  );
  return status;
}

/** Returns true when the rollout is done. Upstream: deploymentutil.DeploymentComplete. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = deploymentReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 1)
  );
}

function hasProgressed(old: DeploymentStatus, status: DeploymentStatus): boolean {
  const outdated = (s: DeploymentStatus) => (s.replicas ?? 0) - (s.updatedReplicas ?? 0);
  const rises = (field: 'updatedReplicas' | 'readyReplicas' | 'availableReplicas') =>
    (status[field] ?? 0) > (old[field] ?? 0);
  return (
    rises('updatedReplicas') || outdated(status) < outdated(old) || rises('readyReplicas') || rises('availableReplicas')
  );
}

/** Returns the instant (ms) at which a rollout without progress has failed, or undefined when none is under way. */
function deadlineMs(deployment: Deployment, status: DeploymentStatus): number | undefined {
  const condition = conditionOf(status, 'Progressing');
  const fromMs = parseTime(condition?.lastUpdateTime);
  if (!hasProgressDeadline(deployment) || fromMs === undefined) return undefined;
  if (condition?.reason === 'NewReplicaSetAvailable' || condition?.reason === 'ProgressDeadlineExceeded')
    return undefined;
  return fromMs + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000;
}

function progressCondition(
  deployment: Deployment,
  sets: Sets,
  what: 'done' | 'progressing' | 'timedOut',
): ConditionText {
  const subject = sets.fresh ? `ReplicaSet "${sets.fresh.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const type = 'Progressing';
  if (what === 'done')
    return {
      type,
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `${subject} has successfully progressed.`,
    };
  if (what === 'progressing')
    return { type, status: 'True', reason: 'ReplicaSetUpdated', message: `${subject} is progressing.` };
  return {
    type,
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: `${subject} has timed out progressing.`,
  };
}

/** The failure of the new set, else of an old one. Upstream: progress.go getReplicaFailures. */
function setReplicaFailure(status: DeploymentStatus, sets: Sets, nowMs: number): void {
  const failures = [sets.fresh, ...sets.old].map((set) =>
    set?.status.conditions?.find((c) => c.type === 'ReplicaFailure'),
  );
  const failure = failures.find((condition) => condition !== undefined);
  if (!failure) {
    removeCondition(status, 'ReplicaFailure');
    return;
  }
  const { reason = '', message = '' } = failure;
  setCondition(status, { type: 'ReplicaFailure', status: failure.status as 'True', reason, message }, { nowMs });
}

/** Writes the status of a rollout and returns when its deadline is. Upstream: progress.go syncRolloutStatus. */
export function syncRolloutStatus(context: ControllerContext, deployment: Deployment, sets: Sets): ReconcileResult {
  const { nowMs } = context;
  const status = calculateStatus(deployment, sets, nowMs);
  const current = conditionOf(deployment.status, 'Progressing');
  if (!hasProgressDeadline(deployment)) removeCondition(status, 'Progressing');
  const isIdle =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (hasProgressDeadline(deployment) && !isIdle) {
    if (isComplete(deployment, status)) setCondition(status, progressCondition(deployment, sets, 'done'), { nowMs });
    else if (hasProgressed(deployment.status, status))
      setCondition(status, progressCondition(deployment, sets, 'progressing'), { nowMs, isRenewed: true });
    else if ((deadlineMs(deployment, deployment.status) ?? Number.POSITIVE_INFINITY) < nowMs)
      setCondition(status, progressCondition(deployment, sets, 'timedOut'), { nowMs });
  }
  setReplicaFailure(status, sets, nowMs);
  writeStatus(context, deployment, status);
  const atMs = isComplete(deployment, status) ? undefined : deadlineMs(deployment, status);
  return atMs === undefined ? {} : { requeueAtMs: Math.max(atMs + 1000, nowMs + 1), isBackground: true };
}

/** Writes the status of a Deployment that is scaled or paused. Upstream: sync.go syncDeploymentStatus. */
export function syncStatus(context: ControllerContext, deployment: Deployment, sets: Sets): ReconcileResult {
  writeStatus(context, deployment, calculateStatus(deployment, sets, context.nowMs));
  return {};
}

/** Writes status, and with it the annotations of `deployment` (its revision). Returns what is stored. */
export function writeStatus(
  { client }: ControllerContext,
  deployment: Deployment,
  status: DeploymentStatus,
): Deployment {
  const changed = clone(deployment);
  changed.status = status;
  return client.updateStatus(deploymentResource, changed);
}
