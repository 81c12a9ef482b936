// What a store of objects offers: revisions, events, indexes. Synchronous: shards are loaded when first asked for.
// Called by: apiserver's registry, controllers' manager, sim. Must not know: kinds, HTTP.
import type { KubeObject, ObjectKey } from '../machinery/types.ts';

/** One write, as watches and controllers see it. */
export interface StoredEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The revision the write made; also the object's new resourceVersion. */
  revision: number;
  /** GroupResource text: 'pods', 'deployments.apps'. */
  resource: string;
  /** The object after the write; for DELETED the last state, with the deletion's resourceVersion. */
  object: KubeObject;
  /** The object before the write; absent for ADDED. */
  previous?: KubeObject;
}

/** Returns the values an object is found by under one index. */
export type IndexFunction = (object: KubeObject) => readonly string[];

/**
 * Objects by resource ('pods', 'deployments.apps') and key. What it returns is shared and frozen in tests: clone before changing.
 * Resources that no API serves (names that begin with '_', such as '_containers') keep simulator state in the same batches.
 */
export interface Store {
  /** The newest revision. */
  readonly revision: number;
  get(resource: string, key: ObjectKey): KubeObject | undefined;
  /** Returns the objects in etcd's order (namespace, then name, by bytes); all namespaces without `namespace`. */
  list(resource: string, namespace?: string): readonly KubeObject[];
  /** Adds an object and stamps its resourceVersion. @throws an assertion when the key exists. */
  create(resource: string, object: KubeObject): KubeObject;
  /** Replaces an object. No event and no new revision when nothing but resourceVersion would change. */
  update(resource: string, object: KubeObject): KubeObject;
  /** Removes an object; `last` (default: the stored one) is what the event shows. @returns what was stored last, restamped. */
  delete(resource: string, key: ObjectKey, last?: KubeObject): KubeObject;
  /** Events with revision > `revision`, oldest first. @throws StatusError Expired when they are no longer kept. */
  eventsSince(revision: number, resource?: string): readonly StoredEvent[];
  /** Registers an index; idempotent by (resource, name). */
  addIndex(resource: string, name: string, index: IndexFunction): void;
  /** Objects with that index value, in key order. */
  byIndex(resource: string, name: string, value: string): readonly KubeObject[];
  /** Whether any object of the resource exists, without loading more than needed. */
  count(resource: string): number;
}

/** A store that tells of its writes as they happen: for the journal and the controllers' manager. */
export interface ObservableStore extends Store {
  /** Calls the listener after each write, before the write returns. @returns what takes the listener away. */
  onChange(listener: (event: StoredEvent) => void): () => void;
}
