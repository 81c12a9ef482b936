// The loop that moves simulated time: from one due instant to the next, controllers to rest at each.
// Called by: sim/cluster.ts, main.ts (catching up, advancing, waiting). Must not know: the disk, sockets, commands.
import type { SettableClock } from '../machinery/clock.ts';

/** What the loop needs of the controllers' manager. */
export interface Work {
  /** Runs every controller until none has anything to do at this instant. */
  runToRest(): void;
  /** The earliest instant something is due; only what counts for settling with `foregroundOnly`. */
  nextDueAtMs(options?: { foregroundOnly?: boolean }): number | undefined;
  /** Puts what is due at or before the instant into the queues. */
  runDue(nowMs: number): void;
}

export interface SettleResult {
  isSettled: boolean;
  /** Simulated ms that passed. */
  elapsedMs: number;
}

export interface LoopOptions {
  clock: SettableClock;
  work: Work;
  /** A container's shell that must finish before time goes on; undefined when there is none. */
  pendingShell?(): Promise<void> | undefined;
}

/** More instants than this in one call mean that something requeues itself without end. */
const MAX_INSTANTS = 5_000_000;

export class Loop {
  readonly #clock: SettableClock;
  readonly #work: Work;
  readonly #pendingShell: () => Promise<void> | undefined;

  constructor({ clock, work, pendingShell }: LoopOptions) {
    this.#clock = clock;
    this.#work = work;
    this.#pendingShell = pendingShell ?? (() => undefined);
  }

  /** Lets controllers act at the current instant until nothing is left to do. */
  async runToRest(): Promise<void> {
    this.#work.runToRest();
    for (let pending = this.#pendingShell(); pending; pending = this.#pendingShell()) {
      await pending;
      this.#work.runToRest();
    }
  }

  /** Returns the next instant (ms) at which something happens, or undefined. */
  nextDueAtMs(options?: { foregroundOnly?: boolean }): number | undefined {
    return this.#work.nextDueAtMs(options);
  }

  /** Goes to the next due instant, at most to `limitMs`, and runs it. @returns false when nothing is due until then. */
  async step(limitMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    // When the saved due times were lost, what is due is known only after every object was looked at.
    await this.runToRest();
    const dueMs = this.#work.nextDueAtMs();
    if (dueMs === undefined || dueMs > limitMs) return false;
    this.#clock.advanceTo(dueMs);
    this.#work.runDue(this.#clock.nowMs());
    await this.runToRest();
    return true;
  }

  /** Runs everything due up to an instant, in order, and leaves the clock there. */
  async advanceTo(toMs: number): Promise<void> {
    for (let i = 0; await this.step(toMs); i++) {
      if (i > MAX_INSTANTS) throw new Error('assertion: simulated time does not come to rest');
    }
    this.#clock.advanceTo(toMs);
  }

  /** Lets time pass until nothing in the foreground is due, at most `maxMs`. The clock stops at the last event. */
  async settle(maxMs: number): Promise<SettleResult> {
    const startMs = this.#clock.nowMs();
    const limitMs = startMs + maxMs;
    await this.runToRest();
    for (let i = 0; ; i++) {
      const dueMs = this.#work.nextDueAtMs({ foregroundOnly: true });
      if (dueMs === undefined) return { isSettled: true, elapsedMs: this.#clock.nowMs() - startMs };
      if (dueMs > limitMs) {
        await this.advanceTo(limitMs);
        return { isSettled: false, elapsedMs: this.#clock.nowMs() - startMs };
      }
      await this.advanceTo(dueMs);
      if (i > MAX_INSTANTS) throw new Error('assertion: the cluster does not settle');
    }
  }
}
