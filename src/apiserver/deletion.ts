// Deletion: preconditions, grace periods, finalizers, and what the client is answered.
// Called by: registry.ts. Must not know: HTTP, the garbage collector.
import { formatTime, parseTime } from '../machinery/clock.ts';
import { newConflict, newForbidden, newNotFound, statusSuccess, type Status } from '../machinery/status.ts';
import { clone } from '../machinery/meta.ts';
import { groupResourceString, type KubeObject, type ObjectKey } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { DeleteOptions } from './deleteoptions.ts';
import { isExpired } from './events.ts';
import { finalizersForDeletion, isNamespaceKind, namespaceFinalizers } from './finalizers.ts';
import {
  admit,
  readStored,
  validateAdmission,
  writableMeta,
  type RegistryContext,
  type WriteOptions,
} from './registry.context.ts';

export interface DeleteResult {
  /** The object, for kinds that answer with it and for what is still there; else a Status. */
  result: KubeObject | Status;
  /** False while something keeps the object: a grace period or finalizers. */
  isDeleted: boolean;
}

interface Deletion {
  context: RegistryContext;
  definition: ResourceDefinition;
  resource: string;
  key: ObjectKey;
  deleteOptions: DeleteOptions;
  isDryRun: boolean;
}

// Upstream: the kinds whose storage has ReturnDeletedObject.
const RETURNS_OBJECT: readonly string[] = [
  'namespaces',
  'pods',
  'services',
  'serviceaccounts',
  'persistentvolumes',
  'persistentvolumeclaims',
  'resourcequotas',
  'podtemplates',
  'storageclasses.storage.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
];

/** Upstream: apiserver pkg/registry/generic/registry/store.go Delete and pkg/registry/rest/delete.go BeforeDelete. */
export function deleteFromStore(
  context: RegistryContext,
  definition: ResourceDefinition,
  key: ObjectKey,
  { deleteOptions, options }: { deleteOptions: DeleteOptions; options: WriteOptions },
): DeleteResult {
  const isDryRun = (options.isDryRun ?? false) || (deleteOptions.dryRun ?? []).includes('All');
  const resource = groupResourceString(definition.gvr);
  const attributes = {
    operation: 'DELETE' as const,
    definition,
    subresource: '',
    namespace: key.namespace ?? '',
    name: key.name,
    isDryRun,
    warn: (text: string) => options.warn?.(text),
    revision: context.store.revision,
    ...(options.user ? { user: options.user } : {}),
  };
  admit(context, attributes);
  const stored = context.store.get(resource, key);
  if (!stored || isExpired(definition, stored, context.clock.nowMs())) throw newNotFound(definition.gvr, key.name);
  const existing = readStored(definition, stored);
  validateAdmission(context, { ...attributes, old: existing });
  const why = definition.strategy.whyNotDeleted?.(existing);
  if (why !== undefined) throw newForbidden(definition.gvr, key.name, why);
  const deletion: Deletion = { context, definition, resource, key, deleteOptions, isDryRun };
  checkPreconditions(deletion, existing);
  return isNamespaceKind(definition) ? deleteNamespace(deletion, existing) : deleteObject(deletion, existing);
}

function deleteObject(deletion: Deletion, existing: KubeObject): DeleteResult {
  const { definition, deleteOptions } = deletion;
  if (definition.strategy.prepareForDelete && existing.metadata.deletionTimestamp === undefined)
    return { result: write(deletion, prepared(deletion, existing)), isDeleted: false };
  const grace = graceFor(deletion, existing);
  if (grace === 'pending') return { result: answer(deletion, existing), isDeleted: false };
  const finalizers = finalizersForDeletion(definition, existing, deleteOptions) ?? existing.metadata.finalizers ?? [];
  const isKept = finalizers.length > 0;
  let marked: KubeObject | undefined;
  if (grace !== undefined) marked = withFinalizers(setGracefulDeletion(deletion, existing, grace), finalizers);
  else if (isKept) marked = withFinalizers(markAsDeleting(deletion, existing), finalizers);
  if (!marked) return { result: remove(deletion, existing), isDeleted: true };
  const stored = write(deletion, marked);
  // Kinds that answer with a Status do so only once the object is gone.
  if (isKept || (grace ?? 0) > 0) return { result: stored, isDeleted: false };
  return { result: remove(deletion, stored), isDeleted: true };
}

function prepared({ definition, context }: Deletion, existing: KubeObject): KubeObject {
  const nowMs = context.clock.nowMs();
  const object = clone(existing);
  writableMeta(object).deletionTimestamp = formatTime(nowMs);
  definition.strategy.prepareForDelete?.(object, nowMs);
  return object;
}

