// The generated shapes of types as schemas of OpenAPI 2 and 3.
// Called by: openapi.ts, openapi.v2.ts. Must not know: what is served.
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

/** The two versions of OpenAPI differ in how they refer to a schema, and in what they have for a choice of types. */
interface Dialect {
  /** Types that are written as one value. */
  leaves: Readonly<Record<string, OpenAPISchema>>;
  refer(name: string): OpenAPISchema;
}
const PATCH = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';
const COMMON = {
  [PATCH]: { description: 'A change, in the form that the content type names.', type: 'object' },
  [TIME]: { type: 'string', format: 'date-time' },
  [MICRO_TIME]: { type: 'string', format: 'date-time' },
};
const DIALECTS: Readonly<Record<2 | 3, Dialect>> = {
  2: {
    leaves: {
      [INT_OR_STRING]: { type: 'string', format: 'int-or-string' },
      [QUANTITY]: { type: 'string' },
      ...COMMON,
    },
    refer: (name) => ({ $ref: `#/definitions/${name}` }),
  },
  3: {
    leaves: {
      [INT_OR_STRING]: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
      [QUANTITY]: { oneOf: [{ type: 'string' }, { type: 'number' }] },
      ...COMMON,
    },
    refer: (name) => ({ allOf: [{ $ref: `#/components/schemas/${name}` }] }),
  },
};

/** Returns the schemas of the definitions and of everything they refer to, by OpenAPI's names in alphabetical order. */
export function schemasUnder(roots: readonly string[], version: 2 | 3 = 3): Record<string, OpenAPISchema> {
  const writer = new SchemaWriter(DIALECTS[version], roots);
  return Object.fromEntries([...writer.all()].sort(([a], [b]) => (a < b ? -1 : 1)));
}

class SchemaWriter {
  readonly #dialect: Dialect;
  readonly #waiting: string[];

  constructor(dialect: Dialect, roots: readonly string[]) {
    this.#dialect = dialect;
    this.#waiting = [...roots];
  }

  all(): Map<string, OpenAPISchema> {
    const found = new Map<string, OpenAPISchema>();
    for (let name = this.#waiting.pop(); name !== undefined; name = this.#waiting.pop()) {
      const full = fullDefinitionName(name);
      if (found.has(full) || found.has(name)) continue;
      const leaf = this.#dialect.leaves[name];
      const node = leaf ? undefined : schemaFor(name);
      if (leaf) found.set(name, leaf);
      else if (node) found.set(node.definition ? fullDefinitionName(node.definition) : full, this.#definition(node));
    }
    return found;
  }

  #definition(node: SchemaNode): OpenAPISchema {
    const name = node.definition ?? '';
    const texts = descriptionsOf(name);
    const gvk = kindOfDefinition(name);
    const properties: Record<string, OpenAPISchema> = {};
    const required: string[] = [];
    for (const [field, shape] of fieldsOf(node)) {
      const description = texts[field];
      const { 'x-kubernetes-list-type': listType, ...schema } = this.#field(shape);
      // The items of a List have no type of their own.
      const isTyped = listType !== undefined && !(field === 'items' && gvk?.kind.endsWith('List'));
      properties[field] = {
        ...(description ? { description } : {}),
        ...schema,
        ...(isTyped ? { 'x-kubernetes-list-type': listType } : {}),
      };
      if (shape.isRequired) required.push(field);
    }
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

  #field(node: SchemaNode): OpenAPISchema {
    const reference = referenceOf(node);
    if (reference !== undefined) {
      this.#waiting.push(reference);
      const { leaves, refer } = this.#dialect;
      const { 'x-kubernetes-map-type': mapType, ...others } = extensions(node);
      // What a type says of itself is not said again.
      const isOwn = mapType !== undefined && schemaFor(reference)?.mapType !== mapType;
      const name = leaves[reference] ? reference : fullDefinitionName(reference);
      return { ...refer(name), ...others, ...(isOwn ? { 'x-kubernetes-map-type': mapType } : {}) };
    }
    const nested = node.items ? this.#field(node.items) : { type: 'object' };
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
