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

/** What UTF-16 and UTF-8 order differently. */
const SURROGATE = /[\ud800-\udfff]/;

/**
 * Objects in key order. `all()` hands out the very array; the first change after that works on a copy, so a reader that
 * walks it while others write sees the objects as they were.
 */
export class SortedObjects {
  readonly #byKey = new Map<string, KubeObject>();
  readonly #keys: string[] = [];
  #objects: KubeObject[] = [];
  #isHandedOut = false;
  /** Comparing texts with `<` is many times faster, and right for all but the rarest names. */
  #hasSurrogates = false;

  get size(): number {
    return this.#objects.length;
  }

  all(): readonly KubeObject[] {
    this.#isHandedOut = true;
    return this.#objects;
  }

  get(key: string): KubeObject | undefined {
    return this.#byKey.get(key);
  }

  /** Adds or replaces. */
  set(key: string, object: KubeObject): void {
    this.#own();
    if (this.#byKey.has(key)) {
      this.#objects[this.#find(key)] = object;
    } else {
      this.#hasSurrogates ||= SURROGATE.test(key);
      const at = this.#find(key);
      if (at === this.#keys.length) {
        this.#keys.push(key);
        this.#objects.push(object);
      } else {
        this.#keys.splice(at, 0, key);
        this.#objects.splice(at, 0, object);
      }
    }
    this.#byKey.set(key, object);
  }

  delete(key: string): void {
    if (!this.#byKey.delete(key)) return;
    this.#own();
    const at = this.#find(key);
    this.#keys.splice(at, 1);
    this.#objects.splice(at, 1);
  }

  #own(): void {
    if (!this.#isHandedOut) return;
    this.#objects = this.#objects.slice();
    this.#isHandedOut = false;
  }

  #isBefore(a: string, b: string): boolean {
    return this.#hasSurrogates ? compareBytes(a, b) < 0 : a < b;
  }

  /** Returns where the key is, or would be put. Appending in order is the common case, so it is looked at first. */
  #find(key: string): number {
    const keys = this.#keys;
    let low = 0;
    let high = keys.length;
    if (high > 0 && this.#isBefore(keys[high - 1] ?? '', key)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBefore(keys[middle] ?? '', key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
