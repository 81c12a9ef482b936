// The schemas of custom resources as OpenAPI shows them: their own fields, and those that every object has.
// Called by: openapi.ts. Must not know: what is served.
// Upstream: apiextensions-apiserver pkg/controller/openapi/builder/builder.go, pkg/controller/openapi/v2/conversion.go.
import {
  additionalOf,
  isEmbedded,
  isIntOrString,
  isSchemaList,
  isValues,
  preservesUnknown,
  sortedEntries,
  type JSONSchema,
} from '../machinery/jsonschema.ts';
import { deepEqual } from '../machinery/meta.ts';
import { groupVersionString } from '../machinery/types.ts';
import { knownFields } from './listoptions.ts';
import { PATCH_SCHEMA } from './openapi.templates.ts';
import { schemaNameOf } from './openapi.operations.ts';
import type { OpenAPISchema } from './openapi.schemas.ts';
import type { ServedResource } from './scheme.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const OBJECT_META = `${META}ObjectMeta`;
const LIST_META = `${META}ListMeta`;
const STATUS = `${META}Status`;
const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

type Version = 2 | 3;

interface Writer {
  version: Version;
  /** Fields of a built-in kind with their descriptions. */
  apiVersion: OpenAPISchema;
  kind: OpenAPISchema;
}

/** Returns the names of the built-in types that the schemas and operations of a custom resource refer to. */
export function customTypesOf({ subresources }: ServedResource): string[] {
  const types = [OBJECT_META, LIST_META, STATUS, `${META}DeleteOptions`, PATCH_SCHEMA];
  return subresources.includes('scale') ? [...types, 'io.k8s.api.autoscaling.v1.Scale'] : types;
}

/** Returns the schemas of a custom resource and of its list, by name; `builtIn` has those of customTypesOf(). */
export function customSchemas(
  served: ServedResource,
  builtIn: Readonly<Record<string, OpenAPISchema>>,
  version: Version,
): Record<string, OpenAPISchema> {
  const { definition, gvr, kind } = served;
  const { custom } = definition;
  if (!custom) return {};
  const { apiVersion = {}, kind: kindField = {} } = (builtIn[STATUS]?.['properties'] ?? {}) as OpenAPISchemas;
  const writer: Writer = { version, apiVersion, kind: kindField };
  const schema = custom.schema(groupVersionString(gvr));
  const name = schemaNameOf(served);
  const items = {
    description: `List of ${gvr.resource}. More info: ${CONVENTIONS}`,
    type: 'array',
    items: reference(name, version),
  };
  const list = {
    description: `${custom.listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion,
      items,
      kind: kindField,
      metadata: described(LIST_META, `Standard list metadata. More info: ${CONVENTIONS}#types-kinds`, version),
    },
  };
  const extensions = (name: string) => ({
    'x-kubernetes-group-version-kind': [{ group: gvr.group, kind: name, version: gvr.version }],
    ...selectable(served),
  });
  return {
    [name]: { ...rootOf(schema, writer), ...extensions(kind) },
    [name.slice(0, -kind.length) + custom.listKind]: { ...list, ...extensions(custom.listKind) },
  };
}

type OpenAPISchemas = Record<string, OpenAPISchema>;

function selectable(served: ServedResource): object {
  const fields = [...knownFields(served)].map((fieldPath) => ({ fieldPath }));
  return fields.length === 0 ? {} : { 'x-kubernetes-selectable-fields': fields };
}

// Without a schema nothing may be told: clients would take what is not told for forbidden.
function rootOf(schema: JSONSchema | undefined, writer: Writer): OpenAPISchema {
  if (!schema || (writer.version === 2 && preservesUnknown(schema))) return { type: 'object' };
  return withObjectFields(schemaOf(schema, writer), writer);
}

function reference(name: string, version: Version): OpenAPISchema {
  return { $ref: `${version === 2 ? '#/definitions/' : '#/components/schemas/'}${name}` };
}

