// Which key of which controller is to be looked at again, and when. A cache: a resync makes the same one from the objects.
// Called by: controllers/manager.ts. Must not know: controllers, objects, the clock.

/** One due key. `controller` is the place in the index of controllers. */
export interface DueEntry {
  dueAtMs: number;
  controller: number;
  key: string;
  isBackground: boolean;
}

function isBefore(a: DueEntry, b: DueEntry): boolean {
  if (a.dueAtMs !== b.dueAtMs) return a.dueAtMs < b.dueAtMs;
  if (a.controller !== b.controller) return a.controller < b.controller;
  return a.key < b.key;
}

/** A binary heap of entries; those that were replaced stay in it until they surface (the queue knows which are current). */
class DueHeap {
  readonly #entries: DueEntry[] = [];

  get top(): DueEntry | undefined {
    return this.#entries[0];
  }

  push(entry: DueEntry): void {
    const heap = this.#entries;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || !isBefore(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  pop(): void {
    const heap = this.#entries;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (!left) break;
      const right = heap[child + 1];
      if (right && isBefore(right, left)) child += 1;
      const smaller = heap[child];
      if (!smaller || !isBefore(smaller, last)) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
  }
}

/** At most one entry a (controller, key); order of leaving: due time, the controller's place, the key. */
export class DueQueue {
  readonly #current: Map<string, DueEntry>[] = [];
  readonly #foreground = new DueHeap();
  readonly #background = new DueHeap();

  set(entry: DueEntry): void {
    const keys = (this.#current[entry.controller] ??= new Map());
    const old = keys.get(entry.key);
    if (old && old.dueAtMs === entry.dueAtMs && old.isBackground === entry.isBackground) return;
    keys.set(entry.key, entry);
    (entry.isBackground ? this.#background : this.#foreground).push(entry);
  }

  delete(controller: number, key: string): void {
    this.#current[controller]?.delete(key);
  }

  #isCurrent(entry: DueEntry): boolean {
    return this.#current[entry.controller]?.get(entry.key) === entry;
  }

  #first(heap: DueHeap): DueEntry | undefined {
    for (;;) {
      const { top } = heap;
      if (!top || this.#isCurrent(top)) return top;
      heap.pop();
    }
  }

  /** Returns the earliest due time, in ms since the epoch. */
  nextDueAtMs(options: { foregroundOnly?: boolean } = {}): number | undefined {
    const foreground = this.#first(this.#foreground)?.dueAtMs;
    const background = options.foregroundOnly ? undefined : this.#first(this.#background)?.dueAtMs;
    if (foreground === undefined || background === undefined) return foreground ?? background;
    return Math.min(foreground, background);
  }

  /** Takes out and returns what is due at `nowMs`, in order. */
  takeDue(nowMs: number): DueEntry[] {
    const taken: DueEntry[] = [];
    for (const heap of [this.#foreground, this.#background]) {
      for (let top = this.#first(heap); top && top.dueAtMs <= nowMs; top = this.#first(heap)) {
        heap.pop();
        this.delete(top.controller, top.key);
        taken.push(top);
      }
    }
    return taken.sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  /** Returns every entry, by controller and key. */
  entries(): DueEntry[] {
    return this.#current.flatMap((keys) => [...keys.values()].sort((a, b) => (a.key < b.key ? -1 : 1)));
  }
}
