// Garbage collection: deletes what no living object owns any more; orphans or waits for dependents when the deleter asked to.
// Called by: controllers/manager.ts through the index. Must not know: any kind's inside.
import { clone, deepEqual, isDeleting, keyString, parseKey } from '../machinery/meta.ts';
import { isConflict, isNotFound } from '../machinery/status.ts';
import { groupResourceString, parseGroupVersion, type KubeObject, type OwnerReference } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { resourceDefinitions } from '../resources/index.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext, ControllerIndex } from './controller.ts';

const OWNER_INDEX = 'ownerUid';
const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** Events are not collected: they live for an hour. */
const COLLECTED = resourceDefinitions.filter(
  ({ kind, virtual, isReview }) => kind !== 'Event' && !virtual && !isReview,
);
const BY_RESOURCE = new Map(COLLECTED.map((definition) => [groupResourceString(definition.gvr), definition]));
const BY_KIND = new Map(COLLECTED.map((definition) => [`${definition.gvr.group}/${definition.kind}`, definition]));

interface Item {
  definition: ResourceDefinition;
  object: KubeObject;
}

function itemKey(definition: ResourceDefinition, key: { namespace?: string | undefined; name: string }): string {
  return `${groupResourceString(definition.gvr)} ${keyString(key)}`;
}

function dependentsOf({ client, customResources }: ControllerContext, { metadata }: KubeObject): Item[] {
  const uid = metadata.uid ?? '';
  return [...COLLECTED, ...customResources()].flatMap((definition) =>
    client.byIndex(definition, OWNER_INDEX, uid).map((object) => ({ definition, object })),
  );
}

function ownerDefinition(
  { customResources }: ControllerContext,
  { apiVersion, kind }: OwnerReference,
): ResourceDefinition | undefined {
  const { group } = parseGroupVersion(apiVersion);
  return (
    BY_KIND.get(`${group}/${kind}`) ??
    customResources().find((definition) => definition.gvr.group === group && definition.kind === kind)
  );
}

function resourceDefinition({ customResources }: ControllerContext, resource: string): ResourceDefinition | undefined {
  return (
    BY_RESOURCE.get(resource) ??
    customResources().find((definition) => groupResourceString(definition.gvr) === resource)
  );
}

/** Returns the living owner that a reference of an object names, or why it has none. */
function resolveOwner(
  context: ControllerContext,
  object: KubeObject,
  ref: OwnerReference,
): Item | 'absent' | 'unknown' {
  const definition = ownerDefinition(context, ref);
  if (!definition) return 'unknown';
  const namespace = definition.namespaced ? object.metadata.namespace : undefined;
  const owner = context.client.get(definition, { namespace, name: ref.name });
  return owner?.metadata.uid === ref.uid ? { definition, object: owner } : 'absent';
}

function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) ?? false;
}
function isWaitingForDependents(object: KubeObject): boolean {
  return isDeleting(object) && hasFinalizer(object, FOREGROUND);
}

/** Enqueues the owners that wait for this object to go. */
function waitingOwners(context: ControllerContext, object: KubeObject, refs: readonly OwnerReference[]): string[] {
  return refs.flatMap((ref) => {
    const owner = resolveOwner(context, object, ref);
    return typeof owner === 'object' && isWaitingForDependents(owner.object)
      ? [itemKey(owner.definition, owner.object.metadata)]
      : [];
  });
}

function enqueue(event: StoredEvent, context: ControllerContext): Iterable<string> {
  const { object, previous, type } = event;
  const refs = object.metadata.ownerReferences ?? [];
  if (type === 'DELETED') {
    // A kind that users define may be gone with its last object: who looks for the owner later would not know the kind.
    const absent = BY_RESOURCE.has(event.resource) ? '' : ` ${object.metadata.uid ?? ''}`;
    const dependents = dependentsOf(context, object).map(
      (item) => itemKey(item.definition, item.object.metadata) + absent,
    );
    return [...dependents, ...waitingOwners(context, object, refs)];
  }
  const definition = resourceDefinition(context, event.resource);
  if (!definition) return [];
  const oldRefs = previous?.metadata.ownerReferences ?? [];
  const isOwned = refs.length > 0 && (!previous || !deepEqual(refs, oldRefs));
  const lost = oldRefs.filter((old) => !refs.some((ref) => deepEqual(ref, old)));
  const keys = lost.length > 0 ? waitingOwners(context, object, lost) : [];
  if (isOwned || (isDeleting(object) && (hasFinalizer(object, ORPHAN) || hasFinalizer(object, FOREGROUND))))
    keys.push(itemKey(definition, object.metadata));
  return keys;
}

