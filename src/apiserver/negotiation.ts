// What a client takes: its Accept header against what the server can write, and for whom JSON is indented.
// Called by: handler, exchange, documents, server (sockets). Must not know: kinds.
// Upstream: apiserver pkg/endpoints/handlers/negotiation, goautoneg, go-restful's matching of routes.
import { newNotAcceptable, newUnsupportedMediaType, type StatusError } from '../machinery/status.ts';

export const JSON_TYPE = 'application/json';
export const YAML_TYPE = 'application/yaml';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
/** In the server's order, which is the order of preference. */
export const MEDIA_TYPES: readonly string[] = [JSON_TYPE, YAML_TYPE, PROTOBUF];
/** Those of custom resources, which have no form in protobuf. */
export const CUSTOM_MEDIA_TYPES: readonly string[] = [JSON_TYPE, YAML_TYPE];
/** What watches may come in. */
export const STREAM_TYPES: readonly string[] = [`${JSON_TYPE};stream=watch`, `${PROTOBUF};stream=watch`];
/** Types that answers are written in; clients that would rather have protobuf take one of these, too. */
const WRITTEN: readonly string[] = [JSON_TYPE, YAML_TYPE];

interface Clause {
  type: string;
  subType: string;
  quality: number;
  parameters: ReadonlyMap<string, string>;
}

/** The other form in which a client wants an object: `as`, `g` and `v` of a clause. */
export interface Transform {
  kind: string;
  group: string;
  version: string;
}

export interface Negotiated {
  mediaType: string;
  transform?: Transform;
}

const parsed = new Map<string, readonly Clause[]>();
const MAX_PARSED = 200;

function clausesOf(header: string): readonly Clause[] {
  let clauses = parsed.get(header);
  if (clauses) return clauses;
  clauses = header.split(',').flatMap((part) => clauseOf(part) ?? []);
  // Like Go's sort of a short list: stable, by what upstream calls less.
  clauses = [...clauses].sort((a, b) => (comesFirst(a, b) ? -1 : comesFirst(b, a) ? 1 : 0));
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(header, clauses);
  return clauses;
}

function comesFirst(a: Clause, b: Clause): boolean {
  if (a.quality !== b.quality) return a.quality > b.quality;
  if (a.type !== '*' && b.type === '*') return true;
  return a.type === b.type && a.subType !== '*' && b.subType === '*';
}

function clauseOf(part: string): Clause | undefined {
  const [range = '', ...rest] = part.trim().split(';');
  const [type = '', subType, ...more] = range.split('/').map((text) => text.trim());
  if (more.length > 0 || (subType === undefined && type !== '*')) return undefined;
  const parameters = new Map<string, string>();
  let quality = 1;
  for (const parameter of rest) {
    const [name = '', value, ...others] = parameter.split('=').map((text) => text.trim());
    if (value === undefined || value === '' || others.length > 0) continue;
    if (name === 'q') quality = Number.parseFloat(value) || 0;
    else parameters.set(name, value);
  }
  return { type, subType: subType ?? '*', quality, parameters };
}

export interface Restrictions {
  /** Whether the answer can be had in another form; default: in its own only. */
  allowsTransform?(transform: Transform, mediaType: string): boolean;
}

/** Returns what to answer in, undefined when the client takes nothing of what there is. */
export function negotiate(accept: string | undefined, restrictions: Restrictions = {}): Negotiated | undefined {
  if (accept === undefined || accept === '') return { mediaType: JSON_TYPE };
  for (const { type, subType, parameters } of clausesOf(accept))
    for (const mediaType of WRITTEN) {
      const isMet = type === '*' ? subType === '*' : mediaType === `${type}/${subType}` || isAny(type, subType);
      if (!isMet) continue;
      const transform = transformOf(parameters);
      if (!allows(parameters)) continue;
      if (!transform) return { mediaType };
      if (restrictions.allowsTransform?.(transform, mediaType)) return { mediaType, transform };
    }
  return undefined;
}

function isAny(type: string, subType: string): boolean {
  return type === 'application' && subType === '*';
}

function allows(parameters: Clause['parameters']): boolean {
  const stream = parameters.get('stream') ?? 'watch';
  const version = parameters.get('sv') ?? 'v1';
  return stream === 'watch' && version === 'v1';
}

function transformOf(parameters: Clause['parameters']): Transform | undefined {
  const [kind, group, version] = ['as', 'g', 'v'].map((name) => parameters.get(name));
  if (kind === undefined && group === undefined && version === undefined) return undefined;
  return { kind: kind ?? '', group: group ?? '', version: version ?? '' };
}

/** The refusal of a client that takes nothing of what there is. */
export function notAcceptable(accepted: readonly string[] = MEDIA_TYPES): StatusError {
  return newNotAcceptable(`only the following media types are accepted: ${accepted.join(', ')}`);
}

/** The refusal of a body in a form that is not understood. */
export function unsupportedMediaType(accepted: readonly string[] = MEDIA_TYPES): StatusError {
  return newUnsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

/** Returns what a type that the client takes first of those offered is answered in; undefined when it takes none. */
export function acceptedType(
  accept: string | undefined,
  offered: Readonly<Record<string, string>>,
): string | undefined {
  for (const { type, subType } of clausesOf(accept || '*/*'))
    for (const [name, answered] of Object.entries(offered)) {
      const [main, sub] = name.split('/');
      if ((type === '*' || type === main) && (subType === '*' || subType === sub)) return answered;
    }
  return undefined;
}

/** Whether a route that produces these types is one for the client. Upstream: go-restful Route.matchesAccept. */
export function isProduced(accept: string | undefined, produces: readonly string[]): boolean {
  if (accept === undefined || accept === '') return true;
  return accept.split(',').some((clause) => {
    const type = clause.split(';')[0]?.trim() ?? '';
    return type === '*/*' || produces.includes(type);
  });
}

/** Returns the type of a body without its parameters, '' when the client does not say. */
export function contentTypeOf(headers: Readonly<Record<string, string>>): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}

interface Asked {
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
}

/** Whether JSON is indented: people's clients, and who asks for it. Upstream: isPrettyPrint. */
export function isPretty({ query, headers }: Asked): boolean {
  const accept = headers['accept'] ?? '';
  if (accept.includes('pretty=1')) return true;
  const pretty = query.get('pretty') ?? '';
  if (pretty !== '') return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(pretty);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(headers['user-agent'] ?? '');
}
