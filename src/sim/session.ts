// A cluster that lies in a state folder, as one process works on it: take the lock, catch up with the clock, work, commit, let go.
// Called by: main.ts and its siblings. Must not know: commands, sockets. The wall clock and sleeping are handed in.
import { SettableClock } from '../machinery/clock.ts';
import type { JsonObject, KubeObject } from '../machinery/types.ts';
import type { ClockState, StateMeta } from '../storage/layout.ts';
import { ServedStateError } from '../storage/lock.ts';
import type { State } from '../storage/state.ts';
import type { NodeTime } from '../kubelet/connector.ts';
import type { Cluster } from './cluster.ts';

/** What a session needs of the world outside simulated time. */
export interface SessionEdges {
  wallNowMs(): number;
  /** Resolves after real time has passed, or at once when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** What the person typed: stands in the journal beside what it changed. */
  command: string;
  /** Writes out what the process holds back; called when everything reported is durable. */
  flush(): void;
  /** Drops what the process holds back: it reports what did not become durable. */
  discard(): void;
  /** Loads the simulator; kept apart because a reader of a settled state never needs it. */
  loadCluster(options: { state: State; clock: SettableClock; time: NodeTime }): Promise<Cluster>;
}

export interface SessionCommit {
  /** Stands in the journal instead of the process's command line. */
  command?: string;
  /** Leaves the saved due times as they are: a cache, which costs more the more objects there are. */
  keepsDue?: boolean;
  /** Ends the batch only: it becomes durable with the next commit, or when the state is flushed. */
  isStaged?: boolean;
}

export interface CreateOptions {
  seed: string;
  settings: JsonObject;
  clock: ClockState;
  /** How long ago the cluster's first object was made, in simulated ms. */
  bootMs: number;
  objects: readonly KubeObject[];
}

/** How often a command that waits looks for what other processes wrote. */
const POLL_MS = 40;

export class Session {
  readonly state: State;
  readonly clock: SettableClock;
  /** How streams of containers let time pass. A serving process puts its own here. */
  time: NodeTime = this;
  readonly #edges: SessionEdges;
  #cluster: Cluster | undefined;
  #isEntered = false;
  #leftAtRevision = 0;

  constructor(state: State, edges: SessionEdges) {
    this.state = state;
    this.#edges = edges;
    // Not later than what is due first: catching up lets each event happen at its own instant.
    const { clock, nextDueAtMs } = state.meta;
    this.clock = new SettableClock(clock ? Math.min(this.targetMs(), nextDueAtMs ?? Number.POSITIVE_INFINITY) : 0);
  }

  get isEntered(): boolean {
    return this.#isEntered;
  }

  /** The cluster while it is being worked on; undefined before. */
  get cluster(): Cluster | undefined {
    return this.#cluster;
  }

  get isManual(): boolean {
    return this.#clockState().mode === 'manual';
  }

