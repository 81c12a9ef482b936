// Tells whether two strategic merge patches change one thing in two ways.
// Called by: strategic.ts, for kubectl apply --overwrite=false. Must not know: how patches are applied.
// Upstream: apimachinery/pkg/util/strategicpatch/patch.go, MergingMapsHaveConflicts and what it calls.
import { goString } from './gofmt.ts';
import { deepEqual } from './meta.ts';
import type { SchemaNode } from './schema.ts';
import { isMap, itemKind, metaOfField, PATCH_DIRECTIVE, RETAIN_KEYS, type Values } from './strategic.meta.ts';
import { deduplicated, sortedScalars } from './strategic.order.ts';

interface Place {
  node: SchemaNode | undefined;
  strategy: string;
  mergeKey: string;
}

/** Returns true when a key of both patches differs. @throws Error with upstream's text. */
export function patchesConflict(left: Values, right: Values, node: SchemaNode | undefined): boolean {
  return valuesConflict(left, right, { node, strategy: '', mergeKey: '' });
}

function valuesConflict(left: unknown, right: unknown, place: Place): boolean {
  if (Array.isArray(left)) return !Array.isArray(right) || listsConflict(left, right, place);
  if (!isMap(left)) return !deepEqual(left, right);
  if (!isMap(right)) return true;
  // A directive acts on the whole map.
  if (left[PATCH_DIRECTIVE] !== right[PATCH_DIRECTIVE]) return true;
  if (place.strategy === 'replace') return false;
  return Object.entries(left).some(([key, value]) => {
    if (key === PATCH_DIRECTIVE || key === RETAIN_KEYS || !Object.hasOwn(right, key)) return false;
    const isContainer = isMap(value) || Array.isArray(value);
    const meta = isContainer && !key.startsWith('$') ? metaOfField(place.node, key, Array.isArray(value)) : undefined;
    return valuesConflict(value, right[key], meta ?? { node: undefined, strategy: '', mergeKey: '' });
  });
}

function listsConflict(left: unknown[], right: unknown[], { node, strategy, mergeKey }: Place): boolean {
  const isOfMaps = itemKind(left, right) === 'map';
  const plain = { node, strategy: '', mergeKey: '' };
  if (strategy === 'merge') {
    if (!isOfMaps) return false;
    const others = byMergeKey(right, mergeKey);
    return [...byMergeKey(left, mergeKey)].some(
      ([key, item]) => others.has(key) && valuesConflict(item, others.get(key), plain),
    );
  }
  if (left.length !== right.length) return true;
  const [a, b] = isOfMaps ? [left, right] : [left, right].map((list) => sortedScalars(deduplicated(list)));
  return (a ?? []).some((item, i) => valuesConflict(item, b?.[i], plain));
}

function byMergeKey(list: unknown[], mergeKey: string): Map<string, unknown> {
  return new Map(
    list.map((item) => {
      if (!isMap(item)) throw new Error(`invalid element type in merging list:${goString(list)}`);
      if (!Object.hasOwn(item, mergeKey))
        throw new Error(`cannot find merge key \`${mergeKey}\` in merging list element:${goString(item)}`);
      return [goString(item[mergeKey]), item];
    }),
  );
}
