// Values under a schema as server-side apply sees them: which places are leaves, how list items are told apart, and what a value sets.
// Called by: typedvalue.compare, typedvalue.merge, typedvalue.remove, managedfields. Must not know: managers, the server.
// Upstream: structured-merge-diff typed/helpers.go, typed/tofieldset.go; kube-openapi pkg/schemaconv for what the schema means.
import { NO_FIELDS, type FieldSet } from './fieldset.ts';
import { fieldsOf, type SchemaNode } from './schema.ts';

/** How a value is merged: as one (leaf), field by field (map), or item by item (list). */
export type Shape = 'leaf' | 'map' | 'list';
export type Fields = Record<string, unknown>;

/** Where nothing is declared, the value says what it is: maps by their fields, lists as one. */
export const UNDECLARED: SchemaNode = { type: 'any', isRequired: false, patchStrategies: [] };

// Keys that items need not carry. The schemas have no defaults of their own; these two fields are the keys that have one.
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns how a place is merged; the value decides where the schema leaves it open. */
export function shapeOf(node: SchemaNode, value: unknown): Shape {
  switch (node.type) {
    case 'object':
    case 'map':
      return node.mapType === 'atomic' ? 'leaf' : 'map';
    case 'array':
      return isAssociative(node) ? 'list' : 'leaf';
    case 'any':
      return isMap(value) && node.mapType !== 'atomic' ? 'map' : 'leaf';
    default:
      return 'leaf';
  }
}

/** True for lists of items that have identities: sets, and maps by keys. */
function isAssociative({ listType }: SchemaNode): boolean {
  return listType === 'set' || listType === 'map';
}

/** Returns the schema of a field of a map or an object, and whether the field is declared by name. */
export function fieldNode(node: SchemaNode, name: string): SchemaNode {
  return fieldsOf(node).get(name) ?? node.items ?? UNDECLARED;
}
export function isDeclared(node: SchemaNode, name: string): boolean {
  return fieldsOf(node).has(name);
}

const MAX_ELEMENTS = 10_000;
const fieldElements = new Map<string, string>();
const keyElements = new Map<string, Map<unknown, string>>();

/** Returns the path element of a field: `f:name`. The same few names come over and over: they are made once. */
export function fieldElement(name: string): string {
  let element = fieldElements.get(name);
  if (element === undefined) {
    if (fieldElements.size >= MAX_ELEMENTS) fieldElements.clear();
    fieldElements.set(name, (element = `f:${name}`));
  }
  return element;
}

function keyElement(key: string, value: unknown): string {
  let elements = keyElements.get(key);
  if (!elements) keyElements.set(key, (elements = new Map<unknown, string>()));
  let element = elements.get(value);
  if (element === undefined) {
    element = `k:{"${key}":${JSON.stringify(value)}}`;
    if (elements.size >= MAX_ELEMENTS) elements.clear();
    if (typeof value !== 'object') elements.set(value, element);
  }
  return element;
}

/** An item of an associative list cannot be told apart; `message` says why. */
export class PathElementError extends Error {}

/**
 * Returns the path element of a list item: `k:{"name":"web"}` or `v:"x"`.
 * @throws PathElementError. Upstream: typed/helpers.go listItemToPathElement.
 */
export function itemElement(list: SchemaNode, item: unknown): string {
  const keys = list.listMapKeys ?? [];
  if (keys.length === 0) return setElement(item);
  if (item === null || item === undefined)
    throw new PathElementError('associative list with keys may not have a null element');
  if (!isMap(item)) throw new PathElementError('associative list with keys may not have non-map elements');
  const [only] = keys;
  if (keys.length === 1 && only !== undefined && item[only] !== undefined) return keyElement(only, item[only]);
  let text = '';
  for (const name of [...keys].sort()) {
    const value = item[name] ?? keyDefault(list, name);
    if (value !== undefined) text += `${text === '' ? '' : ','}"${name}":${JSON.stringify(value)}`;
  }
  if (text !== '') return `k:{${text}}`;
  throw new PathElementError(
    `associative list with keys has an element that omits all key fields ` +
      `[${keys.map((key) => JSON.stringify(key)).join(' ')}] (and doesn't have default values for any key fields)`,
  );
}

function keyDefault({ items }: SchemaNode, name: string): unknown {
  const field = items && fieldsOf(items).get(name);
  return field?.default ?? (items?.definition === undefined ? undefined : KEY_DEFAULTS[name]);
}

function setElement(item: unknown): string {
  if (isMap(item)) throw new PathElementError("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new PathElementError('not supported: associative list with lists as elements');
  if (item === null || item === undefined)
    throw new PathElementError("associative list without keys has an element that's an explicit null");
  return `v:${JSON.stringify(item)}`;
}

/** Items of one list that have the same path element. */
export class Duplicates {
  readonly items: readonly unknown[];
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** Returns the items of a list by path element, in order; items that cannot be told apart are left out. */
export function itemsByElement(list: SchemaNode, items: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const item of items) {
    let element: string;
    try {
      element = itemElement(list, item);
    } catch {
      continue;
    }
    const same = found.get(element);
    if (same === undefined) found.set(element, item);
    else found.set(element, new Duplicates(same instanceof Duplicates ? [...same.items, item] : [same, item]));
  }
  return found;
}

export function itemNode(list: SchemaNode): SchemaNode {
  return list.items ?? UNDECLARED;
}

/** Returns every place that a configuration mentions: its leaves, list items, keys of maps. Upstream: TypedValue.ToFieldSet. */
export function toFieldSet(value: unknown, node: SchemaNode): FieldSet {
  return mentioned(value, node) ?? NO_FIELDS;
}

// What lies beneath a place; NO_FIELDS for a leaf, undefined when there is nothing.
function mentioned(value: unknown, node: SchemaNode): FieldSet | undefined {
  const shape = shapeOf(node, value);
  if (shape === 'leaf') return NO_FIELDS;
  const result: Record<string, FieldSet> = {};
  if (shape === 'list') {
    if (!Array.isArray(value) || value.length === 0) return undefined;
    for (const [element, item] of itemsByElement(node, value))
      result[element] = item instanceof Duplicates ? NO_FIELDS : withSelf(mentioned(item, itemNode(node)));
    return result;
  }
  if (!isMap(value)) return undefined;
  let isEmpty = true;
  for (const name in value) {
    const field = value[name];
    if (field === undefined) continue;
    const below = mentioned(field, fieldNode(node, name));
    const isNamed = field === null || isEmptyMap(field) || !isDeclared(node, name);
    const set = isNamed ? withSelf(below) : below;
    if (!set) continue;
    result[fieldElement(name)] = set;
    isEmpty = false;
  }
  return isEmpty ? undefined : result;
}

function isEmptyMap(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 0;
}

/** Returns a node that is a member, whatever lies beneath it. */
export function withSelf(node: FieldSet | undefined): FieldSet {
  if (node === undefined) return NO_FIELDS;
  for (const _ in node) return node['.'] ? node : { '.': NO_FIELDS, ...node };
  return node;
}
