// Validation of the schemas in CustomResourceDefinitions.
// Called by: customresourcedefinition.validation.ts. Must not know: storage, HTTP.
// Upstream: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go validateCustomResourceDefinitionValidation.
import { forbidden, invalid, notSupported, required, type FieldErrors, type Path } from '../machinery/field.ts';
import { validateDefaults } from '../machinery/jsonschema.defaults.ts';
import { structuralObstacle, validateStructural } from '../machinery/jsonschema.structural.ts';
import { additionalOf, isEmbedded, isSchemaList, sortedEntries, type JSONSchema } from '../machinery/jsonschema.ts';
import { goSchema, type Validation } from './customresourcedefinition.internal.ts';
import { validateListSchema } from './customresourcedefinition.lists.ts';
import { validateRules } from './customresourcedefinition.rules.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const META_FIELDS = ['metadata', 'kind', 'apiVersion'];

/** What the root of a schema may have where the status has a schema of its own: Go's names of the fields. */
const ALLOWED_AT_ROOT =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems ' +
  'MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';
const IS_ALLOWED_AT_ROOT = new Set(ALLOWED_AT_ROOT.split(' '));

/** Returns what is wrong with a schema; `hasStatus` where the status is a subresource. */
export function validateSchema(
  validation: Validation | undefined,
  path: Path,
  { hasStatus }: { hasStatus: boolean },
): FieldErrors {
  const schema = validation?.openAPIV3Schema;
  if (!schema) return [];
  const schemaPath = path.child('openAPIV3Schema');
  const errors = hasStatus ? validateRoot(schema, path) : [];
  if (schema.nullable)
    errors.push(forbidden(path.child('openAPIV3Schema.nullable'), 'nullable cannot be true at the root'));
  const obstacle = structuralObstacle(schema);
  const structural = obstacle === undefined ? validateStructural(schemaPath, schema) : [];
  errors.push(...structural);
  if (obstacle === undefined && structural.length === 0) errors.push(...validateDefaults(schemaPath, schema));
  const isSound = obstacle === undefined && errors.length === 0;
  errors.push(...validateProps(schema, schemaPath, { isRoot: true, isInsideMeta: false, isSound }));
  if (errors.length === 0 && obstacle !== undefined) errors.push(invalid(schemaPath, '', obstacle));
  return errors;
}

function validateRoot(schema: JSONSchema, path: Path): FieldErrors {
  for (const [name, value] of Object.entries(goSchema(schema))) {
    if (value === null || value === '' || value === false) continue;
    if (name === 'Type') {
      if (schema.type === 'object') continue;
      const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      return [invalid(path.child('openAPIV3Schema.type'), schema.type, why)];
    }
    if (IS_ALLOWED_AT_ROOT.has(name)) continue;
    const why = `only [${ALLOWED_AT_ROOT}] fields are allowed at the root of the schema if the status subresource is enabled`;
    return [invalid(path.child('openAPIV3Schema'), goSchema(schema), why)];
  }
  return [];
}

export interface SchemaContext {
  isRoot: boolean;
  /** Within the metadata of the object or of an embedded one. */
  isInsideMeta: boolean;
  /** Why defaults may not stand here. */
  forbidsDefaults?: string;
  /** The topmost place where an old value cannot be told: rules beneath may not speak of it. */
  uncorrelated?: Path;
  /** The schema as a whole is structural, so that rules can be compiled. */
  isSound: boolean;
}

