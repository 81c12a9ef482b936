// One simulated exchange: from a pod or from outside, by name or by address, to whatever answers.
// Called by: kubelet (commands in containers), sim. Must not know: sockets, shells.
import type { SimulatedResponse } from '../images/image.ts';
import { resolveName } from './dns.ts';
import { ingressTarget, isIngressController } from './ingress.ts';
import { isAllowed } from './policy.ts';
import { routeTo } from './route.ts';
import { chooseEndpoint, endpointsOf } from './services.ts';
import type { Endpoint, Failure, NetworkOptions, Origin, Route } from './types.ts';

export interface NetworkCall {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: Uint8Array;
  /** Makes two calls of one instant different for the choice of an endpoint. */
  purpose: string;
}

export interface NetworkAnswer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
  address: string;
  latencyMs: number;
}
export interface NetworkFailure {
  failure: Failure;
  address: string;
  latencyMs: number;
}

/** Simulated ms: within the cluster, to the internet, until the kernel gives up on a host that does not answer. */
const NEAR_MS = 2;
const FAR_MS = 40;
const UNREACHABLE_MS = 3000;
const TIMEOUT_MS = 130_000;

const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;

/** Returns where a host and port lead. */
export function findRoute(
  options: NetworkOptions,
  origin: Origin,
  host: string,
  port: number,
): { route: Route; address: string } {
  const address = ADDRESS.test(host) ? host : resolveName(options, origin, host)?.addresses[0];
  if (address === undefined) return { route: { kind: 'failure', failure: 'dns' }, address: '' };
  const route = routeTo(options, origin, { address, port, host });
  const isElsewhere = route.kind === 'internet' || route.kind === 'apiserver';
  const isBlocked = isElsewhere && !isAllowed(options.client, origin, { address, port });
  return { route: isBlocked ? { kind: 'failure', failure: 'timeout' } : route, address };
}

/** Returns whether a TCP connection is taken. */
export function connectTo(options: NetworkOptions, origin: Origin, host: string, port: number): 'open' | Failure {
  const { route, address } = findRoute(options, origin, host, port);
  if (route.kind === 'failure') return route.failure;
  if (route.kind !== 'endpoints') return 'open';
  const endpoint = chooseEndpoint(options.random, route.endpoints, {
    affinity: route.affinity,
    from: origin.address,
    purpose: address,
  });
  return endpoint ? stateOf(options, origin, endpoint) : 'refused';
}

function stateOf({ client, ports }: NetworkOptions, origin: Origin, endpoint: Endpoint): 'open' | Failure {
  const { pod, port } = endpoint;
  if (!isAllowed(client, origin, endpoint)) return 'timeout';
  // An address outside the cluster that somebody put behind a Service.
  if (!pod) return 'open';
  if (!ports.isReachable(pod)) return 'timeout';
  return ports.protocolOf(pod, port) === undefined ? 'refused' : 'open';
}

function failed(failure: Failure, address: string): NetworkFailure {
  const latencyMs = failure === 'timeout' ? TIMEOUT_MS : failure === 'unreachable' ? UNREACHABLE_MS : 0;
  return { failure, address, latencyMs };
}

/** Returns the answer to an HTTP request. */
export function exchangeHttp(
  options: NetworkOptions,
  origin: Origin,
  call: NetworkCall,
): NetworkAnswer | NetworkFailure {
  const { url } = call;
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const { route, address } = findRoute(options, origin, url.hostname, port);
  switch (route.kind) {
    case 'failure':
      return failed(route.failure, address);
    case 'internet':
      return internetAnswer(url, address);
    case 'apiserver':
      return apiServerAnswer(url, address);
    default:
      return endpointAnswer(options, origin, call, { endpoints: route.endpoints, affinity: route.affinity, address });
  }
}

