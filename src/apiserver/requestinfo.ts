// What a request asks for, read off its method, path and query.
// Called by: handler.ts. Must not know: kinds, the store.
import { boolParameter } from './parameters.ts';

export interface RequestInfo {
  /** False for /version, /healthz, discovery and documents. */
  isResourceRequest: boolean;
  /** The parts of the path between slashes. */
  segments: readonly string[];
  /** get list watch create update patch delete deletecollection; the lower-case method for non-resource paths. */
  verb: string;
  /** The verb in the path, 'watch' in /api/v1/watch/pods; else ''. */
  pathVerb: '' | 'watch' | 'proxy';
  group: string;
  version: string;
  /** '' when the path is cluster-wide. */
  namespace: string;
  resource: string;
  subresource: string;
  name: string;
  /** What follows the subresource: the path of a proxied request. */
  rest: readonly string[];
}

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * Returns what a path stands for; unknown prefixes are non-resource requests.
 * Upstream: apiserver pkg/endpoints/request/requestinfo.go NewRequestInfo.
 */
export function requestInfoFor(method: string, path: string, query: URLSearchParams): RequestInfo {
  const segments = segmentsOf(path);
  const info: RequestInfo = {
    isResourceRequest: false,
    segments,
    verb: method.toLowerCase(),
    pathVerb: '',
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    rest: [],
  };
  let at: number;
  if (segments[0] === 'api' && segments.length >= 3) {
    info.version = segments[1] ?? '';
    at = 2;
  } else if (segments[0] === 'apis' && segments.length >= 4) {
    info.group = segments[1] ?? '';
    info.version = segments[2] ?? '';
    at = 3;
  } else return info;
  info.isResourceRequest = true;
  info.verb = VERBS[method] ?? '';
  const first = segments[at];
  if (first === 'watch' || first === 'proxy') {
    if (segments.length === at + 1) throw new NoKindError(path);
    info.pathVerb = first;
    at++;
  }
  readParts(info, segments.slice(at));
  info.verb = info.pathVerb === '' ? collectionVerb(info, query) : info.pathVerb;
  return info;
}

/** The path names a verb and nothing else. Upstream: apiserver pkg/endpoints/filters/requestinfo.go. */
export class NoKindError extends Error {
  constructor(path: string) {
    super(`failed to create RequestInfo: unable to determine kind and namespace from url, ${path}`);
  }
}

// Slashes count when they are written as %2F, too.
function segmentsOf(path: string): string[] {
  const trimmed = decode(path).replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

// What is not valid percent-encoding stands for itself.
function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// namespaces/x is the object, namespaces/x/pods what lies in it, namespaces/x/status and …/finalize its subresources.
function readParts(info: RequestInfo, given: readonly string[]): void {
  let parts = given;
  if (parts[0] === 'namespaces' && parts.length > 1) {
    info.namespace = parts[1] ?? '';
    const isSubresource = parts[2] === 'status' || parts[2] === 'finalize';
    if (parts.length > 2 && !isSubresource) parts = parts.slice(2);
  }
  info.resource = parts[0] ?? '';
  info.name = parts[1] ?? '';
  info.subresource = parts[2] ?? '';
  info.rest = parts.slice(3);
}

function collectionVerb({ verb, name }: RequestInfo, query: URLSearchParams): string {
  if (name !== '') return verb;
  if (verb === 'delete') return 'deletecollection';
  if (verb !== 'get') return verb;
  return boolParameter(query, 'watch') ? 'watch' : 'list';
}
