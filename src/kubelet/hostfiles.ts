// The files of nodes that pods reach through hostPath, as far as pods changed them.
// Called by: simulation.ts, exec, stages.run.ts. Must not know: containers.
import type { InternalStore } from '../client/loopback.ts';
import type { FileChange } from './podrecord.ts';

const RESOURCE = '_hostpaths';

/** Returns the changes of a node's files, oldest first. Shared. */
export function readHostFiles(internal: InternalStore, nodeName: string): readonly FileChange[] {
  return internal.get<{ files: FileChange[] }>(RESOURCE, { name: nodeName })?.files ?? [];
}

/** Keeps further changes; an older one of the same path is forgotten. */
export function addHostFiles(internal: InternalStore, nodeName: string, changes: readonly FileChange[]): void {
  if (changes.length === 0) return;
  internal.put(
    RESOURCE,
    { name: nodeName },
    { files: compactChanges([...readHostFiles(internal, nodeName), ...changes]) },
  );
}

/** Returns the changes without those that a later one of the same path makes void. */
export function compactChanges(changes: readonly FileChange[]): FileChange[] {
  const whole = new Map<string, number>();
  for (const [i, { path, kind }] of changes.entries()) if (kind !== 'appended') whole.set(path, i);
  return changes.filter(({ path, kind }, i) => i >= (whole.get(path) ?? 0) || kind === 'removed');
}
