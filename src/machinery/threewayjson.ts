// The three-way merge patch of kubectl apply for objects whose type has no schema (custom resources).
// Called by: kubectl apply. Must not know: kinds.
// Upstream: apimachinery/pkg/util/jsonmergepatch.
import { checkPreconditions, hasConflicts, PatchConflictError, type Precondition } from './mergepatch.ts';
import { applyMergePatch, createMergePatch } from './patch.ts';
import type { Json, JsonObject } from './types.ts';

/**
 * Returns the JSON merge patch that makes `current` like `modified`, and deletes what `original` had and `modified`
 * has no more. The arguments are not changed.
 * @throws PreconditionFailedError, PatchConflictError. Upstream: CreateThreeWayJSONMergePatch.
 */
export function createThreeWayJSONMergePatch(
  original: object | undefined,
  modified: object | undefined,
  current: object | undefined,
  preconditions: readonly Precondition[] = [],
): JsonObject {
  const added = filtered(createMergePatch(current ?? {}, modified ?? {}), false);
  const deleted = filtered(createMergePatch(original ?? {}, modified ?? {}), true);
  if (hasConflicts(added, deleted)) throw new PatchConflictError(added, deleted);
  // The nulls of the first patch stay: they delete.
  const patch = applyMergePatch(deleted, added) as JsonObject;
  checkPreconditions(patch, preconditions);
  return patch;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Keeps the deletions of a patch only, or all but them. An empty object that was set counts as a value.
function filtered(patch: JsonObject, keepsNulls: boolean): JsonObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      if (keepsNulls) result[key] = null;
    } else if (isObject(value) && Object.keys(value).length > 0) {
      const inner = filtered(value, keepsNulls);
      if (Object.keys(inner).length > 0) result[key] = inner;
    } else if (!keepsNulls) result[key] = value;
  }
  return result;
}