function ownerIndex(definition: ResourceDefinition): ControllerIndex {
  const index = ({ metadata }: KubeObject) => (metadata.ownerReferences ?? []).map(({ uid }) => uid);
  return { definition, name: OWNER_INDEX, index };
}

/** Upstream: kubernetes pkg/controller/garbagecollector. */
export const garbageCollector: Controller = {
  name: 'garbage-collector-controller',
  watches: COLLECTED.map((definition) => ({ definition, enqueue })),
  indexes: COLLECTED.map(ownerIndex),
  custom: { watch: (definition) => ({ definition, enqueue }), index: ownerIndex },
  reconcile(context, key) {
    const [resource = '', objectKey = '', absentUid] = key.split(' ');
    const definition = resourceDefinition(context, resource);
    const object = definition && context.client.get(definition, parseKey(objectKey));
    if (!definition || !object) return;
    try {
      if (isDeleting(object) && hasFinalizer(object, ORPHAN)) orphanDependents(context, { definition, object });
      else if (isWaitingForDependents(object)) deleteDependents(context, { definition, object });
      else if (!isDeleting(object)) deleteIfUnowned(context, { definition, object }, absentUid);
    } catch (error) {
      // Somebody was faster; what they did is an event that leads here again.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  },
};

/** Upstream: garbagecollector.go attemptToOrphan. */
function orphanDependents(context: ControllerContext, item: Item): void {
  const uid = item.object.metadata.uid ?? '';
  for (const dependent of dependentsOf(context, item.object)) removeReferences(context, dependent, [uid]);
  removeFinalizer(context, item, ORPHAN);
}

/** Foreground deletion: the object goes after those dependents that block it. Upstream: processDeletingDependentsItem. */
function deleteDependents(context: ControllerContext, item: Item): void {
  const uid = item.object.metadata.uid ?? '';
  for (const dependent of dependentsOf(context, item.object))
    if (!isDeleting(dependent.object)) deleteIfUnowned(context, dependent);
  const isBlocked = dependentsOf(context, item.object).some(({ object }) =>
    object.metadata.ownerReferences?.some((ref) => ref.uid === uid && ref.blockOwnerDeletion),
  );
  if (!isBlocked) removeFinalizer(context, item, FOREGROUND);
}

/** Upstream: garbagecollector.go attemptToDeleteItem. */
function deleteIfUnowned(context: ControllerContext, item: Item, absentUid?: string): void {
  const refs = item.object.metadata.ownerReferences ?? [];
  if (refs.length === 0) return;
  const dangling: string[] = [];
  const waiting: string[] = [];
  let isOwned = false;
  for (const ref of refs) {
    const owner = ref.uid === absentUid ? 'absent' : resolveOwner(context, item.object, ref);
    if (owner === 'absent') dangling.push(ref.uid);
    else if (typeof owner === 'object' && isWaitingForDependents(owner.object)) waiting.push(ref.uid);
    else isOwned = true;
  }
  if (isOwned) {
    if (dangling.length + waiting.length > 0) removeReferences(context, item, [...dangling, ...waiting]);
    return;
  }
  const { uid, namespace, name } = item.object.metadata;
  const hasDependents = waiting.length > 0 && dependentsOf(context, item.object).length > 0;
  const propagationPolicy = hasFinalizer(item.object, ORPHAN)
    ? 'Orphan'
    : hasDependents || hasFinalizer(item.object, FOREGROUND)
      ? 'Foreground'
      : 'Background';
  const preconditions = uid === undefined ? {} : { preconditions: { uid } };
  context.client.delete(item.definition, { namespace, name }, { propagationPolicy, ...preconditions });
}

function removeReferences({ client }: ControllerContext, { definition, object }: Item, uids: readonly string[]): void {
  const changed = clone(object);
  const left = changed.metadata.ownerReferences?.filter(({ uid }) => !uids.includes(uid)) ?? [];
  if (left.length > 0) changed.metadata.ownerReferences = left;
  else delete changed.metadata.ownerReferences;
  client.update(definition, changed);
}

function removeFinalizer({ client }: ControllerContext, { definition, object }: Item, finalizer: string): void {
  const changed = clone(object);
  const left = changed.metadata.finalizers?.filter((f) => f !== finalizer) ?? [];
  if (left.length > 0) changed.metadata.finalizers = left;
  else delete changed.metadata.finalizers;
  client.update(definition, changed);
}
