// Non-resource paths: discovery, version, health and the schemas.
// Called by: handler through server.ts. Must not know: the store, kinds' inside.
import { aggregatedDiscovery, coreVersions, groupDocument, groupList, resourceList } from './discovery.ts';
import { openapiDocument, openapiIndex } from './openapi.ts';
import type { RequestInfo } from './requestinfo.ts';
import type { Scheme } from './scheme.ts';
import type { ApiRequest, ApiResponse } from './types.ts';

export interface DocumentOptions {
  scheme: Scheme;
  /** 'v1.35.2'. */
  version: string;
  /** 'host:port', as /api tells clients. */
  serverAddress: string;
}

/** Returns the answer to a non-resource request; undefined when there is no such path. */
export function createDocuments(
  options: DocumentOptions,
): (request: ApiRequest, info: RequestInfo) => ApiResponse | undefined {
  return (request, { segments, verb }) => {
    if (verb !== 'get' && verb !== 'head') return undefined;
    const [first] = segments;
    switch (first) {
      case undefined:
        return indented({ paths: paths(options.scheme) });
      case 'api':
      case 'apis':
        return discovery(options, request, segments);
      case 'version':
        return segments.length === 1 ? indented(versionInfo(options.version)) : undefined;
      case 'openapi':
        return openapi(options, segments);
      case 'healthz':
      case 'livez':
      case 'readyz':
        return health(first, request, segments);
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

function discovery(options: DocumentOptions, { headers }: ApiRequest, segments: readonly string[]) {
  const { scheme, serverAddress } = options;
  const isCore = segments[0] === 'api';
  if (segments.length === 1) {
    const version = aggregatedVersionOf(headers['accept']);
    if (version !== undefined)
      return json(
        aggregatedDiscovery(scheme, isCore, version),
        `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
      );
    return json(isCore ? coreVersions(serverAddress) : groupList(scheme));
  }
  const found = isCore
    ? segments.length === 2 && resourceList(scheme, '', segments[1] ?? '')
    : segments.length === 2
      ? groupDocument(scheme, segments[1] ?? '')
      : segments.length === 3 && resourceList(scheme, segments[1] ?? '', segments[2] ?? '');
  return found ? json(found) : undefined;
}

// The first clause that can be met decides; plain JSON means the older documents.
function aggregatedVersionOf(accept: string | undefined): string | undefined {
  for (const clause of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
    if (type !== 'application/json') continue;
    if (!parameters.includes('as=APIGroupDiscoveryList')) return undefined;
    const version = parameters.find((p) => p.startsWith('v='))?.slice(2);
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
}

function paths(scheme: Scheme): string[] {
  const groups = scheme.groups().filter((group) => group !== '');
  const found = ['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/'];
  for (const group of groups)
    found.push(`/apis/${group}`, ...scheme.versions(group).map((version) => `/apis/${group}/${version}`));
  found.push('/healthz', ...CHECKS.map((check) => `/healthz/${check}`), '/livez');
  found.push(...CHECKS.map((check) => `/livez/${check}`), '/openapi/v3', '/readyz');
  found.push(...CHECKS.map((check) => `/readyz/${check}`), '/version');
  return found.filter((path) => path !== '/.well-known/openid-configuration' && path !== '/apis/').sort();
}

/** Returns the body of /version. */
export function versionInfo(gitVersion: string): object {
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

function openapi({ scheme }: DocumentOptions, segments: readonly string[]): ApiResponse | undefined {
  if (segments[1] !== 'v3') return undefined;
  if (segments.length === 2) return json(openapiIndex(scheme));
  const [group, version] = segments[2] === 'api' ? ['', segments[3]] : [segments[3], segments[4]];
  if (segments[2] !== 'api' && segments[2] !== 'apis') return undefined;
  const document = openapiDocument(scheme, group ?? '', version ?? '');
  return document && json(document);
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
// Readiness is checked on two more things.
const READY_CHECKS: readonly string[] = ['etcd-readiness', 'informer-sync', 'shutdown'];

function text(body: string): ApiResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { status: 200, headers, warnings: [], text: body };
}

function health(kind: 'healthz' | 'livez' | 'readyz', { query }: ApiRequest, segments: readonly string[]) {
  const [ping, log, etcd, ...hooks] = CHECKS as [string, string, string, ...string[]];
  const checks =
    kind === 'readyz' ? [ping, log, etcd, 'etcd-readiness', 'informer-sync', ...hooks, 'shutdown'] : CHECKS;
  if (segments.length > 1) {
    const name = segments.slice(1).join('/');
    return checks.includes(name) || READY_CHECKS.includes(name) ? text('ok') : undefined;
  }
  if (!query.has('verbose')) return text('ok');
  const excluded = query.getAll('exclude');
  const lines = checks.map((check) => `[+]${check} ${excluded.includes(check) ? 'excluded: ok' : 'ok'}`);
  return text(`${lines.join('\n')}\n${kind} check passed\n`);
}
