// The store of objects in memory: revisions, events, indexes. Shards come from a source that is asked only when one is touched.
// Called by: files.ts (with the disk as source), tests, library users. Must not know: kinds, files.
import { deepEqual, deepFreeze, keyString } from '../machinery/meta.ts';
import { newResourceExpired } from '../machinery/status.ts';
import type { KubeObject, ObjectKey } from '../machinery/types.ts';
import { ResourceTable } from './table.ts';
import type { IndexFunction, ObservableStore, StoredEvent } from './types.ts';

export interface MemoryStoreOptions {
  /** Freeze stored objects all the way down, so that changing one in place throws. Default: under NODE_ENV=test. */
  freeze?: boolean;
  /** The revision before the first write. Default 1. */
  revision?: number;
  source?: ShardSource;
}

/** What one shard (a resource's objects in one namespace) holds, and the writes to it that are still known. */
export interface Shard {
  objects: readonly KubeObject[];
  /** Oldest first; `objects` is the state after them. */
  events: readonly StoredEvent[];
  /** Writes up to this revision are not among the events. */
  floor: number;
}

/** Where shards come from that are not in memory yet. */
export interface ShardSource {
  /** Returns the namespaces in which the resource may have objects ('' for cluster-scoped ones). */
  namespaces(resource: string): Iterable<string>;
  load(resource: string, namespace: string): Shard;
  /** Returns the shards written to after the revision. */
  touchedSince(revision: number): Iterable<{ resource: string; namespace: string }>;
  /** Returns how many objects a shard holds when that is known without loading it. */
  count(resource: string, namespace: string): number | undefined;
}

/** Returns an empty store that lives as long as the process. */
export function createMemoryStore(options: MemoryStoreOptions = {}): ObservableStore {
  return new MemoryStore(options);
}

export class MemoryStore implements ObservableStore {
  readonly #tables = new Map<string, ResourceTable>();
  readonly #loaded = new Set<string>();
  readonly #listeners = new Set<(event: StoredEvent) => void>();
  readonly #source: ShardSource | undefined;
  readonly #freeze: boolean;
  #floor: number;
  #revision: number;

  constructor(options: MemoryStoreOptions = {}) {
    this.#revision = options.revision ?? 1;
    this.#floor = this.#revision;
    this.#source = options.source;
    this.#freeze = options.freeze ?? process.env['NODE_ENV'] === 'test';
  }

  get revision(): number {
    return this.#revision;
  }

  get(resource: string, key: ObjectKey): KubeObject | undefined {
    return this.#tableWith(resource, key.namespace ?? '').get(key);
  }

  list(resource: string, namespace?: string): readonly KubeObject[] {
    const table = namespace === undefined ? this.#wholeTable(resource) : this.#tableWith(resource, namespace);
    return table.list(namespace);
  }

  create(resource: string, object: KubeObject): KubeObject {
    const table = this.#tableWith(resource, object.metadata.namespace ?? '');
    if (table.get(object.metadata)) throw new Error(`assertion: ${resource} ${keyString(object.metadata)} exists`);
    const created = this.#stamp(object);
    table.put(created, undefined);
    this.#emit(table, { type: 'ADDED', revision: this.#revision, resource, object: created });
    return created;
  }

  update(resource: string, object: KubeObject): KubeObject {
    const table = this.#tableWith(resource, object.metadata.namespace ?? '');
    const previous = table.get(object.metadata);
    if (!previous) throw new Error(`assertion: ${resource} ${keyString(object.metadata)} does not exist`);
    if (equalButForRevision(object, previous)) return previous;
    const updated = this.#stamp(object);
    table.put(updated, previous);
    this.#emit(table, { type: 'MODIFIED', revision: this.#revision, resource, object: updated, previous });
    return updated;
  }

  delete(resource: string, key: ObjectKey, last?: KubeObject): KubeObject {
    const table = this.#tableWith(resource, key.namespace ?? '');
    const previous = table.get(key);
    if (!previous) throw new Error(`assertion: ${resource} ${keyString(key)} does not exist`);
    const deleted = this.#stamp(last ?? previous);
    table.remove(previous);
    this.#emit(table, { type: 'DELETED', revision: this.#revision, resource, object: deleted, previous });
    return deleted;
  }

