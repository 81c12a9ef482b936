// The generated shapes of types as OpenAPI 3 schemas.
// Called by: openapi.ts. Must not know: what is served.
import {
  descriptionsOf,
  fieldsOf,
  fullDefinitionName,
  kindOfDefinition,
  schemaFor,
  type SchemaNode,
} from '../machinery/schema.ts';

export type OpenAPISchema = Record<string, unknown>;

const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const TIME = 'io.k8s.apimachinery.pkg.apis.meta.v1.Time';
const MICRO_TIME = 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime';

// Types that are written as one value.
const LEAVES: Readonly<Record<string, OpenAPISchema>> = {
  [INT_OR_STRING]: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  [QUANTITY]: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  [TIME]: { type: 'string', format: 'date-time' },
  [MICRO_TIME]: { type: 'string', format: 'date-time' },
};

/** Returns the schemas of the definitions and of everything they refer to, by OpenAPI's names in alphabetical order. */
export function schemasUnder(roots: readonly string[]): Record<string, OpenAPISchema> {
  const found = new Map<string, OpenAPISchema>();
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const full = fullDefinitionName(name);
    if (found.has(full) || found.has(name)) continue;
    const leaf = LEAVES[name];
    if (leaf) {
      found.set(name, leaf);
      continue;
    }
    const node = schemaFor(name);
    if (!node) continue;
    found.set(node.definition ? fullDefinitionName(node.definition) : full, definitionSchema(node, waiting));
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function definitionSchema(node: SchemaNode, waiting: string[]): OpenAPISchema {
  const name = node.definition ?? '';
  const texts = descriptionsOf(name);
  const properties: Record<string, OpenAPISchema> = {};
  const required: string[] = [];
  for (const [field, shape] of fieldsOf(node)) {
    const description = texts[field];
    properties[field] = { ...(description ? { description } : {}), ...schemaOf(shape, waiting) };
    if (shape.isRequired) required.push(field);
  }
  const gvk = kindOfDefinition(name);
  const description = texts[''];
  return {
    ...(description ? { description } : {}),
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(gvk ? { 'x-kubernetes-group-version-kind': [gvk] } : {}),
    ...(node.mapType === 'atomic' ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

function schemaOf(node: SchemaNode, waiting: string[]): OpenAPISchema {
  const reference = referenceOf(node);
  if (reference !== undefined) {
    waiting.push(reference);
    const $ref = `#/components/schemas/${LEAVES[reference] ? reference : fullDefinitionName(reference)}`;
    return { allOf: [{ $ref }], ...extensions(node) };
  }
  const nested = node.items ? schemaOf(node.items, waiting) : { type: 'object' };
  switch (node.type) {
    case 'array':
      return { type: 'array', items: nested, ...extensions(node) };
    case 'map':
      return { type: 'object', additionalProperties: nested, ...extensions(node) };
    case 'any':
      return {};
    default: {
      const { type, format } = node;
      return { type, ...(format ? { format } : {}), ...(node.enum ? { enum: node.enum } : {}), ...extensions(node) };
    }
  }
}

function referenceOf({ type, format, definition }: SchemaNode): string | undefined {
  if (type === 'int-or-string') return INT_OR_STRING;
  if (format === 'quantity') return QUANTITY;
  if (format === 'date-time') return TIME;
  if (format === 'date-time-micro') return MICRO_TIME;
  return type === 'object' ? definition : undefined;
}

function extensions(node: SchemaNode): OpenAPISchema {
  const { listType, listMapKeys, mapType, patchStrategies, patchMergeKey } = node;
  return {
    ...(node.type === 'array' && listType ? { 'x-kubernetes-list-type': listType } : {}),
    ...(listMapKeys ? { 'x-kubernetes-list-map-keys': listMapKeys } : {}),
    ...(mapType === 'atomic' ? { 'x-kubernetes-map-type': mapType } : {}),
    ...(patchStrategies.length > 0 ? { 'x-kubernetes-patch-strategy': patchStrategies.join(',') } : {}),
    ...(patchMergeKey ? { 'x-kubernetes-patch-merge-key': patchMergeKey } : {}),
  };
}
