// How the network finds objects by address and by Service.
// Called by: kubelet.ts (declares them), dns.ts, services.ts. Must not know: what is done with them.
import type { LoopbackClient } from '../client/loopback.ts';
import type { ControllerIndex } from '../controllers/controller.ts';
import { keyString } from '../machinery/meta.ts';
import type { KubeObject } from '../machinery/types.ts';
import { endpointSlice, type EndpointSlice } from '../resources/endpointslice.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { service as serviceResource, type Service } from '../resources/service.ts';

const SERVICE_LABEL = 'kubernetes.io/service-name';
const SLICE_INDEX = 'network.service';
const ADDRESS_INDEX = 'network.address';
const NODE_INDEX = 'network.node';

function addressesOfService({ spec, status }: Service): string[] {
  const ingress = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  const all = [...(spec.clusterIPs ?? []), spec.clusterIP ?? '', ...(spec.externalIPs ?? []), ...ingress];
  return [...new Set(all)].filter((address) => address !== '' && address !== 'None');
}

export const networkIndexes: readonly ControllerIndex[] = [
  {
    definition: endpointSlice as ControllerIndex['definition'],
    name: SLICE_INDEX,
    index: ({ metadata: { namespace, labels } }: KubeObject) => {
      const name = labels?.[SERVICE_LABEL];
      return name === undefined ? [] : [keyString({ namespace, name })];
    },
  },
  {
    definition: serviceResource as ControllerIndex['definition'],
    name: ADDRESS_INDEX,
    index: (object: KubeObject) => addressesOfService(object as Service),
  },
  {
    definition: podResource as ControllerIndex['definition'],
    name: ADDRESS_INDEX,
    index: (object: KubeObject) => {
      const { status } = object as Pod;
      const isDone = status.phase === 'Succeeded' || status.phase === 'Failed';
      return isDone || status.podIP === undefined ? [] : [status.podIP];
    },
  },
  {
    definition: podResource as ControllerIndex['definition'],
    name: NODE_INDEX,
    index: (object: KubeObject) => {
      const { nodeName, containers } = (object as Pod).spec;
      const hasHostPort = containers.some(({ ports = [] }) => ports.some(({ hostPort }) => hostPort));
      return nodeName && hasHostPort ? [nodeName] : [];
    },
  },
];

export function slicesOf(client: LoopbackClient, namespace: string, name: string): readonly EndpointSlice[] {
  return client.byIndex(endpointSlice, SLICE_INDEX, keyString({ namespace, name }));
}
export function serviceByAddress(client: LoopbackClient, address: string): Service | undefined {
  return client.byIndex(serviceResource, ADDRESS_INDEX, address)[0];
}
export function podsByAddress(client: LoopbackClient, address: string): readonly Pod[] {
  return client.byIndex(podResource, ADDRESS_INDEX, address);
}
/** Returns the pods of a node that have a host port. */
export function podsOnNode(client: LoopbackClient, nodeName: string): readonly Pod[] {
  return client.byIndex(podResource, NODE_INDEX, nodeName);
}
