// The new ReplicaSet of a Deployment and the revisions that annotations number.
// Called by: deployment.ts. Must not know: strategies.
import { clone, deepEqual, newControllerRef } from '../machinery/meta.ts';
import { templateHash } from '../machinery/random.ts';
import { isAlreadyExists, StatusError } from '../machinery/status.ts';
import type { Deployment } from '../resources/deployment.ts';
import { replicaSet, type ReplicaSet } from '../resources/replicaset.ts';
import type { ControllerContext } from './controller.ts';
import {
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  POD_TEMPLATE_HASH,
  REVISION,
  REVISION_HISTORY,
  revisionOf,
  setReplicasAnnotations,
  splitSets,
  type Sets,
} from './deployment.replicasets.ts';
import { newSetSize } from './deployment.scale.ts';
import {
  conditionOf,
  hasProgressDeadline,
  setCondition,
  writeStatus,
  type ConditionText,
} from './deployment.status.ts';
import { isNamespaceTerminating } from './podcontrol.ts';

/** Annotations of a Deployment that are not copied to its sets. */
const NOT_COPIED: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
];
const MAX_HISTORY_LENGTH = 2000;

export interface Revisioned {
  deployment: Deployment;
  sets: Sets;
}

/** Brings the annotations of the new set up to date. Returns whether they changed. Changes `set`. Upstream: SetNewReplicaSetAnnotations. */
function setAnnotations(deployment: Deployment, set: ReplicaSet, revision: number): boolean {
  const old = set.metadata.annotations ?? {};
  const annotations = { ...old };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!NOT_COPIED.includes(key)) annotations[key] = value;
  const oldRevision = revisionOf(set);
  if (oldRevision < revision) {
    annotations[REVISION] = String(revision);
    if (old[REVISION] !== undefined) {
      const history = (old[REVISION_HISTORY] ?? '').split(',').filter((r) => r !== '');
      history.push(old[REVISION]);
      while (history.join(',').length > MAX_HISTORY_LENGTH) history.shift();
      annotations[REVISION_HISTORY] = history.join(',');
    }
  }
  set.metadata.annotations = annotations;
  return !deepEqual(old, annotations);
}

/**
 * Returns the sets with their revisions in order, creating the new set when `creates` and it is missing, and the Deployment as
 * stored afterwards. Upstream: kubernetes pkg/controller/deployment/sync.go getAllReplicaSetsAndSyncRevision.
 */
export function syncRevision(
  context: ControllerContext,
  deployment: Deployment,
  options: { sets: readonly ReplicaSet[]; creates: boolean },
): Revisioned {
  const sets = splitSets(deployment, options.sets);
  const revision = Math.max(0, ...sets.old.map(revisionOf)) + 1;
  if (sets.fresh) return keepNewSet(context, deployment, { fresh: sets.fresh, old: sets.old }, revision);
  return options.creates ? createNewSet(context, deployment, sets, revision) : { deployment, sets };
}

function keepNewSet(
  context: ControllerContext,
  deployment: Deployment,
  { fresh, old }: { fresh: ReplicaSet; old: ReplicaSet[] },
  revision: number,
): Revisioned {
  const changed = clone(fresh);
  const isAnnotated = setAnnotations(deployment, changed, revision);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  let stored = fresh;
  if (isAnnotated || (fresh.spec.minReadySeconds ?? 0) !== minReadySeconds) {
    if (minReadySeconds > 0) changed.spec.minReadySeconds = minReadySeconds;
    else delete changed.spec.minReadySeconds;
    stored = context.client.update(replicaSet, changed);
  }
  const found: ConditionText = {
    type: 'Progressing',
    status: 'True',
    reason: 'FoundNewReplicaSet',
    message: `Found new replica set "${fresh.metadata.name}"`,
  };
  const isNew = hasProgressDeadline(deployment) && !conditionOf(deployment.status, 'Progressing');
  const written = writeRevision(
    context,
    deployment,
    stored.metadata.annotations?.[REVISION],
    isNew ? found : undefined,
  );
  return { deployment: written, sets: { fresh: stored, old } };
}

