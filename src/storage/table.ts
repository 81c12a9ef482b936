// The objects of one resource: by namespace in key order, their indexes, their newest events.
// Called by: memory.ts. Must not know: revisions' source, files.
import type { KubeObject, ObjectKey } from '../machinery/types.ts';
import { EventLog } from './eventlog.ts';
import { compareBytes, orderKey, Selection, type Cell } from './order.ts';
import type { IndexFunction } from './types.ts';

/** An object with what each index finds it under, in the order of the indexes. */
interface IndexedCell extends Cell {
  found: (readonly string[])[];
}

interface Namespace {
  byName: Map<string, IndexedCell>;
  selection: Selection;
}

interface Index {
  name: string;
  values: IndexFunction;
  entries: Map<string, Selection>;
}

const NOTHING: readonly KubeObject[] = [];
const NO_VALUES: readonly string[] = [];

export class ResourceTable {
  readonly log: EventLog;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #indexes: Index[] = [];
  /** Every object in order; dropped by each write. */
  #all: readonly KubeObject[] | undefined;

  constructor(floor: number) {
    this.log = new EventLog(floor);
  }

  get(key: ObjectKey): KubeObject | undefined {
    return this.#namespaces.get(key.namespace ?? '')?.byName.get(key.name)?.object;
  }

  list(namespace: string | undefined): readonly KubeObject[] {
    if (namespace !== undefined) return this.#namespaces.get(namespace)?.selection.all() ?? NOTHING;
    this.#all ??= this.#collect();
    return this.#all;
  }

  count(): number {
    let count = 0;
    for (const { byName } of this.#namespaces.values()) count += byName.size;
    return count;
  }

  /** Adds or replaces an object, and moves it in the indexes. */
  put(object: KubeObject): void {
    this.#all = undefined;
    const { name } = object.metadata;
    const { byName, selection } = this.#namespace(object.metadata.namespace ?? '');
    let cell = byName.get(name);
    if (cell) {
      cell.object = object;
      selection.touch();
    } else {
      cell = { key: orderKey(object.metadata), object, found: [] };
      byName.set(name, cell);
      selection.add(cell);
    }
    for (let place = 0; place < this.#indexes.length; place++) this.#reindex(place, cell);
  }

  remove({ metadata }: KubeObject): void {
    const { namespace = '', name } = metadata;
    const there = this.#namespaces.get(namespace);
    const cell = there?.byName.get(name);
    if (!there || !cell) return;
    this.#all = undefined;
    there.byName.delete(name);
    if (there.byName.size === 0) this.#namespaces.delete(namespace);
    else there.selection.remove(cell);
    for (const [place, { entries }] of this.#indexes.entries())
      for (const value of cell.found[place] ?? NO_VALUES) leave(entries, value, cell);
  }

  addIndex(name: string, values: IndexFunction): void {
    if (this.#indexes.some((index) => index.name === name)) return;
    const place = this.#indexes.push({ name, values, entries: new Map() }) - 1;
    for (const { byName } of this.#namespaces.values()) for (const cell of byName.values()) this.#reindex(place, cell);
  }

  /** @throws Error when nobody registered the index: a mistake of ours. */
  byIndex(name: string, value: string): readonly KubeObject[] {
    const index = this.#indexes.find((other) => other.name === name);
    if (index === undefined) throw new Error(`assertion: no index ${name}`);
    return index.entries.get(value)?.all() ?? NOTHING;
  }

  /** Forgets objects, index entries and events, but not which indexes there are. Events are kept again after the revision. */
  clear(floor: number): void {
    this.log.restart(floor);
    this.#namespaces.clear();
    this.#all = undefined;
    for (const { entries } of this.#indexes) entries.clear();
  }

  #namespace(name: string): Namespace {
    let namespace = this.#namespaces.get(name);
    if (!namespace) this.#namespaces.set(name, (namespace = { byName: new Map(), selection: new Selection() }));
    return namespace;
  }

  #collect(): readonly KubeObject[] {
    const names = [...this.#namespaces.keys()];
    if (names.length === 1) return this.#namespaces.get(names[0] ?? '')?.selection.all() ?? NOTHING;
    // In etcd a namespace is followed by a slash, so 'a-b' comes before 'a'.
    names.sort((a, b) => compareBytes(`${a}/`, `${b}/`));
    return names.flatMap((name) => this.#namespaces.get(name)?.selection.all() ?? NOTHING);
  }

  /** Brings one index in line with what the cell holds now. */
  #reindex(place: number, cell: IndexedCell): void {
    const { values, entries } = this.#indexes[place] as Index;
    const before = cell.found[place] ?? NO_VALUES;
    const now = withoutRepeats(values(cell.object));
    cell.found[place] = now;
    for (const value of before) if (!now.includes(value)) leave(entries, value, cell);
    for (const value of now) {
      let entry = entries.get(value);
      if (entry && before.includes(value)) {
        entry.touch();
        continue;
      }
      if (entry === undefined) entries.set(value, (entry = new Selection()));
      entry.add(cell);
    }
  }
}

function withoutRepeats(values: readonly string[]): readonly string[] {
  if (values.length < 2) return values;
  const unique = new Set(values);
  return unique.size === values.length ? values : [...unique];
}

function leave(entries: Map<string, Selection>, value: string, cell: Cell): void {
  const entry = entries.get(value);
  if (!entry) return;
  entry.remove(cell);
  if (entry.size === 0) entries.delete(value);
}
