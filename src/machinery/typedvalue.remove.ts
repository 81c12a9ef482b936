// Takes places out of a value under its schema, and makes sets comparable for that.
// Called by: managedfields. Must not know: managers, the server.
// Upstream: structured-merge-diff typed/remove.go; fieldpath Set.EnsureNamedFieldsAreMembers.
import { isEmptySet, NO_FIELDS, type FieldSet } from './fieldset.ts';
import { fieldsOf, type SchemaNode } from './schema.ts';
import { fieldNode, isMap, itemElement, itemNode, shapeOf, UNDECLARED, withSelf, type Fields } from './typedvalue.ts';

/** Returns the value without the places of the set; null when nothing is left. The argument is not changed. */
export function removeItems(value: unknown, set: FieldSet, node: SchemaNode): unknown {
  if (Array.isArray(value)) return removeFromList(value, set, node);
  return isMap(value) ? removeFromMap(value, set, node) : value;
}

function hasMember(set: FieldSet, element: string): boolean {
  const node = set[element];
  return node !== undefined && (node['.'] !== undefined || isEmptySet(node));
}

function removeFromList(value: readonly unknown[], set: FieldSet, node: SchemaNode): unknown {
  if (value.length === 0 || shapeOf(node, value) !== 'list') return null;
  const result: unknown[] = [];
  for (const item of value) {
    const element = itemElement(node, item);
    if (hasMember(set, element)) continue;
    const below = set[element];
    result.push(below === undefined ? item : removeItems(item, below, itemNode(node)));
  }
  return result.length > 0 ? result : null;
}

function removeFromMap(value: Fields, set: FieldSet, node: SchemaNode): unknown {
  if (shapeOf(node, value) !== 'map') return null;
  const result: Fields = {};
  let isNothing = true;
  for (const name of Object.keys(value)) {
    const element = `f:${name}`;
    if (hasMember(set, element)) continue;
    const below = set[element];
    const left = below === undefined ? value[name] : removeItems(value[name], below, fieldNode(node, name));
    Object.defineProperty(result, name, { value: left, enumerable: true, writable: true, configurable: true });
    isNothing = false;
  }
  return isNothing ? null : result;
}

/** Returns the set in which declared fields with something beneath them are members, too. */
export function withNamedFields(set: FieldSet, node: SchemaNode): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const element in set) {
    const below = set[element] as FieldSet;
    if (element === '.' || isEmptySet(below)) {
      result[element] = NO_FIELDS;
      continue;
    }
    const child = withNamedFields(below, nodeAt(node, element));
    result[element] = element.startsWith('f:') && fieldsOf(node).has(element.slice(2)) ? withSelf(child) : child;
  }
  return result;
}

function nodeAt(node: SchemaNode, element: string): SchemaNode {
  if (element.startsWith('f:')) return fieldNode(node, element.slice(2));
  return element.startsWith('k:') ? itemNode(node) : UNDECLARED;
}
