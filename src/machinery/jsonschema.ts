// The schemas that CustomResourceDefinitions carry: their fields, and how to walk through them.
// Called by: its dotted siblings, resources/customresource*. Must not know: any kind, versions, the server.

/**
 * A schema as apiextensions.k8s.io/v1 writes it. Read only: the schemas in use are those of stored objects.
 * Upstream: apiextensions-apiserver pkg/apis/apiextensions/v1/types_jsonschema.go JSONSchemaProps.
 */
export interface JSONSchema {
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JSONSchema>>;
  readonly additionalProperties?: JSONSchema | boolean;
  readonly items?: JSONSchema | readonly JSONSchema[];
  readonly required?: readonly string[];
  readonly maximum?: number;
  readonly exclusiveMaximum?: boolean;
  readonly minimum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly multipleOf?: number;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly maxProperties?: number;
  readonly minProperties?: number;
  readonly allOf?: readonly JSONSchema[];
  readonly anyOf?: readonly JSONSchema[];
  readonly oneOf?: readonly JSONSchema[];
  readonly not?: JSONSchema;
  readonly id?: string;
  readonly $schema?: string;
  readonly $ref?: string;
  readonly patternProperties?: Readonly<Record<string, JSONSchema>>;
  readonly dependencies?: Readonly<Record<string, JSONSchema | readonly string[]>>;
  readonly additionalItems?: JSONSchema | boolean;
  readonly definitions?: Readonly<Record<string, JSONSchema>>;
  readonly externalDocs?: object;
  readonly example?: unknown;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** A rule in CEL. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

export type Values = Record<string, unknown>;

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the schema of a named field; fields that users name never reach the prototype. */
export function propertyOf(schema: JSONSchema | undefined, name: string): JSONSchema | undefined {
  const properties = schema?.properties;
  return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** Returns the schema of fields that are not named, when there is one. */
export function additionalOf(schema: JSONSchema | undefined): JSONSchema | undefined {
  const additional = schema?.additionalProperties;
  return typeof additional === 'object' ? additional : undefined;
}

/** Returns the schema of a list's items, when there is one for all of them. */
export function itemsOf(schema: JSONSchema | undefined): JSONSchema | undefined {
  const items = schema?.items;
  return items === undefined || isSchemaList(items) ? undefined : items;
}

export function isSchemaList(items: JSONSchema | readonly JSONSchema[]): items is readonly JSONSchema[] {
  return Array.isArray(items);
}

/** Returns entries in alphabetical order: Go's maps have none, and ours must not depend on who wrote the schema. */
export function sortedEntries<T>(map: Readonly<Record<string, T>> | undefined): [string, T][] {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function preservesUnknown(schema: JSONSchema | undefined): boolean {
  return schema?.['x-kubernetes-preserve-unknown-fields'] === true;
}
export function isEmbedded(schema: JSONSchema | undefined): boolean {
  return schema?.['x-kubernetes-embedded-resource'] === true;
}
export function isIntOrString(schema: JSONSchema | undefined): boolean {
  return schema?.['x-kubernetes-int-or-string'] === true;
}

/** Returns the schema of a whole object: it is a resource even where it does not say so. */
export function asResourceRoot(schema: JSONSchema | undefined): JSONSchema {
  return isEmbedded(schema) ? (schema as JSONSchema) : { ...schema, 'x-kubernetes-embedded-resource': true };
}

/** Returns every schema beneath one, itself first. Upstream: apiextensions validation.SchemaHas. */
export function* schemasIn(schema: JSONSchema | undefined): Iterable<JSONSchema> {
  if (!schema) return;
  yield schema;
  const { items, not, additionalProperties, additionalItems } = schema;
  const lists = [items && isSchemaList(items) ? items : [], schema.allOf, schema.anyOf, schema.oneOf];
  const maps = [schema.properties, schema.patternProperties, schema.definitions, schema.dependencies];
  const singles = [itemsOf(schema), not, additionalProperties, additionalItems];
  const below = [
    ...singles,
    ...lists.flatMap((list) => list ?? []),
    ...maps.flatMap((map) => sortedEntries<unknown>(map).map(([, value]) => value)),
  ];
  for (const each of below) if (isValues(each)) yield* schemasIn(each);
}

/** Returns a value with the keys of its maps in the order in which Go prints them. */
export function inKeyOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inKeyOrder);
  return isValues(value)
    ? Object.fromEntries(sortedEntries(value).map(([key, item]) => [key, inKeyOrder(item)]))
    : value;
}
