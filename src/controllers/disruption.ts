// PodDisruptionBudget: counts the pods that a budget covers and how many of them may go.
// Called by: controllers/manager.ts through the index. Must not know: evictions, which take from what it allows.
import { formatTime, parseTime } from '../machinery/clock.ts';
import { clone, controllerOf, deepEqual, isDeleting, keyOf, parseKey } from '../machinery/meta.ts';
import { parseGroupVersion, type KubeObject, type OwnerReference } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { resourceDefinitions } from '../resources/index.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import {
  disruptionAllowedConditions,
  podDisruptionBudget,
  withCondition,
  type PodDisruptionBudget,
} from '../resources/poddisruptionbudget.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext, ReconcileResult } from './controller.ts';
import { selects, self } from './enqueue.ts';
import { resolveIntOrPercent } from './intstr.ts';
import { isPodReady } from './podstate.ts';

/** A pod whose eviction was granted and that is still there after so long counts again. */
const DELETION_TIMEOUT_MS = 120_000;

function enqueueForPod({ object, previous }: StoredEvent, { client }: ControllerContext): Iterable<string> {
  return client
    .list(podDisruptionBudget, object.metadata.namespace)
    .filter(({ spec }) => selects(spec.selector, object) || (previous && selects(spec.selector, previous)))
    .map(keyOf);
}

/** Upstream: kubernetes pkg/controller/disruption/disruption.go. Its events name the program, not the controller. */
export const disruptionController: Controller = {
  name: 'controllermanager',
  watches: [
    { definition: podDisruptionBudget, enqueue: self },
    { definition: podResource, enqueue: enqueueForPod, resync: () => [] },
  ],
  reconcile(context, key) {
    const budget = context.client.get(podDisruptionBudget, parseKey(key));
    return budget && sync(context, budget);
  },
};

/** Why the pods a budget covers cannot be counted. */
class CountError extends Error {}

function sync(context: ControllerContext, budget: PodDisruptionBudget): ReconcileResult {
  const { client, recorder, nowMs } = context;
  const pods = client.list(podResource, budget.metadata.namespace).filter((pod) => selects(budget.spec.selector, pod));
  if (pods.length === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
  try {
    const counts = expectedCounts(context, budget, pods);
    const { disruptedPods, recheckAtMs } = disrupted(context, budget, pods);
    const healthy = pods.filter((pod) => !isDeleting(pod) && !disruptedPods[pod.metadata.name] && isPodReady(pod));
    updateStatus(context, budget, { ...counts, healthy: healthy.length, disruptedPods });
    return recheckAtMs === undefined ? {} : { requeueAtMs: recheckAtMs, isBackground: true };
  } catch (error) {
    if (!(error instanceof CountError)) throw error;
    const message = `Failed to calculate the number of expected pods: ${error.message}`;
    recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
    const changed = clone(budget);
    changed.status.disruptionsAllowed = 0;
    const failed = { status: 'False', reason: 'SyncFailed', message: error.message };
    changed.status.conditions = withCondition(changed.status, formatTime(nowMs), failed);
    client.updateStatus(podDisruptionBudget, changed);
    return {};
  }
}

/** Upstream: getExpectedPodCount. */
function expectedCounts(
  context: ControllerContext,
  { spec }: PodDisruptionBudget,
  pods: readonly Pod[],
): { expected: number; desired: number } {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable !== undefined) {
    const expected = expectedScale(context, pods);
    return { expected, desired: Math.max(0, expected - resolveIntOrPercent(maxUnavailable, expected, 'up')) };
  }
  if (typeof minAvailable === 'number') return { expected: pods.length, desired: minAvailable };
  if (minAvailable === undefined) return { expected: 0, desired: 0 };
  const expected = expectedScale(context, pods);
  return { expected, desired: resolveIntOrPercent(minAvailable, expected, 'up') };
}

