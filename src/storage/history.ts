// What was: the batches that the journals keep, and how to get from now back to a revision.
// Called by: sim/history (undo, at, branch). Must not know: what is done with it, the lock.
import type { KubeObject, ObjectKey } from '../machinery/types.ts';
import { Journal } from './adapters.ts';
import { archivedGenerations } from './checkpoint.ts';
import type { StateDisk } from './disk.ts';
import type { Batch } from './journal.ts';
import { archiveFile } from './layout.ts';

/** How one object differed at an earlier revision. */
export interface PastObject {
  resource: string;
  key: ObjectKey;
  /** As it was; undefined when it did not exist. */
  object: KubeObject | undefined;
}

/** Yields the committed batches that are still kept, newest first. @throws StateError when a journal is damaged. */
export function* batchesBackwards(disk: StateDisk): Iterable<Batch> {
  if (disk.isJournalCurrent) yield* readBatches(disk, disk.paths.journal);
  let expected = disk.checkpoint.generation - 1;
  for (const generation of archivedGenerations(disk)) {
    // Behind a gap nothing is certain.
    if (generation !== expected--) return;
    yield* readBatches(disk, archiveFile(disk.paths, generation));
  }
}

/**
 * Returns every object that was written to after the revision, as it was at the revision.
 * @returns undefined when the journals do not reach back that far.
 */
export function pastObjects(disk: StateDisk, revision: number): PastObject[] | undefined {
  const past = new Map<string, PastObject>();
  let reached = disk.store.revision;
  for (const batch of batchesBackwards(disk)) {
    if (batch.revision <= revision) {
      reached = revision;
      break;
    }
    for (const event of batch.events().toReversed()) {
      reached = event.revision - 1;
      if (event.revision <= revision) break;
      const { namespace, name } = event.object.metadata;
      const id = `${event.resource}/${namespace ?? ''}/${name}`;
      past.set(id, { resource: event.resource, key: { namespace, name }, object: event.previous });
    }
  }
  return reached <= revision ? [...past.values()] : undefined;
}

function readBatches(disk: StateDisk, file: string): Batch[] {
  return (new Journal(disk.fs, file).read()?.batches ?? []).toReversed();
}
