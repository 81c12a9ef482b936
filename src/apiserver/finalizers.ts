// What keeps an object from going: finalizers, the garbage collector's among them.
// Called by: registry.update, deletion. Must not know: HTTP, the garbage collector.
import { deepEqual } from '../machinery/meta.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { DeleteOptions } from './deleteoptions.ts';

export const FINALIZER_ORPHAN = 'orphan';
export const FINALIZER_FOREGROUND = 'foregroundDeletion';

export function isNamespaceKind({ gvr }: ResourceDefinition): boolean {
  return gvr.group === '' && gvr.resource === 'namespaces';
}

/** Returns spec.finalizers of a Namespace. */
export function namespaceFinalizers(namespace: KubeObject): readonly string[] {
  return (namespace as KubeObject & { spec?: { finalizers?: string[] } }).spec?.finalizers ?? [];
}

/**
 * Returns true when an update took away the last thing that kept a deleted object.
 * Upstream: apiserver pkg/registry/generic/registry/store.go ShouldDeleteDuringUpdate; namespaces have one more list.
 */
export function shouldDeleteDuringUpdate(
  definition: ResourceDefinition,
  object: KubeObject,
  existing: KubeObject,
): boolean {
  if ((object.metadata.finalizers?.length ?? 0) > 0) return false;
  if (existing.metadata.deletionTimestamp === undefined) return false;
  if (isNamespaceKind(definition) && namespaceFinalizers(object).length > 0) return false;
  return (existing.metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

/**
 * Returns the finalizers an object must have for what becomes of its dependents, or undefined when nothing changes.
 * Upstream: store.go deletionFinalizersForGarbageCollection.
 */
export function finalizersForDeletion(
  definition: ResourceDefinition,
  { metadata }: KubeObject,
  options: DeleteOptions,
): string[] | undefined {
  // Events take no part in garbage collection.
  if (definition.gvr.resource === 'events') return undefined;
  const before = metadata.finalizers ?? [];
  const policy = policyFor(definition, before, options);
  const after = before.filter((f) => f !== FINALIZER_ORPHAN && f !== FINALIZER_FOREGROUND);
  if (policy === 'Orphan') after.push(FINALIZER_ORPHAN);
  if (policy === 'Foreground') after.push(FINALIZER_FOREGROUND);
  return deepEqual([...before].sort(), [...after].sort()) ? undefined : after;
}

// An explicit policy wins, then a finalizer that is there, then the kind's default.
function policyFor(
  { strategy }: ResourceDefinition,
  finalizers: readonly string[],
  { orphanDependents, propagationPolicy }: DeleteOptions,
): 'Orphan' | 'Foreground' | 'Background' {
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background';
  if (propagationPolicy !== undefined) return propagationPolicy;
  const given = finalizers.find((f) => f === FINALIZER_ORPHAN || f === FINALIZER_FOREGROUND);
  if (given !== undefined) return given === FINALIZER_ORPHAN ? 'Orphan' : 'Foreground';
  return strategy.defaultPropagation === 'orphan' ? 'Orphan' : 'Background';
}
