// Namespace: removes everything in a namespace that is being deleted, pods first, then lets it go.
// Called by: controllers/manager.ts through the index. Must not know: any kind's inside.
import { formatTime, parseTime } from '../machinery/clock.ts';
import { clone, deepEqual, isDeleting } from '../machinery/meta.ts';
import { isConflict, isNotFound, StatusError } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import { resourceDefinitions } from '../resources/index.ts';
import { namespace as namespaceResource, type Namespace } from '../resources/namespace.ts';
import { pod as podResource } from '../resources/pod.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { self } from './enqueue.ts';

/** The finalizer in spec.finalizers that is this controller's. */
const FINALIZER = 'kubernetes';

/** After the first look come others every eight seconds, as long as something has changed. */
const RETRY_MS = 8000;

const NAMESPACED = resourceDefinitions.filter(
  ({ namespaced, virtual, isReview }) => namespaced && !virtual && !isReview,
);
const BUILT_IN = NAMESPACED.filter(({ kind }) => kind !== podResource.kind);

function othersThanPods({ customResources }: ControllerContext): readonly ResourceDefinition[] {
  return [...BUILT_IN, ...customResources().filter(({ namespaced }) => namespaced)];
}

/** What happens in a namespace concerns this controller only once the namespace is going. */
function enqueueTerminating(event: StoredEvent, { client }: ControllerContext): Iterable<string> {
  const name = event.object.metadata.namespace ?? '';
  const owner = client.get(namespaceResource, { name });
  return owner && isDeleting(owner) ? [name] : [];
}

/** Upstream: kubernetes pkg/controller/namespace/deletion/namespaced_resources_deleter.go. */
export const namespaceController: Controller = {
  name: 'namespace-controller',
  watches: [
    { definition: namespaceResource, enqueue: self },
    ...NAMESPACED.map((definition) => ({ definition, enqueue: enqueueTerminating, resync: () => [] })),
  ],
  custom: { watch: (definition) => ({ definition, enqueue: enqueueTerminating, resync: () => [] }) },
  reconcile(context, name) {
    const { client, nowMs } = context;
    const found = client.get(namespaceResource, { name });
    if (!found || !isDeleting(found) || !found.spec.finalizers?.includes(FINALIZER)) return;
    const sinceMs = nowMs - (parseTime(found.metadata.deletionTimestamp) ?? nowMs);
    const isFirst = !found.status.conditions?.some(({ type }) => type === 'NamespaceContentRemaining');
    if (isFirst || sinceMs % RETRY_MS === 0) removeContent(context, found, name);
    else if (hasWork(context, found, name)) return { requeueAtMs: nowMs - (sinceMs % RETRY_MS) + RETRY_MS };
  },
};

/** Pods first; the rest once they have gone. */
function removeContent(context: ControllerContext, found: Namespace, name: string): void {
  const pods = deleteAll(context, podResource, name);
  const isPodless = pods.count === 0;
  const rest = isPodless ? othersThanPods(context).map((definition) => deleteAll(context, definition, name)) : [];
  const remaining = rest.filter(({ count }) => count > 0);
  const errors = [pods, ...rest].flatMap((each) => each.errors);
  writeConditions(context, found, conditionsFor(remaining, errors));
  if (isPodless && remaining.length === 0) finalize(context, name);
}

/** Returns whether a look now would do or say something new. */
function hasWork(context: ControllerContext, found: Namespace, name: string): boolean {
  const { client } = context;
  const others = othersThanPods(context);
  const pods = remainingOf(client.list(podResource, name), podResource);
  const kinds = pods.count > 0 ? [podResource] : others;
  if (kinds.some((definition) => client.list(definition, name).some((object) => !isDeleting(object)))) return true;
  const rest = pods.count > 0 ? [] : others.map((definition) => remainingOf(client.list(definition, name), definition));
  const remaining = rest.filter(({ count }) => count > 0);
  if (pods.count === 0 && remaining.length === 0) return true;
  return conditionsFor(remaining, []).some(
    (wanted) =>
      !found.status.conditions?.some(
        ({ type, status, reason, message }) =>
          type === wanted.type && status === wanted.status && reason === wanted.reason && message === wanted.message,
      ),
  );
}

