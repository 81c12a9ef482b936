// The newest events of one resource, oldest first, up to a bound; what is older is compacted away.
// Called by: table.ts. Must not know: objects' kinds, files.
import type { StoredEvent } from './types.ts';

/** A log is trimmed to this many events when it has twice as many. */
const KEPT_EVENTS = 4096;

export class EventLog {
  #events: StoredEvent[] = [];
  #floor: number;
  #isTrimmed = false;
  readonly #kept: number;

  /** `floor`: the revision up to which nothing is known. */
  constructor(floor: number, kept = KEPT_EVENTS) {
    this.#floor = floor;
    this.#kept = kept;
  }

  /** Events up to this revision are no longer kept. */
  get floor(): number {
    return this.#floor;
  }

  /** Says that older events are about to be added: those after the revision. A log that was trimmed stays trimmed. */
  lowerFloor(revision: number): void {
    if (!this.#isTrimmed) this.#floor = Math.min(this.#floor, revision);
  }

  /** Forgets everything; events after the revision will be kept. */
  restart(floor: number): void {
    this.#events = [];
    this.#floor = floor;
    this.#isTrimmed = false;
  }

  /** Adds an event, which is mostly the newest; one that became known late is put where it belongs. */
  add(event: StoredEvent): void {
    if (event.revision <= this.#floor) return;
    const last = this.#events.at(-1);
    if (last === undefined || last.revision < event.revision) this.#events.push(event);
    else this.#events.splice(this.#after(event.revision), 0, event);
    if (this.#events.length < 2 * this.#kept) return;
    const dropped = this.#events.splice(0, this.#events.length - this.#kept);
    this.#isTrimmed = true;
    this.#floor = dropped.at(-1)?.revision ?? this.#floor;
  }

  /** Returns the events with a greater revision; the caller has compared it with `floor`. */
  since(revision: number): readonly StoredEvent[] {
    const last = this.#events.at(-1);
    if (last === undefined || last.revision <= revision) return [];
    return this.#events.slice(this.#after(revision));
  }

  #after(revision: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
