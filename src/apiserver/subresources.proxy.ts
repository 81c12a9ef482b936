// pods/proxy and services/proxy: one HTTP exchange with an application, through the server.
// Called by: subresources.ts. Must not know: images.
import type { SimulatedRequest } from './connector.ts';
import { newBadRequest, newNotFound, newServiceUnavailable } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { Endpoints } from '../resources/endpoints.ts';
import type { Pod } from '../resources/pod.ts';
import type { Service } from '../resources/service.ts';
import type { Exchange } from './exchange.ts';
import type { SubresourceContext } from './subresources.ts';
import type { ApiResponse } from './types.ts';

interface Target {
  name: string;
  port: string;
}

/** Upstream: kubernetes pkg/registry/core/pod/strategy.go ResourceLocation. */
export function proxyToPod(exchange: Exchange, context: SubresourceContext): ApiResponse {
  const { registry, namespace, served } = exchange;
  const { name, port } = targetOf(exchange);
  const pod = registry.get(served.definition, { namespace, name }) as Pod;
  const podIP = pod.status?.podIP ?? '';
  if (podIP === '') throw newBadRequest('address not allowed');
  const declared = pod.spec.containers.flatMap((c) => c.ports ?? [])[0]?.containerPort ?? 80;
  return exchangeWith(exchange, context, pod, port === '' ? declared : portNumber(port));
}

/** Upstream: kubernetes pkg/registry/core/service/storage/storage.go ResourceLocation. */
export function proxyToService(exchange: Exchange, context: SubresourceContext): ApiResponse {
  const { registry, namespace, served } = exchange;
  const { store, random } = registry.context;
  const { name, port } = targetOf(exchange);
  const service = registry.get(served.definition, { namespace, name }) as Service;
  const portName = servicePortName(service, port);
  const endpoints = store.get('endpoints', { namespace, name }) as Endpoints | undefined;
  if (!endpoints) throw newNotFound({ group: '', resource: 'endpoints' }, name);
  const found = (endpoints.subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
    ports
      .filter((p) => (p.name ?? '') === portName)
      .flatMap((p) => addresses.map((address) => ({ address, port: p.port }))),
  );
  if (found.length === 0) throw newServiceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  const key = `${namespace}/${name}@${store.revision}/${registry.context.clock.nowMs()}`;
  const chosen = found[random.int('service-proxy', key, found.length)];
  const reference = chosen?.address.targetRef;
  const pod =
    reference?.kind === 'Pod' && reference.name
      ? store.get('pods', { namespace: reference.namespace ?? namespace, name: reference.name })
      : undefined;
  if (!chosen || !pod)
    throw newServiceUnavailable(`dial tcp ${chosen?.address.ip}:${chosen?.port}: connect: no route to host`);
  return exchangeWith(exchange, context, pod, chosen.port);
}

// The path's name may be [scheme:]name[:port].
function targetOf({ info }: Exchange): Target {
  const parts = info.name.split(':');
  if (parts.length === 1) return { name: info.name, port: '' };
  if (parts.length === 2) return { name: parts[0] ?? '', port: parts[1] ?? '' };
  return { name: parts[1] ?? '', port: parts[2] ?? '' };
}

function portNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw newBadRequest(`invalid pod port ${JSON.stringify(text)}`);
}

function servicePortName({ metadata, spec }: Service, asked: string): string {
  const ports = spec.ports ?? [];
  if (asked === '') {
    // Without a port the endpoints' unnamed one counts.
    return ports.length === 1 ? (ports[0]?.name ?? '') : '';
  }
  const found = ports.find((p) => p.name === asked || String(p.port) === asked);
  if (found) return found.name ?? '';
  throw newServiceUnavailable(
    `no service port ${JSON.stringify(asked)} found for service ${JSON.stringify(metadata.name)}`,
  );
}

function exchangeWith(
  { request, info, warnings }: Exchange,
  { connector }: SubresourceContext,
  pod: KubeObject,
  port: number,
): ApiResponse {
  const query = request.query.toString();
  const hasSlash = request.path.endsWith('/') && info.rest.length > 0;
  const path = `/${info.rest.map(encodeURI).join('/')}${hasSlash ? '/' : ''}${query === '' ? '' : `?${query}`}`;
  const { body } = request;
  const simulated: SimulatedRequest = {
    method: request.method,
    path,
    headers: request.headers,
    remoteAddress: '127.0.0.1',
    ...(body instanceof Uint8Array ? { body } : typeof body === 'string' ? { body: Buffer.from(body) } : {}),
  };
  const answer = connector().proxy(pod, port, simulated);
  const content = typeof answer.body === 'string' ? { text: answer.body } : { bytes: answer.body };
  return { status: answer.status, headers: answer.headers, warnings, ...content };
}