interface Remaining {
  definition: ResourceDefinition;
  count: number;
  finalizers: Map<string, number>;
  errors: string[];
}

/** Deletes every object of a kind and returns what is still there. */
function deleteAll({ client }: ControllerContext, definition: ResourceDefinition, namespace: string): Remaining {
  const errors: string[] = [];
  for (const { metadata } of client.list(definition, namespace).filter((object) => !isDeleting(object))) {
    try {
      client.delete(definition, { namespace, name: metadata.name }, { propagationPolicy: 'Background' });
    } catch (error) {
      if (isNotFound(error)) continue;
      if (!(error instanceof StatusError)) throw error;
      errors.push(error.message);
    }
  }
  return { ...remainingOf(client.list(definition, namespace), definition), errors };
}

function remainingOf(left: readonly KubeObject[], definition: ResourceDefinition): Remaining {
  const finalizers = new Map<string, number>();
  for (const { metadata } of left)
    for (const finalizer of metadata.finalizers ?? []) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  return { definition, count: left.length, finalizers, errors: [] };
}

interface Condition {
  type: string;
  status: 'True' | 'False';
  reason: string;
  message: string;
}

function no(type: string, reason: string, message: string): Condition {
  return { type, status: 'False', reason, message };
}
function yes(type: string, reason: string, message: string): Condition {
  return { type, status: 'True', reason, message };
}

/** Returns the five conditions, in upstream's order. Upstream: deletion/status_condition_utils.go. */
function conditionsFor(remaining: readonly Remaining[], errors: readonly string[]): Condition[] {
  const finalizers = new Map<string, number>();
  for (const { finalizers: counts } of remaining)
    for (const [finalizer, count] of counts) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + count);
  const resources = remaining.map(
    ({ definition: { gvr }, count }) => `${gvr.resource}.${gvr.group} has ${count} resource instances`,
  );
  const kept = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  return [
    no('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
    no(
      'NamespaceDeletionGroupVersionParsingFailure',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    errors.length === 0
      ? no(
          'NamespaceDeletionContentFailure',
          'ContentDeleted',
          'All content successfully deleted, may be waiting on finalization',
        )
      : yes(
          'NamespaceDeletionContentFailure',
          'ContentDeletionFailed',
          `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}`,
        ),
    resources.length === 0
      ? no('NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed')
      : yes(
          'NamespaceContentRemaining',
          'SomeResourcesRemain',
          `Some resources are remaining: ${resources.sort().join(', ')}`,
        ),
    kept.length === 0
      ? no('NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished')
      : yes(
          'NamespaceFinalizersRemaining',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${kept.sort().join(', ')}`,
        ),
  ];
}

function writeConditions({ client, nowMs }: ControllerContext, found: Namespace, wanted: readonly Condition[]): void {
  const old = found.status.conditions ?? [];
  const kept = old.filter(({ type }) => !wanted.some((condition) => condition.type === type));
  const updated = wanted.map((condition) => {
    const before = old.find(({ type }) => type === condition.type);
    const isSame = before?.status === condition.status;
    const { type, status, reason, message } = condition;
    return {
      type,
      status,
      lastTransitionTime: (isSame && before.lastTransitionTime) || formatTime(nowMs),
      reason,
      message,
    };
  });
  const changed = clone(found);
  changed.status = { ...changed.status, phase: 'Terminating', conditions: [...kept, ...updated] };
  if (!deepEqual(changed.status, found.status)) client.updateStatus(namespaceResource, changed);
}

function finalize({ client }: ControllerContext, name: string): void {
  const found = client.get(namespaceResource, { name });
  if (!found) return;
  const changed = clone(found);
  changed.spec.finalizers = (changed.spec.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
  try {
    client.finalize(changed);
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
