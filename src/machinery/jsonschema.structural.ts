// What makes a schema structural: every field has a type outside of allOf, anyOf, oneOf and not, which only restrict values.
// Called by: resources/customresourcedefinition.schema, jsonschema.defaults. Must not know: any kind, values.
// Upstream: apiextensions-apiserver pkg/apiserver/schema/validation.go, complete.go, convert.go.
import { forbidden, invalid, required, type FieldErrors, type Path } from './field.ts';
import { goRegExp } from './goregexp.ts';
import {
  additionalOf,
  isEmbedded,
  isIntOrString,
  isSchemaList,
  itemsOf,
  preservesUnknown,
  propertyOf,
  sortedEntries,
  type JSONSchema,
} from './jsonschema.ts';
import { deepEqual } from './meta.ts';

const TYPES_OF_INT_OR_STRING: readonly JSONSchema[] = [{ type: 'integer' }, { type: 'string' }];

/** Returns why a schema cannot be structural at all, or undefined. Upstream: NewStructural. */
export function structuralObstacle(schema: JSONSchema): string | undefined {
  const unsupported: readonly (readonly [string, unknown])[] = [
    ['id', schema.id],
    ['schema', schema.$schema],
    ['$ref', schema.$ref],
    ['patternProperties', schema.patternProperties],
    ['dependencies', schema.dependencies],
    ['additionalItems', schema.additionalItems],
    ['definitions', schema.definitions],
  ];
  for (const [name, value] of unsupported)
    if (value !== undefined && value !== '') return `OpenAPIV3Schema '${name}' is not supported`;
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    return `internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined`;
  const { items, not, allOf = [], anyOf = [], oneOf = [] } = schema;
  if (items && isSchemaList(items)) return `OpenAPIV3Schema 'items' must be a schema, but is an array`;
  const below = [
    ...(not ? [not] : []),
    ...allOf,
    ...anyOf,
    ...oneOf,
    ...(items ? [items] : []),
    ...sortedEntries(schema.properties).map(([, field]) => field),
    ...[additionalOf(schema)].filter((each) => each !== undefined),
  ];
  for (const each of below) {
    const found = structuralObstacle(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns what keeps a schema from being structural, sorted by text. Upstream: ValidateStructural. */
export function validateStructural(path: Path, schema: JSONSchema): FieldErrors {
  const errors: FieldErrors = [];
  checkInvariants(schema, 'root', path, errors);
  checkCompleteness(schema, schema, { structural: path, value: path }, errors);
  return errors.sort((a, b) => (a.message() < b.message() ? -1 : 1));
}

type Level = 'root' | 'item' | 'field';

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function checkInvariants(schema: JSONSchema, level: Level, path: Path, errors: FieldErrors): void {
  const items = itemsOf(schema);
  if (schema.type === 'array' && !items) errors.push(required(path.child('items'), 'must be specified'));
  if (items) checkInvariants(items, 'item', path.child('items'), errors);
  for (const [name, field] of sortedEntries(schema.properties))
    checkInvariants(field, 'field', path.child('properties').key(name), errors);
  const additionalPath = path.child('additionalProperties');
  if (schema.additionalProperties !== undefined) {
    if (level === 'root') errors.push(forbidden(additionalPath, 'must not be used at the root'));
    const additional = additionalOf(schema);
    if (additional) checkInvariants(additional, 'field', additionalPath, errors);
  }
  checkExtensions(schema, path, errors);
  const skipsAnyOf = deepEqual(schema.anyOf, TYPES_OF_INT_OR_STRING);
  const skipsFirstAllOf = deepEqual(schema.allOf?.[0]?.anyOf, TYPES_OF_INT_OR_STRING);
  checkValueRules(schema, { skipsAnyOf, skipsFirstAllOf }, path, errors);
  checkTypes(schema, level, path, errors);
  if (isEmbedded(schema) && schema.additionalProperties !== undefined)
    errors.push(forbidden(additionalPath, 'must not be used if x-kubernetes-embedded-resource is set'));
  if (level === 'root' && schema.type && schema.type !== 'object')
    errors.push(invalid(path.child('type'), schema.type, 'must be object at the root'));
  checkMetadata(schema, level, path, errors);
  const hasFields = Object.keys(schema.properties ?? {}).length > 0;
  if (isEmbedded(schema) && !preservesUnknown(schema) && !hasFields) {
    const when = 'x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(path.child('properties'), `must not be empty if ${when}`));
  }
}

function checkTypes(schema: JSONSchema, level: Level, path: Path, errors: FieldErrors): void {
  const { type = '' } = schema;
  const at = path.child('type');
  if (isEmbedded(schema) && type !== 'object') {
    const message = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type === '' ? required(at, message) : invalid(at, type, message));
  } else if (type === '' && !isIntOrString(schema) && !preservesUnknown(schema))
    errors.push(required(at, EMPTY_TYPE[level]));
}

function checkMetadata(schema: JSONSchema, level: Level, path: Path, errors: FieldErrors): void {
  const isChecked = level === 'root' || isEmbedded(schema);
  for (const name of ['kind', 'apiVersion']) {
    const field = propertyOf(schema, name);
    if (isChecked && field && field.type !== 'string')
      errors.push(invalid(path.child('properties').key(name).child('type'), field.type ?? '', 'must be string'));
  }
  const metadata = propertyOf(schema, 'metadata');
  if (!metadata) return;
  const at = path.child('properties').key('metadata');
  if (isChecked && metadata.type !== 'object')
    errors.push(invalid(at.child('type'), metadata.type ?? '', 'must be object'));
  if (level !== 'root') return;
  const { type: _type, default: _default, properties = {}, ...rest } = metadata;
  const names = Object.keys(properties);
  const isRestricted = names.every((name) => name === 'name' || name === 'generateName');
  if (isRestricted && Object.values(rest).every((value) => value === undefined)) return;
  const message = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  errors.push(forbidden(at, message));
}

function checkExtensions(schema: JSONSchema, path: Path, errors: FieldErrors): void {
  if (!isIntOrString(schema)) return;
  const message = 'must be false if x-kubernetes-int-or-string is true';
  if (preservesUnknown(schema)) errors.push(invalid(path.child('x-kubernetes-preserve-unknown-fields'), true, message));
  if (isEmbedded(schema)) errors.push(invalid(path.child('x-kubernetes-embedded-resource'), true, message));
}

interface Skips {
  skipsAnyOf: boolean;
  skipsFirstAllOf: boolean;
}
const NO_SKIPS: Skips = { skipsAnyOf: false, skipsFirstAllOf: false };

function checkValueRules(
  schema: JSONSchema,
  { skipsAnyOf, skipsFirstAllOf }: Skips,
  path: Path,
  errors: FieldErrors,
): void {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  if (!skipsAnyOf)
    for (const [i, each] of anyOf.entries()) checkNested(each, NO_SKIPS, path.child('anyOf').index(i), errors);
  for (const [i, each] of allOf.entries()) {
    const skips = { skipsAnyOf: skipsFirstAllOf && i === 0, skipsFirstAllOf: false };
    checkNested(each, skips, path.child('allOf').index(i), errors);
  }
  for (const [i, each] of oneOf.entries()) checkNested(each, NO_SKIPS, path.child('oneOf').index(i), errors);
  if (not) checkNested(not, NO_SKIPS, path.child('not'), errors);
  if (!pattern) return;
  try {
    goRegExp(pattern);
  } catch (error) {
    const message = `must be a valid regular expression, but isn't: ${(error as Error).message}`;
    errors.push(invalid(path.child('pattern'), pattern, message));
  }
}

/** What a schema beneath allOf, anyOf, oneOf or not may not have, with what it should be instead. */
function forbiddenWhenNested(schema: JSONSchema): readonly (readonly [string, boolean, string])[] {
  return [
    ['type', Boolean(schema.type), 'empty'],
    [
      'additionalProperties',
      schema.additionalProperties !== undefined && schema.additionalProperties !== false,
      'undefined',
    ],
    ['default', schema.default !== undefined && schema.default !== null, 'undefined'],
    ['title', Boolean(schema.title), 'empty'],
    ['description', Boolean(schema.description), 'empty'],
    ['nullable', schema.nullable === true, 'false'],
    ['x-kubernetes-preserve-unknown-fields', preservesUnknown(schema), 'false'],
    ['x-kubernetes-embedded-resource', isEmbedded(schema), 'false'],
    ['x-kubernetes-int-or-string', isIntOrString(schema), 'false'],
    ['x-kubernetes-list-map-keys', (schema['x-kubernetes-list-map-keys'] ?? []).length > 0, 'empty'],
    ['x-kubernetes-list-type', schema['x-kubernetes-list-type'] !== undefined, 'undefined'],
    ['x-kubernetes-map-type', schema['x-kubernetes-map-type'] !== undefined, 'undefined'],
    ['x-kubernetes-validations', (schema['x-kubernetes-validations'] ?? []).length > 0, 'empty'],
  ];
}

function checkNested(schema: JSONSchema, skips: Skips, path: Path, errors: FieldErrors): void {
  checkValueRules(schema, skips, path, errors);
  const items = itemsOf(schema);
  if (items) checkNested(items, NO_SKIPS, path.child('items'), errors);
  for (const [name, field] of sortedEntries(schema.properties))
    checkNested(field, NO_SKIPS, path.child('properties').key(name), errors);
  for (const [name, isThere, wanted] of forbiddenWhenNested(schema))
    if (isThere) errors.push(forbidden(path.child(name), `must be ${wanted} to be structural`));
  if (propertyOf(schema, 'metadata'))
    errors.push(forbidden(path.child('properties').key('metadata'), 'must not be specified in a nested context'));
}

interface Paths {
  structural: Path;
  value: Path;
}

/** Every field that a junctor restricts must be there outside of it, too. */
function checkCompleteness(
  schema: JSONSchema,
  structural: JSONSchema | undefined,
  { structural: sPath, value: vPath }: Paths,
  errors: FieldErrors,
): void {
  const nested: [JSONSchema, Path][] = [];
  if (schema.not) nested.push([schema.not, vPath.child('not')]);
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const)
    for (const [i, each] of (schema[name] ?? []).entries()) nested.push([each, vPath.child(name).index(i)]);
  for (const [each, path] of nested)
    checkNestedCompleteness(each, structural, { structural: sPath, value: path }, errors);
}

function checkNestedCompleteness(
  schema: JSONSchema,
  structural: JSONSchema | undefined,
  paths: Paths,
  errors: FieldErrors,
): void {
  if (!structural) {
    errors.push(required(paths.structural, `because it is defined in ${paths.value}`));
    return;
  }
  checkCompleteness(schema, structural, paths, errors);
  const child = (name: string): Paths => ({ structural: paths.structural.child(name), value: paths.value.child(name) });
  const items = itemsOf(schema);
  if (items) checkNestedCompleteness(items, itemsOf(structural), child('items'), errors);
  for (const [name, field] of sortedEntries(schema.properties)) {
    const { structural: sPath, value: vPath } = child('properties');
    const below = { structural: sPath.key(name), value: vPath.key(name) };
    checkNestedCompleteness(field, propertyOf(structural, name), below, errors);
  }
}