// Upstream: kubernetes pkg/registry/core/namespace/storage: the first request begins, the namespace controller ends it.
function deleteNamespace(deletion: Deletion, existing: KubeObject): DeleteResult {
  const { definition, deleteOptions, context } = deletion;
  if (existing.metadata.deletionTimestamp !== undefined) {
    if (namespaceFinalizers(existing).length > 0) return { result: existing, isDeleted: false };
    return deleteObject(deletion, existing);
  }
  const finalizers = finalizersForDeletion(definition, existing, deleteOptions) ?? existing.metadata.finalizers ?? [];
  const object = existing as KubeObject & { status?: object };
  const metadata = { ...existing.metadata, deletionTimestamp: formatTime(context.clock.nowMs()) };
  const marked = { ...object, metadata, status: { ...object.status, phase: 'Terminating' } };
  return { result: write(deletion, withFinalizers(marked, finalizers)), isDeleted: false };
}

function checkPreconditions({ definition, deleteOptions }: Deletion, { metadata }: KubeObject): void {
  const { uid, resourceVersion } = deleteOptions.preconditions ?? {};
  const subject = { group: definition.gvr.group, resource: definition.kind };
  if (uid !== undefined && uid !== metadata.uid)
    throw newConflict(
      subject,
      metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). ` +
        'The object might have been deleted and then recreated',
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw newConflict(
      subject,
      metadata.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
        `(${metadata.resourceVersion}). The object might have been modified`,
    );
}

// Seconds of grace; 'pending' when an earlier deletion with no longer a grace is under way; undefined: none of it.
function graceFor({ definition, deleteOptions }: Deletion, existing: KubeObject): number | 'pending' | undefined {
  const { strategy } = definition;
  if (!strategy.gracePeriodSeconds) return undefined;
  const given = deleteOptions.gracePeriodSeconds;
  // Negative values stand for one second.
  const requested = given !== undefined && given < 0 ? 1 : given;
  if (existing.metadata.deletionTimestamp === undefined) return strategy.gracePeriodSeconds(existing, requested);
  const current = existing.metadata.deletionGracePeriodSeconds;
  if (current === undefined) return undefined;
  return requested === undefined || requested >= current ? 'pending' : requested;
}

function setGracefulDeletion({ context }: Deletion, { metadata, ...rest }: KubeObject, seconds: number): KubeObject {
  const begunMs =
    metadata.deletionTimestamp === undefined
      ? context.clock.nowMs()
      : (parseTime(metadata.deletionTimestamp) ?? 0) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  const isFirst = metadata.deletionTimestamp === undefined;
  return {
    ...rest,
    metadata: {
      ...metadata,
      deletionTimestamp: formatTime(begunMs + seconds * 1000),
      deletionGracePeriodSeconds: seconds,
      ...(isFirst && (metadata.generation ?? 0) > 0 ? { generation: (metadata.generation ?? 0) + 1 } : {}),
    },
  };
}

function markAsDeleting({ context }: Deletion, { metadata, ...rest }: KubeObject): KubeObject {
  const nowMs = context.clock.nowMs();
  const isFirst = metadata.deletionTimestamp === undefined;
  const isAhead = !isFirst && (parseTime(metadata.deletionTimestamp) ?? 0) > nowMs;
  return {
    ...rest,
    metadata: {
      ...metadata,
      ...(isFirst || isAhead ? { deletionTimestamp: formatTime(nowMs) } : {}),
      deletionGracePeriodSeconds: 0,
      ...(isFirst && (metadata.generation ?? 0) > 0 ? { generation: (metadata.generation ?? 0) + 1 } : {}),
    },
  };
}

function withFinalizers({ metadata, ...rest }: KubeObject, finalizers: readonly string[]): KubeObject {
  const { finalizers: _, ...others } = metadata;
  return { ...rest, metadata: finalizers.length === 0 ? others : { ...others, finalizers: [...finalizers] } };
}

function write({ context, resource, isDryRun }: Deletion, object: KubeObject): KubeObject {
  return isDryRun ? object : context.store.update(resource, object);
}

function remove(deletion: Deletion, existing: KubeObject): KubeObject | Status {
  const { context, resource, key, isDryRun } = deletion;
  return answer(deletion, isDryRun ? existing : context.store.delete(resource, key));
}

function answer({ definition, resource }: Deletion, object: KubeObject): KubeObject | Status {
  if (RETURNS_OBJECT.includes(resource)) return object;
  const { name, uid } = object.metadata;
  const { group, resource: plural } = definition.gvr;
  return statusSuccess({ name, ...(group === '' ? {} : { group }), kind: plural, ...(uid ? { uid } : {}) });
}
