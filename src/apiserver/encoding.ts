// Bodies as the server writes them: Go's JSON, kind and apiVersion first, lists without the kinds of their items.
// Called by: server (sockets), client's raw requests. Must not know: the store.
import { marshalJson } from '../machinery/gofmt.ts';

type Fields = Record<string, unknown>;

/** Returns the text of a body, with the newline that Go's encoder adds. */
export function encodeBody(body: unknown): string {
  return `${marshalJson(arranged(body), { keepsOrder: true })}\n`;
}

function arranged(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { kind, apiVersion, metadata, ...rest } = body as Fields;
  const head = {
    ...(kind === undefined ? {} : { kind }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  const { items } = rest;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return { ...head, ...rest };
  const isKnownKind = kind !== 'List' && kind !== 'PartialObjectMetadataList';
  return { ...head, ...rest, items: isKnownKind ? items.map(withoutKind) : items.map(arranged) };
}

function withoutKind(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  const { kind: _kind, apiVersion: _version, ...rest } = item as Fields;
  return rest;
}