/** Upstream: ValidateCustomResourceDefinitionOpenAPISchema. */
function validateProps(schema: JSONSchema, path: Path, context: SchemaContext): FieldErrors {
  const errors = validateStandard(schema, path, context);
  if (schema.uniqueItems) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbidden(path.child('uniqueItems'), why));
  }
  const below: SchemaContext = { ...context, isRoot: false };
  errors.push(...validateAdditional(schema, path, below));
  errors.push(...validateProperties(schema, path, context));
  const { not, allOf = [], anyOf = [], oneOf = [], definitions } = schema;
  const nested: SchemaContext = { ...below, isSound: false };
  if (not) errors.push(...validateProps(not, path.child('not'), nested));
  for (const [name, list] of [
    ['allOf', allOf],
    ['oneOf', oneOf],
    ['anyOf', anyOf],
  ] as const)
    for (const [i, each] of list.entries()) errors.push(...validateProps(each, path.child(name).index(i), nested));
  for (const [name, each] of sortedEntries(definitions))
    errors.push(...validateProps(each, path.child('definitions').key(name), nested));
  errors.push(...validateItems(schema, path, below));
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.push(invalid(path.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'));
  errors.push(...validateMapType(schema, path), ...validateListSchema(schema, path));
  errors.push(...validateRules(schema, path, { ...context, isSound: context.isSound && errors.length === 0 }));
  return errors;
}

function validateAdditional(schema: JSONSchema, path: Path, context: SchemaContext): FieldErrors {
  const { additionalProperties } = schema;
  if (additionalProperties === undefined) return [];
  const at = path.child('additionalProperties');
  const hasProperties = Object.keys(schema.properties ?? {}).length > 0;
  const isExclusive = hasProperties && additionalProperties !== true;
  const errors = isExclusive ? [forbidden(at, 'additionalProperties and properties are mutual exclusive')] : [];
  const additional = additionalOf(schema);
  if (!additional) return errors;
  const reason = 'inside additionalProperties applying to object metadata';
  const below = context.isInsideMeta ? { ...context, forbidsDefaults: reason } : context;
  return [...errors, ...validateProps(additional, at, below)];
}

function validateProperties(schema: JSONSchema, path: Path, context: SchemaContext): FieldErrors {
  return sortedEntries(schema.properties).flatMap(([name, field]) => {
    const below: SchemaContext = { ...context, isRoot: false };
    if (schema['x-kubernetes-map-type'] === 'atomic') below.uncorrelated ??= path;
    if ((context.isRoot || isEmbedded(schema)) && META_FIELDS.includes(name)) {
      below.isInsideMeta = true;
      if (context.isRoot) below.forbidsDefaults = `in top-level ${name}`;
    }
    return validateProps(field, path.child('properties').key(name), below);
  });
}

function validateItems(schema: JSONSchema, path: Path, context: SchemaContext): FieldErrors {
  const { items } = schema;
  if (!items) return [];
  const below: SchemaContext = { ...context };
  if (schema['x-kubernetes-list-type'] !== 'map') below.uncorrelated ??= path;
  const at = path.child('items');
  if (!isSchemaList(items)) return validateProps(items, at, below);
  return items.flatMap((each, i) => validateProps(each, at.index(i), below));
}

/** Upstream: specStandardValidatorV3.validate. */
function validateStandard(schema: JSONSchema, path: Path, context: SchemaContext): FieldErrors {
  const errors: FieldErrors = [];
  const { type, items } = schema;
  if (type && !TYPES.includes(type)) errors.push(notSupported(path.child('type'), type, TYPES));
  const hasDefault = schema.default !== undefined && schema.default !== null;
  if (hasDefault && context.forbidsDefaults !== undefined)
    errors.push(forbidden(path.child('default'), `must not be set ${context.forbidsDefaults}`));
  const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;
  for (const name of unsupported)
    if (schema[name] !== undefined && schema[name] !== '')
      errors.push(forbidden(path.child(name), `${name} is not supported`));
  if (type === 'null')
    errors.push(forbidden(path.child('type'), 'type cannot be set to null, use nullable as an alternative'));
  if (items && isSchemaList(items))
    errors.push(forbidden(path.child('items'), 'items must be a schema object and not an array'));
  if (context.isInsideMeta && isEmbedded(schema))
    errors.push(forbidden(path.child('x-kubernetes-embedded-resource'), 'must not be used inside of resource meta'));
  return errors;
}

function validateMapType(schema: JSONSchema, path: Path): FieldErrors {
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType === undefined) return [];
  const errors: FieldErrors = [];
  const message = 'must be object if x-kubernetes-map-type is specified';
  const at = path.child('type');
  if (!schema.type) errors.push(required(at, message));
  else if (schema.type !== 'object') errors.push(invalid(at, schema.type, message));
  const types = ['atomic', 'granular'];
  if (!types.includes(mapType)) errors.push(notSupported(path.child('x-kubernetes-map-type'), mapType, types));
  return errors;
}