/** Returns how many pods the controllers of these pods want; pods without one count for nothing. Upstream: getExpectedScale. */
function expectedScale(context: ControllerContext, pods: readonly Pod[]): number {
  const scales = new Map<string, number>();
  const seen = new Set<string>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (!owner || seen.has(owner.uid)) continue;
    seen.add(owner.uid);
    const found = scaleOf(context, owner, pod);
    if (!found) throw new CountError(`found no controllers for pod "${pod.metadata.name}"`);
    scales.set(found.uid, found.scale);
  }
  return [...scales.values()].reduce((sum, scale) => sum + scale, 0);
}

function definitionOf(
  { customResources }: ControllerContext,
  { apiVersion, kind }: OwnerReference,
): ResourceDefinition | undefined {
  const { group } = parseGroupVersion(apiVersion);
  const isMeant = (definition: ResourceDefinition) => definition.kind === kind && definition.gvr.group === group;
  return resourceDefinitions.find(isMeant) ?? customResources().find(isMeant);
}

/** Returns the scale of a pod's controller, or of the Deployment whose ReplicaSet that is. */
function scaleOf(context: ControllerContext, owner: OwnerReference, { metadata: { namespace } }: Pod) {
  const find = (reference: OwnerReference): Scaled | undefined => {
    const definition = definitionOf(context, reference);
    if (definition && !definition.scale) {
      const { resource, group } = definition.gvr;
      throw new CountError(`${resource}.${group} does not implement the scale subresource`);
    }
    const found = definition && context.client.get(definition, { namespace, name: reference.name });
    if (!found || found.metadata.uid !== reference.uid) return undefined;
    return { object: found, path: definition.scale?.specReplicasPath ?? '' };
  };
  const controller = find(owner);
  const outer = controller && owner.kind === 'ReplicaSet' ? controllerOf(controller.object) : undefined;
  const scaled = outer?.kind === 'Deployment' ? find(outer) : controller;
  if (!scaled) return undefined;
  const fields = scaled.path.split('.');
  const scale = fields.reduce(
    (at: unknown, field) => (at as Record<string, unknown> | undefined)?.[field],
    scaled.object,
  );
  return { uid: scaled.object.metadata.uid ?? '', scale: (scale as number | undefined) ?? 0 };
}

/** An object, and where its number of replicas is. */
interface Scaled {
  object: KubeObject;
  path: string;
}

/** Returns the evictions that were granted and have not shown yet. Upstream: buildDisruptedPodMap. */
function disrupted({ recorder, nowMs }: ControllerContext, budget: PodDisruptionBudget, pods: readonly Pod[]) {
  const disruptedPods: Record<string, string> = {};
  let recheckAtMs: number | undefined;
  for (const pod of pods) {
    const { name, namespace } = pod.metadata;
    const since = budget.status.disruptedPods?.[name];
    if (isDeleting(pod) || since === undefined) continue;
    const dueMs = (parseTime(since) ?? 0) + DELETION_TIMEOUT_MS;
    if (dueMs < nowMs) {
      const subject = `Pod was expected by PDB ${namespace}/${budget.metadata.name} to be deleted but it wasn't`;
      recorder.event(pod, 'Warning', 'NotDeleted', subject);
      continue;
    }
    disruptedPods[name] = since;
    // Due only once the time is over.
    recheckAtMs = Math.min(recheckAtMs ?? dueMs + 1, dueMs + 1);
  }
  return { disruptedPods, recheckAtMs };
}

interface Counts {
  expected: number;
  desired: number;
  healthy: number;
  disruptedPods: Record<string, string>;
}

/** Upstream: updatePdbStatus. */
function updateStatus(
  { client, nowMs }: ControllerContext,
  budget: PodDisruptionBudget,
  { expected, desired, healthy, disruptedPods }: Counts,
): void {
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
  const changed = clone(budget);
  changed.status = {
    currentHealthy: healthy,
    desiredHealthy: desired,
    disruptionsAllowed: allowed,
    expectedPods: expected,
    ...(Object.keys(disruptedPods).length > 0 ? { disruptedPods } : {}),
    observedGeneration: budget.metadata.generation ?? 1,
    ...(budget.status.conditions ? { conditions: budget.status.conditions } : {}),
  };
  changed.status.conditions = disruptionAllowedConditions(changed, formatTime(nowMs));
  if (!deepEqual(changed.status, budget.status)) client.updateStatus(podDisruptionBudget, changed);
}