function endpointAnswer(
  options: NetworkOptions,
  origin: Origin,
  call: NetworkCall,
  { endpoints, affinity, address }: { endpoints: Endpoint[]; affinity: boolean; address: string },
): NetworkAnswer | NetworkFailure {
  const { method, url, body, purpose } = call;
  const chosen = chooseEndpoint(options.random, endpoints, { affinity, from: origin.address, purpose });
  if (!chosen) return failed('refused', address);
  if (!isAllowed(options.client, origin, chosen)) return failed('timeout', address);
  if (!chosen.pod) return internetAnswer(url, address);
  if (!options.ports.isReachable(chosen.pod)) return failed('timeout', address);
  if (isIngressController(chosen.pod) && isWebPort(chosen.port)) return exchangeThroughIngress(options, origin, call);
  const headers = Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const response = options.ports.exchange(chosen.pod, chosen.port, {
    method,
    path: `${url.pathname}${url.search}`,
    headers,
    remoteAddress: origin.address,
    ...(body ? { body } : {}),
  });
  return response ? toAnswer(response, address) : failed('refused', address);
}

/** Where controllers take requests in; their other ports are their own. */
export function isWebPort(port: number): boolean {
  return [80, 443, 8000, 8080, 8443].includes(port);
}

function toAnswer({ status, headers, body, latencyMs = 0 }: SimulatedResponse, address: string): NetworkAnswer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const all = { ...headers, 'Content-Length': String(bytes.length) };
  return { status, headers: all, body: bytes, address, latencyMs: NEAR_MS + latencyMs };
}

/** What lies outside the cluster answers, and says no more than that. */
function internetAnswer({ hostname }: URL, address: string): NetworkAnswer {
  const body = `<!doctype html>\n<html>\n<head><title>${hostname}</title></head>\n<body><h1>${hostname}</h1></body>\n</html>\n`;
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=UTF-8', 'Content-Length': String(body.length) },
    body: Buffer.from(body),
    address,
    latencyMs: FAR_MS,
  };
}

/** Without credentials the API server tells its health and its version, and forbids the rest. */
function apiServerAnswer(url: URL, address: string): NetworkAnswer {
  const isHealth = ['/healthz', '/livez', '/readyz'].includes(url.pathname);
  const message = `forbidden: User "system:anonymous" cannot get path "${url.pathname}"`;
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'Forbidden',
    details: {},
    code: 403,
  };
  const isTls = url.protocol === 'https:';
  const text = !isTls
    ? 'Client sent an HTTP request to an HTTPS server.\n'
    : isHealth
      ? 'ok'
      : JSON.stringify(status, null, 2);
  return {
    status: !isTls ? 400 : isHealth ? 200 : 403,
    headers: { 'Content-Type': isHealth ? 'text/plain; charset=utf-8' : 'application/json' },
    body: Buffer.from(text),
    address,
    latencyMs: NEAR_MS,
  };
}

/**
 * Returns the answer to a request from outside that an Ingress takes in.
 * A host or path that no rule has gets nginx' 404, a Service without endpoints its 503.
 */
export function exchangeThroughIngress(options: NetworkOptions, origin: Origin, call: NetworkCall): NetworkAnswer {
  const { url } = call;
  const host = (call.headers['host'] ?? call.headers['Host'] ?? url.host).replace(/:\d+$/, '');
  const target = ingressTarget(options.client, host, url.pathname);
  const page = (status: number, words: string): NetworkAnswer =>
    toAnswer(
      {
        status,
        headers: { 'Content-Type': 'text/html' },
        body: `<html>\r\n<head><title>${status} ${words}</title></head>\r\n<body>\r\n<center><h1>${status} ${words}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
      },
      '',
    );
  if (!target) return page(404, 'Not Found');
  const endpoints = endpointsOf(options.client, target.service, target.port);
  const answer = endpointAnswer(options, origin, call, { endpoints, affinity: false, address: '' });
  if ('failure' in answer)
    return endpoints.length === 0 ? page(503, 'Service Temporarily Unavailable') : page(502, 'Bad Gateway');
  return answer;
}
