// A watch: events of one resource from a revision on, as a selector sees them.
// Called by: apiserver's watch handler. Must not know: HTTP, selectors' syntax, bookmarks.
import type { KubeObject } from '../machinery/types.ts';
import type { Store, StoredEvent } from './types.ts';

export interface WatchOptions {
  resource: string;
  /** Only objects of this namespace. */
  namespace?: string | undefined;
  /** Events after this revision; undefined begins with an ADDED for each object there is now. */
  fromRevision?: number | undefined;
  /** What the selectors let through; default everything. */
  predicate?: (object: KubeObject) => boolean;
}

export interface RawWatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** Shared: clone before changing. */
  object: KubeObject;
}

export interface Watch {
  /**
   * Returns what happened since the last call, without waiting.
   * @throws StatusError Expired when the store no longer keeps events that were not handed out yet.
   */
  next(): RawWatchEvent[];
  /** Everything up to this revision was handed out. */
  readonly revision: number;
}

/**
 * Returns a cursor over the store's events. An object that comes to match is ADDED, one that no longer matches is DELETED with
 * its old state and the new revision. Upstream: apiserver/pkg/storage/cacher cache_watcher.go convertToWatchEvent.
 */
export function createWatch(store: Store, options: WatchOptions): Watch {
  const { resource, namespace, predicate = () => true } = options;
  const isSeen = (object: KubeObject): boolean =>
    (namespace === undefined || object.metadata.namespace === namespace) && predicate(object);
  let revision = options.fromRevision;
  return {
    get revision() {
      return revision ?? 0;
    },
    next() {
      if (revision === undefined) {
        const objects = store.list(resource, namespace).filter(isSeen);
        revision = store.revision;
        return objects.map((object) => ({ type: 'ADDED', object }));
      }
      const events = store.eventsSince(revision, resource);
      revision = Math.max(revision, store.revision);
      return events.flatMap((event) => translate(event, isSeen) ?? []);
    },
  };
}

function translate(event: StoredEvent, isSeen: (object: KubeObject) => boolean): RawWatchEvent | undefined {
  const { type, object, previous } = event;
  const isIn = type !== 'DELETED' && isSeen(object);
  const wasIn = previous !== undefined && isSeen(previous);
  if (isIn) return { type: wasIn ? 'MODIFIED' : 'ADDED', object };
  if (!wasIn) return undefined;
  if (type === 'DELETED') return { type, object };
  const metadata = { ...previous.metadata, resourceVersion: String(event.revision) };
  return { type: 'DELETED', object: { ...previous, metadata } };
}
