// The objects of a resource as they were at an earlier revision: the newest ones with the events since then taken back.
// Called by: apiserver's lists. Must not know: kinds, continue tokens.
import type { KubeObject } from '../machinery/types.ts';
import { compareBytes, orderKey } from './order.ts';
import type { Store } from './types.ts';

export interface SnapshotOptions {
  resource: string;
  namespace?: string | undefined;
  /** Not newer than the store's. */
  revision: number;
}

/**
 * Returns the objects in key order; the store's own list when nothing has changed since.
 * @throws StatusError Expired when the events since then are no longer kept.
 */
export function objectsAt(store: Store, { resource, namespace, revision }: SnapshotOptions): readonly KubeObject[] {
  const objects = store.list(resource, namespace);
  const before = new Map<string, KubeObject | undefined>();
  for (const { object, previous } of store.eventsSince(revision, resource)) {
    if (namespace !== undefined && object.metadata.namespace !== namespace) continue;
    const key = orderKey(object.metadata);
    if (!before.has(key)) before.set(key, previous);
  }
  if (before.size === 0) return objects;
  const then = objects.filter(({ metadata }) => !before.has(orderKey(metadata)));
  for (const object of before.values()) if (object) then.push(object);
  return then.sort((a, b) => compareBytes(orderKey(a.metadata), orderKey(b.metadata)));
}
