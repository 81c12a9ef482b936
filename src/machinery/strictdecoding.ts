// Decodes what a client sent as Go would decode it into the type: wrong types are errors, unknown fields are reported
// and dropped, nulls and zero values disappear, quantities and times take their canonical form.
// Called by: the apiserver for every body and patch result. Must not know: kinds that are served, defaults.
// Upstream: apimachinery/pkg/runtime/serializer/json, sigs.k8s.io/json.
import { fieldsOf, schemaFor, type SchemaNode } from './schema.ts';
import { decodeLeaf, DecodeAbort, goKindOf, goTypeOf, zeroOfItem, type LeafContext } from './strictdecoding.leaves.ts';
import { quote } from './strconv.ts';
import { isDroppedZero } from './zerovalues.ts';

export interface DecodeResult {
  /** The value as the type holds it, a fresh one. With `error`, as far as it could be decoded. */
  value: unknown;
  /** `unknown field "spec.foo"`, in the order found. */
  strictErrors: string[];
  /** Why the value is none of the type: `json: cannot unmarshal string into Go struct field …`; else undefined. */
  error?: string | undefined;
}

export interface DecodeOptions {
  /** In mode Ignore strict errors are not collected. */
  mode: 'Strict' | 'Warn' | 'Ignore';
  /** Paths that stood more than once in the text (jsonduplicates.ts); reported in front of the unknown fields. */
  duplicates?: readonly string[];
}

// Upstream stops collecting there.
const MAX_STRICT_ERRORS = 100;

interface State {
  /** Names of the fields on the way, without indices or keys of maps: as type errors print them. */
  fieldStack: string[];
  /** The definition that holds the field at hand. */
  struct: string;
  /** The first type error; decoding goes on after it. */
  error: string | undefined;
  strictErrors: Set<string>;
}

/**
 * Returns `value` decoded by a definition ('io.k8s.api.apps.v1.Deployment'). `value` is not changed.
 * Upstream: runtime/serializer/json Serializer.unmarshal.
 */
export function decodeStrict(
  value: unknown,
  schemaName: string,
  { mode, duplicates = [] }: DecodeOptions,
): DecodeResult {
  const node = schemaFor(schemaName);
  if (!node) throw new Error(`no schema is named ${schemaName}`);
  const found = duplicates.map((path) => `duplicate field ${quote(path)}`);
  const state: State = { fieldStack: [], struct: '', error: undefined, strictErrors: new Set(found) };
  let decoded: unknown;
  try {
    decoded = decodeValue(value, node, '', state);
  } catch (error) {
    if (!(error instanceof DecodeAbort)) throw error;
    // What decodes itself ends the decoding, and its error takes precedence.
    state.error = error.message;
  }
  const strictErrors = mode === 'Ignore' ? [] : [...state.strictErrors].slice(0, MAX_STRICT_ERRORS);
  return { value: decoded, strictErrors, error: state.error };
}

function decodeValue(value: unknown, node: SchemaNode, path: string, state: State): unknown {
  if (value === undefined || value === null) return undefined;
  switch (node.type) {
    case 'object':
      return node.definition === undefined ? value : decodeObject(value, node, path, state);
    case 'array':
      return decodeArray(value, node, path, state);
    case 'map':
      return decodeMap(value, node, path, state);
    case 'any':
      return node.format?.startsWith('schema-or-') ? decodeSchemaOr(value, node) : value;
    default:
      return decodeLeaf(value, node, leafContext(state));
  }
}

const JSON_SCHEMA = 'apiextensions.v1.JSONSchemaProps';

// Types that decode themselves: what is unknown in them is dropped without a word.
// Upstream: apiextensions-apiserver pkg/apis/apiextensions/v1/marshal.go.
function decodeSchemaOr(value: unknown, { format }: SchemaNode): unknown {
  const schemaOf = (item: unknown): unknown => {
    const { value: schema, error } = decodeStrict(item, JSON_SCHEMA, { mode: 'Ignore' });
    if (error !== undefined) throw new DecodeAbort(error);
    return schema;
  };
  if (isRecord(value)) return schemaOf(value);
  if (format === 'schema-or-bool') {
    if (typeof value === 'boolean') return value;
    throw new DecodeAbort('boolean or JSON schema expected');
  }
  if (!Array.isArray(value)) return undefined;
  if (format === 'schema-or-list') return value.map(schemaOf);
  const wrong = value.find((item) => typeof item !== 'string');
  if (wrong !== undefined)
    throw new DecodeAbort(`json: cannot unmarshal ${goKindOf(wrong)} into Go value of type string`);
  return value;
}

function leafContext(state: State): LeafContext {
  return {
    wrongType(what, goType) {
      const field = state.fieldStack.join('.');
      const place = field === '' ? 'value' : `struct field ${state.struct}.${field}`;
      return `json: cannot unmarshal ${what} into Go ${place} of type ${goType}`;
    },
    save(message) {
      state.error ??= message;
    },
  };
}

function saveWrongType(value: unknown, node: SchemaNode, state: State): undefined {
  const context = leafContext(state);
  context.save(context.wrongType(goKindOf(value), goTypeOf(node)));
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Entry = [name: string, value: unknown];

/** A value of a Go type does not remember in which order its text held the fields. */
function byName([a]: Entry, [b]: Entry): number {
  return a < b ? -1 : 1;
}

function decodeObject(value: unknown, node: SchemaNode, path: string, state: State): unknown {
  if (!isRecord(value)) return saveWrongType(value, node, state);
  const fields = fieldsOf(node);
  const { struct } = state;
  const entries: Entry[] = [];
  for (const [name, item] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const field = fields.get(name);
    if (!field) {
      if (item !== undefined) state.strictErrors.add(`unknown field ${quote(at)}`);
      continue;
    }
    state.fieldStack.push(field.goEmbedded === undefined ? name : `${field.goEmbedded}.${name}`);
    state.struct = node.definition?.split('.').at(-1) ?? '';
    const decoded = decodeValue(item, field, at, state);
    state.fieldStack.pop();
    state.struct = struct;
    if (decoded !== undefined && !isDroppedZero(decoded, field)) entries.push([name, decoded]);
  }
  return Object.fromEntries(entries.sort(byName));
}

function decodeArray(value: unknown, node: SchemaNode, path: string, state: State): unknown {
  if (!Array.isArray(value) || !node.items) return saveWrongType(value, node, state);
  const { items } = node;
  return value.map((item, i) => decodeValue(item, items, `${path}[${i}]`, state) ?? zeroOfItem(items));
}

function decodeMap(value: unknown, node: SchemaNode, path: string, state: State): unknown {
  if (!isRecord(value) || !node.items) return saveWrongType(value, node, state);
  const { items } = node;
  const entries: Entry[] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    entries.push([key, decodeValue(item, items, `${path}.${key}`, state) ?? zeroOfItem(items)]);
  }
  // Keys are the user's: this way '__proto__' does not reach the prototype.
  return Object.fromEntries(entries.sort(byName));
}
