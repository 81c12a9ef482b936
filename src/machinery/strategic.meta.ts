// What a strategic merge patch needs to know of a field: its strategy, its merge key, the kind of its items.
// Called by: strategic.apply.ts, strategic.diff.ts, strategic.conflicts.ts. Must not know: how patches are made.
// Upstream: apimachinery/pkg/util/strategicpatch/meta.go.
import { goString } from './gofmt.ts';
import { LISTS_OF_LISTS } from './mergepatch.ts';
import { fieldOf, type SchemaNode } from './schema.ts';
import { quote } from './strconv.ts';

export const PATCH_DIRECTIVE = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
export const ELEMENT_ORDER = '$setElementOrder';

export type Values = { [key: string]: unknown };

export interface FieldMeta {
  /** The shape of the value, of a list's items; undefined where anything may stand. */
  node: SchemaNode | undefined;
  strategy: '' | 'merge' | 'replace';
  hasRetainKeys: boolean;
  mergeKey: string;
}

/**
 * Returns what the schema says about a field.
 * @throws Error when the type has no such field.
 */
export function metaOfField(node: SchemaNode | undefined, key: string, isList: boolean): FieldMeta {
  const field = node && fieldOf(node, key);
  if (node?.definition !== undefined && !field)
    throw new Error(
      `unable to find api field in struct ${node.definition.split('.').at(-1)} for the json field ${quote(key)}`,
    );
  const strategies = field?.patchStrategies ?? [];
  const strategy = strategies.find((s) => s !== 'retainKeys');
  return {
    node: isList ? field?.items : field,
    strategy: strategy === 'merge' || strategy === 'replace' ? strategy : '',
    hasRetainKeys: strategies.includes('retainKeys'),
    mergeKey: field?.patchMergeKey ?? '',
  };
}

export function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the kind of a JSON value in the sense in which two kinds cannot be merged. */
export function kindOf(value: unknown): 'map' | 'slice' | 'string' | 'number' | 'bool' | 'nil' {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'object') return 'map';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'number';
}

/**
 * Returns the one kind of all items of the lists.
 * @throws Error when there are several, none, or lists within.
 */
export function itemKind(...lists: readonly (readonly unknown[])[]): 'map' | 'scalar' {
  const kinds = new Set(lists.flatMap((list) => list.map(kindOf)));
  const [kind] = kinds;
  if (kind === 'slice') throw new Error(LISTS_OF_LISTS);
  if (kinds.size > 1) throw new Error(`list element types are not identical: ${goString(lists)}`);
  if (kind === undefined) throw new Error('no elements in any of the given slices');
  return kind === 'map' ? 'map' : 'scalar';
}

/** Splits '$setElementOrder/containers'. @throws Error with `wrong` when there is no field's name. */
export function fieldOfDirective(key: string, directive: string, wrong: string): string {
  const slash = key.indexOf('/');
  if (slash < 0 || key.slice(0, slash) !== directive) throw new Error(wrong);
  return key.slice(slash + 1);
}
