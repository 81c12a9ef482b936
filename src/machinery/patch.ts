// JSON patch (RFC 6902) and JSON merge patch (RFC 7386) as the API server and kubectl apply and create them.
// Called by: the apiserver's PATCH, kubectl patch, apply and edit. Must not know: kinds.
// Upstream: evanphx/json-patch v4, whose leniency counts: `replace` of a missing field adds it, '-1' is the last item.
import { clone, deepEqual } from './meta.ts';
import { quote } from './strconv.ts';
import type { Json, JsonObject } from './types.ts';

/** One step of a JSON patch. */
export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'test' | 'copy';
  path: string;
  from?: string;
  value?: unknown;
}

/**
 * Returns the document after the operations, all or none. The arguments are not changed.
 * @throws Error with upstream's text: `testing value /a failed: test failed`.
 */
export function applyJsonPatch(doc: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw new Error(unmarshalText(operations, 'jsonpatch.Patch'));
  const wrong = operations.find((operation) => !isObject(operation));
  if (wrong !== undefined) throw new Error(unmarshalText(wrong, 'jsonpatch.Operation'));
  const root: Root = { doc: clone(doc) as Json };
  for (const operation of operations as JsonObject[]) apply(root, clone(operation));
  return root.doc;
}

function unmarshalText(value: unknown, type: string): string {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${kind} into Go value of type ${type}`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Root {
  doc: Json;
}
type Container = Json[] | JsonObject;

function apply(root: Root, operation: JsonObject): void {
  switch (operation['op']) {
    case 'add':
      return add(root, operation);
    case 'remove':
      return remove(root, operation);
    case 'replace':
      return replace(root, operation);
    case 'move':
      return move(root, operation);
    case 'test':
      return test(root, operation);
    case 'copy':
      return copy(root, operation);
    default:
      throw new Error(`Unexpected kind: ${typeof operation['op'] === 'string' ? operation['op'] : 'unknown'}`);
  }
}

function add(root: Root, operation: JsonObject): void {
  const path = operation['path'];
  if (typeof path !== 'string') throw new Error('add operation failed to decode path: missing value');
  const place = find(root, path);
  if (!place) throw new Error(`add operation does not apply: doc is missing path: ${quoteGo(path)}: missing value`);
  within(`error in add for path: '${path}'`, () => insert(place, operation['value'] ?? null));
}

function remove(root: Root, operation: JsonObject): void {
  const path = operation['path'];
  if (typeof path !== 'string') throw new Error('remove operation failed to decode path: missing value');
  const place = find(root, path);
  if (!place) throw new Error(`remove operation does not apply: doc is missing path: ${quoteGo(path)}: missing value`);
  within(`error in remove for path: '${path}'`, () => drop(place));
}

function replace(root: Root, operation: JsonObject): void {
  const path = pathOf(operation, 'replace');
  const value = operation['value'] ?? null;
  if (path === '') {
    if (typeof value === 'object' && value !== null) root.doc = value;
    return;
  }
  const place = find(root, path);
  if (!place) throw new Error(`replace operation does not apply: doc is missing path: ${path}: missing value`);
  if (!Array.isArray(place.container)) place.container[place.key] = value;
  else {
    const index = itemIndex(place.container, place.key);
    if (index === undefined)
      throw new Error(`replace operation does not apply: doc is missing key: ${path}: missing value`);
    place.container[index] = value;
  }
}

function move(root: Root, operation: JsonObject): void {
  const from = fromOf(operation, 'move');
  const source = find(root, from);
  if (!source) throw new Error(`move operation does not apply: doc is missing from path: ${from}: missing value`);
  const value = within(`error in move for path: '${source.key}'`, () => {
    const found = read(source);
    drop(source);
    return found;
  });
  const path = pathOf(operation, 'move');
  const target = find(root, path);
  if (!target)
    throw new Error(`move operation does not apply: doc is missing destination path: ${path}: missing value`);
  within(`error in move for path: '${path}'`, () => insert(target, value ?? null));
}

function copy(root: Root, operation: JsonObject): void {
  const from = fromOf(operation, 'copy');
  const source = find(root, from);
  if (!source) throw new Error(`copy operation does not apply: doc is missing from path: ${from}: missing value`);
  const value = within(`error in copy for from: '${from}'`, () => read(source));
  const path = operation['path'];
  if (typeof path !== 'string') throw new Error('copy operation failed to decode path: missing value');
  const target = find(root, path);
  if (!target)
    throw new Error(`copy operation does not apply: doc is missing destination path: ${path}: missing value`);
  within('error while adding value during copy', () => insert(target, clone(value ?? null)));
}

function test(root: Root, operation: JsonObject): void {
  const path = pathOf(operation, 'test');
  const wanted = operation['value'] ?? null;
  const place = path === '' ? undefined : find(root, path);
  if (path !== '' && !place) throw new Error(`test operation does not apply: is missing path: ${path}: missing value`);
  const found = place ? within(`error in test for path: '${path}'`, () => read(place)) : root.doc;
  if (!deepEqual(found ?? null, wanted)) throw new Error(`testing value ${path} failed: test failed`);
}

function pathOf(operation: JsonObject, name: string): string {
  const path = operation['path'];
  if (typeof path === 'string') return path;
  throw new Error(`${name} operation failed to decode path: operation missing path field: missing value`);
}

function fromOf(operation: JsonObject, name: string): string {
  const from = operation['from'];
  if (typeof from === 'string') return from;
  throw new Error(`${name} operation failed to decode from: operation, missing from field: missing value`);
}

function within<T>(prefix: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Error(`${prefix}: ${(error as Error).message}`, { cause: error });
  }
}

// Upstream puts quotes around these paths without escaping them.
function quoteGo(path: string): string {
  return `"${path}"`;
}

interface Place {
  container: Container;
  key: string;
}

function find(root: Root, path: string): Place | undefined {
  const parts = path.split('/');
  if (parts.length < 2) return undefined;
  let at: Json | undefined = root.doc;
  for (const part of parts.slice(1, -1)) {
    if (!isContainer(at)) return undefined;
    const key = unescapePointer(part);
    if (Array.isArray(at)) {
      const index = itemIndex(at, key);
      at = index === undefined ? undefined : at[index];
    } else at = Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return isContainer(at) ? { container: at, key: unescapePointer(parts.at(-1) ?? '') } : undefined;
}

function isContainer(value: Json | undefined): value is Container {
  return typeof value === 'object' && value !== null;
}

// RFC 6901: '~1' is '/', then '~0' is '~'.
function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function parseIndex(key: string): number {
  if (/^[+-]?[0-9]+$/.test(key)) return Number(key);
  throw new Error(`strconv.Atoi: parsing ${quote(key)}: invalid syntax`);
}

// Negative indices count from the end. undefined: no such item.
function itemIndex(list: Json[], key: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(key)) return undefined;
  const index = Number(key);
  if (index >= list.length || index < -list.length) return undefined;
  return index < 0 ? index + list.length : index;
}

function read({ container, key }: Place): Json | undefined {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined;
  const index = itemIndex(container, key);
  if (index === undefined) throw new Error(indexText(parseIndex(key)));
  return container[index];
}

function indexText(index: number): string {
  return `Unable to access invalid index: ${index}: invalid index referenced`;
}

function insert({ container, key }: Place, value: Json): void {
  if (!Array.isArray(container)) {
    setOwn(container, key, value);
    return;
  }
  if (key === '-') {
    container.push(value);
    return;
  }
  const index = within(`value was not a proper array index: '${key}'`, () => parseIndex(key));
  const size = container.length + 1;
  if (index >= size || index < -size) throw new Error(indexText(index));
  container.splice(index < 0 ? index + size : index, 0, value);
}

function drop({ container, key }: Place): void {
  if (Array.isArray(container)) {
    const index = itemIndex(container, key);
    if (index === undefined) throw new Error(indexText(parseIndex(key)));
    container.splice(index, 1);
  } else if (Object.hasOwn(container, key)) delete container[key];
  else throw new Error(`Unable to remove nonexistent key: ${key}: missing value`);
}

function setOwn(target: JsonObject, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}

/**
 * Returns the document after a merge patch; null deletes. The arguments are not changed.
 * @throws Error when the patch is neither an object nor a list. Upstream: MergePatch.
 */
export function applyMergePatch(doc: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null) throw new Error('Invalid JSON Patch');
  return merge(clone(doc) as Json, clone(patch) as Json);
}

function merge(current: Json | undefined, patch: Json): Json {
  if (!isObject(current)) return withoutNulls(patch);
  if (!isObject(patch)) return patch;
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete current[key];
    else setOwn(current, key, merge(Object.hasOwn(current, key) ? current[key] : undefined, value));
  }
  return current;
}

// What is new carries no nulls in its objects; those of lists are values.
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  for (const [key, item] of Object.entries(value)) if (item !== null) setOwn(result, key, withoutNulls(item));
  return result;
}

/** Returns the merge patch from one object to the other, {} when they are equal. Upstream: CreateMergePatch. */
export function createMergePatch(original: object, modified: object): JsonObject {
  return difference(original as JsonObject, modified as JsonObject);
}

function difference(original: JsonObject, modified: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(modified)) {
    const old = Object.hasOwn(original, key) ? original[key] : undefined;
    if (value === undefined) continue;
    if (isObject(old) && isObject(value)) {
      const inner = difference(old, value);
      if (Object.keys(inner).length > 0) setOwn(patch, key, inner);
    } else if (old === undefined || !deepEqual(old, value)) setOwn(patch, key, clone(value));
  }
  for (const key of Object.keys(original))
    if (!Object.hasOwn(modified, key) || modified[key] === undefined) setOwn(patch, key, null);
  return patch;
}