  /** Returns the simulated instant at which the cluster should be now, in ms. */
  targetMs(): number {
    const { mode, simulatedMs, wallMs, speed } = this.#clockState();
    if (mode === 'manual' || this.state.meta['isStopped'] === true) return simulatedMs;
    return Math.floor(simulatedMs + Math.max(0, this.#edges.wallNowMs() - wallMs) * speed);
  }

  /** Whether nothing is due: what is stored is what a reader may show, without the lock. */
  isSettled(): boolean {
    const { nextDueAtMs } = this.state.meta;
    return nextDueAtMs === undefined || nextDueAtMs > this.targetMs();
  }

  /** Lets simulated time go on from where it stands, or stand still. The session must be entered. */
  setRunning(isRunning: boolean, mode: ClockState['mode'] = this.#clockState().mode): void {
    const wallMs = mode === 'manual' ? 0 : this.#edges.wallNowMs();
    const clock = { ...this.#clockState(), mode, simulatedMs: this.clock.nowMs(), wallMs };
    this.state.updateMeta({ clock, isStopped: isRunning ? undefined : true });
  }

  /** Takes the lock, picks up what others wrote and catches up with the clock. Does nothing when already inside. */
  async enter(): Promise<Cluster> {
    if (this.#isEntered && this.#cluster) return this.#cluster;
    await this.state.lock();
    this.#isEntered = true;
    if (!this.#cluster) this.#cluster = await this.#load();
    else if (this.#leftAtRevision !== this.state.store.revision) this.#cluster.restore();
    await this.#cluster.loop.advanceTo(this.targetMs());
    return this.#cluster;
  }

  /**
   * Makes a cluster in an empty state, as if it had been made `bootMs` ago, and commits it.
   * @returns false when another process has made one meanwhile, which stays as it is.
   * @throws StatusError when the server refuses an object; nothing is written then.
   */
  async create(options: CreateOptions): Promise<boolean> {
    const { seed, settings, clock, bootMs, objects } = options;
    await this.state.lock();
    if (this.state.meta.seed !== undefined) {
      this.state.unlock();
      return false;
    }
    this.#isEntered = true;
    try {
      const bornAtMs = Math.floor((clock.simulatedMs - bootMs) / 1000) * 1000;
      this.state.updateMeta({ seed, settings, clock });
      this.clock.advanceTo(bornAtMs);
      this.#cluster = await this.#load();
      this.#cluster.bootstrap(objects);
      await this.#cluster.loop.runToRest();
      await this.#cluster.loop.advanceTo(clock.simulatedMs);
      this.commit();
      return true;
    } catch (error) {
      this.#isEntered = false;
      this.#cluster = undefined;
      this.state.discard();
      this.state.unlock();
      throw error;
    }
  }

  /** Deletes the cluster and all that is kept of it. */
  async remove(): Promise<void> {
    await this.state.lock();
    try {
      this.state.reset();
    } finally {
      this.state.unlock();
      this.#isEntered = false;
      this.#cluster = undefined;
    }
  }

  /** Makes everything so far durable. Call before anything is reported. */
  commit({ command = this.#edges.command, keepsDue = false, isStaged = false }: SessionCommit = {}): void {
    if (!this.#isEntered || !this.#cluster) return;
    const nowMs = this.clock.nowMs();
    const { due, ...rest } = this.#changedMeta(this.#cluster, nowMs, keepsDue);
    this.state.updateMeta(keepsDue ? rest : { ...rest, due });
    if (isStaged) this.state.stage({ command, atMs: nowMs });
    else this.state.commit({ command, atMs: nowMs });
  }

  #load(): Promise<Cluster> {
    const time: NodeTime = {
      sleep: (ms, signal, isOver) => this.time.sleep(ms, signal, isOver),
      until: async (isOver, signal) =>
        this.time.until ? this.time.until(isOver, signal) : new Promise(() => undefined),
      waitForEvent: (endsAtMs, signal) => this.time.waitForEvent(endsAtMs, signal),
    };
    return this.#edges.loadCluster({ state: this.state, clock: this.clock, time });
  }

  /** Commits, writes out what is held back and lets others write. */
  leave(): void {
    if (this.#isEntered) {
      this.commit();
      this.#leftAtRevision = this.state.store.revision;
      this.state.unlock();
      this.#isEntered = false;
    }
    this.#edges.flush();
  }

  /** Lets go without committing, and drops what was to be reported: the disk refused. */
  abandon(): void {
    this.#isEntered = false;
    this.#cluster = undefined;
    this.state.discard();
    this.state.unlock();
    this.#edges.discard();
  }

  /**
   * Lets time pass until something may have happened that a watch can see.
   * The manual clock jumps: over everything due up to `endsAtMs`, without an end only over what is in the foreground;
   * with nothing to jump to it waits for other processes. The real clock sleeps.
   */
  async waitForEvent(endsAtMs: number | undefined, signal?: AbortSignal): Promise<void> {
    const { loop } = await this.enter();
    if (this.isManual) {
      // Jumps take no time: without a pause nothing from outside, such as an interrupt, would be heard between them.
      await this.#edges.sleep(0, signal);
      if (signal?.aborted) return;
      const dueMs = loop.nextDueAtMs({ foregroundOnly: endsAtMs === undefined });
      if (dueMs !== undefined && dueMs <= (endsAtMs ?? Number.POSITIVE_INFINITY)) return loop.advanceTo(dueMs);
      if (endsAtMs !== undefined) return loop.advanceTo(endsAtMs);
    }
    await this.#pause(POLL_MS, signal);
  }

  /** Lets simulated time pass: jumps on the manual clock, sleep on the real one. */
  async sleep(ms: number, signal?: AbortSignal, isOver?: () => boolean): Promise<void> {
    const { loop } = await this.enter();
    const untilMs = this.clock.nowMs() + ms;
    while (this.isManual && this.clock.nowMs() < untilMs) {
      if (isOver?.()) return;
      await loop.advanceTo(Math.min(loop.nextDueAtMs() ?? untilMs, untilMs));
    }
    while (!this.isManual && this.targetMs() < untilMs) {
      if (signal?.aborted || isOver?.()) return;
      const { speed } = this.#clockState();
      await this.#pause(Math.min(POLL_MS, (untilMs - this.targetMs()) / speed), signal);
    }
  }

  /**
   * Real time passes outside the lock; ends early when another process wrote or the clock reached something due.
   * At the signal it ends without the lock: whoever goes on after that enters again.
   */
  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    this.leave();
    do {
      await this.#edges.sleep(ms, signal);
      if (signal?.aborted) return;
      this.state.sync();
    } while (this.isManual && this.state.store.revision === this.#leftAtRevision);
    try {
      await this.enter();
    } catch (error) {
      // What was written until the state became a server's is seen first.
      const hasNews = this.state.store.revision !== this.#leftAtRevision;
      if (!(error instanceof ServedStateError) || !hasNews) throw error;
    }
  }

  #clockState(): ClockState {
    return this.state.meta.clock ?? { mode: 'manual', simulatedMs: 0, wallMs: 0, speed: 1 };
  }

  #changedMeta(cluster: Cluster, nowMs: number, keepsDue: boolean): StateMeta {
    const clock = this.#clockState();
    // On the real clock only what a command moved ahead of it is kept: the rest follows from the wall clock.
    const isMoved = nowMs > this.targetMs();
    const moved = { ...clock, simulatedMs: nowMs, wallMs: this.#edges.wallNowMs() };
    return {
      ...(isMoved ? { clock: clock.mode === 'manual' ? { ...clock, simulatedMs: nowMs } : moved } : {}),
      due: keepsDue ? undefined : cluster.snapshot(),
      nextDueAtMs: cluster.loop.nextDueAtMs(),
    };
  }
}
