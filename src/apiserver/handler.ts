// Routes: from a request to a verb, a subresource, discovery or a document, and every refusal to a Status.
// Called by: server.ts. Must not know: sockets, any kind's inside.
import { newBadRequest, newNoSuchRoute, StatusError } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import { attributesFor, newForbiddenFor, type Authorizer } from './authorization.ts';
import { Exchange } from './exchange.ts';
import { impersonated } from './impersonation.ts';
import { JSON_TYPE, negotiate } from './negotiation.ts';
import type { Registry } from './registry.ts';
import type { RequestCounts } from './requestcounts.ts';
import { NoKindError, requestInfoFor, type RequestInfo } from './requestinfo.ts';
import { checkRoute } from './routes.ts';
import type { Scheme } from './scheme.ts';
import type { ApiRequest, ApiResponse } from './types.ts';
import { administrator } from './user.ts';
import { answerVerb } from './verbs.ts';

export interface HandlerOptions {
  registry: Registry;
  scheme: Scheme;
  authorizer: Authorizer;
  counts: RequestCounts;
  /** Non-resource paths: discovery, health, documents. Undefined: no such path. */
  documents(request: ApiRequest, info: RequestInfo): ApiResponse | undefined;
  subresource(exchange: Exchange): ApiResponse;
  /** Answers what is posted and not kept. */
  review(exchange: Exchange): ApiResponse;
}

/** Returns the function that answers every request. It does not throw for anything a client can do. */
export function createHandler(options: HandlerOptions): (request: ApiRequest) => ApiResponse {
  return (request) => {
    try {
      const info = requestInfoFor(request.method, request.path, request.query);
      return answer(authorized(request, info, options.authorizer), info, options);
    } catch (error) {
      if (error instanceof StatusError) return refusal(error, request);
      if (error instanceof NoKindError) return noKind(request, error);
      throw error;
    }
  };
}

function answer(request: ApiRequest, info: RequestInfo, options: HandlerOptions): ApiResponse {
  return info.isResourceRequest ? handleResource(request, info, options) : handleDocument(request, info, options);
}

/** Returns the request with the user as whom it is answered. @throws StatusError Forbidden. */
function authorized(request: ApiRequest, info: RequestInfo, authorizer: Authorizer): ApiRequest {
  const user = impersonated(request.user ?? administrator, request.headers, authorizer);
  const attributes = attributesFor(user, info, request);
  const { isAllowed, reason } = authorizer.authorize(attributes);
  if (!isAllowed) throw newForbiddenFor(attributes, reason);
  return { ...request, user };
}

/** Answers a refusal in what the client takes, or as JSON for people. Upstream: responsewriters.ErrorNegotiated. */
function refusal({ status }: StatusError, { headers: { accept } }: ApiRequest, warnings: string[] = []): ApiResponse {
  const code = status.code ?? 500;
  const negotiated = negotiate(accept);
  const seconds = status.details?.retryAfterSeconds ?? 0;
  const headers = {
    'content-type': negotiated?.mediaType ?? JSON_TYPE,
    ...(seconds > 0 ? { 'retry-after': String(seconds) } : {}),
  };
  return { status: code, headers, warnings, body: status, ...(negotiated ? {} : { isIndented: true }) };
}

function noKind({ path }: ApiRequest, { message }: NoKindError): ApiResponse {
  return plain(500, `Internal Server Error: ${quote(path)}: ${message}\n`);
}

function plain(status: number, text: string): ApiResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { status, headers, warnings: [], text };
}

/** What a path outside every group version answers. */
export function pageNotFound(): ApiResponse {
  return plain(404, '404 page not found\n');
}

/** The documents that are counted. Upstream: apiserver pkg/server/healthz. */
const HEALTH: readonly string[] = ['healthz', 'livez', 'readyz'];

function handleDocument(request: ApiRequest, info: RequestInfo, options: HandlerOptions): ApiResponse {
  const found = options.documents(request, info);
  if (found && HEALTH.includes(info.segments[0] ?? '')) options.counts.add(info, request, found);
  return found ?? pageNotFound();
}

function handleResource(request: ApiRequest, info: RequestInfo, options: HandlerOptions): ApiResponse {
  const { registry, scheme } = options;
  if (scheme.resources(info.group, info.version).length === 0) return pageNotFound();
  const served = scheme.served({ group: info.group, version: info.version, resource: info.resource });
  if (!served) throw newNoSuchRoute();
  checkRoute(served, info, request);
  const exchange = new Exchange({ request, info, served, registry, scheme });
  const answered = answerExchange(exchange, options);
  options.counts.add(info, request, answered);
  return answered;
}

function answerExchange(exchange: Exchange, { review, subresource }: HandlerOptions): ApiResponse {
  const { info, request, served } = exchange;
  try {
    if (info.name !== '') checkName(info.name);
    if (served.definition.isReview) return review(exchange);
    return info.subresource === '' ? answerVerb(exchange) : subresource(exchange);
  } catch (error) {
    if (error instanceof StatusError) return refusal(error, request, exchange.warnings);
    throw error;
  }
}

// Upstream: apiserver pkg/registry/generic/registry/store.go NamespaceKeyFunc, pkg/api/validation/path.
function checkName(name: string): void {
  const reasons =
    name === '.' || name === '..'
      ? [`may not be '${name}'`]
      : ['/', '%'].filter((text) => name.includes(text)).map((text) => `may not contain '${text}'`);
  if (reasons.length > 0) throw newBadRequest(`Name parameter invalid: ${quote(name)}: ${reasons.join(';')}`);
}
