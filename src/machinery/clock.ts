// Time. The only source of it below the edges: nothing there reads the wall clock or sets a timer.
// Called by: everything that needs the time, through the Clock it is handed. Must not know: who moves it.

/** Simulated time. */
export interface Clock {
  /** Milliseconds since the Unix epoch, a whole number. */
  nowMs(): number;
}

/** A clock that stands until it is told otherwise; the loop and tests hold it. */
export class SettableClock implements Clock {
  #nowMs: number;
  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }
  nowMs(): number {
    return this.#nowMs;
  }
  /** Time never goes back: an earlier instant than now is ignored. */
  advanceTo(ms: number): void {
    if (ms > this.#nowMs) this.#nowMs = ms;
  }
}

let lastSecond = Number.NaN;
let lastTime = '';

/** Returns metav1.Time's form, whole seconds: '2026-11-23T14:23:00Z'. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastTime = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    // Most of what happens at one instant is stamped with it.
    lastSecond = second;
  }
  return lastTime;
}

/** Returns metav1.MicroTime's form: '2026-11-23T14:23:00.123000Z'. */
export function formatMicroTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}

/** Returns RFC 3339 with nanoseconds as container runtimes stamp log lines: '2026-11-23T14:23:00.123000000Z'. */
export function formatNanoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000000Z`;
}

const parsed = new Map<string, number>();
const MAX_PARSED = 1000;

/** Returns milliseconds since the epoch of a Time or MicroTime; undefined for undefined or an unreadable text. */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  let ms = parsed.get(text);
  if (ms === undefined) {
    ms = Date.parse(text);
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, ms);
  }
  return Number.isNaN(ms) ? undefined : ms;
}
