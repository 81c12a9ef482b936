// The order of keys as etcd has it, and lists of objects in that order.
// Called by: table.ts, disk.ts. Must not know: revisions, files.
import type { KubeObject, ObjectKey } from '../machinery/types.ts';

/**
 * Returns a negative number, 0 or a positive number as the UTF-8 bytes of `a` sort before, with or after those of `b`.
 * UTF-16 order differs from it only where one side has a surrogate.
 */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other code unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Returns the text that orders and names an object within its resource: 'default/web', '/node-1'. */
export function orderKey({ namespace, name }: ObjectKey): string {
  return `${namespace ?? ''}/${name}`;
}

/** A stored object: the place in which a newer state of it replaces the older one. */
export interface Cell {
  readonly key: string;
  object: KubeObject;
}

/** What UTF-16 and UTF-8 order differently. */
const SURROGATE = /[\ud800-\udfff]/;

/**
 * Some of the objects, in key order. Sorting and listing is put off until somebody looks: mostly much is written between two
 * looks. A list that was handed out stays as it was.
 */
export class Selection {
  #cells: Cell[] = [];
  /** Not yet sorted in. */
  readonly #added = new Set<Cell>();
  #list: readonly KubeObject[] | undefined;
  /** Comparing texts with `<` is many times faster, and right for all but the rarest names. */
  #hasSurrogates = false;

  get size(): number {
    return this.#cells.length + this.#added.size;
  }

  all(): readonly KubeObject[] {
    if (this.#list) return this.#list;
    if (this.#added.size > 0) this.#sortIn();
    const list: KubeObject[] = [];
    for (const { object } of this.#cells) list.push(object);
    return (this.#list = list);
  }

  /** Adds a cell that is not in it. */
  add(cell: Cell): void {
    this.#hasSurrogates ||= SURROGATE.test(cell.key);
    this.#added.add(cell);
    this.#list = undefined;
  }

  /** Takes away a cell that is in it. */
  remove(cell: Cell): void {
    this.#list = undefined;
    if (!this.#added.delete(cell)) this.#cells.splice(this.#find(cell), 1);
  }

  /** Says that the object in one of its cells was replaced. */
  touch(): void {
    this.#list = undefined;
  }

  #isBefore(a: Cell, b: Cell): boolean {
    return this.#hasSurrogates ? compareBytes(a.key, b.key) < 0 : a.key < b.key;
  }

  /** Returns where the cell is, or would be put. */
  #find(cell: Cell): number {
    const cells = this.#cells;
    let low = 0;
    let high = cells.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBefore(cells[middle] as Cell, cell)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #sortIn(): void {
    const added = [...this.#added].sort((a, b) => (this.#isBefore(a, b) ? -1 : 1));
    this.#added.clear();
    const old = this.#cells;
    // The common case: everything new comes behind what there is.
    const from = this.#find(added[0] as Cell);
    const merged = old.slice(0, from);
    let at = from;
    for (const cell of added) {
      while (at < old.length && this.#isBefore(old[at] as Cell, cell)) merged.push(old[at++] as Cell);
      merged.push(cell);
    }
    while (at < old.length) merged.push(old[at++] as Cell);
    this.#cells = merged;
  }
}
