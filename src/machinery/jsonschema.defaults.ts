// Defaults in a schema must be valid themselves: of their own schema, without unknown fields, with sound metadata.
// Called by: resources/customresourcedefinition.schema. Must not know: any kind.
// Upstream: apiextensions-apiserver pkg/apiserver/schema/defaulting/validation.go, surroundingobject.go.
import { invalid, type FieldErrors, type Path } from './field.ts';
import {
  asResourceRoot,
  inKeyOrder,
  isEmbedded,
  isValues,
  itemsOf,
  sortedEntries,
  type JSONSchema,
} from './jsonschema.ts';
import { coerceMetadata, validateMetadata } from './jsonschema.metadata.ts';
import { prune } from './jsonschema.prune.ts';
import { validateValue } from './jsonschema.validate.ts';
import { clone, deepEqual } from './meta.ts';

/** Puts a value where it stands within the nearest resource around it. */
type Surround = (value: unknown) => unknown;

interface Place {
  path: Path;
  /** The schema of the nearest resource around the place. */
  root: JSONSchema;
  surround: Surround;
  isInsideMeta: boolean;
}

/** Returns what is wrong with the defaults of an object's schema. Defaults beneath additionalProperties are not looked at. */
export function validateDefaults(path: Path, schema: JSONSchema): FieldErrors {
  const root = asResourceRoot(schema);
  const errors: FieldErrors = [];
  validate(root, { path, root, surround: (value) => value, isInsideMeta: false }, errors);
  return errors;
}

function validate(schema: JSONSchema, given: Place, errors: FieldErrors): void {
  const place = isEmbedded(schema)
    ? { ...given, root: schema, surround: (value: unknown) => value, isInsideMeta: false }
    : given;
  const { path, surround, isInsideMeta } = place;
  if (schema.default !== undefined && schema.default !== null)
    errors.push(...(isInsideMeta ? metadataErrors(schema, place) : valueErrors(schema, path)));
  const items = itemsOf(schema);
  if (items) validate(items, { ...place, path: path.child('items'), surround: (x) => surround([x]) }, errors);
  for (const [name, field] of sortedEntries(schema.properties)) {
    const below: Place = {
      ...place,
      path: path.child('properties').key(name),
      surround: (value) => surround({ [name]: value }),
      isInsideMeta: isInsideMeta || (isEmbedded(schema) && ['metadata', 'apiVersion', 'kind'].includes(name)),
    };
    validate(field, below, errors);
  }
}

function valueErrors(schema: JSONSchema, schemaPath: Path): FieldErrors {
  const path = schemaPath.child('default');
  const value = clone(schema.default);
  const pruned = clone(value);
  const options = { isResourceRoot: isEmbedded(schema) };
  prune(pruned, schema, options);
  const errors = deepEqual(pruned, value) ? [] : [invalid(path, inKeyOrder(value), 'must not have unknown fields')];
  const malformed = coerceMetadata(path, value, schema, options);
  if (malformed) return [...errors, malformed];
  const unsound = validateMetadata(path, value, schema, options);
  return [...errors, ...(unsound.length > 0 ? unsound : validateValue(path, value, schema))];
}

function metadataErrors(schema: JSONSchema, { path: schemaPath, root, surround }: Place): FieldErrors {
  const path = schemaPath.child('default');
  const refuse = (why: string): FieldErrors => [
    invalid(path, inKeyOrder(schema.default), `must result in valid metadata: ${why}`),
  ];
  const object = surround(clone(schema.default));
  if (isValues(object)) {
    object['kind'] ??= 'Validation';
    object['apiVersion'] ??= 'validation/v1';
  }
  const malformed = coerceMetadata(undefined, object, root, { isResourceRoot: true });
  if (malformed) return refuse(malformed.message());
  const unsound = validateMetadata(undefined, object, root, { isResourceRoot: true }).map((error) => error.message());
  if (unsound.length > 0) return refuse(unsound.length === 1 ? (unsound[0] ?? '') : `[${unsound.join(', ')}]`);
  return validateValue(path, schema.default, schema);
}
