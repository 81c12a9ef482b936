// Objects inside custom resources (x-kubernetes-embedded-resource): their metadata is decoded and checked as every object's is.
// Called by: resources/customresource.*, jsonschema.defaults. Must not know: any kind.
// Upstream: apiextensions-apiserver pkg/apiserver/schema/objectmeta.
import { FieldError, invalid, required, type FieldErrors, type Path } from './field.ts';
import { additionalOf, asResourceRoot, inKeyOrder, isEmbedded, isValues, itemsOf, propertyOf } from './jsonschema.ts';
import type { JSONSchema, Values } from './jsonschema.ts';
import { childPath, indexPath, keyPath, pathText, type MaybePath } from './jsonschema.paths.ts';
import { nameIsPathSegment, validateObjectMeta } from './metavalidation.ts';
import { decodeStrict } from './strictdecoding.ts';
import type { ObjectMeta } from './types.ts';
import { isDNS1035Label } from './validation.ts';

const OBJECT_META = 'meta.v1.ObjectMeta';

export interface CoerceOptions {
  isResourceRoot?: boolean;
  /** True drops what is malformed, as reads of stored objects do; else it is an error. */
  dropsInvalid?: boolean;
  /** Takes the paths of unknown fields. */
  unknown?: string[];
}

export interface DecodedMetadata {
  metadata: Values | undefined;
  /** Paths of unknown fields, without what lies above metadata: `metadata.foo`. */
  unknown: string[];
  error?: string;
}

/** Returns metadata as its Go type holds it, a fresh value. Upstream: GetObjectMetaWithOptions. */
export function decodeMetadata(value: unknown, { dropsInvalid = false } = {}): DecodedMetadata {
  const unknownOf = (errors: readonly string[]): string[] =>
    errors.flatMap((text) => {
      const path = /^(?:unknown|duplicate) field "(.*)"$/.exec(text)?.[1];
      return path === undefined ? [] : [`metadata.${path}`];
    });
  const decoded = decodeStrict(value, OBJECT_META, { mode: 'Strict' });
  const metadata = (decoded.value ?? {}) as Values;
  if (decoded.error === undefined) return { metadata, unknown: unknownOf(decoded.strictErrors) };
  if (!dropsInvalid) return { metadata: undefined, unknown: [], error: decoded.error };
  if (!isValues(value)) return { metadata: undefined, unknown: [] };
  const good = Object.entries(value).filter(([key, item]) => {
    const { error } = decodeStrict({ [key]: item }, OBJECT_META, { mode: 'Ignore' });
    return error === undefined;
  });
  const { value: rest, strictErrors } = decodeStrict(Object.fromEntries(good), OBJECT_META, { mode: 'Strict' });
  return { metadata: rest as Values, unknown: unknownOf(strictErrors) };
}

/**
 * Gives the metadata of embedded objects the form of its Go type. Changes the value.
 * @returns the first thing that is wrong, or undefined.
 */
export function coerceMetadata(
  path: MaybePath,
  value: unknown,
  schema: JSONSchema | undefined,
  options: CoerceOptions = {},
): FieldError | undefined {
  return coerce(path, value, options.isResourceRoot ? asResourceRoot(schema) : schema, options);
}

function coerce(
  path: MaybePath,
  value: unknown,
  schema: JSONSchema | undefined,
  options: CoerceOptions,
): FieldError | undefined {
  if (!schema) return undefined;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const error = coerce(indexPath(path, i), item, itemsOf(schema), options);
      if (error) return error;
    }
    return undefined;
  }
  if (!isValues(value)) return undefined;
  for (const key of Object.keys(value)) {
    if (isEmbedded(schema)) {
      const error = coerceResourceField(path, value, key, options);
      if (error) return error;
    }
    const property = propertyOf(schema, key);
    const below = property
      ? coerce(childPath(path, key), value[key], property, options)
      : coerce(keyPath(path, key), value[key], additionalOf(schema), options);
    if (below) return below;
  }
  return undefined;
}

function coerceResourceField(
  path: MaybePath,
  value: Values,
  key: string,
  { dropsInvalid = false, unknown }: CoerceOptions,
): FieldError | undefined {
  if (key === 'apiVersion' || key === 'kind') {
    if (typeof value[key] === 'string') return undefined;
    if (!dropsInvalid) return invalid(childPath(path, key), value[key], 'must be a string');
    delete value[key];
    return undefined;
  }
  if (key !== 'metadata') return undefined;
  const decoded = decodeMetadata(value['metadata'], { dropsInvalid });
  const above = pathText(path);
  for (const text of decoded.unknown) unknown?.push(above === '' ? text : `${above}.${text}`);
  if (decoded.error !== undefined)
    return invalid(childPath(path, 'metadata'), inKeyOrder(value['metadata']), decoded.error);
  if (decoded.metadata) value['metadata'] = decoded.metadata;
  return undefined;
}

/** Returns what is wrong with embedded objects; with `isResourceRoot`, with the object itself, too. Upstream: objectmeta.Validate. */
export function validateMetadata(
  path: MaybePath,
  value: unknown,
  schema: JSONSchema | undefined,
  { isResourceRoot = false } = {},
): FieldErrors {
  const errors: FieldErrors = [];
  validate(path, value, isResourceRoot ? asResourceRoot(schema) : schema, errors);
  return errors;
}

function validate(path: MaybePath, value: unknown, schema: JSONSchema | undefined, errors: FieldErrors): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) validate(indexPath(path, i), item, itemsOf(schema), errors);
    return;
  }
  if (!isValues(value)) return;
  if (isEmbedded(schema)) errors.push(...validateEmbedded(path, value));
  for (const [key, item] of Object.entries(value)) {
    const property = propertyOf(schema, key);
    if (property) validate(childPath(path, key), item, property, errors);
    else validate(keyPath(path, key), item, additionalOf(schema), errors);
  }
}

function validateEmbedded(path: MaybePath, value: Values): FieldErrors {
  const errors: FieldErrors = [];
  for (const key of ['apiVersion', 'kind']) {
    const at = childPath(path, key);
    const text = value[key];
    if (!Object.hasOwn(value, key)) errors.push(required(at));
    else if (typeof text !== 'string') errors.push(invalid(at, text, 'must be a string'));
    else if (text === '') errors.push(invalid(at, text, 'must not be empty'));
    else if (key === 'kind') errors.push(...kindErrors(at, text));
    else if (text.split('/').length > 2) errors.push(invalid(at, text, `unexpected GroupVersion string: ${text}`));
  }
  if (value['metadata'] === undefined) return errors;
  const at = childPath(path, 'metadata');
  const { metadata, error } = decodeMetadata(value['metadata']);
  if (error !== undefined) return [...errors, invalid(at, inKeyOrder(value['metadata']), error)];
  const meta = metadata as Partial<ObjectMeta>;
  const named = { ...meta, name: meta.name || 'fakename' };
  const rules = { namespaced: Boolean(meta.namespace), validateName: nameIsPathSegment, path: at };
  return [...errors, ...validateObjectMeta(named, rules)];
}

function kindErrors(path: Path, kind: string): FieldErrors {
  const messages = isDNS1035Label(kind.toLowerCase());
  if (messages.length === 0) return [];
  return [invalid(path, kind, `may have mixed case, but should otherwise match: ${messages.join(',')}`)];
}