  eventsSince(revision: number, resource?: string): readonly StoredEvent[] {
    if (revision >= this.#revision) return [];
    for (const shard of this.#source?.touchedSince(revision) ?? [])
      if (resource === undefined || shard.resource === resource) this.#tableWith(shard.resource, shard.namespace);
    const tables = resource === undefined ? [...this.#tables.values()] : [this.#table(resource)];
    const floor = tables.reduce((highest, table) => Math.max(highest, table.log.floor), this.#floor);
    if (revision < floor) throw newResourceExpired(`too old resource version: ${revision} (${floor})`);
    if (tables.length === 1) return tables[0]?.log.since(revision) ?? [];
    return tables.flatMap((table) => table.log.since(revision)).sort((a, b) => a.revision - b.revision);
  }

  addIndex(resource: string, name: string, index: IndexFunction): void {
    this.#table(resource).addIndex(name, index);
  }

  byIndex(resource: string, name: string, value: string): readonly KubeObject[] {
    return this.#wholeTable(resource).byIndex(name, value);
  }

  count(resource: string): number {
    let unloaded = 0;
    for (const namespace of this.#source?.namespaces(resource) ?? []) {
      if (this.#loaded.has(shardName(resource, namespace))) continue;
      const known = this.#source?.count(resource, namespace);
      if (known === undefined) this.#tableWith(resource, namespace);
      else unloaded += known;
    }
    return this.#table(resource).count() + unloaded;
  }

  onChange(listener: (event: StoredEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether a shard is in memory. */
  isLoaded(resource: string, namespace: string): boolean {
    return this.#source === undefined || this.#loaded.has(shardName(resource, namespace));
  }

  /**
   * Takes over a write that another process made: the object as it was stamped there. Nothing happens to a shard that is not
   * in memory; its source will know the write. Listeners are not told: the writer's controllers have seen to it.
   */
  replay(write: { type: StoredEvent['type']; revision: number; resource: string; object: KubeObject }): void {
    const { type, revision, resource, object } = write;
    this.#revision = Math.max(this.#revision, revision);
    if (!this.isLoaded(resource, object.metadata.namespace ?? '')) return;
    const table = this.#table(resource);
    const previous = table.get(object.metadata);
    if (this.#freeze) deepFreeze(object);
    if (type !== 'DELETED') table.put(object, previous);
    else if (previous) table.remove(previous);
    table.log.add({ type, revision, resource, object, ...(previous ? { previous } : {}) });
  }

  /** Says that the source has writes up to this revision. */
  advance(revision: number): void {
    this.#revision = Math.max(this.#revision, revision);
  }

  /** Forgets all objects and events: they are loaded again when asked for. Indexes stay registered. */
  reset(revision: number, floor: number): void {
    this.#revision = revision;
    this.#floor = floor;
    this.#loaded.clear();
    for (const table of this.#tables.values()) {
      table.clear();
      table.log.restart(floor);
    }
  }

  #stamp(object: KubeObject): KubeObject {
    this.#revision++;
    const metadata = { ...object.metadata, resourceVersion: String(this.#revision) };
    const stamped = { ...object, metadata };
    return this.#freeze ? deepFreeze(stamped) : stamped;
  }

  #emit(table: ResourceTable, event: StoredEvent): void {
    table.log.add(event);
    for (const listener of this.#listeners) listener(event);
  }

  #table(resource: string): ResourceTable {
    let table = this.#tables.get(resource);
    if (table === undefined) this.#tables.set(resource, (table = new ResourceTable(this.#floor)));
    return table;
  }

  #wholeTable(resource: string): ResourceTable {
    for (const namespace of this.#source?.namespaces(resource) ?? []) this.#tableWith(resource, namespace);
    return this.#table(resource);
  }

  /** Returns the resource's table after making sure that the namespace's objects are in it. */
  #tableWith(resource: string, namespace: string): ResourceTable {
    const table = this.#table(resource);
    if (this.#source === undefined) return table;
    const name = shardName(resource, namespace);
    if (this.#loaded.has(name)) return table;
    const { objects, events, floor } = this.#source.load(resource, namespace);
    // Loading may have reloaded everything, this shard included.
    if (this.#loaded.has(name)) return table;
    this.#loaded.add(name);
    for (const object of objects) table.put(this.#freeze ? deepFreeze(object) : object, undefined);
    table.log.raiseFloor(floor);
    for (const event of events) table.log.add(event);
    return table;
  }
}

function shardName(resource: string, namespace: string): string {
  return `${resource}/${namespace}`;
}

function equalButForRevision(a: KubeObject, b: KubeObject): boolean {
  return a === b || deepEqual(withoutRevision(a), withoutRevision(b));
}

function withoutRevision(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: '' } };
}
