// What a node is to its pods: its addresses, the pods' addresses it hands out, the images it has, whether it is up.
// Called by: kubelet's stages, network. Must not know: containers.
import type { LoopbackClient } from '../client/loopback.ts';
import type { ClusterSettings, ControllerIndex } from '../controllers/controller.ts';
import type { KubeObject } from '../machinery/types.ts';
import { node as nodeResource, type Node } from '../resources/node.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';

export const POD_IP_INDEX = 'status.podIP';
export const NODE_NAME_INDEX = 'spec.nodeName';

export const nodeIndexes: readonly ControllerIndex[] = [
  {
    definition: podResource as ControllerIndex['definition'],
    name: POD_IP_INDEX,
    index: (object: KubeObject) => {
      const { status, spec } = object as Pod;
      const isDone = status.phase === 'Succeeded' || status.phase === 'Failed';
      return status.podIP === undefined || isDone || spec.hostNetwork ? [] : [status.podIP];
    },
  },
  {
    definition: podResource as ControllerIndex['definition'],
    name: NODE_NAME_INDEX,
    index: (object: KubeObject) => {
      const { nodeName } = (object as Pod).spec;
      return nodeName ? [nodeName] : [];
    },
  },
];

/** Returns the node's internal address, or undefined. */
export function hostIpOf(node: Node): string | undefined {
  return node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
}

interface NodeRecord {
  /** Offset in the node's range of the address given out last. */
  lastAddress?: number;
  /** By full image name: from when on it is there, in ms. */
  images?: Record<string, number>;
}
const NODES = '_nodes';

function nodeRecord(client: LoopbackClient, name: string): NodeRecord {
  return client.internal.get<NodeRecord>(NODES, { name }) ?? {};
}

/** Returns '10.244.1.0' and 254 for '10.244.1.0/24'. */
function parseCidr(cidr: string): { base: number; size: number } {
  const [address = '0.0.0.0', bits = '24'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { base: value - (value % size), size };
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/**
 * Returns an address of the node's range that no running pod has, and remembers it as the last one given out;
 * undefined when all are taken. Addresses .0, .1 (the bridge) and the last are never given. Upstream: CNI host-local.
 */
export function allocatePodIp(client: LoopbackClient, node: Node, settings: ClusterSettings): string | undefined {
  const { base, size } = parseCidr(node.spec.podCIDR ?? settings.podCidr);
  const record = nodeRecord(client, node.metadata.name);
  const first = 2;
  const count = size - 3;
  const last = record.lastAddress ?? first - 1;
  for (let i = 0; i < count; i++) {
    const offset = first + ((last - first + 1 + i + count) % count);
    const ip = dotted(base + offset);
    if (client.byIndex(podResource, POD_IP_INDEX, ip).length > 0) continue;
    client.internal.put<NodeRecord>(NODES, { name: node.metadata.name }, { ...record, lastAddress: offset });
    return ip;
  }
  return undefined;
}

/** Returns from when on (ms) the node has the image, or undefined when nobody has asked it to pull it. */
export function imageReadyAtMs(client: LoopbackClient, nodeName: string, image: string): number | undefined {
  return nodeRecord(client, nodeName).images?.[image];
}

/** Remembers that the node has the image from an instant on. */
export function recordImage(client: LoopbackClient, nodeName: string, image: string, readyAtMs: number): void {
  const record = nodeRecord(client, nodeName);
  const images = { ...record.images, [image]: readyAtMs };
  client.internal.put<NodeRecord>(NODES, { name: nodeName }, { ...record, images });
}

/** Adds a pulled image to what the node reports of itself. Upstream: kubelet nodestatus.Images. */
export function reportImage(
  client: LoopbackClient,
  nodeName: string,
  image: { names: string[]; sizeBytes: number },
): void {
  const node = client.get(nodeResource, { name: nodeName });
  const images = node?.status.images ?? [];
  if (!node || images.some(({ names }) => names?.some((name) => image.names.includes(name)))) return;
  const sorted = [...images, image].sort((a, b) => (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0));
  client.updateStatus(nodeResource, { ...node, status: { ...node.status, images: sorted } });
}
