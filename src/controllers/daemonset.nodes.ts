// Which nodes a DaemonSet runs on, and the pod it puts there.
// Called by: daemonset.ts, daemonset.update.ts. Must not know: revisions, the client.
import type { Toleration } from 'kubernetes-types/core/v1';
import { clone, isDeleting } from '../machinery/meta.ts';
import type { DaemonSet } from '../resources/daemonset.ts';
import type { Node } from '../resources/node.ts';
import type { Pod } from '../resources/pod.ts';
import { matchesNode } from './scheduler/plugins/nodeaffinity.ts';
import { untoleratedTaint } from './scheduler/plugins/tainttoleration.ts';

export const REVISION_HASH = 'controller-revision-hash';
export const TEMPLATE_GENERATION = 'pod-template-generation';
const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

/** A DaemonSet's pods by the node they are on or meant for, oldest first. */
export type NodePods = ReadonlyMap<string, readonly Pod[]>;

/** Returns the node that a pod is on, or that its affinity names. Upstream: daemon/util GetTargetNodeName. */
export function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  for (const { matchFields } of terms ?? []) {
    const field = matchFields?.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (field?.values?.length === 1) return field.values[0];
  }
  return undefined;
}

/** Groups pods by node. */
export function podsByNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of [...pods].sort(byAge)) {
    const node = targetNode(pod);
    if (node === undefined) continue;
    const list = byNode.get(node) ?? [];
    list.push(pod);
    byNode.set(node, list);
  }
  return byNode;
}

/** Placed before unplaced, then older first. Upstream: podByCreationTimestampAndPhase. */
export function byAge(a: Pod, b: Pod): number {
  if (Boolean(a.spec.nodeName) !== Boolean(b.spec.nodeName)) return a.spec.nodeName ? -1 : 1;
  const [x = '', y = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (x !== y) return x < y ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function exists(key: string, effect: string): Toleration {
  return { key, operator: 'Exists', effect };
}

/** Returns the tolerations of a daemon's pods: its own and those that keep it on nodes in trouble. Upstream: daemon/util AddOrUpdateDaemonPodTolerations. */
function tolerationsOf(spec: Pod['spec']): Toleration[] {
  const added = [
    exists('node.kubernetes.io/not-ready', 'NoExecute'),
    exists('node.kubernetes.io/unreachable', 'NoExecute'),
    exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
    exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
    exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
    exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
  ];
  if (spec.hostNetwork) added.push(exists('node.kubernetes.io/network-unavailable', 'NoSchedule'));
  const isAdded = (own: Toleration) =>
    added.some(({ key, effect }) => own.key === key && own.effect === effect && own.operator === 'Exists');
  return [...(spec.tolerations ?? []).filter((own) => !isAdded(own)), ...added];
}

export interface ShouldRun {
  /** A pod is wanted there. */
  shouldRun: boolean;
  /** One that is there may stay. */
  mayStay: boolean;
}

/** Upstream: daemon_controller.go NodeShouldRunDaemonPod. */
export function nodeShouldRun(set: DaemonSet, node: Node): ShouldRun {
  const spec = set.spec.template.spec ?? { containers: [] };
  const pod = { spec: { ...spec, tolerations: tolerationsOf(spec) } } as Pod;
  const isNamed = !spec.nodeName || spec.nodeName === node.metadata.name;
  if (!isNamed || !matchesNode(pod, node)) return { shouldRun: false, mayStay: false };
  const { tolerations } = pod.spec;
  if (!untoleratedTaint(node, tolerations, ['NoSchedule', 'NoExecute'])) return { shouldRun: true, mayStay: true };
  return { shouldRun: false, mayStay: !untoleratedTaint(node, tolerations, ['NoExecute']) };
}

/** Makes a pod from the template that of one node. Changes its argument. */
export function adjustForNode(
  set: DaemonSet,
  pod: { metadata: Pod['metadata']; spec: Pod['spec'] },
  node: string,
  hash: string,
): void {
  const generation = templateGeneration(set);
  pod.metadata.labels = {
    ...pod.metadata.labels,
    [REVISION_HASH]: hash,
    ...(generation === undefined ? {} : { [TEMPLATE_GENERATION]: generation }),
  };
  const { spec } = pod;
  spec.tolerations = tolerationsOf(spec);
  const affinity = clone(spec.affinity ?? {});
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  spec.affinity = {
    ...affinity,
    nodeAffinity: { ...affinity.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required },
  };
}

function templateGeneration(set: DaemonSet): string | undefined {
  return set.metadata.annotations?.[GENERATION_ANNOTATION];
}

/** Returns whether a pod is of the current revision. Upstream: daemon/util IsPodUpdated. */
export function isPodUpdated(set: DaemonSet, pod: Pod, hash: string): boolean {
  const { labels = {} } = pod.metadata;
  const generation = templateGeneration(set);
  return labels[REVISION_HASH] === hash || (generation !== undefined && labels[TEMPLATE_GENERATION] === generation);
}

/** Returns pods meant for nodes that are gone, which nobody will ever place. */
export function strandedPods(pods: readonly Pod[], nodes: ReadonlySet<string>): Pod[] {
  return pods.filter((pod) => {
    const node = targetNode(pod);
    return !pod.spec.nodeName && !isDeleting(pod) && node !== undefined && !nodes.has(node);
  });
}
