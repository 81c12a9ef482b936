// Continue tokens: where the next page of a list begins, and in which state.
// Called by: list.ts. Must not know: lists. Upstream: apiserver pkg/storage/continue.go.
import { decodeRawURL } from '../machinery/gobase64.ts';
import { unmarshalJson } from '../machinery/gojson.ts';
import { newBadRequest } from '../machinery/status.ts';

const VERSION = 'meta.k8s.io/v1';
/** A token with this revision goes on in the newest state. */
export const NEWEST = -1;

export interface ContinueToken {
  revision: number;
  /** The first key of the next page, or the one before with a NUL at its end. */
  startKey: string;
}

/** Returns the token as clients carry it. */
export function encodeContinue({ revision, startKey }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv: revision, start: startKey })).toString('base64url');
}

/** @throws StatusError BadRequest for what is no token. */
export function decodeContinue(text: string): ContinueToken {
  const refuse = (why: string): never => {
    throw newBadRequest(`invalid continue token: continue key is not valid${why}`);
  };
  const invalid = (why: unknown): never => refuse(`: ${(why as Error).message}`);
  let fields: Fields;
  try {
    fields = fieldsOf(unmarshalJson(decodeRawURL(text)));
  } catch (error) {
    return invalid(error);
  }
  const { v = '', rv = 0, start = '' } = fields;
  if (v !== VERSION) return refuse(`: server does not recognize this encoded version ${v}`);
  if (rv === 0) return refuse(`: incorrect encoded start resourceVersion (version ${VERSION})`);
  if (start === '') return refuse(`: encoded start key empty (version ${VERSION})`);
  // Nothing outside of the list's own keys can be reached.
  const key = start.startsWith('/') ? start : `/${start}`;
  if (isClean(key)) return { revision: rv, startKey: key.slice(1) };
  return refuse(`: ${start}`);
}

interface Fields {
  v?: string;
  rv?: number;
  start?: string;
}

const TYPES: Readonly<Record<keyof Fields, readonly [js: string, go: string]>> = {
  v: ['string', 'string'],
  rv: ['number', 'int64'],
  start: ['string', 'string'],
};

function fieldsOf(value: unknown): Fields {
  if (value === null) return {};
  const refuse = (given: unknown, where: string, type: string): never => {
    throw new Error(`json: cannot unmarshal ${jsonType(given)} into Go ${where} of type ${type}`);
  };
  if (typeof value !== 'object' || Array.isArray(value)) return refuse(value, 'value', 'storage.continueToken');
  const fields = value as Record<string, unknown>;
  for (const [name, [type, goType]] of Object.entries(TYPES)) {
    const given = fields[name];
    if (given === undefined || given === null) continue;
    if (typeof given !== type || (type === 'number' && !Number.isInteger(given)))
      refuse(given, `struct field continueToken.${name}`, goType);
  }
  return fields as Fields;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : typeof value;
}

/** Upstream: Go path.Clean leaves it as it is. */
function isClean(key: string): boolean {
  const parts = key.slice(1).split('/');
  return parts.every((part) => part !== '' && part !== '.' && part !== '..');
}
