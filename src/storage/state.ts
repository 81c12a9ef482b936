// A state folder as a program works with it: objects, meta, the lock, commits that are durable when they return.
// Called by: main.ts, sim, the server. Must not know: kinds, commands, the clock.
import type { Json, JsonObject } from '../machinery/types.ts';
import { clone, deepEqual } from '../machinery/meta.ts';
import { beginGeneration, beginJournal, writeCheckpoint } from './checkpoint.ts';
import { applyMeta, StateDisk } from './disk.ts';
import { diskFileSystem, fileError, messageOf, quietly, STATE_FORMAT, type FileSystem } from './files.ts';
import { batchesBackwards, pastObjects, type PastObject } from './history.ts';
import { encodeBatch, type Batch } from './journal.ts';
import { pathsOf, shardFile, type StateMeta } from './layout.ts';
import { StateLock, type LockOptions, type LockOwner } from './lock.ts';
import { MemoryStore, type ResourceObjects } from './memory.ts';
import type { ObservableStore, StoredEvent } from './types.ts';

/** A journal of this size is due for a checkpoint, unless the files to be written are ten times as large. */
const CHECKPOINT_BYTES = 64 * 1024;
const CHECKPOINT_SHARE = 0.1;
/** A process that stays reads no journal: what counts is how often it writes the files. */
const SHARE_OF_STAYING = 1;

export interface StateOptions {
  fs?: FileSystem;
  /** Freeze objects all the way down. Default: under NODE_ENV=test. */
  freeze?: boolean;
  /** Told in one line what a person should know but need not act on. */
  warn?(message: string): void;
  lock?: Omit<LockOptions, 'fs'>;
  /** Bytes of journal after which a checkpoint is made. Default 64 KiB, or a tenth of the files it would write. */
  checkpointBytes?: number;
}

export interface CommitOptions {
  /** What the person typed, or what did it: `kubectl scale deploy web --replicas=3`. */
  command: string;
  /** Simulated time. */
  atMs: number;
}

/**
 * Opens a state folder without a lock and without writing; a folder that is not there yet is an empty state.
 * @throws StateError when it cannot be read, is damaged or of a newer format.
 */
export function openState(directory: string, options: StateOptions = {}): State {
  return new State(directory, options);
}

export class State {
  readonly directory: string;
  readonly #disk: StateDisk;
  readonly #lock: StateLock;
  readonly #options: StateOptions;
  #pending: StoredEvent[] = [];
  /** Lines of the journal that are not written yet. */
  #staged: string[] = [];
  #stagedMeta: JsonObject = {};
  #hasWarnedOfTorn = false;
  #checkpointShare = CHECKPOINT_SHARE;

