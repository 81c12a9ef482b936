// What this process knows of a state folder, and how it learns more: shards when asked for, other processes' writes by `sync`.
// Called by: state.ts. Must not know: locks, when to commit.
import type { JsonObject, KubeObject } from '../machinery/types.ts';
import { Journal, readDocument, type JournalPart } from './adapters.ts';
import { DamagedStateError, StateError, type FileSystem } from './files.ts';
import type { Batch } from './journal.ts';
import { archiveFile, metaShape, shardFile, shardShape, type MetaDocument, type StatePaths } from './layout.ts';
import { MemoryStore, type ShardSource } from './memory.ts';
import { orderKey } from './order.ts';
import { parseShard, shardOf } from './shards.ts';
import type { StoredEvent } from './types.ts';

const EMPTY: MetaDocument = { format: 0, generation: 0, revision: 1, values: {}, shards: {} };
/** Rounds of reading again what another process was replacing meanwhile. */
const MAX_ROUNDS = 50;

export interface DiskOptions {
  fs: FileSystem;
  paths: StatePaths;
  freeze?: boolean;
  /** Told when the journal ends in an unfinished line. */
  onTorn(bytes: number): void;
}

export class StateDisk implements ShardSource {
  readonly fs: FileSystem;
  readonly paths: StatePaths;
  readonly store: MemoryStore;
  /** The checkpoint that the journal continues. */
  checkpoint: MetaDocument = EMPTY;
  /** Fields of meta as the journal leaves them. */
  values: JsonObject = {};
  journal: Journal;
  /** Whether the journal file is of the checkpoint's generation; not so after a crash between the two. */
  isJournalCurrent = false;
  /** Shards written to since the checkpoint. */
  readonly dirty = new Set<string>();
  /** Batches since the checkpoint that shards still to be loaded must be brought up to date with. */
  #batches: Batch[] = [];
  #seen = '';
  readonly #onTorn: (bytes: number) => void;

  /** @throws StateError when the folder cannot be read or is of a newer format. */
  constructor({ fs, paths, freeze, onTorn }: DiskOptions) {
    this.fs = fs;
    this.paths = paths;
    this.#onTorn = onTorn;
    this.journal = new Journal(fs, paths.journal);
    const part = this.#readCurrent();
    this.#begin(part);
    const revision = this.#batches.at(-1)?.revision ?? this.checkpoint.revision;
    this.store = new MemoryStore({ revision, source: this, ...(freeze === undefined ? {} : { freeze }) });
  }

  // ShardSource

  get floor(): number {
    return this.checkpoint.revision;
  }

  *namespaces(resource: string): Iterable<string> {
    const known = new Set<string>();
    for (const shard of Object.keys(this.checkpoint.shards[resource] ?? {})) known.add(shard);
    for (const namespace of known) yield parseShard(`${resource}/${namespace}`).namespace;
    for (const shard of this.dirty) {
      const parsed = parseShard(shard);
      if (parsed.resource === resource && !known.has(shard.slice(resource.length + 1))) yield parsed.namespace;
    }
  }