/** In OpenAPI 3 nothing may stand beside a reference. */
function described(name: string, description: string, version: Version): OpenAPISchema {
  const to = reference(name, version);
  return version === 2 ? { description, ...to } : { description, allOf: [to] };
}

function metadataField({ version }: Writer): OpenAPISchema {
  return described(OBJECT_META, `Standard object's metadata. More info: ${CONVENTIONS}#metadata`, version);
}

function withObjectFields(schema: OpenAPISchema, writer: Writer): OpenAPISchema {
  const { apiVersion, kind } = writer;
  const properties = { ...(schema['properties'] as object), apiVersion, kind, metadata: metadataField(writer) };
  return { ...schema, properties };
}

// A value that may be a number or a text says so in words that other readers know, too.
const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }];

function unfolded(schema: JSONSchema): OpenAPISchema {
  if (!isIntOrString(schema)) return {};
  const { anyOf, allOf } = schema;
  if (deepEqual(anyOf, INT_OR_STRING) || deepEqual(allOf?.[0]?.anyOf, INT_OR_STRING)) return {};
  return anyOf ? { allOf: [{ anyOf: INT_OR_STRING }, ...(allOf ?? [])] } : { anyOf: INT_OR_STRING };
}

function schemaOf(schema: JSONSchema, writer: Writer): OpenAPISchema {
  const plain = writer.version === 2 ? forOlderReaders(schema) : { ...schema, ...unfolded(schema) };
  const { properties, items, externalDocs: _docs, example: _example, ...rest } = plain;
  const additional = additionalOf(schema);
  const own: OpenAPISchema = {
    ...rest,
    ...(properties ? { properties: mapOf(properties, writer) } : {}),
    ...(items && !isSchemaList(items) ? { items: schemaOf(items, writer) } : {}),
    ...(additional ? { additionalProperties: schemaOf(additional, writer) } : {}),
  };
  // Readers of OpenAPI 2 take the fields that are told for all that there are.
  if (!isEmbedded(schema) || (writer.version === 2 && preservesUnknown(schema))) return own;
  const required = [...(plain.required ?? [])];
  for (const name of ['kind', 'apiVersion']) if (!required.includes(name)) required.push(name);
  const fields = isValues(own['properties']) ? own['properties'] : {};
  return { ...own, required, properties: { ...fields, ...embeddedFields(writer) } };
}

function embeddedFields(writer: Writer): OpenAPISchema {
  return {
    apiVersion: {
      description: `apiVersion defines the versioned schema of this representation of an object. More info: ${CONVENTIONS}#resources`,
      type: 'string',
    },
    kind: {
      description: `kind is a string value representing the type of this object. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
      type: 'string',
    },
    metadata: metadataField(writer),
  };
}

function mapOf(map: Readonly<Record<string, JSONSchema>>, writer: Writer): OpenAPISchema {
  return Object.fromEntries(sortedEntries(map).map(([name, schema]) => [name, schemaOf(schema, writer)]));
}

type Mutable = { -readonly [Field in keyof JSONSchema]?: JSONSchema[Field] };

// OpenAPI 2 knows no choices, no null and no defaults here, and its readers no fields beside unknown ones.
function forOlderReaders(schema: JSONSchema): JSONSchema {
  const { allOf: _all, anyOf: _any, oneOf: _one, not: _not, default: _default, nullable, ...rest } = schema;
  const plain: Mutable = { ...rest };
  if (nullable) delete plain.type;
  if (nullable || preservesUnknown(schema)) {
    delete plain.items;
    delete plain.properties;
  }
  if (plain.type === 'array' && !plain.items) delete plain.type;
  if (preservesUnknown(schema) && plain.type === 'object') delete plain.type;
  const required = additionalOf(schema)?.nullable
    ? []
    : (plain.required ?? []).filter((name) => plain.properties?.[name]?.nullable !== true);
  if (required.length > 0) plain.required = required;
  else delete plain.required;
  return plain;
}
