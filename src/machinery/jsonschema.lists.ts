// Lists that are sets or maps (x-kubernetes-list-type): their items must be told apart.
// Called by: resources/customresource.strategy. Must not know: any kind.
// Upstream: apiextensions-apiserver pkg/apiserver/schema/listtype/validation.go.
import { duplicate, invalid, type FieldErrors, type Path } from './field.ts';
import { marshalJson } from './gofmt.ts';
import { additionalOf, inKeyOrder, isValues, itemsOf, propertyOf, type JSONSchema, type Values } from './jsonschema.ts';
import { childPath, keyPath, type MaybePath } from './jsonschema.paths.ts';

/** Returns a finding for each item that stands in a set or a map for the second time. */
export function validateListTypes(path: MaybePath, value: unknown, schema: JSONSchema | undefined): FieldErrors {
  if (!schema || !isValues(value)) return [];
  const errors: FieldErrors = [];
  const additional = additionalOf(schema);
  if (additional)
    for (const [key, item] of Object.entries(value))
      errors.push(...validateField(keyPath(path, key), item, additional));
  for (const [key, item] of Object.entries(value)) {
    const property = propertyOf(schema, key);
    if (property) errors.push(...validateField(childPath(path, key), item, property));
  }
  return errors;
}

function validateField(path: Path, value: unknown, schema: JSONSchema): FieldErrors {
  return Array.isArray(value) ? validateList(path, value, schema) : validateListTypes(path, value, schema);
}

function validateList(path: Path, list: readonly unknown[], schema: JSONSchema): FieldErrors {
  const errors: FieldErrors = [];
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') errors.push(...repeatedIndices(list).map((i) => duplicate(path.index(i), inKeyOrder(list[i]))));
  if (type === 'map') errors.push(...validateMap(path, list, schema['x-kubernetes-list-map-keys'] ?? []));
  const items = itemsOf(schema);
  if (items) for (const [i, item] of list.entries()) errors.push(...validateField(path.index(i), item, items));
  return errors;
}

/** The second appearance of each item; further ones say nothing new. */
function repeatedIndices(list: readonly unknown[]): number[] {
  const times = new Map<string, number>();
  return list.flatMap((item, i) => {
    const text = marshalJson(item);
    const count = (times.get(text) ?? 0) + 1;
    times.set(text, count);
    return count === 2 ? [i] : [];
  });
}

function validateMap(path: Path, list: readonly unknown[], keys: readonly string[]): FieldErrors {
  const wrong = list.findIndex((item) => item !== null && !isValues(item));
  if (wrong >= 0) return [invalid(path.index(wrong), list[wrong], 'must be an object for an array of list-type map')];
  const keysOfItems = list.map((item) => {
    const fields = (item ?? {}) as Values;
    return Object.fromEntries(keys.filter((key) => Object.hasOwn(fields, key)).map((key) => [key, fields[key]]));
  });
  return repeatedIndices(keysOfItems).map((i) => duplicate(path.index(i), inKeyOrder(keysOfItems[i])));
}
