// OpenAPI v3 schemas of built-in types, with the extensions clients read (merge keys, list types, kinds).
// Called by: the apiserver's documents through schema.ts. Must not know: paths, what is served.
import {
  descriptionsOf,
  fieldsOf,
  fullDefinitionName,
  kindOfDefinition,
  schemaFor,
  shortDefinitionName,
  type SchemaNode,
} from './schema.nodes.ts';

export type OpenAPISchema = { [key: string]: unknown };

/** Types that encode themselves and stand as definitions of their own. */
const LEAF_SCHEMAS: Readonly<Record<string, { name: string; schema: OpenAPISchema }>> = {
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    schema: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  'date-time': {
    name: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
    schema: { type: 'string', format: 'date-time' },
  },
  'date-time-micro': {
    name: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
    schema: { type: 'string', format: 'date-time' },
  },
  'int-or-string': {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    schema: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
};

/**
 * Returns the schemas of these definitions and of all they refer to, by full name:
 * { 'io.k8s.api.core.v1.Pod': { type: 'object', properties, … } }. Unknown names are left out.
 */
export function schemasUnder(names: readonly string[]): Record<string, OpenAPISchema> {
  const found = new Map<string, OpenAPISchema>();
  const open = names.map(shortDefinitionName);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const full = fullDefinitionName(name);
    const node = schemaFor(name);
    if (found.has(full) || !node) continue;
    found.set(full, definitionSchema(name, node, { open, found }));
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Collector {
  /** Definitions still to be written. */
  open: string[];
  found: Map<string, OpenAPISchema>;
}

function definitionSchema(name: string, node: SchemaNode, collector: Collector): OpenAPISchema {
  const texts = descriptionsOf(name);
  const properties: Record<string, OpenAPISchema> = {};
  const required: string[] = [];
  for (const [field, shape] of fieldsOf(node)) {
    properties[field] = propertySchema(shape, texts[field] ?? '', collector);
    if (shape.isRequired) required.push(field);
  }
  const gvk = kindOfDefinition(name);
  return {
    ...(texts[''] ? { description: texts[''] } : {}),
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(node.mapType ? { 'x-kubernetes-map-type': node.mapType } : {}),
    ...(gvk ? { 'x-kubernetes-group-version-kind': [gvk] } : {}),
  };
}

function propertySchema(node: SchemaNode, description: string, collector: Collector): OpenAPISchema {
  const shape = valueSchema(node, collector);
  // A reference admits nothing beside it, so a described one is wrapped.
  const body = '$ref' in shape ? { allOf: [shape] } : shape;
  const isOwnMapType = node.mapType !== undefined && node.definition === undefined;
  return {
    ...(description === '' ? {} : { description }),
    ...body,
    ...(node.enum && node.type !== 'array' ? { enum: node.enum } : {}),
    ...(node.listType && !isItemsOfList(node) ? { 'x-kubernetes-list-type': node.listType } : {}),
    ...(node.listMapKeys ? { 'x-kubernetes-list-map-keys': node.listMapKeys } : {}),
    ...(node.patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': node.patchMergeKey }),
    ...(node.patchStrategies.length > 0 ? { 'x-kubernetes-patch-strategy': node.patchStrategies.join(',') } : {}),
    ...(isOwnMapType ? { 'x-kubernetes-map-type': node.mapType } : {}),
  };
}

// The items of a list kind are no list of a type.
function isItemsOfList(node: SchemaNode): boolean {
  const definition = node.items?.definition;
  return node.isRequired && definition !== undefined && kindOfDefinition(definition) !== undefined;
}

function valueSchema(node: SchemaNode, collector: Collector): OpenAPISchema {
  const leaf = LEAF_SCHEMAS[node.format ?? node.type];
  if (leaf) {
    const description = descriptionsOf(leaf.name)[''];
    collector.found.set(leaf.name, { ...(description ? { description } : {}), ...leaf.schema });
    return { $ref: `#/components/schemas/${leaf.name}` };
  }
  if (node.definition !== undefined) {
    collector.open.push(node.definition);
    return { $ref: `#/components/schemas/${fullDefinitionName(node.definition)}` };
  }
  if (node.items) {
    const items = { ...valueSchema(node.items, collector), ...(node.enum ? { enum: node.enum } : {}) };
    return node.type === 'array' ? { type: 'array', items } : { type: 'object', additionalProperties: items };
  }
  if (node.type === 'any') return {};
  return { type: node.type, ...(node.format ? { format: node.format } : {}) };
}
