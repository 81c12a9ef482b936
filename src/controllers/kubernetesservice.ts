// The API server's own Service `kubernetes`, its Endpoints and its EndpointSlice: there from the beginning, and made again when gone.
// Called by: sim/bootstrap.ts; controllers/manager.ts through the index. Must not know: sockets.
import type { LoopbackClient } from '../client/loopback.ts';
import { keyString } from '../machinery/meta.ts';
import { isInvalid } from '../machinery/status.ts';
import { endpoints } from '../resources/endpoints.ts';
import { endpointSlice } from '../resources/endpointslice.ts';
import { namespace as namespaceResource } from '../resources/namespace.ts';
import { node as nodeResource, type Node } from '../resources/node.ts';
import { service } from '../resources/service.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller } from './controller.ts';

const KEY = { namespace: 'default', name: 'kubernetes' };
const API_PORT = 6443;
const DEFAULT_ADDRESS = '192.168.49.2';
/** The API server looks every ten seconds, here at second 5, 15, …: so it is not there again in the same instant. */
const INTERVAL_MS = 10_000;
const PHASE_MS = 5000;

/** Returns the address at which a node is reached, that of a usual control plane where there is none. */
export function apiServerAddress(controlPlane: Node | undefined): string {
  return controlPlane?.status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? DEFAULT_ADDRESS;
}

function missingParts(client: LoopbackClient): ('service' | 'endpoints' | 'slice')[] {
  return [
    ...(client.get(service, KEY) ? [] : (['service'] as const)),
    ...(client.get(endpoints, KEY) ? [] : (['endpoints'] as const)),
    ...(client.get(endpointSlice, KEY) ? [] : (['slice'] as const)),
  ];
}

/** Creates what is not there: the Service with the first address of the range, its endpoint on the control plane's machine. */
export function ensureKubernetesService(client: LoopbackClient, address: string): void {
  const missing = missingParts(client);
  const port = { name: 'https', port: API_PORT, protocol: 'TCP' };
  if (missing.includes('service'))
    client.create(service, {
      metadata: { ...KEY, labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.96.0.1',
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: API_PORT }],
      },
    });
  if (missing.includes('endpoints'))
    client.create(endpoints, {
      metadata: { ...KEY, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets: [{ addresses: [{ ip: address }], ports: [port] }],
    });
  if (missing.includes('slice'))
    client.create(endpointSlice, {
      metadata: { ...KEY, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: [port],
    });
}

/** Upstream: kubernetes pkg/controlplane/controller/kubernetesservice/controller.go. */
export const kubernetesServiceController: Controller = {
  name: 'kubernetes-service-controller',
  fieldManager: 'kube-apiserver',
  watches: [
    {
      definition: namespaceResource,
      enqueue: ({ object }) => (object.metadata.name === KEY.namespace ? [keyString(KEY)] : []),
    },
    ...[service, endpoints, endpointSlice].map((definition) => ({ definition, enqueue: enqueueWhenGone })),
  ],
  reconcile({ client, nowMs }) {
    if (missingParts(client).length === 0) return;
    const requeueAtMs = Math.floor((nowMs - PHASE_MS) / INTERVAL_MS + 1) * INTERVAL_MS + PHASE_MS;
    if (nowMs % INTERVAL_MS !== PHASE_MS) return { requeueAtMs };
    const nodes = client.list(nodeResource);
    const isControlPlane = ({ metadata }: Node) => 'node-role.kubernetes.io/control-plane' in (metadata.labels ?? {});
    const address =
      client.get(endpointSlice, KEY)?.endpoints[0]?.addresses[0] ??
      apiServerAddress(nodes.find(isControlPlane) ?? nodes[0]);
    try {
      ensureKubernetesService(client, address);
    } catch (error) {
      // Another Service has the address meanwhile.
      if (!isInvalid(error)) throw error;
      return { requeueAtMs, isBackground: true };
    }
  },
};

function enqueueWhenGone({ type, object: { metadata } }: StoredEvent): string[] {
  const isOurs = metadata.namespace === KEY.namespace && metadata.name === KEY.name;
  return isOurs && type === 'DELETED' ? [keyString(KEY)] : [];
}
