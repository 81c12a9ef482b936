// What changed between two values under one schema: the places added, removed and modified.
// Called by: managedfields. Must not know: managers, the server.
// Upstream: structured-merge-diff typed/compare.go.
import { NO_FIELDS, type FieldSet } from './fieldset.ts';
import { deepEqual } from './meta.ts';
import { fieldsOf, type SchemaNode } from './schema.ts';
import {
  Duplicates,
  fieldElement,
  fieldNode,
  isMap,
  itemElement,
  itemNode,
  itemsByElement,
  shapeOf,
  UNDECLARED,
  withSelf,
  type Fields,
} from './typedvalue.ts';
import { writtenZeros } from './zerovalues.ts';

export interface Comparison {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

// The three sets beneath one place while they grow; absent where nothing changed.
interface Changes {
  added?: FieldSet | undefined;
  removed?: FieldSet | undefined;
  modified?: FieldSet | undefined;
}
type Growing = Record<string, FieldSet>;

const NOTHING: Comparison = { added: NO_FIELDS, removed: NO_FIELDS, modified: NO_FIELDS };

/**
 * Returns the places in which two values differ. Values that are the same object are not looked into. Fields that Go writes
 * though they are empty count as being there.
 */
export function compareValues(before: unknown, after: unknown, node: SchemaNode): Comparison {
  const changes = compare(before, after, node);
  if (!changes) return NOTHING;
  return {
    added: changes.added ?? NO_FIELDS,
    removed: changes.removed ?? NO_FIELDS,
    modified: changes.modified ?? NO_FIELDS,
  };
}

function compare(before: unknown, after: unknown, node: SchemaNode): Changes | undefined {
  if (before === after) return undefined;
  if (before === undefined) return { added: whole(after, node) };
  if (after === undefined) return { removed: whole(before, node) };
  const [was, is] = [shapeOf(node, before), shapeOf(node, after)];
  if (was !== is) return changedKind(before, after);
  if (was === 'map' && !(isBare(before) && isBare(after))) return compareMaps(before, after, node);
  if (was === 'list' && !(isBareList(before) && isBareList(after))) return compareLists(before, after, node);
  return deepEqual(before, after) ? undefined : { modified: NO_FIELDS };
}

function isBare(value: unknown): boolean {
  if (!isMap(value)) return true;
  for (const name in value) if (value[name] !== undefined) return false;
  return true;
}
function isBareList(value: unknown): boolean {
  return !Array.isArray(value) || value.length === 0;
}

// Where nothing is declared a map may become a text: the place is modified, and what lay beneath is gone.
function changedKind(before: unknown, after: unknown): Changes {
  return {
    modified: NO_FIELDS,
    ...(isBare(before) ? {} : { removed: beneath(before as Fields, UNDECLARED) }),
    ...(isBare(after) ? {} : { added: beneath(after as Fields, UNDECLARED) }),
  };
}

function gather(into: Changes, element: string, found: Changes): void {
  if (found.added) ((into.added ??= {}) as Growing)[element] = found.added;
  if (found.removed) ((into.removed ??= {}) as Growing)[element] = found.removed;
  if (found.modified) ((into.modified ??= {}) as Growing)[element] = found.modified;
}

// The zero values are filled in where they are looked at: most of an object is not.
function filled(value: unknown, node: SchemaNode): Fields {
  const fields = isMap(value) ? value : {};
  let result: Fields | undefined;
  for (const [name, zero] of writtenZeros(node))
    if (fields[name] === undefined || fields[name] === null) (result ??= { ...fields })[name] = zero;
  return result ?? fields;
}

function compareMaps(before: unknown, after: unknown, node: SchemaNode): Changes | undefined {
  const old = filled(before, node);
  const now = filled(after, node);
  const fields = fieldsOf(node);
  const others = node.items ?? UNDECLARED;
  let changes: Changes | undefined;
  for (const name in old) {
    const was = old[name];
    if (was === now[name] || was === undefined) continue;
    const found = compare(was, now[name], fields.get(name) ?? others);
    if (found) gather((changes ??= {}), fieldElement(name), found);
  }
  for (const name in now)
    if (now[name] !== undefined && old[name] === undefined)
      gather((changes ??= {}), fieldElement(name), { added: whole(now[name], fields.get(name) ?? others) });
  return changes;
}

function compareLists(before: unknown, after: unknown, node: SchemaNode): Changes | undefined {
  const old = itemsByElement(node, Array.isArray(before) ? before : []);
  const now = itemsByElement(node, Array.isArray(after) ? after : []);
  const item = itemNode(node);
  let changes: Changes | undefined;
  for (const [element, was] of old) {
    const found = compareItems(was, now.get(element), item);
    if (found) gather((changes ??= {}), element, found);
  }
  for (const [element, is] of now) {
    const found = old.has(element) ? undefined : compareItems(undefined, is, item);
    if (found) gather((changes ??= {}), element, found);
  }
  return changes;
}

// Items that occur more than once under one key are compared as a whole.
function compareItems(was: unknown, is: unknown, item: SchemaNode): Changes | undefined {
  const [manyBefore, manyAfter] = [was instanceof Duplicates, is instanceof Duplicates];
  if (!manyBefore && !manyAfter) return compare(was, is, item);
  if (manyBefore && manyAfter) return deepEqual(was, is) ? undefined : { modified: NO_FIELDS };
  if (manyBefore) return { removed: NO_FIELDS, ...(is === undefined ? {} : { added: whole(is, item) }) };
  return { added: NO_FIELDS, ...(was === undefined ? {} : { removed: whole(was, item) }) };
}

/** Returns the place itself and everything beneath it. */
function whole(value: unknown, node: SchemaNode): FieldSet {
  const shape = shapeOf(node, value);
  if (shape === 'map') return isBare(value) && writtenZeros(node).length === 0 ? NO_FIELDS : wholeMap(value, node);
  if (shape === 'leaf' || isBareList(value)) return NO_FIELDS;
  const result: Growing = { '.': NO_FIELDS };
  const item = itemNode(node);
  for (const each of value as unknown[]) {
    let element: string;
    try {
      element = itemElement(node, each);
    } catch {
      continue;
    }
    result[element] = result[element] === undefined ? whole(each, item) : NO_FIELDS;
  }
  return result;
}

function wholeMap(value: unknown, node: SchemaNode): FieldSet {
  return value === null ? NO_FIELDS : withSelf(beneath(value as Fields, node));
}

function beneath(given: Fields, node: SchemaNode): FieldSet {
  const result: Growing = {};
  const value = filled(given, node);
  for (const name in value)
    if (value[name] !== undefined) result[fieldElement(name)] = whole(value[name], fieldNode(node, name));
  return result;
}

const SEPARATOR = '\u0001';

/**
 * Returns a text that is equal for values which, compared with a new object, have the same places added and modified. It costs
 * a fraction of the comparison: most objects are made in the image of others.
 */
export function signatureOf(value: unknown, node: SchemaNode): string {
  const shape = shapeOf(node, value);
  if (shape === 'leaf') return isZero(value) ? '0' : '';
  if (shape === 'map') {
    if (!isMap(value)) return '0';
    const fields = fieldsOf(node);
    const others = node.items ?? UNDECLARED;
    let text = '{';
    for (const name in value) {
      const field = value[name];
      if (field === undefined) continue;
      const child = fields.get(name) ?? others;
      const isScalar = typeof field !== 'object' && child.type !== 'any';
      text += name + SEPARATOR + (isScalar ? (isZero(field) ? '0' : '') : signatureOf(field, child));
    }
    return `${text}}`;
  }
  if (!Array.isArray(value)) return '0';
  let text = '[';
  const item = itemNode(node);
  for (const each of value) text += itemElement(node, each) + SEPARATOR + signatureOf(each, item);
  return `${text}]`;
}

function isZero(value: unknown): boolean {
  if (typeof value === 'object') return value === null || isBare(value);
  return value === '' || value === 0 || value === false;
}
