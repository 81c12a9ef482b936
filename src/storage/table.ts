// The objects of one resource: by namespace in key order, their indexes, their newest events.
// Called by: memory.ts. Must not know: revisions' source, files.
import type { KubeObject, ObjectKey } from '../machinery/types.ts';
import { EventLog } from './eventlog.ts';
import { compareBytes, orderKey, SortedObjects } from './order.ts';
import type { IndexFunction } from './types.ts';

interface Index {
  values(object: KubeObject): readonly string[];
  entries: Map<string, SortedObjects>;
  /** Under which values the stored objects are found, by key. */
  current: Map<string, readonly string[]>;
}

const NOTHING: readonly KubeObject[] = [];
const NO_VALUES: readonly string[] = [];

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
    return this.#namespaces.get(key.namespace ?? '')?.get(key.name);
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

  /** Adds or replaces an object, and moves it in the indexes. */
  put(object: KubeObject): void {
    const { namespace = '', name } = object.metadata;
    let objects = this.#namespaces.get(namespace);
    if (objects === undefined) this.#namespaces.set(namespace, (objects = new SortedObjects()));
    objects.set(name, object);
    this.#all = undefined;
    if (this.#indexes.size === 0) return;
    const key = orderKey(object.metadata);
    for (const index of this.#indexes.values()) reindex(index, key, object);
  }

  remove({ metadata }: KubeObject): void {
    const { namespace = '', name } = metadata;
    const objects = this.#namespaces.get(namespace);
    objects?.delete(name);
    if (objects?.size === 0) this.#namespaces.delete(namespace);
    this.#all = undefined;
    for (const index of this.#indexes.values()) reindex(index, orderKey(metadata), undefined);
  }

  addIndex(name: string, values: IndexFunction): void {
    if (this.#indexes.has(name)) return;
    const index: Index = { values, entries: new Map(), current: new Map() };
    this.#indexes.set(name, index);
    for (const objects of this.#namespaces.values())
      for (const object of objects.all()) reindex(index, orderKey(object.metadata), object);
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
    for (const { entries, current } of this.#indexes.values()) {
      entries.clear();
      current.clear();
    }
  }

  #collect(): readonly KubeObject[] {
    const names = [...this.#namespaces.keys()];
    if (names.length === 1) return this.#namespaces.get(names[0] ?? '')?.all() ?? NOTHING;
    // In etcd a namespace is followed by a slash, so 'a-b' comes before 'a'.
    names.sort((a, b) => compareBytes(`${a}/`, `${b}/`));
    return names.flatMap((name) => this.#namespaces.get(name)?.all() ?? NOTHING);
  }
}

/** Puts an object, or nothing, in the place of what an index has under its key. */
function reindex({ values, entries, current }: Index, key: string, object: KubeObject | undefined): void {
  const found = object ? values(object) : NO_VALUES;
  const before = current.get(key) ?? NO_VALUES;
  for (const value of before) {
    if (found.includes(value)) continue;
    const entry = entries.get(value);
    entry?.delete(key);
    if (entry?.size === 0) entries.delete(value);
  }
  if (found.length > 0) current.set(key, found);
  else if (before.length > 0) current.delete(key);
  if (!object) return;
  for (const value of found) {
    let entry = entries.get(value);
    if (entry === undefined) entries.set(value, (entry = new SortedObjects()));
    entry.set(key, object);
  }
}
