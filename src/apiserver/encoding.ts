// Bodies as the server writes them: Go's JSON, kind and apiVersion first, lists without the kinds of their items.
// Called by: server (sockets), client's raw requests. Must not know: the store.
import { marshalJson } from '../machinery/gofmt.ts';

type Fields = Record<string, unknown>;

/** Returns the text of a body, with the newline that Go's encoder adds; indented for people's clients, then without it. */
export function encodeBody(body: unknown, { isPretty = false } = {}): string {
  if (isPretty) return marshalJson(arranged(body), { keepsOrder: true, indent: 2 });
  return `${marshalJson(arranged(body), { keepsOrder: true })}\n`;
}

function arranged(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { kind, apiVersion, metadata, ...rest } = body as Fields;
  const head = {
    ...(kind === undefined ? {} : { kind }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(metadata === undefined ? {} : { metadata: arrangedMeta(metadata) }),
  };
  const { items } = rest;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return { ...head, ...rest };
  const isKnownKind = kind !== 'List' && kind !== 'PartialObjectMetadataList';
  return { ...head, ...rest, items: isKnownKind ? items.map(withoutKind) : items.map(arranged) };
}

function withoutKind(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  const { kind: _kind, apiVersion: _version, ...rest } = item as Fields;
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
