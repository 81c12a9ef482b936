// Creates the strategic merge patch that leads from one object to another.
// Called by: strategic.ts. Must not know: how patches are applied. Does not change its arguments; the patch shares
// parts of `modified` with it.
// Upstream: apimachinery/pkg/util/strategicpatch/patch.go, diffMaps and what it calls.
import { goString } from './gofmt.ts';
import { deepEqual } from './meta.ts';
import type { SchemaNode } from './schema.ts';
import {
  DELETE_FROM_LIST,
  ELEMENT_ORDER,
  isMap,
  itemKind,
  kindOf,
  metaOfField,
  PATCH_DIRECTIVE,
  RETAIN_KEYS,
  type FieldMeta,
  type Values,
} from './strategic.meta.ts';
import { deduplicated, mapWithKey, sortedByOrder, sortedMaps, sortedScalars } from './strategic.order.ts';

export interface DiffOptions {
  ignoresChanges?: boolean;
  ignoresDeletions?: boolean;
  /** Adds $setElementOrder lists. */
  setsElementOrder?: boolean;
  /** Adds $retainKeys to the map at hand. */
  retainsKeys?: boolean;
}

/** Returns the patch, {} when there is nothing to do. @throws Error with upstream's text. */
export function diffMaps(
  original: Values,
  modified: Values,
  node: SchemaNode | undefined,
  options: DiffOptions,
): Values {
  const patch: Values = {};
  for (const [key, value] of Object.entries(modified)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(original, key) || original[key] === undefined) {
      if (!options.ignoresChanges) patch[key] = value;
    } else if (key === PATCH_DIRECTIVE) diffDirective(original[key], value, patch);
    else diffField({ key, original: original[key], modified: value }, patch, node, options);
  }
  if (!options.ignoresDeletions)
    for (const key of Object.keys(original)) if (!isSet(modified, key) && isSet(original, key)) patch[key] = null;
  if (options.retainsKeys) addRetainKeys(original, modified, patch);
  return patch;
}

function isSet(values: Values, key: string): boolean {
  return Object.hasOwn(values, key) && values[key] !== undefined;
}

function addRetainKeys(original: Values, modified: Values, patch: Values): void {
  const keys = Object.keys(modified).filter((key) => modified[key] !== null && modified[key] !== undefined);
  const loses = Object.keys(original).some(
    (key) => original[key] !== null && original[key] !== undefined && !isSet(modified, key),
  );
  if (keys.length > 0 && (Object.keys(patch).length > 0 || loses)) patch[RETAIN_KEYS] = sortedScalars(keys);
}

function diffDirective(original: unknown, modified: unknown, patch: Values): void {
  if (typeof original !== 'string' || typeof modified !== 'string')
    throw new Error(`invalid value for special key: ${PATCH_DIRECTIVE}`);
  if (original !== modified) patch[PATCH_DIRECTIVE] = modified;
}

interface FieldPair {
  key: string;
  original: unknown;
  modified: unknown;
}

function diffField(pair: FieldPair, patch: Values, node: SchemaNode | undefined, options: DiffOptions): void {
  const { key, original, modified } = pair;
  if (kindOf(original) !== kindOf(modified)) {
    if (!options.ignoresChanges) patch[key] = modified;
  } else if (isMap(original) && isMap(modified)) diffMapField({ key, original, modified }, patch, node, options);
  else if (Array.isArray(original) && Array.isArray(modified))
    diffListField({ key, original, modified }, patch, node, options);
  else replaceIfChanged(pair, patch, options);
}

function replaceIfChanged({ key, original, modified }: FieldPair, patch: Values, options: DiffOptions): void {
  if (!options.ignoresChanges && !deepEqual(original, modified)) patch[key] = modified;
}

// What the type does not know does not matter while it is equal.
function metaUnlessEqual(pair: FieldPair, node: SchemaNode | undefined, isList: boolean): FieldMeta | undefined {
  try {
    return metaOfField(node, pair.key, isList);
  } catch (error) {
    if (deepEqual(pair.original, pair.modified)) return undefined;
    throw error;
  }
}

function diffMapField(
  pair: { key: string; original: Values; modified: Values },
  patch: Values,
  node: SchemaNode | undefined,
  options: DiffOptions,
): void {
  const meta = metaUnlessEqual(pair, node, false);
  if (!meta) return;
  const { key, original, modified } = pair;
  if (meta.strategy === 'replace') {
    if (!options.ignoresChanges) patch[key] = modified;
    return;
  }
  const inner = diffMaps(original, modified, meta.node, { ...options, retainsKeys: meta.hasRetainKeys });
  if (Object.keys(inner).length > 0) patch[key] = inner;
}

