// The order of lists that are merged: what the patch asks for first, what only the server has in its own order.
// Called by: strategic.apply.ts, strategic.diff.ts. Must not know: schemas, maps.
// Upstream: apimachinery/pkg/util/strategicpatch/patch.go, normalizeElementOrder and what it calls.
import { goString } from './gofmt.ts';
import { goSort } from './gosort.ts';
import { badArgument, noMergeKey } from './mergepatch.ts';
import { isMap, PATCH_DIRECTIVE, type Values } from './strategic.meta.ts';

/** Returns what identifies an item: the value of its merge key, or the item itself. */
function identityOf(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '') return item;
  return isMap(item) ? (item[mergeKey] ?? null) : null;
}

function placesOf(list: readonly unknown[], mergeKey: string): Map<unknown, number> {
  const places = new Map<unknown, number>();
  for (const [i, item] of list.entries()) {
    const identity = identityOf(item, mergeKey);
    if (!places.has(identity)) places.set(identity, i);
  }
  return places;
}

/** Returns the item as a map that has the merge key. @throws Error */
export function mapWithKey(item: unknown, mergeKey: string): Values {
  if (!isMap(item)) throw badArgument({}, item);
  if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey);
  return item;
}

/** Splits items into those that are not marked for deletion and those that are. */
export function splitDeletions(list: readonly unknown[]): { kept: unknown[]; deleted: unknown[] } {
  const deleted = new Set(
    list.filter((item) => {
      if (!isMap(item)) throw badArgument({}, item);
      return item[PATCH_DIRECTIVE] === 'delete';
    }),
  );
  return { kept: list.filter((item) => !deleted.has(item)), deleted: [...deleted] };
}

/** Returns the list in the order of another; deletions go last. */
export function sortedByOrder(list: readonly unknown[], order: readonly unknown[], mergeKey: string): unknown[] {
  let kept = [...list];
  let deleted: unknown[] = [];
  if (mergeKey !== '') {
    for (const item of [...list, ...order]) mapWithKey(item, mergeKey);
    ({ kept, deleted } = splitDeletions(list));
  }
  const places = placesOf(order, mergeKey);
  const ranked = kept.map((item) => ({ item, place: places.get(identityOf(item, mergeKey)) }));
  // Like upstream's stable sort with its comparison, by which what is not in the order precedes what is before it.
  for (let i = 1; i < ranked.length; i++)
    for (let j = i; j > 0; j--) {
      const [before, after] = [ranked[j - 1], ranked[j]];
      if (!before || !after) break;
      const isAfter = before.place !== undefined && after.place !== undefined && after.place >= before.place;
      if (isAfter) break;
      [ranked[j - 1], ranked[j]] = [after, before];
    }
  return [...ranked.map(({ item }) => item), ...deleted];
}

export interface ListParts {
  /** What the patch speaks of. */
  patched: readonly unknown[];
  serverOnly: readonly unknown[];
  patchOrder: readonly unknown[];
  serverOrder: readonly unknown[];
  mergeKey: string;
}

/** Returns both parts as one list; the order within each part is kept, the server's order decides between them. */
export function interleaved({ patched, serverOnly, patchOrder, serverOrder, mergeKey }: ListParts): unknown[] {
  const right = sortedByOrder(patched, patchOrder, mergeKey);
  const left = sortedByOrder(serverOnly, serverOrder, mergeKey);
  const places = placesOf(serverOrder, mergeKey);
  const result: unknown[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const leftPlace = i < left.length ? places.get(identityOf(left[i], mergeKey)) : undefined;
    const rightPlace = j < right.length ? places.get(identityOf(right[j], mergeKey)) : undefined;
    const isLeftFirst = leftPlace !== undefined && rightPlace !== undefined && leftPlace < rightPlace;
    if (j >= right.length || (i < left.length && isLeftFirst)) result.push(left[i++]);
    else result.push(right[j++]);
  }
  return result;
}

/** Splits items into those that another list has too and the rest. */
export function partition(
  list: readonly unknown[],
  by: readonly unknown[],
  mergeKey: string,
): { patched: unknown[]; serverOnly: unknown[] } {
  if (mergeKey !== '') for (const item of list) mapWithKey(item, mergeKey);
  const places = placesOf(by, mergeKey);
  const isIn = (item: unknown): boolean => places.has(identityOf(item, mergeKey));
  return { patched: list.filter(isIn), serverOnly: list.filter((item) => !isIn(item)) };
}

/** Returns scalars sorted by their texts, as upstream compares them. */
export function sortedScalars(list: readonly unknown[]): unknown[] {
  const result = [...list];
  goSort(result, (a, b) => goString(a) <= goString(b));
  return result;
}

/** Returns maps sorted by the text of their merge key. */
export function sortedMaps(list: readonly Values[], mergeKey: string): Values[] {
  const result = [...list];
  goSort(result, (a, b) => goString(a[mergeKey]) <= goString(b[mergeKey]));
  return result;
}

/** Returns the scalars without repetitions; what is last fills the gaps, as upstream does it. */
export function deduplicated(list: readonly unknown[]): unknown[] {
  const result = [...list];
  for (let i = 0; i < result.length - 1; i++)
    for (let j = i + 1; j < result.length; j++) {
      if (result[i] !== result[j]) continue;
      result[j] = result.at(-1);
      result.pop();
      j--;
    }
  return result;
}
