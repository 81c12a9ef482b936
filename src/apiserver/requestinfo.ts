// What a request asks for, read off its method, path and query.
// Called by: handler.ts. Must not know: kinds, the store.

export interface RequestInfo {
  /** False for /version, /healthz, discovery and documents. */
  isResourceRequest: boolean;
  /** The path without empty segments. */
  segments: readonly string[];
  /** get list watch create update patch delete deletecollection; the lower-case method for non-resource paths. */
  verb: string;
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
  const segments = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const info: RequestInfo = {
    isResourceRequest: false,
    segments,
    verb: method.toLowerCase(),
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
  let isWatchPath = false;
  if (segments[at] === 'watch' && segments.length > at + 1) {
    isWatchPath = true;
    at++;
  }
  readParts(info, segments.slice(at));
  info.verb = isWatchPath ? 'watch' : collectionVerb(info, query);
  return info;
}

// A path segment that is not valid percent-encoding stands for itself.
function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
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
  const watch = query.get('watch');
  return watch === 'true' || watch === '1' ? 'watch' : 'list';
}
