// From a Service's port to the endpoints behind it, and which of them a connection gets.
// Called by: route.ts, ingress.ts, dns.ts. Must not know: HTTP. Upstream: kubernetes pkg/proxy.
import type { LoopbackClient } from '../client/loopback.ts';
import type { Random } from '../machinery/random.ts';
import { pod as podResource } from '../resources/pod.ts';
import type { Service } from '../resources/service.ts';
import { slicesOf } from './indexes.ts';
import type { Endpoint } from './types.ts';

export type ServicePort = NonNullable<Service['spec']['ports']>[number];

/** Returns the Service's port with that number (TCP first), or undefined. */
export function servicePort(service: Service, port: number): ServicePort | undefined {
  return service.spec.ports?.find((p) => p.port === port);
}

/**
 * Returns the endpoints of a Service's port that get traffic: the ready ones, or the terminating ones that still
 * serve when there is no other. Upstream: kubernetes pkg/proxy/topology.go.
 */
export function endpointsOf(client: LoopbackClient, service: Service, port: ServicePort): Endpoint[] {
  const { namespace = '', name } = service.metadata;
  const ready: Endpoint[] = [];
  const serving: Endpoint[] = [];
  for (const slice of slicesOf(client, namespace, name)) {
    const target = slice.ports?.find((p) => (p.name ?? '') === (port.name ?? ''));
    if (!target?.port) continue;
    for (const { addresses, conditions = {}, targetRef } of slice.endpoints) {
      const address = addresses[0];
      if (address === undefined) continue;
      const isPod = targetRef?.kind === 'Pod' && targetRef.name !== undefined;
      const pod = isPod
        ? client.get(podResource, { namespace: targetRef.namespace ?? namespace, name: targetRef.name ?? '' })
        : undefined;
      const endpoint: Endpoint = { address, port: target.port, ...(pod ? { pod } : {}) };
      if (conditions.ready !== false) ready.push(endpoint);
      else if (conditions.serving && conditions.terminating) serving.push(endpoint);
    }
  }
  return ready.length > 0 ? ready : serving;
}

/**
 * Returns the endpoint that a connection gets: by chance, or by who connects when the Service keeps clients to one.
 */
export function chooseEndpoint(
  random: Random,
  endpoints: readonly Endpoint[],
  { affinity, from, purpose }: { affinity: boolean; from: string; purpose: string },
): Endpoint | undefined {
  if (endpoints.length === 0) return undefined;
  const key = affinity ? from : `${from}/${purpose}`;
  return endpoints[random.int('endpoint', key, endpoints.length)];
}
