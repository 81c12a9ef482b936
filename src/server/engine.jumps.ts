// When simulated time may jump because requests wait: when nobody has anything left to do at this instant.
// Called by: engine.ts. Must not know: sockets, the cluster.
//
// The rule, on a manual clock that waiting moves. Time jumps, to one event, when
// - at least one request waits, and each has waited long enough for its client to be set up (Waiter.setUpMs),
// - no request is being answered, no work is queued, and no stream's command is running,
// - everything that was sent has been taken by the clients' kernels, and no new connection is about to ask,
// - every client's process sleeps, and has not run since a look one pause ago.
// A slow client is one that is still running, so it sees the same bytes as a fast one. Of a client whose process cannot be
// watched (another machine, another system, this very process) silence for a longer pause has to do.

/** One look at the clients. */
export interface ClientLook {
  isQuiet: boolean;
  /** Whether all their processes can be watched. */
  isKnown: boolean;
  /** Changes with every byte, connection and move of a client. */
  mark: string;
}

/** A request that waits for something to happen. */
export interface Waiter {
  /** Simulated instant at which waiting ends; undefined for none. */
  endsAtMs?: number | undefined;
  /** Whether time may jump up to that instant when nothing else is due, as it does for commands in process. */
  jumpsToEnd?: boolean;
  /** Real ms after its begin in which its client is still getting ready, asleep or not. Default 0. */
  setUpMs?: number;
}

export interface JumpOptions {
  /** Whether requests are being answered or work is under way. */
  isBusy(): boolean;
  /** undefined: there are no clients that could be looked at. */
  look(): ClientLook | undefined;
  /** Goes to the next event. Resolves with whether there was one. */
  jump(): Promise<boolean>;
  /** Real ms of silence that stand for sleep where processes cannot be watched. */
  graceMs: number;
}

/** Between two looks at clients whose processes can be watched. */
const PAUSE_MS = 8;

export class Jumps {
  readonly waiters = new Map<Waiter, number>();
  readonly #options: JumpOptions;
  #isRunning = false;
  #isStopped = false;
  #hasNews = false;

  constructor(options: JumpOptions) {
    this.#options = options;
  }

  /** Something changed: a waiter came, or there may be something to jump to. */
  poke(): void {
    this.#hasNews = true;
    if (this.#isRunning || this.#isStopped || this.waiters.size === 0) return;
    this.#isRunning = true;
    void this.#run().finally(() => (this.#isRunning = false));
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    while (this.#hasNews) {
      await this.#untilStill();
      if (this.#isStopped || this.waiters.size === 0) return;
      this.#hasNews = false;
      // An event may make others: the commit pokes. With nothing to jump to this ends until then.
      if (await this.#options.jump()) this.#hasNews = true;
    }
  }

  async #untilStill(): Promise<void> {
    for (let before = this.#look(); !this.#isStopped && this.waiters.size > 0;) {
      await pause(before?.isKnown === false ? this.#options.graceMs : PAUSE_MS);
      const now = this.#look();
      if (before && now && before.mark === now.mark && before.isKnown === now.isKnown) return;
      before = now;
    }
  }

  /** Returns what was seen when all is quiet. */
  #look(): ClientLook | undefined {
    if (this.#options.isBusy()) return undefined;
    const nowMs = Date.now();
    for (const [{ setUpMs = 0 }, beganAtMs] of this.waiters) if (nowMs - beganAtMs < setUpMs) return undefined;
    const look = this.#options.look() ?? { isQuiet: true, isKnown: false, mark: '' };
    return look.isQuiet ? look : undefined;
  }
}

/** Resolves after the time, and after what came on sockets meanwhile was taken. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => setImmediate(resolve), ms);
  });
}