  constructor(directory: string, options: StateOptions) {
    this.directory = directory;
    this.#options = options;
    const fs = options.fs ?? diskFileSystem;
    const paths = pathsOf(directory);
    this.#lock = new StateLock(paths.lock, { ...options.lock, fs });
    this.#disk = new StateDisk({
      fs,
      paths,
      onTorn: (bytes) => this.#warnOfTorn(bytes),
      ...(options.freeze === undefined ? {} : { freeze: options.freeze }),
    });
    this.#disk.store.onChange((event) => this.#pending.push(event));
  }

  /** The objects. Writes stay in memory until `commit`. */
  get store(): ObservableStore {
    return this.#disk.store;
  }

  /** What is remembered besides objects, with what `updateMeta` staged. Shared: do not change. */
  get meta(): StateMeta {
    const values = { ...this.#disk.values };
    applyMeta(values, this.#stagedMeta);
    return values as StateMeta;
  }

  /** True until the first commit. */
  get isNew(): boolean {
    return this.#disk.checkpoint.generation === 0;
  }

  /** Grows with every checkpoint and with every reset. */
  get generation(): number {
    return this.#disk.checkpoint.generation;
  }

  /** Whether there are writes that a crash would lose. */
  get hasUncommitted(): boolean {
    return this.#pending.length > 0 || this.#staged.length > 0;
  }

  get isLocked(): boolean {
    return this.#lock.isHeld;
  }

  /** Returns which living process holds the lock, and where it serves. */
  lockOwner(): LockOwner | undefined {
    return this.#lock.owner();
  }

  /** Tells others where this process serves; the lock must be held. */
  publishAddress(address: string): void {
    this.#lock.publish(address);
  }

  /** Waits for the lock, then picks up what others committed. @throws StateError */
  async lock(): Promise<void> {
    this.#makeFolder();
    await this.#lock.acquire();
    this.#syncLocked();
  }

  /** `lock` for callers that cannot await. */
  lockSync(): void {
    this.#makeFolder();
    this.#lock.acquireSync();
    this.#syncLocked();
  }

  /** Gives the lock back. What was not committed stays in memory: `discard` it before the next lock. */
  unlock(): void {
    this.#lock.release();
  }

  /**
   * Picks up what other processes committed: their writes come as events. Needs no lock.
   * @returns false when the journals did not tell all, so that memory was forgotten and watches have to begin anew.
   */
  sync(): boolean {
    if (this.hasUncommitted) throw new Error('assertion: sync with writes that are not committed');
    return this.#disk.sync();
  }

  /** Sets fields of meta with the next commit; undefined removes one. */
  updateMeta(patch: StateMeta): void {
    for (const [field, value] of Object.entries(patch)) {
      const wanted = value === undefined ? null : (clone(value) as Json);
      if (deepEqual(wanted, this.#disk.values[field] ?? null)) delete this.#stagedMeta[field];
      else this.#stagedMeta[field] = wanted;
    }
  }

  /**
   * Makes everything written since the last commit durable, as one batch that is there whole or not at all.
   * @returns false when there was nothing to commit.
   * @throws StateError when the disk refuses; the files are as they were, and the writes wait in memory for another try.
   */
  commit(options: CommitOptions): boolean {
    this.stage(options);
    return this.flush();
  }

  /** Ends a batch, which becomes durable with the next `commit` or `flush`. @throws StateError, as `commit`. */
  stage({ command, atMs }: CommitOptions): void {
    const hasMeta = Object.keys(this.#stagedMeta).length > 0;
    if (this.#pending.length === 0 && !hasMeta) return;
    if (!this.#lock.isHeld) throw new Error('assertion: commit without the lock');
    const disk = this.#disk;
    const meta = hasMeta ? this.#stagedMeta : undefined;
    const head = { revision: disk.store.revision, atMs, command, ...(meta ? { meta } : {}) };
    if (this.isNew) beginGeneration(disk, { ...disk.checkpoint, format: STATE_FORMAT, generation: 1 });
    else if (!disk.isJournalCurrent) beginJournal(disk);
    this.#staged.push(encodeBatch(head, this.#pending));
    for (const { resource, object } of this.#pending) disk.markDirty(resource, object.metadata.namespace ?? '');
    applyMeta(disk.values, meta);
    this.#pending = [];
    this.#stagedMeta = {};
  }

  /** Makes the batches durable that were staged. @returns false when there are none. @throws StateError, as `commit`. */
  flush(): boolean {
    if (this.#staged.length === 0) return false;
    this.#disk.journal.append(this.#staged.join(''));
    this.#staged = [];
    // A checkpoint is of whole batches.
    if (this.#pending.length === 0 && this.#isCheckpointDue()) this.#tryCheckpoint();
    return true;
  }

  /** Gives up what was written since the last commit: memory becomes what the files say. @throws StateError */
  discard(): void {
    if (!this.hasUncommitted && Object.keys(this.#stagedMeta).length === 0) return;
    this.#forgetUncommitted();
    this.#disk.reload();
  }

  /** Makes a checkpoint now. The lock must be held and everything committed. @throws StateError */
  checkpoint(): void {
    if (!this.#lock.isHeld || this.hasUncommitted) throw new Error('assertion: checkpoint of an open batch');
    if (!this.isNew) writeCheckpoint(this.#disk);
  }

  /** Says whether this process keeps the lock: checkpoints are seldom then, and one that is due is made at the end. */
  setStaying(isStaying: boolean): void {
    this.#checkpointShare = isStaying ? SHARE_OF_STAYING : CHECKPOINT_SHARE;
    if (!isStaying && this.#lock.isHeld && !this.hasUncommitted && this.#isCheckpointDue()) this.#tryCheckpoint();
  }

  /** Removes all objects, meta and history, durably. The lock must be held. @throws StateError */
  reset(): void {
    if (!this.#lock.isHeld) throw new Error('assertion: reset without the lock');
    const disk = this.#disk;
    this.#forgetUncommitted();
    if (!this.isNew) {
      const generation = disk.checkpoint.generation + 1;
      beginGeneration(disk, { format: STATE_FORMAT, generation, revision: 1, values: {}, shards: {} });
      for (const folder of [disk.paths.objects, disk.paths.history])
        quietly(() => disk.fs.rmSync(folder, { recursive: true, force: true }));
    }
    disk.values = {};
    disk.store.reset(1);
  }

  /** Yields the committed batches that are still kept, newest first. */
  history(): Iterable<Batch> {
    this.flush();
    return batchesBackwards(this.#disk);
  }

  /** Returns every object written to after a revision as it was then; undefined when that is no longer known. */
  pastObjects(revision: number): PastObject[] | undefined {
    this.flush();
    return pastObjects(this.#disk, revision);
  }

  /** Returns all objects as they are now, internal ones too, by resource. */
  objects(): ResourceObjects[] {
    return this.#disk.resources().map((resource) => ({ resource, objects: this.store.list(resource) }));
  }

  /** Returns all objects as they were at a revision; undefined when that is no longer known. */
  objectsAt(revision: number): ResourceObjects[] | undefined {
    const past = this.pastObjects(revision);
    if (past === undefined) return undefined;
    const store = new MemoryStore({ objects: this.objects(), freeze: false });
    for (const { resource, key, object } of past) {
      if (object) store.adopt([{ resource, objects: [object] }]);
      else if (store.get(resource, key)) store.delete(resource, key);
    }
    return [...store.resources()].map((resource) => ({ resource, objects: store.list(resource) }));
  }

  /**
   * Makes a new state out of objects and meta as they are, with their revision: a branch of another state.
   * The lock must be held. @throws StateError
   */
  adopt({ revision, objects, meta }: { revision: number; objects: readonly ResourceObjects[]; meta: StateMeta }): void {
    if (!this.#lock.isHeld || !this.isNew) throw new Error('assertion: a state that is not new cannot adopt another');
    const disk = this.#disk;
    disk.store.reset(revision);
    disk.store.adopt(objects);
    for (const { resource, objects: list } of objects)
      for (const { metadata } of list) disk.markDirty(resource, metadata.namespace ?? '');
    disk.values = clone(meta) as JsonObject;
    writeCheckpoint(disk);
  }

  close(): void {
    this.#lock.release();
  }

  #forgetUncommitted(): void {
    this.#pending = [];
    this.#staged = [];
    this.#stagedMeta = {};
  }

  #makeFolder(): void {
    try {
      this.#disk.fs.mkdirSync(this.directory, { recursive: true });
    } catch (error) {
      throw fileError('write', this.directory, error);
    }
  }

  #syncLocked(): void {
    try {
      this.sync();
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  #isCheckpointDue(): boolean {
    const { checkpointBytes } = this.#options;
    const { bytes } = this.#disk.journal;
    if (checkpointBytes !== undefined) return bytes > checkpointBytes;
    if (bytes <= CHECKPOINT_BYTES) return false;
    let fileBytes = 0;
    for (const shard of this.#disk.dirty)
      quietly(() => (fileBytes += this.#disk.fs.statSync(shardFile(this.#disk.paths, shard)).size));
    return bytes > fileBytes * this.#checkpointShare;
  }

  /** The batch is durable already: a checkpoint that fails is tried again after the next one. */
  #tryCheckpoint(): void {
    try {
      writeCheckpoint(this.#disk);
    } catch (error) {
      this.#options.warn?.(`the journal grows, for no checkpoint could be made: ${messageOf(error)}`);
    }
  }

  #warnOfTorn(bytes: number): void {
    // Without the lock, an unfinished line is mostly one that another process is writing just now.
    if (this.#hasWarnedOfTorn || (!this.#lock.isHeld && this.#lock.owner() !== undefined)) return;
    this.#hasWarnedOfTorn = true;
    const what = `the last ${bytes} bytes of ${pathsOf(this.directory).journal} were cut short`;
    this.#options.warn?.(`${what} by a crash and are dropped; nothing that a command reported is in them`);
  }
}