/** Puts the revision of the new set, and a condition, into the Deployment. */
function writeRevision(
  context: ControllerContext,
  deployment: Deployment,
  revision: string | undefined,
  condition: ConditionText | undefined,
): Deployment {
  if (deployment.metadata.annotations?.[REVISION] === revision && !condition) return deployment;
  const changed = clone(deployment);
  if (revision !== undefined) changed.metadata.annotations = { ...changed.metadata.annotations, [REVISION]: revision };
  if (condition) setCondition(changed.status, condition, { nowMs: context.nowMs });
  return writeStatus(context, changed, changed.status);
}

function newSet(deployment: Deployment, old: ReplicaSet[], revision: number): ReplicaSet {
  const template = clone(deployment.spec.template);
  const hash = templateHash(template, deployment.status.collisionCount ?? 0);
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  template.metadata = { ...template.metadata, labels };
  const { selector } = deployment.spec;
  const { name, namespace } = deployment.metadata;
  const set: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace ? { namespace } : {}),
      labels: { ...labels },
      ownerReferences: [newControllerRef(deployment)],
    },
    spec: {
      replicas: 0,
      ...(deployment.spec.minReadySeconds ? { minReadySeconds: deployment.spec.minReadySeconds } : {}),
      selector: { ...clone(selector), matchLabels: { ...selector.matchLabels, [POD_TEMPLATE_HASH]: hash } },
      template,
    },
    status: { replicas: 0 },
  };
  set.spec.replicas = newSetSize(deployment, { fresh: set, old });
  setAnnotations(deployment, set, revision);
  setReplicasAnnotations(set, deployment);
  return set;
}

function createNewSet(context: ControllerContext, deployment: Deployment, { old }: Sets, revision: number): Revisioned {
  const set = newSet(deployment, old, revision);
  let created: ReplicaSet;
  try {
    created = context.client.create(replicaSet, set);
  } catch (error) {
    if (isAlreadyExists(error)) return countCollision(context, deployment, error);
    if (error instanceof StatusError && !isNamespaceTerminating(error)) writeFailure(context, deployment, set, error);
    throw error;
  }
  const { name } = created.metadata;
  const size = created.spec.replicas ?? 0;
  if (size > 0)
    context.recorder.event(
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled up replica set ${name} from 0 to ${size}`,
    );
  const condition: ConditionText = {
    type: 'Progressing',
    status: 'True',
    reason: 'NewReplicaSetCreated',
    message: `Created new replica set "${name}"`,
  };
  const isTracked = hasProgressDeadline(deployment);
  const written = writeRevision(context, deployment, String(revision), isTracked ? condition : undefined);
  return { deployment: written, sets: { fresh: created, old } };
}

/** Another set has the name: the next hash is tried. The status write brings the Deployment back into the queue. */
function countCollision(context: ControllerContext, deployment: Deployment, error: unknown): never {
  const status = { ...deployment.status, collisionCount: (deployment.status.collisionCount ?? 0) + 1 };
  writeStatus(context, deployment, status);
  throw error;
}

function writeFailure(context: ControllerContext, deployment: Deployment, set: ReplicaSet, error: StatusError): void {
  if (!hasProgressDeadline(deployment)) return;
  const status = clone(deployment.status);
  const message = `Failed to create new replica set "${set.metadata.name}": ${error.message}`;
  const condition: ConditionText = { type: 'Progressing', status: 'False', reason: 'FailedCreate', message };
  setCondition(status, condition, { nowMs: context.nowMs });
  writeStatus(context, deployment, status);
}

/** Returns every set, oldest revision first, that clean-up may remove: not wanted, not running, seen by its controller. */
export function revisionsToRemove(deployment: Deployment, { old }: Sets): ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit;
  if (limit === undefined) return [];
  const cleanable = old.filter((set) => set.metadata.deletionTimestamp === undefined);
  const surplus = cleanable.length - limit;
  if (surplus <= 0) return [];
  return cleanable
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, surplus)
    .filter(
      ({ spec, status, metadata }) =>
        (spec.replicas ?? 1) === 0 &&
        (status.replicas ?? 0) === 0 &&
        (metadata.generation ?? 1) <= (status.observedGeneration ?? 0),
    );
}
