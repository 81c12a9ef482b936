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
// It goes to what is due in the foreground; to what recurs (back-off, deadlines) only for patient waiters, after a longer pause.

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
  /** Simulated instant up to which it moves time over what recurs, too; undefined for never. */
  patientUntilMs?: number | undefined;
  /** Real ms after its begin in which its client is still getting ready, asleep or not. Default 0. */
  setUpMs?: number;
}

/** What is due in the cluster, in ms since the epoch. */
interface Due {
  nextDueAtMs(options?: { foregroundOnly?: boolean }): number | undefined;
}

export interface JumpOptions {
  /** Whether requests are being answered or work is under way. */
  isBusy(): boolean;
  /** undefined: there are no clients that could be looked at. */
  look(): ClientLook | undefined;
  /** Goes to the next event, with `isPatient` to one that recurs. Resolves with whether there was one. */
  jump(isPatient: boolean): Promise<boolean>;
  /** Real ms of silence that stand for sleep where processes cannot be watched. */
  graceMs: number;
}

/** Between two looks at clients whose processes can be watched. */
const PAUSE_MS = 8;
/** Before time goes on to what recurs: a program that polls what it found may be about to end its waiting. */
const PATIENT_PAUSE_MS = 300;

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

  /** Returns the instant to go to: what is due in the foreground, else what a waiter waits for; undefined for none. */
  targetMs(due: Due, isPatient: boolean): number | undefined {
    const dueMs = due.nextDueAtMs();
    const recursMs = isPatient && dueMs !== undefined && this.#isWaitedFor(dueMs) ? dueMs : undefined;
    let toMs = due.nextDueAtMs({ foregroundOnly: true }) ?? recursMs;
    for (const { endsAtMs, jumpsToEnd } of this.waiters.keys()) {
      if (endsAtMs === undefined || !jumpsToEnd) continue;
      const nextMs = dueMs !== undefined && dueMs <= endsAtMs ? dueMs : endsAtMs;
      toMs = Math.min(toMs ?? nextMs, nextMs);
    }
    return toMs;
  }

  #isWaitedFor(dueMs: number): boolean {
    return [...this.waiters.keys()].some(({ patientUntilMs = -1 }) => dueMs <= patientUntilMs);
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
      this.#hasNews = (await this.#options.jump(false)) || (await this.#jumpPatiently()) || this.#hasNews;
    }
  }

  /** Nothing is due in the foreground. */
  async #jumpPatiently(): Promise<boolean> {
    if (![...this.waiters.keys()].some(({ patientUntilMs }) => patientUntilMs !== undefined)) return false;
    await pause(PATIENT_PAUSE_MS);
    await this.#untilStill();
    return !this.#hasNews && !this.#isStopped && this.#options.jump(true);
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
