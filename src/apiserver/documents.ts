// Non-resource paths: discovery, version, health, the schemas, metrics, who issues tokens.
// Called by: handler through server.ts. Must not know: the store, kinds' inside.
import type { Clock } from '../machinery/clock.ts';
import { newMethodNotAllowed } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import { aggregatedDiscovery, coreVersions, groupDocument, groupList, resourceList } from './discovery.ts';
import { etagOf, groupsKey } from './documents.keys.ts';
import { issuerDocument, ISSUER_PATHS } from './documents.issuer.ts';
import { metricsDocument } from './documents.metrics.ts';
import { createOpenApi } from './documents.openapi.ts';
import { MEDIA_TYPES, negotiate, notAcceptable, type Transform } from './negotiation.ts';
import type { RequestCounts } from './requestcounts.ts';
import type { RequestInfo } from './requestinfo.ts';
import { checkProduced } from './routes.ts';
import type { Scheme } from './scheme.ts';
import type { Store } from '../storage/types.ts';
import type { TokenAuthority } from './tokens.ts';
import type { ApiRequest, ApiResponse } from './types.ts';

export interface DocumentOptions {
  scheme: Scheme;
  /** 'v1.35.2'. */
  version: string;
  /** 'host:port', as /api tells clients. */
  serverAddress: string;
  clock: Clock;
  store: Store;
  tokens: TokenAuthority;
  counts: RequestCounts;
}

/** Returns the answer to a non-resource request; undefined when there is no such path. */
export function createDocuments(
  options: DocumentOptions,
): (request: ApiRequest, info: RequestInfo) => ApiResponse | undefined {
  let openapi: ReturnType<typeof createOpenApi> | undefined;
  return (request, { segments }) => {
    const [first] = segments;
    // Paths that are no routes of the API end as they are written.
    const isExact = request.path === `/${segments.join('/')}`;
    switch (first) {
      case undefined:
        return indented({ paths: paths(options.scheme) });
      case 'api':
      case 'apis':
        return discovery(options, request, segments);
      case 'version':
        return segments.length === 1 ? versionOf(request, options.version) : undefined;
      case '.well-known':
      case 'openid':
        return issuerDocument(request, options);
      case 'metrics':
        return isExact && segments.length === 1
          ? metricsDocument(request, { ...options, build: versionInfo(options.version) })
          : undefined;
      case 'openapi':
        return !isExact ? undefined : (openapi ??= createOpenApi(options))(request, segments);
      case 'healthz':
      case 'livez':
      case 'readyz':
        return isExact ? health(first, request, segments) : undefined;
      default:
        return undefined;
    }
  };
}

function json(body: unknown, contentType = 'application/json'): ApiResponse {
  return { status: 200, headers: { 'content-type': contentType }, warnings: [], body };
}

/** Bodies that are no objects of the API are indented whoever asks. Upstream: responsewriters.WriteRawJSON. */
function indented(body: unknown): ApiResponse {
  return { ...json(body), isIndented: true };
}

function discovery(options: DocumentOptions, request: ApiRequest, segments: readonly string[]) {
  const { scheme, serverAddress } = options;
  const isCore = segments[0] === 'api';
  if (segments.length === 1) {
    const negotiated = negotiate(request.headers['accept'], { allowsTransform: isAggregated });
    if (negotiated?.transform) return aggregated(scheme, isCore, request, negotiated.mediaType);
    return listed(request, isCore ? coreVersions(serverAddress) : groupList(scheme));
  }
  const found = isCore
    ? segments.length === 2 && resourceList(scheme, '', segments[1] ?? '')
    : segments.length === 2
      ? groupDocument(scheme, segments[1] ?? '')
      : segments.length === 3 && resourceList(scheme, segments[1] ?? '', segments[2] ?? '');
  return found ? listed(request, found) : undefined;
}

function isAggregated({ group, version, kind }: Transform): boolean {
  return group === 'apidiscovery.k8s.io' && version === 'v2' && kind === 'APIGroupDiscoveryList';
}

