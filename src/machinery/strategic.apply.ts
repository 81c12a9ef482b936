// Applies a strategic merge patch, or merges one patch into another (for the three-way patch).
// Called by: strategic.ts. Must not know: how patches are created. Changes its arguments: the caller hands in copies.
// Upstream: apimachinery/pkg/util/strategicpatch/patch.go, mergeMap and what it calls.
import { goString } from './gofmt.ts';
import {
  BAD_ELEMENT_ORDER,
  BAD_PRIMITIVE_LIST,
  BAD_RETAIN_KEYS,
  badArgument,
  badPatchType,
  noMergeKey,
} from './mergepatch.ts';
import { deepEqual } from './meta.ts';
import type { SchemaNode } from './schema.ts';
import {
  DELETE_FROM_LIST,
  ELEMENT_ORDER,
  fieldOfDirective,
  isMap,
  itemKind,
  kindOf,
  metaOfField,
  PATCH_DIRECTIVE,
  RETAIN_KEYS,
  type FieldMeta,
  type Values,
} from './strategic.meta.ts';
import { deduplicated, interleaved, mapWithKey, partition, splitDeletions } from './strategic.order.ts';

/** 'object': the result is an object and directives are carried out; 'patch': a patch, and they are kept. */
export type MergeTarget = 'object' | 'patch';

/** Returns `original` after the patch; both may be changed. @throws Error with upstream's text. */
export function mergeMap(original: Values, patch: Values, node: SchemaNode | undefined, target: MergeTarget): Values {
  if (Object.hasOwn(patch, PATCH_DIRECTIVE)) return mergeByDirective(patch);
  applyRetainKeys(original, patch, target);
  applyElementOrders(original, patch, node, target);
  for (const [name, value] of Object.entries(patch)) {
    const isDeletion = name.startsWith(DELETE_FROM_LIST);
    if (isDeletion && target === 'patch') {
      original[name] = value;
      continue;
    }
    const key = isDeletion ? fieldOfDirective(name, DELETE_FROM_LIST, BAD_PRIMITIVE_LIST) : name;
    mergeField(original, { key, value, isDeletion }, node, target);
  }
  return original;
}

function mergeByDirective(patch: Values): Values {
  const directive = patch[PATCH_DIRECTIVE];
  if (directive === 'delete') return {};
  if (directive !== 'replace') throw badPatchType(directive, patch);
  delete patch[PATCH_DIRECTIVE];
  return patch;
}

interface PatchedField {
  key: string;
  value: unknown;
  /** The value lists scalars to be taken out of the field. */
  isDeletion: boolean;
}

function mergeField(original: Values, field: PatchedField, node: SchemaNode | undefined, target: MergeTarget): void {
  const { key, value, isDeletion } = field;
  if (value === null) {
    delete original[key];
    if (target === 'object') return;
  }
  const current = original[key];
  const isNew = !Object.hasOwn(original, key);
  if (isNew || kindOf(current) !== kindOf(value)) {
    if (isDeletion) return;
    setWithoutDirectives(original, key, target === 'object' ? withoutNulls(value) : value);
  } else if (isMap(current) && isMap(value)) {
    const meta = metaOfField(node, key, false);
    original[key] = meta.strategy === 'replace' ? value : mergeMap(current, value, meta.node, target);
  } else if (Array.isArray(current) && Array.isArray(value)) {
    const meta = metaOfField(node, key, true);
    original[key] =
      meta.strategy === 'merge' || isDeletion ? mergeList(current, value, { meta, target, isDeletion }) : value;
  } else setWithoutDirectives(original, key, value);
}

function setWithoutDirectives(target: Values, key: string, value: unknown): void {
  const kept = withoutDirectives(value);
  if (kept === undefined) delete target[key];
  else if (key === '__proto__')
    Object.defineProperty(target, key, { value: kept, enumerable: true, writable: true, configurable: true });
  else target[key] = kept;
}

