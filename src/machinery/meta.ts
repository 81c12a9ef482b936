// Small rules on objects and their metadata: keys, owners, cloning, deep freezing.
// Called by: everything above. Must not know: kinds.
import type { KubeObject, ObjectKey, OwnerReference } from './types.ts';

/** The only field that is ever worked out when it is read. */
const LAZY_FIELD = 'managedFields';

/** Returns a shallow copy in which a field that is there is worked out when it is read, and becomes a plain one when written. */
export function withLazyField<T extends object>(value: T, field: typeof LAZY_FIELD, get: () => unknown): T {
  const copy = Object.fromEntries(Object.entries(value)) as T;
  return Object.defineProperty(copy, field, {
    enumerable: true,
    configurable: true,
    get,
    set(written: unknown) {
      Object.defineProperty(this, field, { value: written, enumerable: true, configurable: true, writable: true });
    },
  });
}

function copyLazily(from: object, to: object): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(from, LAZY_FIELD);
  if (!descriptor?.get) return false;
  Object.defineProperty(to, LAZY_FIELD, { ...descriptor, configurable: true });
  return true;
}

/** Returns a deep copy of a JSON value; undefined fields are dropped. Faster than structuredClone on plain JSON. */
export function clone<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value as unknown[]) items.push(typeof item === 'object' ? clone(item) : item);
    return items as T;
  }
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key === LAZY_FIELD && copyLazily(value, copy)) continue;
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined) continue;
    const copied = typeof item === 'object' ? clone(item) : item;
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: copied, enumerable: true, writable: true, configurable: true });
    else copy[key] = copied;
  }
  return copy as T;
}

/** Freezes a JSON value all the way down and returns it. Stored objects are frozen in tests. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key of Object.keys(value)) {
      if (key === LAZY_FIELD && Object.getOwnPropertyDescriptor(value, key)?.get) continue;
      deepFreeze((value as Record<string, unknown>)[key]);
    }
  }
  return value;
}

/** Returns true when two JSON values are equal, whatever the order of their keys; undefined fields do not count. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  const x = a as Record<string, unknown>;
  const y = b as Record<string, unknown>;
  let surplus = 0;
  for (const key of Object.keys(x)) {
    if (x[key] === undefined) continue;
    surplus++;
    if (!deepEqual(x[key], y[key])) return false;
  }
  for (const key of Object.keys(y)) if (y[key] !== undefined) surplus--;
  return surplus === 0;
}

/** Returns 'namespace/name', or 'name' for a cluster-scoped object: the key of work queues. */
export function keyOf(object: KubeObject): string {
  return keyString(object.metadata);
}
export function keyString({ namespace, name }: ObjectKey): string {
  return namespace ? `${namespace}/${name}` : name;
}
export function parseKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Returns the owner reference whose `controller` is true. Upstream: metav1.GetControllerOf. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((o) => o.controller);
}

/** Returns the reference a controller puts on what it creates. Upstream: metav1.NewControllerRef. */
export function newControllerRef(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true };
}

/** Returns true once a deletion of the object has begun. */
export function isDeleting(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}
