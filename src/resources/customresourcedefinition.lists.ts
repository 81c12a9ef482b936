// Validation of lists in schemas: sets, and maps by keys.
// Called by: customresourcedefinition.schema.ts. Must not know: storage, HTTP.
// Upstream: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go.
import { forbidden, invalid, notSupported, required, type FieldErrors, type Path } from '../machinery/field.ts';
import { isSchemaList, itemsOf, propertyOf, type JSONSchema } from '../machinery/jsonschema.ts';

const LIST_TYPE = 'x-kubernetes-list-type';
const MAP_TYPE = 'x-kubernetes-map-type';
const KEYS = 'x-kubernetes-list-map-keys';
const LIST_TYPES = ['atomic', 'set', 'map'];

export function validateListSchema(schema: JSONSchema, path: Path): FieldErrors {
  const type = schema[LIST_TYPE];
  const errors: FieldErrors = [];
  const message = 'must be array if x-kubernetes-list-type is specified';
  if (type !== undefined && !schema.type) errors.push(required(path.child('type'), message));
  else if (type !== undefined && schema.type !== 'array')
    errors.push(invalid(path.child('type'), schema.type, message));
  else if (type === 'set') errors.push(...validateSet(schema, path));
  if (type !== undefined && !LIST_TYPES.includes(type))
    errors.push(notSupported(path.child(LIST_TYPE), type, LIST_TYPES));
  if ((schema[KEYS] ?? []).length > 0 && type !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(type === undefined ? required(path.child(LIST_TYPE), why) : invalid(path.child(LIST_TYPE), type, why));
  }
  if (type === 'map') errors.push(...validateMap(schema, path));
  return [...errors, ...validateKeys(schema, path)];
}

function validateSet(schema: JSONSchema, path: Path): FieldErrors {
  const items = itemsOf(schema);
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const at = path.child('items');
  const listType = items?.[LIST_TYPE];
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic')
    return [invalid(at.child(LIST_TYPE), listType, why)];
  // Upstream shows the type of the list, not that of the map.
  if (items?.type === 'object' && items[MAP_TYPE] !== 'atomic') return [invalid(at.child(MAP_TYPE), listType, why)];
  return [];
}

function validateMap(schema: JSONSchema, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  const keys = schema[KEYS] ?? [];
  if (keys.length === 0) errors.push(required(path.child(KEYS), 'must not be empty if x-kubernetes-list-type is map'));
  const at = path.child('items');
  if (!schema.items) return [...errors, required(at, 'must have a schema if x-kubernetes-list-type is map')];
  if (isSchemaList(schema.items)) {
    const why = 'must only have a single schema if x-kubernetes-list-type is map';
    return [...errors, invalid(at, schema.items, why)];
  }
  const { items } = schema;
  const parent = "parent array's x-kubernetes-list-type is map";
  if (items.type !== 'object')
    return [...errors, invalid(at.child('type'), items.type ?? '', `must be object if ${parent}`)];
  for (const [i, key] of keys.entries()) {
    const field = propertyOf(items, key);
    if (!field) errors.push(invalid(path.child(KEYS), keys, 'entries must all be names of item properties'));
    else if (field.type === 'array' || field.type === 'object') {
      const typePath = at.child('properties').key(key).child('type');
      errors.push(invalid(typePath, items.type, `must be a scalar type if ${parent}`));
    }
    if (keys.indexOf(key) < i) errors.push(invalid(path.child(KEYS), keys, 'must not contain duplicate entries'));
  }
  return errors;
}

/** Items of sets and maps must be there, and so must their keys. Upstream: validateMapListKeysMapSet. */
function validateKeys(schema: JSONSchema, path: Path): FieldErrors {
  const items = itemsOf(schema);
  const type = schema[LIST_TYPE];
  if (!items || (type !== 'set' && type !== 'map')) return [];
  const at = path.child('items');
  const errors: FieldErrors = [];
  if (items.nullable)
    errors.push(forbidden(at.child('nullable'), `cannot be nullable when x-kubernetes-list-type is ${type}`));
  if (type === 'set') return errors;
  for (const key of schema[KEYS] ?? []) {
    const field = propertyOf(items, key);
    if (!field) continue;
    const fieldPath = at.child('properties').key(key);
    const hasDefault = field.default !== undefined && field.default !== null;
    const is = 'this property is in x-kubernetes-list-map-keys, so it';
    if (!items.required?.includes(key) && !hasDefault)
      errors.push(required(fieldPath.child('default'), `${is} must have a default or be a required property`));
    if (field.nullable) errors.push(forbidden(fieldPath.child('nullable'), `${is} cannot be nullable`));
  }
  return errors;
}