/** Returns the value without its directives; undefined when it is one itself. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  if (Object.hasOwn(value, PATCH_DIRECTIVE)) return undefined;
  const entries = Object.entries(value).map(([key, item]) => [key, withoutDirectives(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

// Nulls of maps are deletions of what is not there; nulls in lists are values.
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)]));
}

function applyRetainKeys(original: Values, patch: Values, target: MergeTarget): void {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return;
  const wanted = patch[RETAIN_KEYS];
  delete patch[RETAIN_KEYS];
  if (target === 'patch') {
    const own = original[RETAIN_KEYS];
    if (own === undefined) original[RETAIN_KEYS] = wanted;
    else if (!deepEqual(own, wanted)) {
      const why = 'this may happen when calculating the 3-way diff patch';
      throw new Error(`${goString(own)} and ${goString(wanted)} are not deep equal: ${why}`);
    }
    return;
  }
  if (!Array.isArray(wanted)) throw new Error(BAD_RETAIN_KEYS);
  for (const [key, value] of Object.entries(patch)) {
    const isOther = value === null || key.startsWith(DELETE_FROM_LIST) || key.startsWith(ELEMENT_ORDER);
    if (!isOther && !wanted.includes(key)) throw new Error(BAD_RETAIN_KEYS);
  }
  for (const key of Object.keys(original)) if (!wanted.includes(key)) delete original[key];
}

// Merges every list whose order the patch gives and takes it out of the patch.
function applyElementOrders(original: Values, patch: Values, node: SchemaNode | undefined, target: MergeTarget): void {
  for (const [name, order] of Object.entries(patch)) {
    if (!name.startsWith(ELEMENT_ORDER)) continue;
    if (target === 'patch') {
      if (!Object.hasOwn(original, name)) original[name] = order;
      else if (!deepEqual(original[name], order)) throw new Error(BAD_ELEMENT_ORDER);
    }
    delete patch[name];
    if (!Array.isArray(order)) throw badArgument([], order);
    const key = fieldOfDirective(name, ELEMENT_ORDER, BAD_ELEMENT_ORDER);
    const meta = metaOfField(node, key, true);
    const lists = { own: listAt(original, key), patch: listAt(patch, key) };
    checkElementOrder(lists.patch ?? [], order, meta.mergeKey);
    const merged = orderedList(lists, meta, target);
    if (!merged) continue;
    const parts = partition(merged, order, meta.mergeKey);
    itemKind(lists.own ?? [], lists.patch ?? []);
    const orders = { patchOrder: order, serverOrder: serverOrder(lists, meta), mergeKey: meta.mergeKey };
    original[key] = interleaved({ ...parts, ...orders });
    delete patch[key];
  }
}

function listAt(values: Values, key: string): unknown[] | undefined {
  if (!Object.hasOwn(values, key)) return undefined;
  const list = values[key];
  if (!Array.isArray(list)) throw badArgument([], list);
  return list;
}

interface TwoLists {
  own: unknown[] | undefined;
  patch: unknown[] | undefined;
}

function orderedList({ own, patch }: TwoLists, meta: FieldMeta, target: MergeTarget): unknown[] | undefined {
  if (!patch) return own;
  if (!own) return withoutDirectives(patch) as unknown[];
  return meta.strategy === 'merge' ? mergeList([...own], patch, { meta, target, isDeletion: false }) : patch;
}

// Upstream merges into the memory of the server's list and then takes the order from it: deletions close the gaps,
// and new items fill the places that are left over at its end.
function serverOrder({ own = [], patch = [] }: TwoLists, { strategy, mergeKey }: FieldMeta): readonly unknown[] {
  const isReplaced = patch.some((item) => isMap(item) && item[PATCH_DIRECTIVE] === 'replace');
  if (strategy !== 'merge' || mergeKey === '' || isReplaced) return own;
  const memory = [...own];
  let length = own.length;
  const placeOf = (item: unknown): number =>
    memory.slice(0, length).findIndex((other) => isMap(other) && isMap(item) && other[mergeKey] === item[mergeKey]);
  for (const item of patch)
    if (isMap(item) && item[PATCH_DIRECTIVE] === 'delete')
      for (let place = placeOf(item); place >= 0; place = placeOf(item)) memory.copyWithin(place, place + 1, length--);
  for (const item of patch) {
    if (!isMap(item) || Object.hasOwn(item, PATCH_DIRECTIVE) || placeOf(item) >= 0) continue;
    if (length < own.length) memory[length] = item;
    length++;
  }
  return memory;
}

// What the patch holds must stand in the order it gives, deletions aside.
function checkElementOrder(list: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (list.length === 0 || order.length === 0) return;
  const items = mergeKey === '' ? [...list] : splitDeletions(list).kept;
  let at = 0;
  for (let i = 0; i < order.length && at < items.length;) {
    const item = items[at];
    if (isMap(item) && Object.hasOwn(item, PATCH_DIRECTIVE)) {
      at++;
      continue;
    }
    const isSame =
      mergeKey === ''
        ? item === order[i]
        : mapWithKey(item, mergeKey)[mergeKey] === mapWithKey(order[i], mergeKey)[mergeKey];
    if (isSame) at++;
    i++;
  }
  if (at < items.length)
    throw new Error(
      `The order in patch list:\n${goString(list)}\n doesn't match ${ELEMENT_ORDER} list:\n${goString(order)}\n`,
    );
}

interface ListMerge {
  meta: FieldMeta;
  target: MergeTarget;
  isDeletion: boolean;
}

function mergeList(original: unknown[], patch: unknown[], { meta, target, isDeletion }: ListMerge): unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  const { mergeKey } = meta;
  const isOfMaps = itemKind(original, patch) === 'map';
  if (!isOfMaps) {
    if (isDeletion && target === 'object') return original.filter((item) => !patch.includes(item));
    const merged = deduplicated([...original, ...patch]);
    return interleaved({ ...partition(merged, patch, ''), patchOrder: patch, serverOrder: original, mergeKey: '' });
  }
  if (mergeKey === '')
    throw new Error(`cannot merge lists without merge key for ${meta.node ? 'struct' : 'interface'}`);
  const special = applySpecialItems(original as Values[], patch as Values[], mergeKey);
  const merged = mergeItems([...special.original], special.patch, meta, target);
  const parts = partition(merged, special.patch, mergeKey);
  return interleaved({ ...parts, patchOrder: special.patch, serverOrder: special.original, mergeKey });
}

// Items that hold `$patch: delete` or `$patch: replace` act on the list and are no part of it.
function applySpecialItems(
  original: Values[],
  patch: Values[],
  mergeKey: string,
): { original: Values[]; patch: Values[] } {
  let kept = original;
  let isReplaced = false;
  const rest: Values[] = [];
  for (const item of patch) {
    if (!Object.hasOwn(item, PATCH_DIRECTIVE)) {
      rest.push(item);
      continue;
    }
    const directive = item[PATCH_DIRECTIVE];
    if (directive === 'replace') isReplaced = true;
    else if (directive === 'merge') throw new Error('merging lists cannot yet be specified in the patch');
    else if (directive !== 'delete') throw badPatchType(directive, item);
    else if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey);
    else kept = kept.filter((own) => own[mergeKey] !== item[mergeKey]);
  }
  return isReplaced ? { original: rest, patch: [] } : { original: kept, patch: rest };
}

function mergeItems(items: Values[], patch: readonly Values[], meta: FieldMeta, target: MergeTarget): Values[] {
  const { mergeKey, node } = meta;
  for (const item of patch) {
    const key = mapWithKey(item, mergeKey)[mergeKey];
    const place = items.findIndex((own) => Object.hasOwn(own, mergeKey) && own[mergeKey] === key);
    const found = items[place];
    if (found) items[place] = mergeMap(found, item, node, target);
    else items.push(item);
  }
  return items;
}
