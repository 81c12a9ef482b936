// Bodies as the server writes them: Go's JSON, kind and apiVersion first, lists without the kinds of their items.
// Called by: server (sockets), client's raw requests. Must not know: the store.
import { marshalJson } from '../machinery/gofmt.ts';
import { isBuiltInGroup } from '../machinery/schema.ts';
import { parseGroupVersion } from '../machinery/types.ts';

type Fields = Record<string, unknown>;

/** Returns the text of a body, with the newline that Go's encoder adds; indented for people's clients, then without it. */
export function encodeBody(body: unknown, { isPretty = false } = {}): string {
  const text = isUnstructured(body)
    ? marshalJson(body, isPretty ? { indent: 2 } : {})
    : marshalJson(arranged(body), { keepsOrder: true, ...(isPretty ? { indent: 2 } : {}) });
  return isPretty ? text : `${text}\n`;
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
