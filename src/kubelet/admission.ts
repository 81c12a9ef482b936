// Whether a node takes a pod that nobody scheduled: one that names its node itself.
// Called by: stages.admit.ts. Must not know: how pods run. Upstream: kubernetes pkg/kubelet/lifecycle/predicate.go.
import { milliValue, parseQuantity, value } from '../machinery/quantity.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { NODE_NAME_INDEX } from './nodes.ts';
import type { PodWork } from './work.ts';

export interface Rejection {
  /** Of the status and of the event: 'OutOfcpu', 'NodeAffinity'. */
  reason: string;
  message: string;
}

/** Returns why the node refuses the pod, or undefined. */
export function rejection(work: PodWork): Rejection | undefined {
  const { pod, node } = work;
  const wasScheduled = pod.status.conditions?.some(({ type }) => type === 'PodScheduled');
  const isStatic = pod.metadata.annotations?.['kubernetes.io/config.source'] !== undefined;
  if (wasScheduled || isStatic) return undefined;
  const labels = node.metadata.labels ?? {};
  const isElsewhere = Object.entries(pod.spec.nodeSelector ?? {}).some(([key, wanted]) => labels[key] !== wanted);
  if (isElsewhere) {
    const message = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector";
    return { reason: 'NodeAffinity', message };
  }
  return outOfResource(work);
}

function outOfResource({ pod, node, context }: PodWork): Rejection | undefined {
  const others = context.client
    .byIndex(podResource, NODE_NAME_INDEX, node.metadata.name)
    .filter((other) => other.metadata.uid !== pod.metadata.uid && isActive(other));
  const allocatable = node.status.allocatable ?? {};
  const tooMany = compare('pods', 1, others.length, Number(allocatable['pods'] ?? Number.POSITIVE_INFINITY));
  if (tooMany) return tooMany;
  for (const name of ['cpu', 'memory']) {
    const capacity = allocatable[name];
    const requested = requestOf(pod, name);
    if (capacity === undefined || requested === 0) continue;
    const used = others.reduce((sum, other) => sum + requestOf(other, name), 0);
    const refused = compare(name, requested, used, amount(name, capacity));
    if (refused) return refused;
  }
  return undefined;
}

function compare(name: string, requested: number, used: number, capacity: number): Rejection | undefined {
  if (requested + used <= capacity) return undefined;
  const numbers = `requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, ${numbers}` };
}

function isActive({ status }: Pod): boolean {
  return status.phase !== 'Succeeded' && status.phase !== 'Failed';
}

/** CPU in milli-cores, memory in bytes. */
function amount(name: string, quantity: string): number {
  return name === 'cpu' ? milliValue(parseQuantity(quantity)) : value(parseQuantity(quantity));
}

function requestOf({ spec }: Pod, name: string): number {
  const of = (list: Pod['spec']['containers'] = []): number[] =>
    list.map(({ resources }) => amount(name, resources?.requests?.[name] ?? '0'));
  const running = of(spec.containers).reduce((sum, n) => sum + n, 0);
  return Math.max(running, ...of(spec.initContainers));
}
