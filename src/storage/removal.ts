// The end of a state that cannot be read: its files go, whatever is in them.
// Called by: main.clusters.ts. Must not know: what a state holds.
import { diskFileSystem, fileError } from './files.ts';
import { pathsOf } from './layout.ts';
import { StateLock } from './lock.ts';
import type { StateOptions } from './state.ts';

/** Removes a state that cannot be read: everything in its folder but the lock. @throws StateError */
export async function removeDamagedState(
  directory: string,
  { fs = diskFileSystem, lock }: StateOptions = {},
): Promise<void> {
  const paths = pathsOf(directory);
  const held = new StateLock(paths.lock, { ...lock, fs });
  await held.acquire();
  try {
    for (const file of [paths.meta, paths.journal, paths.objects, paths.history])
      fs.rmSync(file, { recursive: true, force: true });
  } catch (error) {
    throw fileError('write', directory, error);
  } finally {
    held.release();
  }
}