  count(resource: string, namespace: string): number | undefined {
    const shard = shardOf(resource, namespace);
    return this.dirty.has(shard) ? undefined : (this.#counted(shard) ?? 0);
  }

  *earlierEvents(): Iterable<StoredEvent> {
    for (const batch of this.#batches) yield* batch.events();
  }

  load(resource: string, namespace: string): readonly KubeObject[] {
    const shard = shardOf(resource, namespace);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const isOnDisk = this.#counted(shard) !== undefined;
      const document = isOnDisk ? readDocument(this.fs, shardFile(this.paths, shard), shardShape) : undefined;
      if (isOnDisk === (document !== undefined) && (document?.revision ?? 0) <= this.store.revision)
        return this.#bringUpToDate(shard, document);
      // Another process made a checkpoint after this one had read meta.json: follow it.
      const before = this.checkpoint.generation;
      this.sync();
      if (document === undefined && this.checkpoint.generation === before) break;
    }
    throw new StateError(`${shardFile(this.paths, shard)} does not fit the rest of the state, or is missing`);
  }

  /**
   * Picks up what other processes committed since this one last looked: as events when the journals tell all of it, else by
   * forgetting what is in memory. @returns false when memory was forgotten.
   */
  sync(): boolean {
    const fingerprint = this.#fingerprint();
    if (fingerprint !== '' && fingerprint === this.#seen) return true;
    this.#seen = fingerprint;
    const { generation } = this.checkpoint;
    const { place } = this.journal;
    const known = this.checkpoint;
    const part = this.#readCurrent();
    if (this.checkpoint.generation === generation) {
      if (part) this.#absorb(part.batches);
      return true;
    }
    const missed = this.#readMissed(place, this.checkpoint);
    if (missed === undefined) {
      this.#begin(part);
      this.store.reset(this.#batches.at(-1)?.revision ?? this.checkpoint.revision);
      return false;
    }
    const next = this.checkpoint;
    this.checkpoint = known;
    this.#absorb(missed);
    this.begin(next);
    this.#absorb(part?.batches ?? []);
    return true;
  }

  /** Forgets everything and reads the folder anew. */
  reload(): void {
    this.#seen = '';
    this.checkpoint = EMPTY;
    this.journal.seek({ generation: 0, bytes: 0, lines: 0 });
    this.#begin(this.#readCurrent());
    this.store.reset(this.#batches.at(-1)?.revision ?? this.checkpoint.revision);
  }

  /** Says that this process committed writes to a shard. */
  markDirty(resource: string, namespace: string): void {
    this.dirty.add(shardOf(resource, namespace));
  }

  /** Returns the resources that may have objects. */
  resources(): string[] {
    const dirty = [...this.dirty].map((shard) => parseShard(shard).resource);
    return [...new Set([...Object.keys(this.checkpoint.shards), ...dirty, ...this.store.resources()])].sort();
  }

  /** Takes a checkpoint that holds everything in memory as the new beginning. */
  begin(checkpoint: MetaDocument): void {
    this.checkpoint = checkpoint;
    this.#batches = [];
    this.dirty.clear();
  }

  /** Takes what was read as all that is known. */
  #begin(part: JournalPart | undefined): void {
    this.begin(this.checkpoint);
    this.values = { ...this.checkpoint.values };
    for (const batch of part?.batches ?? []) this.#note(batch);
  }

  #note(batch: Batch): void {
    this.#batches.push(batch);
    for (const shard of batch.shards) this.dirty.add(shard);
    applyMeta(this.values, batch.meta);
  }

  #absorb(batches: readonly Batch[]): void {
    for (const batch of batches) {
      if (batch.revision < this.store.revision) continue;
      this.#note(batch);
      for (const event of batch.events()) if (event.revision > this.store.revision) this.store.replay(event);
    }
  }

  /**
   * Reads meta.json, then the journal's news, again until both are of one generation. Sets `checkpoint` and `isJournalCurrent`.
   * @returns undefined when no journal continues the checkpoint.
   */
  #readCurrent(): JournalPart | undefined {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const meta = readDocument(this.fs, this.paths.meta, metaShape);
      const { place } = this.journal;
      const part = this.journal.read();
      if (meta === undefined) {
        if (part === undefined && this.checkpoint.generation === 0) return undefined;
        // A state that is being made gets its meta.json before its journal.
        if (round > 0) throw new StateError(`${this.paths.meta} is missing`);
        this.journal.seek(place);
        continue;
      }
      // Only the first one comes into being after meta.json has named it.
      if (part === undefined && meta.generation > 1) throw new StateError(`${this.paths.journal} is missing`);
      const journalGeneration = part?.header.generation ?? 0;
      if (journalGeneration > meta.generation) {
        this.journal.seek(place);
        continue;
      }
      const isCurrent = journalGeneration === meta.generation;
      // What was read of an ended journal is read again by `#readMissed`.
      if (!isCurrent) this.journal.seek(place);
      this.checkpoint = meta;
      this.isJournalCurrent = isCurrent;
      if (part && isCurrent && part.tornBytes > 0) this.#onTorn(part.tornBytes);
      return isCurrent ? part : undefined;
    }
    throw new DamagedStateError(`${this.paths.meta} and ${this.paths.journal} do not fit together`);
  }

  /** Returns the batches from a place in an ended journal up to a newer checkpoint; undefined when they are not all kept. */
  #readMissed(place: Journal['place'], checkpoint: MetaDocument): Batch[] | undefined {
    const batches: Batch[] = [];
    for (let generation = Math.max(1, place.generation); generation < checkpoint.generation; generation++) {
      const archive = new Journal(this.fs, archiveFile(this.paths, generation));
      if (generation === place.generation) archive.seek(place);
      const part = archive.read();
      if (part?.header.generation !== generation) return undefined;
      batches.push(...part.batches);
    }
    const last = batches.at(-1)?.revision ?? this.store.revision;
    return last === checkpoint.revision ? batches : undefined;
  }

  /** Applies the journal to a shard as it was at a checkpoint. */
  #bringUpToDate(shard: string, document: { revision: number; objects: readonly KubeObject[] } | undefined) {
    const { revision = 0, objects = [] } = document ?? {};
    const isNews = (batch: Batch): boolean => batch.revision > revision && batch.shards.includes(shard);
    const news = this.#batches.filter(isNews);
    if (news.length === 0) return objects;
    const { resource, namespace } = parseShard(shard);
    const byKey = new Map(objects.map((object) => [orderKey(object.metadata), object]));
    for (const event of news.flatMap((batch) => batch.events())) {
      const { metadata } = event.object;
      if (event.resource !== resource || (metadata.namespace ?? '') !== namespace || event.revision <= revision)
        continue;
      if (event.type === 'DELETED') byKey.delete(orderKey(metadata));
      else byKey.set(orderKey(metadata), event.object);
    }
    return [...byKey.values()];
  }

  /** Tells whether anything was committed: journals grow, and both files get new inodes otherwise. '' when they are not there. */
  #fingerprint(): string {
    try {
      const stats = [this.paths.meta, this.paths.journal].map((file) => this.fs.statSync(file));
      return stats.map(({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`).join(', ');
    } catch {
      // Whoever reads them next says what is wrong.
      return '';
    }
  }

  #counted(shard: string): number | undefined {
    const slash = shard.indexOf('/');
    return this.checkpoint.shards[shard.slice(0, slash)]?.[shard.slice(slash + 1)];
  }
}

/** Sets fields; null removes one. Changes its first argument. */
export function applyMeta(values: JsonObject, patch: JsonObject | undefined): void {
  for (const [field, value] of Object.entries(patch ?? {})) {
    if (value === null) delete values[field];
    else values[field] = value;
  }
}
