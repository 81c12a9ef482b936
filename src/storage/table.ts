// The objects of one resource: by namespace in key order, their indexes, their newest events.
// Called by: memory.ts. Must not know: revisions' source, files.
import type { KubeObject, ObjectKey } from '../machinery/types.ts';
import { EventLog } from './eventlog.ts';
import { compareBytes, orderKey, SortedObjects } from './order.ts';
import type { IndexFunction } from './types.ts';

interface Index {
  values(object: KubeObject): readonly string[];
  entries: Map<string, SortedObjects>;
}

const NOTHING: readonly KubeObject[] = [];

export class ResourceTable {
  readonly log: EventLog;
  readonly #namespaces = new Map<string, SortedObjects>();
  readonly #indexes = new Map<string, Index>();
  /** Every object in order; dropped by each write. */
  #all: readonly KubeObject[] | undefined;

  constructor(floor: number) {
    this.log = new EventLog(floor);
  }

  get(key: ObjectKey): KubeObject | undefined {
    return this.#namespaces.get(key.namespace ?? '')?.get(orderKey(key));
  }

  list(namespace: string | undefined): readonly KubeObject[] {
    if (namespace !== undefined) return this.#namespaces.get(namespace)?.all() ?? NOTHING;
    this.#all ??= this.#collect();
    return this.#all;
  }

  count(): number {
    let count = 0;
    for (const objects of this.#namespaces.values()) count += objects.size;
    return count;
  }

  /** Adds or replaces an object, and moves it in the indexes. `previous` is what is stored now. */
  put(object: KubeObject, previous: KubeObject | undefined): void {
    const namespace = object.metadata.namespace ?? '';
    let objects = this.#namespaces.get(namespace);
    if (objects === undefined) this.#namespaces.set(namespace, (objects = new SortedObjects()));
    const key = orderKey(object.metadata);
    objects.set(key, object);
    this.#all = undefined;
    for (const index of this.#indexes.values()) reindex(index, key, { previous, object });
  }

  remove(previous: KubeObject): void {
    const namespace = previous.metadata.namespace ?? '';
    const objects = this.#namespaces.get(namespace);
    const key = orderKey(previous.metadata);
    objects?.delete(key);
    if (objects?.size === 0) this.#namespaces.delete(namespace);
    this.#all = undefined;
    for (const index of this.#indexes.values()) reindex(index, key, { previous });
  }

  addIndex(name: string, values: IndexFunction): void {
    if (this.#indexes.has(name)) return;
    const index: Index = { values, entries: new Map() };
    this.#indexes.set(name, index);
    for (const objects of this.#namespaces.values())
      for (const object of objects.all()) reindex(index, orderKey(object.metadata), { object });
  }

  /** @throws Error when nobody registered the index: a mistake of ours. */
  byIndex(name: string, value: string): readonly KubeObject[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`assertion: no index ${name}`);
    return index.entries.get(value)?.all() ?? NOTHING;
  }

  /** Forgets objects, index entries and events, but not which indexes there are. Events are kept again after the revision. */
  clear(floor: number): void {
    this.log.restart(floor);
    this.#namespaces.clear();
    this.#all = undefined;
    for (const index of this.#indexes.values()) index.entries.clear();
  }

  #collect(): readonly KubeObject[] {
    const names = [...this.#namespaces.keys()];
    if (names.length === 1) return this.#namespaces.get(names[0] ?? '')?.all() ?? NOTHING;
    // In etcd a namespace is followed by a slash, so 'a-b' comes before 'a'.
    names.sort((a, b) => compareBytes(`${a}/`, `${b}/`));
    return names.flatMap((name) => this.#namespaces.get(name)?.all() ?? NOTHING);
  }
}

function reindex(index: Index, key: string, change: { previous?: KubeObject | undefined; object?: KubeObject }): void {
  const { previous, object } = change;
  const values = object ? index.values(object) : [];
  if (previous)
    for (const value of index.values(previous)) {
      if (values.includes(value)) continue;
      const entry = index.entries.get(value);
      entry?.delete(key);
      if (entry?.size === 0) index.entries.delete(value);
    }
  if (object)
    for (const value of values) {
      let entry = index.entries.get(value);
      if (entry === undefined) index.entries.set(value, (entry = new SortedObjects()));
      entry.set(key, object);
    }
}
