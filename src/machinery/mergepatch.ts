// What the makers of patches share: their errors, the conditions a patch must meet, conflicts between two patches.
// Called by: strategic.ts, threewayjson.ts, apply and edit. Must not know: kinds.
// Upstream: apimachinery/pkg/util/mergepatch.
import { goString } from './gofmt.ts';
import { deepEqual } from './meta.ts';
import type { JsonObject } from './types.ts';
import { toYaml } from './yaml.ts';

export const LISTS_OF_LISTS = 'lists of lists are not supported';
export const BAD_PRIMITIVE_LIST = 'invalid patch format of primitive list';
export const BAD_RETAIN_KEYS = 'invalid patch format of retainKeys';
export const BAD_ELEMENT_ORDER = 'invalid patch format of setElementOrder list';

/** The patch would change what must not change: apiVersion, kind or the name. */
export class PreconditionFailedError extends Error {
  constructor(patch: unknown) {
    super(`precondition failed for: ${goString(patch)}`);
    this.name = 'PreconditionFailedError';
  }
}

/** Another writer changed what the patch changes. */
export class PatchConflictError extends Error {
  constructor(patch: unknown, changed: unknown) {
    super(`patch:\n${toYaml(patch)}\nconflicts with changes made from original to current:\n${toYaml(changed)}\n`);
    this.name = 'PatchConflictError';
  }
}

export function noMergeKey(item: unknown, mergeKey: string): Error {
  return new Error(`map: ${goString(item)} does not contain declared merge key: ${mergeKey}`);
}

export function badArgument(expected: unknown, actual: unknown): Error {
  return new Error(`expected a ${typeText(expected)}, but received a ${typeText(actual)}`);
}

function typeText(value: unknown): string {
  // Go prints the type of nothing in its own way.
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

export function badPatchType(directive: unknown, item: unknown): Error {
  return new Error(`unknown patch type: ${goString(directive)} in map: ${goString(item)}`);
}

export type Precondition = (patch: JsonObject) => boolean;

/** Upstream: RequireKeyUnchanged. */
export function requireKeyUnchanged(key: string): Precondition {
  return (patch) => !Object.hasOwn(patch, key);
}

/** Upstream: RequireMetadataKeyUnchanged. */
export function requireMetadataKeyUnchanged(key: string): Precondition {
  return ({ metadata }) =>
    typeof metadata !== 'object' || metadata === null || Array.isArray(metadata) || !Object.hasOwn(metadata, key);
}

/** @throws PreconditionFailedError */
export function checkPreconditions(patch: JsonObject, preconditions: readonly Precondition[] = []): void {
  if (!preconditions.every((holds) => holds(patch))) throw new PreconditionFailedError(patch);
}

/** Returns true when two merge patches set one field to different values. Upstream: HasConflicts. */
export function hasConflicts(left: unknown, right: unknown): boolean {
  if (Array.isArray(left))
    return (
      !Array.isArray(right) || left.length !== right.length || left.some((item, i) => hasConflicts(item, right[i]))
    );
  if (typeof left !== 'object' || left === null) return !deepEqual(left, right);
  if (typeof right !== 'object' || right === null || Array.isArray(right)) return true;
  const other = right as Record<string, unknown>;
  return Object.entries(left).some(([key, value]) => Object.hasOwn(other, key) && hasConflicts(value, other[key]));
}
