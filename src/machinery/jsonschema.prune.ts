// Brings a value in line with a structural schema: fields the schema does not know go, nulls and absent fields take defaults.
// Called by: resources/customresource.*, jsonschema.defaults. Must not know: any kind. All functions change their argument.
// Upstream: apiextensions-apiserver pkg/apiserver/schema/pruning and schema/defaulting.
import { clone } from './meta.ts';
import {
  additionalOf,
  asResourceRoot,
  isEmbedded,
  isValues,
  itemsOf,
  preservesUnknown,
  propertyOf,
  type JSONSchema,
} from './jsonschema.ts';

const TYPE_AND_METADATA: readonly string[] = ['apiVersion', 'kind', 'metadata'];

export interface PruneOptions {
  /** True for whole objects: kind, apiVersion and metadata are no business of the schema's. */
  isResourceRoot?: boolean;
}

/** Removes what the schema does not know. @returns the paths of what was removed, sorted: `spec.foo`, `spec.list[0].bar`. */
export function prune(
  value: unknown,
  schema: JSONSchema | undefined,
  { isResourceRoot = false }: PruneOptions = {},
): string[] {
  const removed: string[] = [];
  pruneValue(value, isResourceRoot ? asResourceRoot(schema) : schema, '', removed);
  return removed.sort();
}

function at(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function pruneValue(value: unknown, schema: JSONSchema | undefined, path: string, removed: string[]): void {
  if (preservesUnknown(schema)) pruneDeclared(value, schema, path, removed);
  else if (Array.isArray(value))
    for (const [i, item] of value.entries()) pruneValue(item, itemsOf(schema), `${path}[${i}]`, removed);
  else if (isValues(value))
    for (const [key, item] of Object.entries(value)) {
      if (isEmbedded(schema) && TYPE_AND_METADATA.includes(key)) continue;
      const property = propertyOf(schema, key);
      if (property) pruneValue(item, property, at(path, key), removed);
      else if (schema?.additionalProperties !== undefined)
        pruneValue(item, additionalOf(schema), at(path, key), removed);
      else {
        if (!schema || path !== '' || !TYPE_AND_METADATA.includes(key)) removed.push(at(path, key));
        delete value[key];
      }
    }
}

/** Where unknown fields stay, those that are declared are pruned by their own schemas. Upstream: skipPrune. */
function pruneDeclared(value: unknown, schema: JSONSchema | undefined, path: string, removed: string[]): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) pruneDeclared(item, itemsOf(schema), `${path}[${i}]`, removed);
    return;
  }
  if (!isValues(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (isEmbedded(schema) && TYPE_AND_METADATA.includes(key)) continue;
    const property = propertyOf(schema, key);
    if (property) pruneValue(item, property, at(path, key), removed);
    else if (schema.additionalProperties !== undefined) pruneValue(item, additionalOf(schema), at(path, key), removed);
  }
}

function hasDefault(schema: JSONSchema): boolean {
  return schema.default !== undefined && schema.default !== null;
}

/** Removes nulls of fields that may not be null and have no default. Upstream: PruneNonNullableNullsWithoutDefaults. */
export function pruneNulls(value: unknown, schema: JSONSchema | undefined): void {
  if (Array.isArray(value)) for (const item of value) pruneNulls(item, itemsOf(schema));
  else if (isValues(value))
    for (const [key, item] of Object.entries(value)) {
      const field = propertyOf(schema, key) ?? additionalOf(schema);
      if (item === null && field && !field.nullable && !hasDefault(field)) delete value[key];
      else pruneNulls(item, field);
    }
}

/** Fills in defaults: for absent fields, and for nulls where null is not allowed. Upstream: defaulting.Default. */
export function fillDefaults(value: unknown, schema: JSONSchema | undefined): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    for (const [i, item] of value.entries()) {
      if (item === null && items && !items.nullable) value[i] = clone(items.default ?? null);
      fillDefaults(value[i], items);
    }
    return;
  }
  if (!isValues(value)) return;
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    if (!hasDefault(field)) continue;
    const isAbsent = !Object.hasOwn(value, key) || (value[key] === null && !field.nullable);
    if (isAbsent) value[key] = clone(field.default);
  }
  const additional = additionalOf(schema);
  for (const key of Object.keys(value)) {
    const field = propertyOf(schema, key);
    if (!field && additional && value[key] === null && !additional.nullable)
      value[key] = clone(additional.default ?? null);
    fillDefaults(value[key], field ?? additional);
  }
}
