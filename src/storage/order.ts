// The order of keys as etcd has it, and a list of objects kept in that order.
// Called by: the stores of this folder. Must not know: revisions, files.
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

/**
 * Objects in key order. `all()` hands out the very array; the first change after that works on a copy, so a reader that
 * walks it while others write sees the objects as they were.
 */
export class SortedObjects {
  #keys: string[] = [];
  #objects: KubeObject[] = [];
  #isHandedOut = false;

  get size(): number {
    return this.#objects.length;
  }

  all(): readonly KubeObject[] {
    this.#isHandedOut = true;
    return this.#objects;
  }

  get(key: string): KubeObject | undefined {
    const at = this.#find(key);
    return this.#keys[at] === key ? this.#objects[at] : undefined;
  }

  /** Adds or replaces. */
  set(key: string, object: KubeObject): void {
    this.#own();
    const at = this.#find(key);
    if (this.#keys[at] === key) {
      this.#objects[at] = object;
    } else if (at === this.#keys.length) {
      this.#keys.push(key);
      this.#objects.push(object);
    } else {
      this.#keys.splice(at, 0, key);
      this.#objects.splice(at, 0, object);
    }
  }

  delete(key: string): void {
    const at = this.#find(key);
    if (this.#keys[at] !== key) return;
    this.#own();
    this.#keys.splice(at, 1);
    this.#objects.splice(at, 1);
  }

  #own(): void {
    if (!this.#isHandedOut) return;
    this.#objects = this.#objects.slice();
    this.#isHandedOut = false;
  }

  /** Returns where the key is, or would be put. Appending in order is the common case, so it is looked at first. */
  #find(key: string): number {
    const keys = this.#keys;
    let low = 0;
    let high = keys.length;
    if (high > 0 && compareBytes(keys[high - 1] ?? '', key) < 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