function diffListField(
  pair: { key: string; original: unknown[]; modified: unknown[] },
  patch: Values,
  node: SchemaNode | undefined,
  options: DiffOptions,
): void {
  const meta = metaUnlessEqual(pair, node, true);
  if (!meta) return;
  if (meta.strategy !== 'merge') {
    replaceIfChanged(pair, patch, options);
    return;
  }
  const { key, original, modified } = pair;
  const diff = diffLists(original, modified, meta, { ...options, retainsKeys: meta.hasRetainKeys });
  if (diff.added.length > 0) patch[key] = diff.added;
  if (diff.deleted.length > 0) patch[`${DELETE_FROM_LIST}/${key}`] = diff.deleted;
  if (diff.order.length > 0) patch[`${ELEMENT_ORDER}/${key}`] = diff.order;
}

interface ListDiff {
  added: readonly unknown[];
  deleted: readonly unknown[];
  order: readonly unknown[];
}

function diffLists(original: unknown[], modified: unknown[], meta: FieldMeta, options: DiffOptions): ListDiff {
  if (original.length === 0) return { added: options.ignoresChanges ? [] : modified, deleted: [], order: [] };
  return itemKind(original, modified) === 'map'
    ? diffListsOfMaps(original as Values[], modified as Values[], meta, options)
    : diffListsOfScalars(original, modified, options);
}

function diffListsOfMaps(original: Values[], modified: Values[], meta: FieldMeta, options: DiffOptions): ListDiff {
  const { mergeKey } = meta;
  const { changed, deleted } = compareItems(original, modified, meta, options);
  const added = [...sortedByOrder(changed, modified, mergeKey), ...deleted];
  const isSameOrder =
    original.length === modified.length &&
    modified.every((item, i) => mapWithKey(original[i], mergeKey)[mergeKey] === mapWithKey(item, mergeKey)[mergeKey]);
  const needsOrder =
    (!options.ignoresChanges && (added.length > 0 || !isSameOrder)) || (!options.ignoresDeletions && added.length > 0);
  const order = options.setsElementOrder && needsOrder ? modified.map((item) => ({ [mergeKey]: item[mergeKey] })) : [];
  return { added, deleted: [], order };
}

// Both lists are walked in the order of the texts of their merge keys.
function compareItems(
  original: Values[],
  modified: Values[],
  { mergeKey, node }: FieldMeta,
  options: DiffOptions,
): { changed: Values[]; deleted: Values[] } {
  const changed: Values[] = [];
  const deleted: Values[] = [];
  const before = sortedMaps(original, mergeKey).map((item) => mapWithKey(item, mergeKey));
  const after = sortedMaps(modified, mergeKey).map((item) => mapWithKey(item, mergeKey));
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, item] = [before[i], after[j]];
    const oldText = old && goString(old[mergeKey]);
    const text = item && goString(item[mergeKey]);
    if (old && item && oldText === text) {
      const inner = diffMaps(old, item, node, options);
      if (Object.keys(inner).length > 0) changed.push({ ...inner, [mergeKey]: item[mergeKey] });
      i++;
      j++;
    } else if (item && (!old || (oldText as string) > (text as string))) {
      if (!options.ignoresChanges) changed.push(item);
      j++;
    } else {
      if (old && !options.ignoresDeletions) deleted.push({ [mergeKey]: old[mergeKey], [PATCH_DIRECTIVE]: 'delete' });
      i++;
    }
  }
  return { changed, deleted };
}

function diffListsOfScalars(original: unknown[], modified: unknown[], options: DiffOptions): ListDiff {
  const added: unknown[] = [];
  const deleted: unknown[] = [];
  const before = sortedScalars(original);
  const after = sortedScalars(modified);
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const oldText = i < before.length ? goString(before[i]) : undefined;
    const text = j < after.length ? goString(after[j]) : undefined;
    if (oldText === text) {
      i++;
      j++;
    } else if (text !== undefined && (oldText === undefined || oldText > text)) {
      if (!options.ignoresChanges) added.push(after[j]);
      j++;
    } else {
      if (!options.ignoresDeletions) deleted.push(before[i]);
      i++;
    }
  }
  const gone = deduplicated(deleted);
  // Upstream has sorted the original in place when it asks whether the two are equal.
  const needsOrder =
    (!options.ignoresDeletions && gone.length > 0) || (!options.ignoresChanges && !deepEqual(before, modified));
  return {
    added: sortedByOrder(added, modified, ''),
    deleted: gone,
    order: options.setsElementOrder && needsOrder ? modified : [],
  };
}
