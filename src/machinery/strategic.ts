// Strategic merge patches: JSON merge patches that merge lists by key, as the schema of the type says.
// Called by: the apiserver's PATCH, kubectl apply, edit, patch --local. Must not know: kinds, custom resources (they
// have no schema and no such patch).
// Upstream: apimachinery/pkg/util/strategicpatch.
import { checkPreconditions, PatchConflictError, type Precondition } from './mergepatch.ts';
import { clone } from './meta.ts';
import { schemaFor, type SchemaNode } from './schema.ts';
import { mergeMap } from './strategic.apply.ts';
import { patchesConflict } from './strategic.conflicts.ts';
import { diffMaps } from './strategic.diff.ts';
import type { Values } from './strategic.meta.ts';
import type { JsonObject } from './types.ts';

function nodeOf(schemaName: string): SchemaNode {
  const node = schemaFor(schemaName);
  if (!node) throw new Error(`no schema is named ${schemaName}`);
  return node;
}

function copyOf(value: object | undefined): Values {
  return clone((value ?? {}) as Values);
}

/**
 * Returns the object after the patch, a fresh one. The arguments are not changed.
 * @throws Error with upstream's text: `map: map[image:x] does not contain declared merge key: name`.
 * Upstream: StrategicMergeMapPatch.
 */
export function applyStrategicPatch(original: object, patch: object, schemaName: string): JsonObject {
  return mergeMap(copyOf(original), copyOf(patch), nodeOf(schemaName), 'object') as JsonObject;
}

/**
 * Returns the patch that leads from `original` to `modified`, {} when they are equal. The arguments are not changed.
 * @throws Error, PreconditionFailedError. Upstream: CreateTwoWayMergePatch.
 */
export function createTwoWayMergePatch(
  original: object,
  modified: object,
  schemaName: string,
  preconditions: readonly Precondition[] = [],
): JsonObject {
  const options = { setsElementOrder: true };
  const patch = clone(diffMaps(copyOf(original), copyOf(modified), nodeOf(schemaName), options)) as JsonObject;
  checkPreconditions(patch, preconditions);
  return patch;
}

export interface ThreeWay {
  /** What was applied last; undefined or {} the first time. */
  original: object | undefined;
  /** What is applied now. */
  modified: object | undefined;
  /** The live object. */
  current: object | undefined;
  schemaName: string;
  /** false: a field that someone else changed meanwhile is a conflict. Default true. */
  overwrite?: boolean;
  preconditions?: readonly Precondition[];
}

/**
 * Returns the patch for `current` that sets what `modified` sets and deletes what `original` had and `modified` has
 * no more. The arguments are not changed.
 * @throws Error, PreconditionFailedError, PatchConflictError. Upstream: CreateThreeWayMergePatch.
 */
export function createThreeWayMergePatch(three: ThreeWay): JsonObject {
  const node = nodeOf(three.schemaName);
  const original = copyOf(three.original);
  const modified = copyOf(three.modified);
  const current = copyOf(three.current);
  const delta = diffMaps(current, modified, node, { ignoresDeletions: true, setsElementOrder: true });
  const deletions = diffMaps(original, modified, node, { ignoresChanges: true, setsElementOrder: true });
  // The two share parts of `modified`, and merging changes both.
  const patch = mergeMap(clone(deletions), clone(delta), node, 'patch') as JsonObject;
  checkPreconditions(patch, three.preconditions);
  if (three.overwrite === false) {
    const changed = diffMaps(original, current, node, {});
    if (patchesConflict(patch, changed, node)) throw new PatchConflictError(patch, changed);
  }
  return patch;
}
