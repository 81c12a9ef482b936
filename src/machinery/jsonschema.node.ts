// Schemas of custom resources as server-side apply reads them: which places are leaves, which lists have keys.
// Called by: resources/customresource. Must not know: managers, the server.
// Upstream: kube-openapi pkg/schemaconv/openapi.go; apiextensions-apiserver pkg/controller/openapi/builder.
import { additionalOf, isEmbedded, itemsOf, preservesUnknown, type JSONSchema } from './jsonschema.ts';
import { fieldsOf, schemaFor, type SchemaNode, type SchemaType } from './schema.ts';
import { UNDECLARED } from './typedvalue.ts';

const PLAIN = { isRequired: false, patchStrategies: [] };

/** Returns the shape of a custom resource; without a schema, the value says what it is. */
export function nodeOfCustomResource(schema: JSONSchema | undefined): SchemaNode {
  if (!schema) return { type: 'object', items: UNDECLARED, fields: metadataFields(), ...PLAIN };
  const node = nodeOf(schema, false);
  return { ...node, type: 'object', fields: new Map([...fieldsOf(node), ...metadataFields()]) };
}

function metadataFields(): ReadonlyMap<string, SchemaNode> {
  const metadata = schemaFor('meta.v1.ObjectMeta');
  const text: SchemaNode = { type: 'string', ...PLAIN };
  return new Map([['apiVersion', text], ['kind', text], ...(metadata ? [['metadata', metadata] as const] : [])]);
}

/** `preserves`: whether a schema above lets unknown fields be. */
function nodeOf(schema: JSONSchema, preserves: boolean): SchemaNode {
  const keepsUnknown = preserves || preservesUnknown(schema);
  const common = { ...PLAIN, ...(schema.default === undefined ? {} : { default: schema.default }) };
  switch (schema.type ?? '') {
    case 'object':
      return { ...common, ...mapOf(schema, keepsUnknown, 'object') };
    case 'array':
      return { ...common, ...listOf(schema, keepsUnknown) };
    case 'integer':
    case 'number':
    case 'boolean':
      return { ...common, type: schema.type as SchemaType };
    case 'string':
      // Formats may be written as something else than texts, so any single value is taken.
      return { ...common, type: schema.format && schema.format !== 'byte' ? 'int-or-string' : 'string' };
    default:
      return { ...common, ...mapOf(schema, keepsUnknown, 'any') };
  }
}

function mapOf(schema: JSONSchema, preserves: boolean, type: 'object' | 'any'): Omit<SchemaNode, keyof typeof PLAIN> {
  const own = Object.entries(schema.properties ?? {}).map(([name, field]) => [name, nodeOf(field, preserves)] as const);
  const fields = new Map([...own, ...(isEmbedded(schema) ? metadataFields() : [])]);
  const additional = additionalOf(schema);
  const isOpen =
    schema.additionalProperties === true ||
    (schema.additionalProperties === undefined && (preserves || fields.size === 0));
  const items = additional ? nodeOf(additional, preserves) : isOpen ? UNDECLARED : undefined;
  const mapType = schema['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : undefined;
  return { type, fields, items, mapType };
}

function listOf(schema: JSONSchema, preserves: boolean): Omit<SchemaNode, keyof typeof PLAIN> {
  const items = itemsOf(schema);
  const listType = schema['x-kubernetes-list-type'] ?? 'atomic';
  return {
    type: 'array',
    items: items ? nodeOf(items, preserves) : UNDECLARED,
    listType: listType === 'set' || listType === 'map' ? listType : 'atomic',
    listMapKeys: schema['x-kubernetes-list-map-keys'],
  };
}
