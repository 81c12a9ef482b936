// /openapi/v2 and /openapi/v3: which document, in which form, and what clients may keep of it.
// Called by: documents.ts. Must not know: what documents tell. Upstream: kube-openapi pkg/handler and pkg/handler3,
// kube-aggregator pkg/controllers/openapiv3/aggregator.
import type { Clock } from '../machinery/clock.ts';
import { etagOf, groupsKey, groupVersionKey } from './documents.keys.ts';
import { acceptedType } from './negotiation.ts';
import { encodeSwagger } from './openapi.gnostic.ts';
import { openapiDocument } from './openapi.ts';
import { swaggerDocument } from './openapi.v2.ts';
import type { Scheme } from './scheme.ts';
import type { ApiRequest, ApiResponse } from './types.ts';

export interface OpenApiOptions {
  scheme: Scheme;
  /** 'v1.35.2'. */
  version: string;
  clock: Clock;
}

const SWAGGER_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
/** The other name is not one that the rules for media types allow. */
const SWAGGER_TYPES: Readonly<Record<string, string>> = {
  'application/json': 'application/json',
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf': SWAGGER_PROTOBUF,
  [SWAGGER_PROTOBUF]: SWAGGER_PROTOBUF,
};
const JSON_ONLY: Readonly<Record<string, string>> = { 'application/json': 'application/json' };
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** Returns the function that answers below /openapi; undefined for what is no path. */
export function createOpenApi(
  options: OpenApiOptions,
): (request: ApiRequest, segments: readonly string[]) => ApiResponse | undefined {
  const documents = new Documents(options);
  return (request, [, kind, ...rest]) => {
    if (kind === 'v2' && rest.length === 0) return documents.swagger(request);
    if (kind !== 'v3') return undefined;
    return rest.length === 0 ? documents.index(request) : documents.groupVersion(request, rest.join('/'));
  };
}

interface Kept {
  /** All that the content depends on. */
  key: string;
  content: string | Uint8Array;
}

/** By form and place, as long as what they tell is served: the servers of one process tell the same, most of the time. */
const documentsKept = new Map<string, Kept>();

class Documents {
  readonly #options: OpenApiOptions;

  constructor(options: OpenApiOptions) {
    this.#options = options;
  }

  swagger({ headers }: ApiRequest): ApiResponse {
    const type = acceptedType(headers['accept'], SWAGGER_TYPES);
    if (type === undefined) return notAcceptable();
    const { scheme, version } = this.#options;
    const key = `${version}\n${groupsKey(scheme, scheme.groups())}`;
    const etag = etagOf(key);
    if (headers['if-none-match'] === etag) return unchanged({ etag, vary: 'Accept' });
    const isJson = type === 'application/json';
    const content = keep(type, key, () => {
      const document = swaggerDocument(scheme, version);
      return isJson ? JSON.stringify(document) : encodeSwagger(document);
    });
    return answer(content, { 'content-type': type, etag, vary: 'Accept' });
  }

  index({ headers }: ApiRequest): ApiResponse {
    const paths: Record<string, { serverRelativeURL: string }> = {};
    for (const place of groupVersionsOf(this.#options.scheme))
      paths[place] = { serverRelativeURL: urlOf(place, etagOf(this.#keyOf(place))) };
    const content = JSON.stringify({ paths });
    const etag = etagOf(content);
    if (headers['if-none-match'] === etag) return unchanged({ etag });
    // The aggregator hands it on without saying what it is.
    return answer(content, { 'content-type': 'text/plain; charset=utf-8', etag });
  }

  groupVersion({ headers, query }: ApiRequest, place: string): ApiResponse {
    const { scheme, version, clock } = this.#options;
    const groupVersion = groupVersionOf(place);
    if (!groupVersion || scheme.resources(groupVersion.group, groupVersion.version).length === 0)
      return { status: 404, headers: {}, warnings: [], text: '' };
    const type = acceptedType(headers['accept'], JSON_ONLY);
    if (type === undefined) return notAcceptable();
    const key = this.#keyOf(place);
    const etag = etagOf(key);
    const hash = query.get('hash') ?? '';
    const caching: Record<string, string> = { etag, vary: 'Accept' };
    if (hash !== '') {
      if (`"${hash}"` !== etag)
        return {
          status: 301,
          headers: { ...caching, 'content-type': type, location: urlOf(place, etag) },
          warnings: [],
          text: '',
        };
      caching['cache-control'] = 'public, immutable';
      caching['expires'] = new Date(clock.nowMs() + YEAR_MS).toUTCString().replace('GMT', 'UTC');
    }
    if (headers['if-none-match'] === etag) return unchanged(caching);
    const content = keep(place, key, () => JSON.stringify(openapiDocument(scheme, groupVersion, version)));
    return answer(content, { 'content-type': type, ...caching });
  }

  #keyOf(place: string): string {
    const { scheme, version } = this.#options;
    const groupVersion = groupVersionOf(place);
    return `${version}\n${groupVersionKey(scheme, groupVersion?.group ?? '', groupVersion?.version ?? '')}`;
  }
}

function keep(form: string, key: string, make: () => string | Uint8Array): string | Uint8Array {
  const kept = documentsKept.get(form);
  if (kept?.key === key) return kept.content;
  const content = make();
  documentsKept.set(form, { key, content });
  return content;
}

function groupVersionsOf(scheme: Scheme): string[] {
  return scheme
    .groups()
    .flatMap((group) =>
      scheme.versions(group).map((version) => (group === '' ? `api/${version}` : `apis/${group}/${version}`)),
    );
}

function groupVersionOf(place: string): { group: string; version: string } | undefined {
  const [, group = '', version = ''] = /^(?:api|apis\/([^/]+))\/([^/]+)$/.exec(place) ?? [];
  return version === '' ? undefined : { group, version };
}

function urlOf(place: string, etag: string): string {
  return `/openapi/v3/${place}?hash=${etag.slice(1, -1)}`;
}

function answer(content: string | Uint8Array, headers: Record<string, string>): ApiResponse {
  return {
    status: 200,
    headers,
    warnings: [],
    ...(typeof content === 'string' ? { text: content } : { bytes: content }),
  };
}

function unchanged(headers: Record<string, string>): ApiResponse {
  return { status: 304, headers, warnings: [], text: '' };
}

function notAcceptable(): ApiResponse {
  return { status: 406, headers: { vary: 'Accept' }, warnings: [], text: '' };
}