/** Clients keep the whole until it changes. Upstream: apiserver pkg/endpoints/discovery/aggregated. */
function aggregated(scheme: Scheme, isCore: boolean, { headers }: ApiRequest, mediaType: string): ApiResponse {
  const groups = scheme.groups().filter((group) => (group === '') === isCore);
  const etag = (): string => etagOf(groupsKey(scheme, groups));
  const caching = { vary: 'Accept', 'cache-control': 'public' };
  const known = headers['if-none-match'];
  if (known !== undefined && known === etag())
    return { status: 304, headers: { ...caching, etag: known }, warnings: [], text: '' };
  const answer = json(
    aggregatedDiscovery(scheme, groups),
    `${mediaType};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`,
  );
  Object.assign(answer.headers, caching);
  // Clients in this process have no use for the tag, and hashing is dear at start-up.
  return { ...answer, headers: Object.defineProperty(answer.headers, 'etag', { get: etag, enumerable: true }) };
}

/** @throws StatusError NotAcceptable, MethodNotAllowed. */
function listed({ headers: { accept }, method }: ApiRequest, body: object): ApiResponse {
  if (method !== 'GET') throw newMethodNotAllowed();
  checkProduced(accept, MEDIA_TYPES);
  const negotiated = negotiate(accept);
  if (!negotiated) throw notAcceptable();
  return json(body, negotiated.mediaType);
}

function paths(scheme: Scheme): string[] {
  const groups = scheme.groups().filter((group) => group !== '');
  const found = ['/api', '/api/v1', '/apis', '/openapi/v2', '/openapi/v3', '/openapi/v3/', '/version', '/metrics'];
  found.push(...ISSUER_PATHS);
  for (const group of groups)
    found.push(`/apis/${group}`, ...scheme.versions(group).map((version) => `/apis/${group}/${version}`));
  for (const kind of ['healthz', 'livez', 'readyz'] as const)
    found.push(`/${kind}`, ...checksOf(kind).map((check) => `/${kind}/${check}`));
  return found.sort();
}

/** @throws StatusError NotAcceptable, MethodNotAllowed. */
function versionOf({ method, headers }: ApiRequest, version: string): ApiResponse {
  if (method !== 'GET') throw newMethodNotAllowed();
  checkProduced(headers['accept'], ['application/json']);
  return indented(versionInfo(version));
}

/** Returns the body of /version. */
export function versionInfo(gitVersion: string): Record<string, string> {
  const [major = '', minor = ''] = gitVersion.replace(/^v/, '').split('.');
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion,
    gitCommit: 'cd6e00f16fcb0ab9ee8ae9b0f1bd8c0ae0fcda3b',
    gitTreeState: 'clean',
    buildDate: '2026-02-25T00:00:00Z',
    goVersion: 'go1.25.6',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

// Upstream: the health checks of kube-apiserver, in the order in which ?verbose prints them.
const CHECKS: readonly string[] = [
  'ping',
  'log',
  'etcd',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/priority-and-fairness-filter',
  'poststarthook/storage-object-count-tracker-hook',
  'poststarthook/start-apiextensions-informers',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/start-cluster-authentication-info-controller',
  'poststarthook/start-kube-apiserver-identity-lease-controller',
  'poststarthook/start-legacy-token-tracking-controller',
  'poststarthook/start-service-ip-repair-controllers',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/priority-and-fairness-config-producer',
  'poststarthook/bootstrap-controller',
  'poststarthook/start-kube-aggregator-informers',
  'poststarthook/apiservice-status-local-available-controller',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/apiservice-discovery-controller',
  'poststarthook/kube-apiserver-autoregistration',
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
];

type HealthKind = 'healthz' | 'livez' | 'readyz';

/** Readiness is checked on more. */
function checksOf(kind: HealthKind): readonly string[] {
  if (kind !== 'readyz') return CHECKS;
  const [ping, log, etcd, ...hooks] = CHECKS as [string, string, string, ...string[]];
  return [ping, log, etcd, 'etcd-readiness', 'informer-sync', ...hooks, 'shutdown'];
}

function text(body: string): ApiResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { status: 200, headers, warnings: [], text: body };
}

/** Upstream: apiserver pkg/server/healthz. */
function health(kind: HealthKind, { query }: ApiRequest, segments: readonly string[]) {
  const checks = checksOf(kind);
  if (segments.length > 1) return checks.includes(segments.slice(1).join('/')) ? text('ok') : undefined;
  if (!query.has('verbose')) return text('ok');
  const excluded = new Set(query.getAll('exclude'));
  const lines = checks.map((check) => `[+]${check} ${excluded.has(check) ? 'excluded: ok' : 'ok'}`);
  const unknown = [...excluded].filter((check) => !checks.includes(check)).sort();
  if (unknown.length > 0)
    lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.map(quote).join(',')}`);
  return text(`${lines.join('\n')}\n${kind} check passed\n`);
}
