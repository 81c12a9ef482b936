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
  priority: number;
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
  /** How many pods there are of each priority. */
  readonly priorities = new Map<number, number>();
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

  /** Returns a node like this one, to be tried with other pods. */
  copy(): NodeInfo {
    const copy = new NodeInfo(this.node);
    for (const [resource, amount] of this.requested) copy.requested.set(resource, amount);
    for (const [resource, amount] of this.assumed) copy.assumed.set(resource, amount);
    for (const [signature, group] of this.groups) copy.groups.set(signature, { ...group });
    for (const [key, ports] of this.ports) copy.ports.set(key, ports);
    for (const [priority, count] of this.priorities) copy.priorities.set(priority, count);
    copy.podCount = this.podCount;
    copy.affinityGroups = this.affinityGroups;
    return copy;
  }

  /** Counts a pod as one of this node's. */
  add(pod: Pod, entry: PodEntry = entryOf(pod)): void {
    this.#count(entry, 1);
    if (entry.ports.length > 0) this.ports.set(keyOf(pod), entry.ports);
    const group = this.groups.get(entry.signature);
    if (group) {
      group.count += 1;
      return;
    }
    this.groups.set(entry.signature, { sample: pod, count: 1, isDeleting: isDeleting(pod) });
    if (hasPodAffinity(pod)) this.affinityGroups += 1;
  }

  /** Takes back what `add` of the same pod counted. */
  remove(pod: Pod, entry: PodEntry = entryOf(pod)): void {
    this.#count(entry, -1);
    this.ports.delete(keyOf(pod));
    const group = this.groups.get(entry.signature);
    if (!group || --group.count > 0) return;
    this.groups.delete(entry.signature);
    if (hasPodAffinity(group.sample)) this.affinityGroups -= 1;
  }

  #count({ priority, requests, assumed }: PodEntry, sign: 1 | -1): void {
    this.podCount += sign;
    const left = (this.priorities.get(priority) ?? 0) + sign;
    if (left > 0) this.priorities.set(priority, left);
    else this.priorities.delete(priority);
    addAmounts(this.requested, requests, sign);
    addAmounts(this.assumed, assumed, sign);
  }
}

function entryOf(pod: Pod): PodEntry {
  return {
    nodeName: pod.spec.nodeName ?? '',
    signature: signatureOf(pod),
    priority: pod.spec.priority ?? 0,
    generation: pod.metadata.generation,
    requests: podRequests(pod),
    assumed: podRequests(pod, { isAssumed: true }),
    ports: hostPortsOf(pod),
  };
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
    const entry = entryOf(pod);
    this.#pods.set(key, entry);
    info.add(pod, entry);
  }

  deletePod(pod: Pod): void {
    const key = keyOf(pod);
    const entry = this.#pods.get(key);
    if (!entry) return;
    this.#pods.delete(key);
    this.#nodes.get(entry.nodeName)?.remove(pod, entry);
  }
}
