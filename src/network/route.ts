// Where a connection to an address and a port ends: a pod, the endpoints of a Service, a node's port, the internet.
// Called by: request.ts. Must not know: HTTP. Upstream: what kube-proxy and the nodes' networks do.
import type { LoopbackClient } from '../client/loopback.ts';
import type { Node } from '../resources/node.ts';
import { node as nodeResource } from '../resources/node.ts';
import type { Pod } from '../resources/pod.ts';
import { service as serviceResource } from '../resources/service.ts';
import { podsByAddress, podsOnNode, serviceByAddress } from './indexes.ts';
import { endpointsOf, servicePort } from './services.ts';
import type { Endpoint, NetworkOptions, Origin, Route } from './types.ts';

const API_PORT = 6443;
const PRIVATE = /^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)/;

/** Returns the way of a connection. `host` is the name that was asked for, for the internet. */
export function routeTo(
  options: NetworkOptions,
  origin: Origin,
  { address, port, host }: { address: string; port: number; host: string },
): Route {
  const { client } = options;
  if (address.startsWith('127.')) return origin.pod ? toPod(origin.pod, address, port) : refused();
  const service = serviceByAddress(client, address);
  if (service) {
    const found = servicePort(service, port);
    if (!found) return { kind: 'failure', failure: 'timeout' };
    if (service.metadata.namespace === 'default' && service.metadata.name === 'kubernetes')
      return { kind: 'apiserver' };
    return toEndpoints(endpointsOf(client, service, found), service.spec.sessionAffinity === 'ClientIP');
  }
  const node = nodeByAddress(client, address);
  if (node) return toNode(client, node, address, port);
  const pods = podsByAddress(client, address);
  if (pods[0]) return toPod(pods[0], address, port);
  return PRIVATE.test(address) ? { kind: 'failure', failure: 'unreachable' } : { kind: 'internet', host };
}

function refused(): Route {
  return { kind: 'failure', failure: 'refused' };
}

function toPod(pod: Pod, address: string, port: number): Route {
  return toEndpoints([{ pod, address, port }], false);
}

/** Without endpoints the nodes reject the connection. */
function toEndpoints(endpoints: Endpoint[], affinity: boolean): Route {
  return endpoints.length > 0 ? { kind: 'endpoints', endpoints, affinity } : refused();
}

function nodeByAddress(client: LoopbackClient, address: string): Node | undefined {
  return client.list(nodeResource).find(({ status }) => status.addresses?.some((a) => a.address === address));
}

/** A node answers on NodePorts of all Services, host ports of its pods, and what runs in its own network. */
function toNode(client: LoopbackClient, node: Node, address: string, port: number): Route {
  for (const service of client.list(serviceResource)) {
    const found = service.spec.ports?.find((p) => p.nodePort === port);
    if (found) return toEndpoints(endpointsOf(client, service, found), service.spec.sessionAffinity === 'ClientIP');
  }
  if (port === API_PORT) return { kind: 'apiserver' };
  const hosted = podsByAddress(client, address).filter((pod) => pod.spec.hostNetwork);
  const endpoints: Endpoint[] = hosted.map((pod) => ({ pod, address, port }));
  for (const pod of podsOnNode(client, node.metadata.name)) {
    for (const { hostPort, containerPort } of pod.spec.containers.flatMap((c) => c.ports ?? []))
      if (hostPort === port && !pod.spec.hostNetwork)
        endpoints.push({ pod, address: pod.status.podIP ?? '', port: containerPort });
  }
  return endpoints.length > 0 ? { kind: 'endpoints', endpoints, affinity: false } : refused();
}
