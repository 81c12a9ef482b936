// The files of nodes that pods reach through hostPath, as far as pods changed them.
// Called by: simulation.ts, exec, stages.run.ts. Must not know: containers.
import type { InternalStore } from '../client/loopback.ts';
import { SHARED_PREFIX } from './claims.ts';
import type { FileChange } from './podrecord.ts';

const RESOURCE = '_hostpaths';
/** Stands for all nodes. No node has such a name. */
const EVERYWHERE = '*';

function filesOf(internal: InternalStore, name: string): readonly FileChange[] {
  return internal.get<{ files: FileChange[] }>(RESOURCE, { name })?.files ?? [];
}

/** Returns the changes of a node's files and of those that all nodes share, oldest first. Shared. */
export function readHostFiles(internal: InternalStore, nodeName: string): readonly FileChange[] {
  const everywhere = filesOf(internal, EVERYWHERE);
  const own = filesOf(internal, nodeName);
  return everywhere.length === 0 ? own : [...own, ...everywhere];
}

/** Keeps further changes; an older one of the same path is forgotten. */
export function addHostFiles(internal: InternalStore, nodeName: string, changes: readonly FileChange[]): void {
  const isShared = ({ path }: FileChange): boolean => path.startsWith(SHARED_PREFIX);
  keep(
    internal,
    nodeName,
    changes.filter((change) => !isShared(change)),
  );
  keep(internal, EVERYWHERE, changes.filter(isShared));
}

function keep(internal: InternalStore, name: string, changes: readonly FileChange[]): void {
  if (changes.length === 0) return;
  internal.put(RESOURCE, { name }, { files: compactChanges([...filesOf(internal, name), ...changes]) });
}

/** Forgets what lies below a folder, on every node: the volume that it was is deleted. */
export function removeHostFolder(internal: InternalStore, folder: string): void {
  for (const { key, value } of internal.list<{ files: FileChange[] }>(RESOURCE)) {
    const files = value.files.filter(({ path }) => path !== folder && !path.startsWith(`${folder}/`));
    if (files.length === 0) internal.delete(RESOURCE, key);
    else if (files.length < value.files.length) internal.put(RESOURCE, key, { files });
  }
}

/** Returns the changes without those that a later one of the same path makes void. */
export function compactChanges(changes: readonly FileChange[]): FileChange[] {
  const whole = new Map<string, number>();
  for (const [i, { path, kind }] of changes.entries()) if (kind !== 'appended') whole.set(path, i);
  return changes.filter(({ path, kind }, i) => i >= (whole.get(path) ?? 0) || kind === 'removed');
}
