// The lock of a state folder: one writer at a time, across processes, and across their sudden death.
// Called by: state.ts, main.ts (to find a serving process). Must not know: what is written under the lock.
// This is an edge: it waits in real time.
import { codeOf } from '../machinery/goerrno.ts';
import { asideName, diskFileSystem, fileError, quietly, readText, StateError, type FileSystem } from './files.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './process.ts';

/** What stands in the lock file. */
export interface LockOwner extends ProcessIdentity {
  /** Tells this holding of the lock from every other one. */
  nonce: string;
  /** Where the owner serves the API, when it does: 'https://127.0.0.1:6443'. */
  address?: string;
}

export interface LockOptions {
  fs?: FileSystem;
  /** How long `acquire` waits for one owner before it gives up; while the lock passes on it waits on. Default 30 s. */
  maxWaitMs?: number;
  /** Told to others through `owner()`. */
  address?: string;
}

/** The owner of the lock keeps it: it serves. */
export class ServedStateError extends StateError {
  readonly owner: LockOwner;
  constructor(owner: LockOwner) {
    super(`process ${owner.pid} serves the cluster already, on ${owner.address}`);
    this.owner = owner;
  }
}

const DEFAULT_WAIT_MS = 30_000;
const LONGEST_PAUSE_MS = 20;
let holdings = 0;

export class StateLock {
  readonly #file: string;
  readonly #fs: FileSystem;
  readonly #options: LockOptions;
  #held: LockOwner | undefined;

  /** `file`: the lock file's path; its folder must exist before the lock is acquired. */
  constructor(file: string, options: LockOptions = {}) {
    this.#file = file;
    this.#fs = options.fs ?? diskFileSystem;
    this.#options = options;
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Returns who holds the lock, undefined when nobody does who is alive. */
  owner(): LockOwner | undefined {
    const owner = this.#read(this.#file);
    return owner !== undefined && isAlive(owner) ? owner : undefined;
  }

  /**
   * Waits until this process holds the lock. A dead owner's lock is taken over.
   * @throws StateError that names the owner when it does not let go in time, or when the folder cannot be written;
   * ServedStateError at once when it never will.
   */
  async acquire(): Promise<void> {
    for (const pauseMs of this.#pauses()) {
      if (this.tryAcquire()) return;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** `acquire` for callers that cannot await: the whole process sleeps meanwhile. */
  acquireSync(): void {
    const cell = new Int32Array(new SharedArrayBuffer(4));
    for (const pauseMs of this.#pauses()) {
      if (this.tryAcquire()) return;
      Atomics.wait(cell, 0, 0, pauseMs);
    }
  }

  /** Takes the lock when it is free or its owner is dead. @returns whether this process holds it now. */
  tryAcquire(): boolean {
    if (this.#held) throw new Error('assertion: the lock is held already');
    const { address } = this.#options;
    const nonce = `${process.pid}-${ownIdentity().startTime}-${++holdings}`;
    const owner: LockOwner = { ...ownIdentity(), nonce, ...(address === undefined ? {} : { address }) };
    try {
      if (!this.#claim(this.#file, owner)) return false;
    } catch (error) {
      throw fileError('lock', this.#file, error);
    }
    this.#held = owner;
    return true;
  }

  /** Gives the lock back; nothing when it is not held. */
  release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held && this.#read(this.#file)?.nonce === held.nonce) quietly(() => this.#fs.unlinkSync(this.#file));
  }

  /** Tells others where this process serves from now on. The lock must be held. */
  publish(address: string): void {
    if (!this.#held) throw new Error('assertion: the lock is not held');
    this.#held = { ...this.#held, address };
    const aside = this.#writeAside(this.#held);
    try {
      this.#fs.renameSync(aside, this.#file);
    } catch (error) {
      throw fileError('lock', this.#file, error);
    }
  }

  /**
   * Makes the file with this owner in it, whole from the first instant. Of several processes that see the same dead owner,
   * the one that claims the marker named after that owner's nonce puts its own file in the place: the dead file cannot change
   * meanwhile, since nobody else may remove it.
   */
  #claim(file: string, owner: LockOwner): boolean {
    const aside = this.#writeAside(owner);
    try {
      if (this.#link(aside, file)) return true;
      const found = this.#read(file);
      if (found === undefined || isAlive(found)) return false;
      const marker = `${file}.${found.nonce}`;
      if (!this.#claim(marker, owner)) return false;
      try {
        if (this.#read(file)?.nonce !== found.nonce) return false;
        this.#fs.renameSync(aside, file);
        return true;
      } finally {
        quietly(() => this.#fs.unlinkSync(marker));
      }
    } finally {
      this.#fs.rmSync(aside, { force: true });
    }
  }

  #link(aside: string, file: string): boolean {
    try {
      this.#fs.linkSync(aside, file);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  #writeAside(owner: LockOwner): string {
    const aside = asideName(this.#file);
    const fd = this.#fs.openSync(aside, 'wx');
    try {
      this.#fs.writeSync(fd, `${JSON.stringify(owner)}\n`);
    } catch (error) {
      quietly(() => this.#fs.rmSync(aside, { force: true }));
      throw error;
    } finally {
      this.#fs.closeSync(fd);
    }
    return aside;
  }

  /** @throws StateError when somebody wrote something else into the file: whether an owner lives cannot be told then. */
  #read(file: string): LockOwner | undefined {
    const text = readText(this.#fs, file);
    if (text === undefined) return undefined;
    try {
      const owner: unknown = JSON.parse(text);
      if (isOwner(owner)) return owner;
    } catch {
      // Said below.
    }
    throw new StateError(`${file} is damaged: remove it if no other command is running`);
  }

  /** Yields how long to pause before each further try. @throws StateError when the time is up. */
  *#pauses(): Iterable<number> {
    let startMs = Date.now();
    let nonce: string | undefined;
    const maxWaitMs = this.#options.maxWaitMs ?? DEFAULT_WAIT_MS;
    for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      // Processes that started to wait together must not go on in step.
      yield pauseMs + (process.pid % 4);
      const owner = this.owner();
      if (owner?.address !== undefined) throw new ServedStateError(owner);
      if (owner?.nonce !== nonce) startMs = Date.now();
      nonce = owner?.nonce;
      if (owner && Date.now() - startMs > maxWaitMs)
        throw new StateError(`the state is locked by process ${owner.pid} (${this.#file})`);
    }
  }
}

function isOwner(value: unknown): value is LockOwner {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, nonce } = value as Partial<LockOwner>;
  return Number.isInteger(pid) && typeof nonce === 'string' && /^[\w-]+$/.test(nonce);
}
