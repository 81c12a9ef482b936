// Bodies as the server writes them: Go's JSON, kind and apiVersion first, lists without the kinds of their items.
// Called by: server (sockets), client's raw requests. Must not know: the store.
import { escapeHtml, marshalJson } from '../machinery/gofmt.ts';
import { isBuiltInGroup } from '../machinery/schema.ts';
import { parseGroupVersion } from '../machinery/types.ts';
import { bytesOfRemembered } from './encoded.ts';

type Fields = Record<string, unknown>;

/** Returns the text of a body, with the newline that Go's encoder adds; indented for people's clients, then without it. */
export function encodeBody(body: unknown, { isPretty = false } = {}): string {
  if (!isPretty) return encodeBytes(body).toString();
  if (isUnstructured(body)) return marshalJson(body, { indent: 2 });
  return marshalJson(arranged(body), { keepsOrder: true, indent: 2 });
}

/** Returns the bytes of a body in one line, with the newline. */
export function encodeBytes(body: unknown): Buffer {
  return Buffer.concat([...partsOf(body), NEWLINE]);
}

const NEWLINE = Buffer.from('\n');
const COMMA = Buffer.from(',');
const BRACE = Buffer.from('}');
const END_OF_LIST = Buffer.from(']}');
const EMPTY_BYTES = 2;

/** Returns the bytes of a body in parts: most of them are remembered. */
export function partsOf(body: unknown): Buffer[] {
  if (!isFields(body)) return [bytesOf(body)];
  if (isUnstructured(body)) return unstructuredParts(body);
  if (isList(body)) return withArray(body, 'items', hasKinds(body) ? partsOf : (item) => [bareBytes(item)]);
  if (body['kind'] === 'Table' && Array.isArray(body['rows'])) return withArray(body, 'rows', rowParts);
  const rest = bareBytes(body);
  const { kind, apiVersion } = body;
  if (kind === undefined && apiVersion === undefined) return [rest];
  const head = textOf({ kind, apiVersion }).slice(0, -1);
  if (rest.length === EMPTY_BYTES) return [Buffer.from(`${head}}`)];
  return [Buffer.from(`${head},`), rest.subarray(1)];
}

/** Returns an object without what kind it is, remembered where the object is. */
function bareBytes(body: unknown): Buffer {
  if (!isFields(body)) return bytesOf(body);
  return bytesOfRemembered(body, () => {
    const { kind: _kind, apiVersion: _version, metadata, ...rest } = body;
    const first = metadata === undefined ? {} : { metadata: arrangedMeta(metadata) };
    return bytesOf({ ...first, ...rest });
  });
}

function rowParts(row: unknown): Buffer[] {
  if (!isFields(row) || !isFields(row['object'])) return [bytesOf(row)];
  const { object, ...rest } = row;
  return [Buffer.from(`${textOf(rest).slice(0, -1)},"object":`), ...partsOf(object), BRACE];
}

/** A body whose last field is a list. */
function withArray(body: Fields, field: string, partsOfItem: (item: unknown) => Buffer[]): Buffer[] {
  const { kind, apiVersion, metadata, [field]: list, ...rest } = body;
  const text = textOf({ kind, apiVersion, metadata, ...rest }).slice(0, -1);
  const parts = [Buffer.from(`${text}${text === '{' ? '' : ','}${JSON.stringify(field)}:[`)];
  addItems(parts, list as unknown[], partsOfItem);
  parts.push(END_OF_LIST);
  return parts;
}

function addItems(parts: Buffer[], items: readonly unknown[], partsOfItem: (item: unknown) => Buffer[]): void {
  for (const [i, item] of items.entries()) {
    if (i > 0) parts.push(COMMA);
    for (const part of partsOfItem(item)) parts.push(part);
  }
}

function unstructuredParts(body: Fields): Buffer[] {
  if (!isList(body)) return [bytesOfRemembered(body, () => Buffer.from(marshalJson(body)))];
  const { items, ...rest } = body;
  const parts: Buffer[] = [];
  // Sorted: apiVersion, items, kind, metadata.
  for (const name of Object.keys(body).sort()) {
    if (body[name] === undefined) continue;
    parts.push(Buffer.from(`${parts.length === 0 ? '{' : ','}${JSON.stringify(name)}:`));
    if (name !== 'items') parts.push(Buffer.from(marshalJson(rest[name])));
    else {
      parts.push(Buffer.from('['));
      addItems(parts, items as unknown[], (item) => (isFields(item) ? unstructuredParts(item) : [bytesOf(item)]));
      parts.push(Buffer.from(']'));
    }
  }
  return [...parts, BRACE];
}

function bytesOf(value: unknown): Buffer {
  return Buffer.from(textOf(value));
}

/** As Go's encoder writes a value whose fields stand in order. */
function textOf(value: unknown): string {
  return escapeHtml(JSON.stringify(value) ?? 'null');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Groups of the server's own answers. */
const OWN_GROUPS: readonly string[] = ['meta.k8s.io', 'apidiscovery.k8s.io', 'metrics.k8s.io'];

/** Kinds that users define have no type in Go: they are maps, whose keys are sorted, and their lists repeat the kind. */
function isUnstructured(body: unknown): boolean {
  const { apiVersion } = (body ?? {}) as { apiVersion?: unknown };
  if (typeof apiVersion !== 'string' || !apiVersion.includes('/')) return false;
  const { group } = parseGroupVersion(apiVersion);
  return !OWN_GROUPS.includes(group) && !isBuiltInGroup(group);
}

function isList({ kind, items }: Fields): boolean {
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
}

/** Whether items say what they are: where that does not follow from the list. */
function hasKinds({ kind }: Fields): boolean {
  return kind === 'List' || kind === 'PartialObjectMetadataList';
}

function arranged(body: unknown): unknown {
  if (!isFields(body)) return body;
  const { kind, apiVersion, metadata, ...rest } = body;
  const head = {
    ...(kind === undefined ? {} : { kind }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(metadata === undefined ? {} : { metadata: arrangedMeta(metadata) }),
  };
  const { items, rows } = rest;
  if (kind === 'Table' && Array.isArray(rows)) return { ...head, ...rest, rows: rows.map(arrangedRow) };
  if (!isList(body) || !Array.isArray(items)) return { ...head, ...rest };
  return { ...head, ...rest, items: hasKinds(body) ? items.map(arranged) : items.map(withoutKind) };
}

function arrangedRow(row: unknown): unknown {
  return isFields(row) && row['object'] !== undefined ? { ...row, object: arranged(row['object']) } : row;
}

function withoutKind(item: unknown): unknown {
  if (!isFields(item)) return item;
  const { kind: _kind, apiVersion: _version, ...rest } = item;
  return arranged(rest);
}

// The order of Go's ObjectMeta.
const META_FIELDS: readonly string[] = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

function arrangedMeta(metadata: unknown): unknown {
  if (typeof metadata !== 'object' || metadata === null) return metadata;
  const fields = metadata as Fields;
  const first = META_FIELDS.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]);
  return { ...Object.fromEntries(first), ...fields };
}
