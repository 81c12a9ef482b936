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
  /** Objects there are from the beginning, with the resourceVersion they have. */
  objects?: Iterable<ResourceObjects>;
}

export interface ResourceObjects {
  resource: string;
  objects: readonly KubeObject[];
}

/** Where shards (a resource's objects in one namespace) come from that are not in memory yet. */
export interface ShardSource {
  /** Returns the namespaces in which the resource may have objects ('' for cluster-scoped ones). */
  namespaces(resource: string): Iterable<string>;
  /** Returns a shard's objects at the store's revision; may call `replay` and `reset` to bring the store to a newer one. */
  load(resource: string, namespace: string): readonly KubeObject[];
  /** Returns how many objects a shard holds when that is known without loading it. */
  count(resource: string, namespace: string): number | undefined;
  /** The oldest revision after which `earlierEvents` knows all events. */
  readonly floor: number;
  /** Returns the events after `floor` that were written before the store was opened; asked for once. */
  earlierEvents(): Iterable<StoredEvent>;
}

/** Returns an empty store that lives as long as the process. */
export function createMemoryStore(options: MemoryStoreOptions = {}): ObservableStore {
  return new MemoryStore(options);
}

export class MemoryStore implements ObservableStore {
  readonly #tables = new Map<string, ResourceTable>();
  readonly #loaded = new Set<string>();
  /** Resources of which every shard is in memory; one that another process makes then begins empty. */
  readonly #whole = new Set<string>();
  readonly #listeners = new Set<(event: StoredEvent) => void>();
  readonly #source: ShardSource | undefined;
  readonly #freeze: boolean;
  /** Events up to this revision are not in the logs. */
  #floor: number;
  #isRecalled = false;
  #revision: number;

  constructor(options: MemoryStoreOptions = {}) {
    this.#revision = options.revision ?? 1;
    this.#floor = this.#revision;
    this.#source = options.source;
    this.#freeze = options.freeze ?? process.env['NODE_ENV'] === 'test';
    this.adopt(options.objects ?? []);
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
    table.put(created);
    this.#emit(table, { type: 'ADDED', revision: this.#revision, resource, object: created });
    return created;
  }

  update(resource: string, object: KubeObject): KubeObject {
    const table = this.#tableWith(resource, object.metadata.namespace ?? '');
    const previous = table.get(object.metadata);
    if (!previous) throw new Error(`assertion: ${resource} ${keyString(object.metadata)} does not exist`);
    if (equalButForRevision(object, previous)) return previous;
    const updated = this.#stamp(object);
    table.put(updated);
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
    if (revision < this.#floor) this.#recallEvents();
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
      if (this.isLoaded(resource, namespace)) continue;
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
    return this.#source === undefined || this.#whole.has(resource) || this.#loaded.has(shardName(resource, namespace));
  }

  /**
   * Takes over a write of another process: the object as it was stamped there. Objects of a shard that is not in memory are left
   * to the source. Listeners are not told: the writer's own controllers have seen to it.
   */
  replay(event: StoredEvent): void {
    const { type, revision, resource, object } = this.#freeze ? deepFreeze(event) : event;
    this.#revision = Math.max(this.#revision, revision);
    const table = this.#table(resource);
    table.log.add(event);
    if (!this.isLoaded(resource, object.metadata.namespace ?? '')) return;
    const stored = table.get(object.metadata);
    if (type !== 'DELETED') table.put(object);
    else if (stored) table.remove(stored);
  }

  /** Returns the resources of which something was asked or written. */
  resources(): Iterable<string> {
    return this.#tables.keys();
  }

  /** Puts objects in as they are: no revision, no event. */
  adopt(all: Iterable<ResourceObjects>): void {
    for (const { resource, objects } of all)
      for (const object of objects) {
        const table = this.#tableWith(resource, object.metadata.namespace ?? '');
        table.put(this.#freeze ? deepFreeze(object) : object);
      }
  }

  /** Forgets all objects and events: they are loaded again when asked for. Indexes stay registered. */
  reset(revision: number): void {
    this.#revision = revision;
    this.#floor = revision;
    this.#isRecalled = false;
    this.#loaded.clear();
    this.#whole.clear();
    for (const table of this.#tables.values()) table.clear(revision);
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
    if (this.#source === undefined || this.#whole.has(resource)) return this.#table(resource);
    const isMissing = (namespace: string): boolean => !this.isLoaded(resource, namespace);
    // Loading one shard may show that the others are out of date and have them forgotten: look again.
    for (let missing = [...this.#source.namespaces(resource)].filter(isMissing); missing.length > 0;) {
      for (const namespace of missing) this.#tableWith(resource, namespace);
      missing = [...this.#source.namespaces(resource)].filter(isMissing);
    }
    this.#whole.add(resource);
    return this.#table(resource);
  }

  /** Returns the resource's table after making sure that the namespace's objects are in it. */
  #tableWith(resource: string, namespace: string): ResourceTable {
    const table = this.#table(resource);
    if (this.isLoaded(resource, namespace)) return table;
    for (const object of this.#source?.load(resource, namespace) ?? [])
      table.put(this.#freeze ? deepFreeze(object) : object);
    this.#loaded.add(shardName(resource, namespace));
    return table;
  }

  /** Puts the events before this store's time, which its source knows, into the logs. */
  #recallEvents(): void {
    if (this.#source === undefined || this.#isRecalled) return;
    this.#isRecalled = true;
    const { floor } = this.#source;
    const startedAt = this.#floor;
    this.#floor = Math.min(this.#floor, floor);
    for (const table of this.#tables.values()) table.log.lowerFloor(floor);
    for (const event of this.#source.earlierEvents()) {
      if (event.revision > startedAt) break;
      this.#table(event.resource).log.add(this.#freeze ? deepFreeze(event) : event);
    }
  }
}

function shardName(resource: string, namespace: string): string {
  return `${resource}/${namespace}`;
}

function equalButForRevision(a: KubeObject, b: KubeObject): boolean {
  if (a === b) return true;
  const { metadata: x, ...rest } = a;
  const { metadata: y, ...others } = b;
  return deepEqual({ ...x, resourceVersion: '' }, { ...y, resourceVersion: '' }) && deepEqual(rest, others);
}
