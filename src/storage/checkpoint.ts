// A checkpoint: what the journal says is put into the object files, then a new journal begins and the old one is archived.
// Called by: state.ts, under the lock. Must not know: when a checkpoint is due.
import { codeOf } from '../machinery/goerrno.ts';
import { STATE_FORMAT, quietly, StateError, syncFolder } from './files.ts';
import { writeDocument } from './adapters.ts';
import type { StateDisk } from './disk.ts';
import { archiveFile, metaShape, shardFile, shardShape, type MetaDocument } from './layout.ts';
import { parseShard } from './shards.ts';

/** How many ended journals are kept, and how many bytes of them. */
const MAX_ARCHIVES = 100;
const MAX_ARCHIVE_BYTES = 32 * 1024 * 1024;

/**
 * Writes every shard that changed since the last checkpoint. A crash at any point leaves a state that reads the same: shards
 * carry their revision, and the old journal counts until meta.json names the next generation.
 * @throws StateError when the disk refuses; nothing is lost then either.
 */
export function writeCheckpoint(disk: StateDisk): void {
  const { checkpoint, fs, paths, store, values } = disk;
  const shards = structuredClone(checkpoint.shards);
  const emptied: string[] = [];
  for (const shard of disk.dirty) {
    const { resource, namespace } = parseShard(shard);
    const place = shard.slice(resource.length + 1);
    const objects = store.list(resource, namespace);
    if (objects.length === 0) {
      emptied.push(shard);
      delete shards[resource]?.[place];
      continue;
    }
    (shards[resource] ??= {})[place] = objects.length;
    const head = { format: STATE_FORMAT, resource, ...(namespace === '' ? {} : { namespace }) };
    const value = { ...head, revision: store.revision, objects };
    writeDocument(fs, shardFile(paths, shard), { shape: shardShape, value });
  }
  for (const [resource, counts] of Object.entries(shards))
    if (Object.keys(counts).length === 0) delete shards[resource];
  archiveJournal(disk);
  const generation = checkpoint.generation + 1;
  beginGeneration(disk, { format: STATE_FORMAT, generation, revision: store.revision, values, shards });
  for (const shard of emptied) quietly(() => fs.rmSync(shardFile(paths, shard), { force: true }));
  quietly(() => pruneArchives(disk));
}

/** Makes meta.json, then an empty journal, of the next generation. */
export function beginGeneration(disk: StateDisk, meta: MetaDocument): void {
  writeDocument(disk.fs, disk.paths.meta, { shape: metaShape, value: meta });
  disk.isJournalCurrent = false;
  disk.begin(meta);
  beginJournal(disk);
}

/** Puts an empty journal of the checkpoint's generation in the place of the ended one. */
export function beginJournal(disk: StateDisk): void {
  const { generation, revision } = disk.checkpoint;
  disk.journal.restart({ format: STATE_FORMAT, generation, revision });
  disk.isJournalCurrent = true;
}

/** Gives the journal a second name under history/, before anything says that it has ended. */
function archiveJournal({ checkpoint, fs, isJournalCurrent, paths }: StateDisk): void {
  if (!isJournalCurrent) return;
  const archive = archiveFile(paths, checkpoint.generation);
  fs.mkdirSync(paths.history, { recursive: true });
  fs.rmSync(archive, { force: true });
  try {
    fs.linkSync(paths.journal, archive);
  } catch (error) {
    if (codeOf(error) === 'ENOSPC') throw error;
    // Not every file system has hard links.
    fs.copyFileSync(paths.journal, archive);
  }
  syncFolder(fs, paths.history);
}

/** Returns the generations of archived journals, newest first. */
export function archivedGenerations({ checkpoint, fs, paths }: StateDisk): number[] {
  let names: string[] = [];
  try {
    names = fs.readdirSync(paths.history);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw new StateError(`cannot read ${paths.history}`, { cause: error });
  }
  return names
    .flatMap((name) => (/^\d+\.jsonl$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .filter((generation) => generation < checkpoint.generation)
    .sort((a, b) => b - a);
}

function pruneArchives(disk: StateDisk): void {
  let bytes = 0;
  for (const [index, generation] of archivedGenerations(disk).entries()) {
    const file = archiveFile(disk.paths, generation);
    bytes += disk.fs.statSync(file).size;
    // The newest is kept at any size: other processes may not have read its end yet.
    if (index > 0 && (index >= MAX_ARCHIVES || bytes > MAX_ARCHIVE_BYTES)) disk.fs.rmSync(file, { force: true });
  }
}
