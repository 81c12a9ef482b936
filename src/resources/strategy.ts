// Rules that the strategies of many kinds share: generation, status, values that Go would not write out.
// Called by: the kinds' files. Must not know: any single kind.
import { semanticEqual } from '../machinery/metavalidation.ts';
import type { KubeObject, ObjectMeta } from '../machinery/types.ts';

interface WithSpec extends KubeObject {
  spec: unknown;
}
interface WithStatus extends KubeObject {
  status: unknown;
}

/** Upstream's types call what servers fill read-only; strategies are the server. */
type WritableMeta = { -readonly [K in keyof ObjectMeta]: ObjectMeta[K] };

/** Starts the generation of a new object. Changes its argument. */
export function startGeneration(object: KubeObject): void {
  (object.metadata as WritableMeta).generation = 1;
}

/** Keeps the old generation, or raises it by one when the spec has changed. Changes its first argument. */
export function raiseGenerationOnSpecChange(object: WithSpec, old: WithSpec): void {
  raiseGeneration(object, old, !semanticEqual(object.spec, old.spec));
}

/** Keeps the old generation, or raises it by one. Changes its first argument. */
export function raiseGeneration(object: KubeObject, old: KubeObject, hasChanged: boolean): void {
  const generation = (old.metadata.generation ?? 0) + (hasChanged ? 1 : 0);
  if (generation > 0) (object.metadata as WritableMeta).generation = generation;
}

/** Puts the stored status back: clients write it through the status subresource only. Changes its first argument. */
export function keepStatus<T extends WithStatus>(object: T, old: T): void {
  object.status = old.status;
}

/** Returns true for an absent or empty map, list or text. */
export function isEmpty(value: object | string | undefined | null): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Returns the keys of a map in the order in which Go code that sorts them visits it. */
export function sortedKeys(map: object | undefined | null): string[] {
  return Object.keys(map ?? {}).sort();
}
