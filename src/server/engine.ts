// The cluster as a serving process works on it: one piece of work after another, each durable before it is answered.
// Called by: server/*.ts; made by main.serve.ts. Must not know: HTTP, commands. Timers are its own: this is an edge.
import type { ApiRequest, ApiResponse, StreamHandler, StreamIO } from '../apiserver/types.ts';
import type { UserInfo } from '../apiserver/user.ts';
import type { Status } from '../machinery/status.ts';
import type { Cluster } from '../sim/cluster.ts';
import type { Session } from '../sim/session.ts';
import { Jumps, type ClientLook, type Waiter } from './engine.jumps.ts';
import { Rounds } from './engine.rounds.ts';

export interface EngineOptions {
  session: Session;
  /** On the manual clock, requests that wait move time on from event to event. */
  advancesOnWait: boolean;
  /** Real ms of silence before waiting moves time, where clients' processes cannot be watched. Default 100. */
  graceMs?: number;
  /** Called when the cluster cannot go on: the disk refuses and the state cannot be read again. */
  fail(error: Error): void;
}

const DEFAULT_GRACE_MS = 100;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Pieces of work that the real clock starts have no client. */
const CLOCK = 'clock';

export class Engine {
  readonly session: Session;
  readonly #options: EngineOptions;
  readonly #listeners = new Set<() => void>();
  /** What streams have written and not sent yet. */
  readonly #heldWrites = new Set<() => void>();
  readonly #jumps: Jumps;
  /** Looks at the clients; set by the server that has them. */
  lookAtClients: () => ClientLook | undefined = () => undefined;
  readonly #rounds: Rounds<Cluster>;
  /** Requests being answered, pieces of work, streams whose command runs. */
  #busy = 0;
  #begun = 0;
  #clockTimer: NodeJS.Timeout | undefined;
  #committedRevision = -1;
  /** Something was staged since the last flush. */
  #hasNews = false;
  #committedDueMs: number | undefined;
  #seenMs = 0;
  #address: string | undefined;
  #isStopped = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.session = options.session;
    this.#jumps = new Jumps({
      isBusy: () => this.#busy > 0,
      look: () => {
        const seen = this.lookAtClients();
        return seen && { ...seen, mark: `${this.#begun} ${seen.mark}` };
      },
      jump: (isPatient) => this.perform(CLOCK, (cluster) => this.#jumpIn(cluster, isPatient)).catch(() => false),
      graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
    });
    this.#rounds = new Rounds({
      enter: () => this.session.enter(),
      catchUp: ({ loop }) => loop.advanceTo(this.session.targetMs()),
      stage: (command, cluster) => this.#stage(command, cluster),
      flush: () => this.#flush(),
      recover: () => this.#recover(),
      rest: () => this.#schedule(),
      fail: (error) => options.fail(error),
    });
    this.session.time = {
      sleep: (ms, signal) => this.#idle(() => this.sleep(ms, signal)),
      until: (isOver, signal) => this.#until(isOver, signal),
      waitForEvent: (endsAtMs, signal) => this.#idle(() => this.#waitForEvent({ endsAtMs, jumpsToEnd: true }, signal)),
    };
  }

  get nowMs(): number {
    return this.session.clock.nowMs();
  }

  get revision(): number {
    return this.session.state.store.revision;
  }

  /** Whether all that can be read now is durable; false in the middle of a piece of work. */
  get isDurable(): boolean {
    return !this.session.state.hasUncommitted;
  }

  /** 'real', 'manual', or 'jumping': manual, but moved by whoever waits. */
  get pace(): 'real' | 'manual' | 'jumping' {
    if (!this.session.isManual) return 'real';
    return this.#options.advancesOnWait ? 'jumping' : 'manual';
  }

  /** Simulated ms in a real one. */
  get speed(): number {
    return this.session.state.meta.clock?.speed ?? 1;
  }

  /** Returns whom a service account's token stands for now; undefined when nobody. */
  userOf(token: string): UserInfo | undefined {
    const answer = this.session.cluster?.server.authenticateToken(token, Math.max(this.nowMs, this.#wallNowMs()));
    return answer && 'user' in answer ? answer.user : undefined;
  }

  /** Takes the state's lock for good and catches up with the clock. @throws StateError */
  async start(): Promise<void> {
    await this.perform(CLOCK, () => undefined);
    this.session.state.setStaying(true);
  }

  /** Tells other processes where this one serves. */
  publish(address: string): void {
    this.#address = address;
    this.session.state.publishAddress(address);
  }

  /** Makes everything durable and gives the lock back. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#clockTimer);
    this.#jumps.stop();
    await this.#rounds.finished;
    this.session.state.setStaying(false);
    this.session.leave();
  }

  /** Answers one request. What it wrote, and what controllers made of it, is durable when this resolves. */
  exchange(request: ApiRequest): Promise<ApiResponse> {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    return this.perform(isRead ? CLOCK : `${request.method} ${request.path}`, async ({ server, loop }) => {
      const response = server.handle(request);
      if (!isRead) await loop.runToRest();
      return response;
    });
  }

  /**
   * Does a piece of work on the cluster, after those before it: catches up with the clock, works, commits.
   * `command` stands in the journal beside what it changed. @throws StateError when the disk refuses; nothing is kept then.
   */
  perform<T>(command: string, work: (cluster: Cluster) => T | Promise<T>): Promise<T> {
    const release = this.hold();
    return this.#rounds.add(command, work).finally(release);
  }

  /** Runs a stream to its end: what it changes is committed before anything it wrote goes out. */
  async stream(command: string, handler: StreamHandler, io: StreamIO): Promise<Status> {
    const held: (() => void)[] = [];
    const flush = (): void => {
      for (const write of held.splice(0)) write();
    };
    const settle = async (): Promise<void> => {
      await this.perform(command, ({ loop }) => loop.runToRest());
      flush();
    };
    const { terminalSize, signal } = io;
    const outer: StreamIO = {
      ...(io.readStdin
        ? {
            readStdin: () => io.readStdin?.() ?? Promise.resolve(undefined),
            waitOutside: async <T>(wait: Promise<T>) => {
              await settle();
              const result = await this.#idle(() => wait);
              await settle();
              return result;
            },
          }
        : {}),
      writeStdout: (bytes) => void held.push(() => io.writeStdout(bytes)),
      writeStderr: (bytes) => void held.push(() => io.writeStderr(bytes)),
      ...(terminalSize ? { terminalSize: () => terminalSize.call(io) } : {}),
      signal,
    };
    this.#heldWrites.add(flush);
    const release = this.hold();
    try {
      await settle();
      return await handler(outer);
    } finally {
      await settle();
      this.#heldWrites.delete(flush);
      release();
    }
  }

  /** Calls the listener after every commit that a watch may see something of. @returns what takes it away. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Counts something as under way until the returned function is called: waiting moves no time meanwhile. */
  hold(): () => void {
    this.#busy += 1;
    this.#begun += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#busy -= 1;
      isHeld = false;
    };
  }

  /** Counts a request as waiting until the returned function is called: on a jumping clock it moves time. */
  wait(waiter: Waiter): () => void {
    this.#jumps.waiters.set(waiter, Date.now());
    if (this.pace === 'jumping') this.#jumps.poke();
    return () => this.#jumps.waiters.delete(waiter);
  }

  /** A stream's command waits: it is not under way meanwhile. */
  async #idle<T>(wait: () => Promise<T>): Promise<T> {
    this.#busy -= 1;
    try {
      return await wait();
    } finally {
      this.#busy += 1;
    }
  }

  /** Resolves when something happened, or the waiter's instant came. */
  async #waitForEvent(waiter: Waiter, signal?: AbortSignal): Promise<void> {
    const { endsAtMs } = waiter;
    await this.#settle();
    if (signal?.aborted || (endsAtMs !== undefined && endsAtMs <= this.nowMs)) return;
    const release = this.wait(waiter);
    const removeTimer = this.#at(endsAtMs, signal);
    await new Promise<void>((resolve) => {
      const remove = this.onChange(done);
      function done(): void {
        remove();
        signal?.removeEventListener('abort', done);
        resolve();
      }
      signal?.addEventListener('abort', done);
    });
    removeTimer();
    release();
  }

  /** Resolves when a commit made something true, or at the signal. */
  async #until(isOver: () => boolean, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const remove = this.onChange(() => isOver() && resolve());
      signal.addEventListener('abort', () => {
        remove();
        resolve();
      });
    });
  }

  /** Lets simulated time pass: where waiting moves time as a waiter, else in real time. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await this.#settle();
    if (this.pace === 'jumping') {
      const endsAtMs = this.nowMs + ms;
      while (this.nowMs < endsAtMs) {
        if (signal?.aborted) return;
        await this.#waitForEvent({ endsAtMs, jumpsToEnd: true }, signal);
      }
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, this.pace === 'real' ? ms / this.speed : ms);
      signal?.addEventListener('abort', done);
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
    });
  }

  /** Goes to the first instant that a waiter waits for, else to the next event in the foreground. */
  async jump(): Promise<void> {
    await this.perform(CLOCK, (cluster) => this.#jumpIn(cluster, false));
  }

  /** Returns real ms until a simulated instant; on a standing clock as if it ran. */
  realMsUntil(atMs: number): number {
    return Math.min(LONGEST_TIMER_MS, Math.max(0, (atMs - this.#wallNowMs()) / this.speed));
  }

  #wallNowMs(): number {
    return this.pace === 'real' ? this.session.targetMs() : this.nowMs;
  }

  /** On the real clock an instant may pass without an event of the cluster. */
  #at(atMs: number | undefined, signal: AbortSignal | undefined): () => void {
    if (atMs === undefined || this.pace !== 'real') return () => undefined;
    const timer = setTimeout(
      () => {
        if (!signal?.aborted) void this.perform(CLOCK, () => undefined).then(() => this.#notify());
      },
      this.realMsUntil(atMs) + 1,
    );
    return () => clearTimeout(timer);
  }

  /** Ends a batch where something happened. */
  #stage(command: string, { loop }: Cluster): void {
    const { revision } = this;
    const dueMs = loop.nextDueAtMs();
    const hasMoved = this.session.isManual && this.nowMs !== this.#seenMs;
    if (revision === this.#committedRevision && dueMs === this.#committedDueMs && !hasMoved) return;
    this.session.commit({ command, keepsDue: true, isStaged: true });
    this.#committedRevision = revision;
    this.#committedDueMs = dueMs;
    this.#seenMs = this.nowMs;
    this.#hasNews = true;
  }

  /** Makes durable what was staged, and tells of it. @throws StateError */
  #flush(): void {
    this.session.state.flush();
    if (!this.#hasNews) return;
    this.#hasNews = false;
    this.#notify();
    if (this.pace === 'jumping') this.#jumps.poke();
  }

  /** What was written so far becomes durable and reaches its readers. Wakes nobody: two that wait would wake each other for ever. */
  async #settle(): Promise<void> {
    await this.perform(CLOCK, ({ loop }) => loop.runToRest());
    this.#writeHeld();
  }

  #writeHeld(): void {
    for (const write of this.#heldWrites) write();
  }

  #notify(): void {
    this.#writeHeld();
    for (const listener of this.#listeners) listener();
  }

  /** The disk refused: what was not committed is given up, and the lock, which is taken again with the address in it. */
  async #recover(): Promise<void> {
    this.session.abandon();
    this.#hasNews = false;
    this.#committedRevision = -1;
    await this.session.enter();
    if (this.#address !== undefined) this.session.state.publishAddress(this.#address);
    this.#notify();
  }

  #schedule(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#clockTimer);
    if (this.pace === 'real') this.#scheduleClock();
  }

  #scheduleClock(): void {
    const dueMs = this.#committedDueMs;
    if (dueMs === undefined || this.session.state.meta['isStopped'] === true) return;
    this.#clockTimer = setTimeout(
      () => void this.perform(CLOCK, () => undefined).catch(() => undefined),
      Math.ceil(this.realMsUntil(dueMs)),
    );
  }

  async #jumpIn({ loop }: Cluster, isPatient: boolean): Promise<boolean> {
    const toMs = this.#jumps.targetMs(loop, isPatient);
    if (toMs === undefined) return false;
    await loop.advanceTo(toMs);
    return true;
  }
}
