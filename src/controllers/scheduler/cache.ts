// What the scheduler knows of every node: its pods and the sums of what they request. A cache: rebuilt from pods and nodes.
// Called by: scheduler/scheduler.ts; plugins read it. Must not know: plugins.
import { isDeleting, keyOf } from '../../machinery/meta.ts';
import type { Node } from '../../resources/node.ts';
import type { Pod } from '../../resources/pod.ts';
import { isPodFinished } from '../podstate.ts';
import { addAmounts, amountsOf, hostPortsOf, podRequests, type HostPort, type ResourceAmounts } from './podrequests.ts';

/** Pods of one node that are alike to every plugin: one namespace, the same labels and affinity. */
export interface PodGroup {
  /** Any of them. */
  sample: Pod;
  count: number;
  isDeleting: boolean;
}

interface PodEntry {
  nodeName: string;
  signature: string;
  generation: number | undefined;
  requests: ResourceAmounts;
  assumed: ResourceAmounts;
  ports: HostPort[];
}

export class NodeInfo {
  node: Node;
  allocatable: ResourceAmounts;
  /** Sums of requests, by resource. */
  readonly requested: ResourceAmounts = new Map();
  /** The same with the scheduler's defaults for containers without requests. */
  readonly assumed: ResourceAmounts = new Map();
  readonly groups = new Map<string, PodGroup>();
  readonly ports = new Map<string, HostPort[]>();
  podCount = 0;
  /** Number of groups whose pods have affinity to, or from, other pods. */
  affinityGroups = 0;

  constructor(node: Node) {
    this.node = node;
    this.allocatable = amountsOf(node.status.allocatable ?? node.status.capacity);
  }
  get name(): string {
    return this.node.metadata.name;
  }
  get labels(): Record<string, string> {
    return this.node.metadata.labels ?? {};
  }
}

/** Returns whether a pod has affinity to, or from, other pods. */
export function hasPodAffinity(pod: Pod): boolean {
  return Boolean(pod.spec.affinity?.podAffinity ?? pod.spec.affinity?.podAntiAffinity);
}

/** Returns a text equal for pods that plugins cannot tell apart once they are placed. */
function signatureOf(pod: Pod): string {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  const labels = Object.entries(pod.metadata.labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([pod.metadata.namespace, labels, podAffinity, podAntiAffinity, isDeleting(pod)]);
}

export class SchedulerCache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #pods = new Map<string, PodEntry>();
  #sorted: NodeInfo[] | undefined;

  /** All nodes, by name. */
  get nodes(): readonly NodeInfo[] {
    return (this.#sorted ??= [...this.#nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  setNode(node: Node): void {
    const info = this.#nodes.get(node.metadata.name);
    if (info) {
      info.node = node;
      info.allocatable = amountsOf(node.status.allocatable ?? node.status.capacity);
      return;
    }
    this.#nodes.set(node.metadata.name, new NodeInfo(node));
    this.#sorted = undefined;
  }

  deleteNode(name: string): void {
    if (this.#nodes.delete(name)) this.#sorted = undefined;
    for (const [key, entry] of this.#pods) if (entry.nodeName === name) this.#pods.delete(key);
  }

  /** Takes the pod as it is now: counted on its node, or on none when it has finished. */
  setPod(pod: Pod): void {
    const key = keyOf(pod);
    const nodeName = pod.spec.nodeName ?? '';
    const isCounted = nodeName !== '' && !isPodFinished(pod);
    const old = this.#pods.get(key);
    if (!isCounted) {
      if (old) this.deletePod(pod);
      return;
    }
    const signature = signatureOf(pod);
    const { generation } = pod.metadata;
    if (old?.nodeName === nodeName && old.signature === signature && old.generation === generation) return;
    if (old) this.deletePod(pod);
    const info = this.#nodes.get(nodeName);
    if (!info) return;
    const entry: PodEntry = {
      nodeName,
      signature,
      generation,
      requests: podRequests(pod),
      assumed: podRequests(pod, { isAssumed: true }),
      ports: hostPortsOf(pod),
    };
    this.#pods.set(key, entry);
    this.#count(info, entry, 1);
    if (entry.ports.length > 0) info.ports.set(key, entry.ports);
    const group = info.groups.get(signature);
    if (group) group.count += 1;
    else {
      info.groups.set(signature, { sample: pod, count: 1, isDeleting: isDeleting(pod) });
      if (hasPodAffinity(pod)) info.affinityGroups += 1;
    }
  }

  deletePod(pod: Pod): void {
    const key = keyOf(pod);
    const entry = this.#pods.get(key);
    if (!entry) return;
    this.#pods.delete(key);
    const info = this.#nodes.get(entry.nodeName);
    if (!info) return;
    this.#count(info, entry, -1);
    info.ports.delete(key);
    const group = info.groups.get(entry.signature);
    if (!group || --group.count > 0) return;
    info.groups.delete(entry.signature);
    if (hasPodAffinity(group.sample)) info.affinityGroups -= 1;
  }

  #count(info: NodeInfo, entry: PodEntry, sign: 1 | -1): void {
    info.podCount += sign;
    addAmounts(info.requested, entry.requests, sign);
    addAmounts(info.assumed, entry.assumed, sign);
  }
}
