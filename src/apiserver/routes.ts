// Which methods, bodies and answers a path of a kind has, and the refusals of everything else.
// Called by: handler. Must not know: the store, any kind's inside.
// Upstream: apiserver pkg/endpoints/installer.go registerResourceHandlers; go-restful's choice of a route.
import { newMethodNotAllowed, newNotAcceptable, newNoSuchRoute, newUnsupportedMediaType } from '../machinery/status.ts';
import { subresourceVerbs } from './discovery.ts';
import { contentTypeOf, isProduced, MEDIA_TYPES, STREAM_TYPES } from './negotiation.ts';
import { PATCH_TYPES } from './patching.ts';
import type { RequestInfo } from './requestinfo.ts';
import type { ServedResource } from './scheme.ts';
import type { ApiRequest } from './types.ts';

const METHODS: Readonly<Record<string, string>> = {
  list: 'GET',
  watch: 'GET',
  get: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};
const COLLECTION = ['list', 'create', 'deletecollection'];
const ITEM = ['get', 'update', 'patch', 'delete'];
const CONNECTED = ['exec', 'attach', 'portforward', 'proxy'];

/** @throws StatusError NotFound, MethodNotAllowed, UnsupportedMediaType or NotAcceptable for what is no route of the kind. */
export function checkRoute(served: ServedResource, info: RequestInfo, request: ApiRequest): void {
  const methods = methodsAt(served, info);
  if (!methods) throw newNoSuchRoute();
  const { subresource } = info;
  const isProxy = subresource === 'proxy' && ['HEAD', 'OPTIONS'].includes(request.method);
  if (!methods.has(request.method) && !isProxy) throw newMethodNotAllowed();
  // Kinds that users define are served without routes: they refuse in words of their own.
  if (served.definition.custom || CONNECTED.includes(subresource)) return;
  checkTypes(info, request);
}

/** Returns the methods of a path, undefined when there is no such path. */
function methodsAt({ definition, subresources, verbs }: ServedResource, info: RequestInfo): Set<string> | undefined {
  const { name, subresource, namespace, pathVerb, rest } = info;
  const isOfNamespaces = info.resource === 'namespaces' && info.group === '';
  const isInNamespace = namespace !== '' && !isOfNamespaces;
  const isAcross = definition.namespaced && !isInNamespace;
  const hasPlace = isOfNamespaces || isInNamespace === definition.namespaced || (isAcross && name === '');
  if (!hasPlace || (rest.length > 0 && subresource !== 'proxy')) return undefined;
  const having = (wanted: readonly string[]): Set<string> =>
    new Set(wanted.filter((verb) => verbs.includes(verb)).map((verb) => METHODS[verb] ?? ''));
  if (pathVerb !== '') return pathVerb === 'watch' && subresource === '' ? having(['watch']) : undefined;
  if (subresource !== '') {
    if (!subresources.some((known) => known === subresource)) return undefined;
    return new Set(subresourceVerbs(subresource).map((verb) => METHODS[verb] ?? ''));
  }
  if (name !== '' && !isAcross) return having(ITEM);
  return isAcross ? having(['list']) : having(COLLECTION);
}

function checkTypes({ verb, name, subresource }: RequestInfo, { method, headers, body }: ApiRequest): void {
  const hasBody = body !== undefined && (body as { length?: number } | null)?.length !== 0;
  if (method === 'PATCH' && hasBody && !PATCH_TYPES.includes(contentTypeOf(headers)))
    throw newUnsupportedMediaType('415: Unsupported Media Type', {});
  const isStream = verb === 'watch' || (method === 'GET' && name === '');
  const more = isStream ? STREAM_TYPES : [];
  const produces = [...(subresource === 'log' ? ['text/plain'] : []), ...MEDIA_TYPES, ...more];
  if (['POST', 'PUT', 'PATCH'].includes(method) && !hasBody && !isProduced(headers['accept'], produces))
    throw newUnsupportedMediaType(`415: Unsupported Media Type${available(produces)}`, {});
  checkProduced(headers['accept'], produces);
}

/** @throws StatusError NotAcceptable when the client takes nothing of what a route produces. */
export function checkProduced(accept: string | undefined, produces: readonly string[]): void {
  if (!isProduced(accept, produces)) throw newNotAcceptable(`406: Not Acceptable${available(produces)}`, {});
}

function available(produces: readonly string[]): string {
  return `\n\nAvailable representations: ${produces.join(', ')}`;
}
