// What a pod asks of a node: CPU, memory and other resources, and host ports.
// Called by: scheduler/cache.ts and plugins, daemonset. Must not know: nodes.
import type { Container } from 'kubernetes-types/core/v1';
import { milliValue, parseQuantity, value } from '../../machinery/quantity.ts';
import type { Pod } from '../../resources/pod.ts';

/** Amounts by resource: 'cpu' in milli-cores, all others in whole units (bytes, pieces). */
export type ResourceAmounts = Map<string, number>;

export interface HostPort {
  ip: string;
  protocol: string;
  port: number;
}

const AMOUNTS = new Map<string, number>();
/** The scheduler's scores count a container without requests as if it had asked for this. */
const ASSUMED: ResourceAmounts = new Map([
  ['cpu', 100],
  ['memory', 200 * 1024 * 1024],
]);

/** Returns a quantity of a resource as a number: milli-cores for 'cpu', else whole units. */
export function amountOf(resource: string, text: string): number {
  const key = resource === 'cpu' ? `c${text}` : text;
  let amount = AMOUNTS.get(key);
  if (amount === undefined) {
    const quantity = parseQuantity(text);
    amount = resource === 'cpu' ? milliValue(quantity) : value(quantity);
    if (AMOUNTS.size > 10_000) AMOUNTS.clear();
    AMOUNTS.set(key, amount);
  }
  return amount;
}

export function amountsOf(list: Readonly<Record<string, string>> | undefined): ResourceAmounts {
  return new Map(Object.entries(list ?? {}).map(([resource, text]) => [resource, amountOf(resource, text)]));
}

export function addAmounts(sum: ResourceAmounts, more: ResourceAmounts, sign: 1 | -1 = 1): void {
  for (const [resource, amount] of more) sum.set(resource, (sum.get(resource) ?? 0) + sign * amount);
}

function raiseTo(max: ResourceAmounts, other: ResourceAmounts): void {
  for (const [resource, amount] of other) if (amount > (max.get(resource) ?? 0)) max.set(resource, amount);
}

function containerRequests(container: Container, isAssumed: boolean): ResourceAmounts {
  const requests = amountsOf(container.resources?.requests);
  if (isAssumed) for (const [resource, amount] of ASSUMED) if (!requests.has(resource)) requests.set(resource, amount);
  return requests;
}

/**
 * Returns what a pod requests: containers and sidecars together, or an init container if it needs more, plus overhead.
 * `isAssumed` counts containers without requests with the scheduler's defaults. Upstream: component-helpers/resource PodRequests.
 */
export function podRequests(pod: Pod, { isAssumed = false }: { isAssumed?: boolean } = {}): ResourceAmounts {
  const total: ResourceAmounts = new Map();
  for (const container of pod.spec.containers) addAmounts(total, containerRequests(container, isAssumed));
  const sidecars: ResourceAmounts = new Map();
  const highest: ResourceAmounts = new Map();
  for (const container of pod.spec.initContainers ?? []) {
    const requests = containerRequests(container, isAssumed);
    if (container.restartPolicy === 'Always') {
      addAmounts(total, requests);
      addAmounts(sidecars, requests);
      raiseTo(highest, sidecars);
    } else {
      addAmounts(requests, sidecars);
      raiseTo(highest, requests);
    }
  }
  raiseTo(total, highest);
  const { resources } = pod.spec as { resources?: { requests?: Record<string, string> } };
  for (const [resource, amount] of amountsOf(resources?.requests)) total.set(resource, amount);
  addAmounts(total, amountsOf(pod.spec.overhead));
  return total;
}

/** Returns the host ports that a pod takes. Upstream: component-helpers scheduling, util.GetHostPorts. */
export function hostPortsOf(pod: Pod): HostPort[] {
  const containers = [
    ...pod.spec.containers,
    ...(pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always'),
  ];
  return containers.flatMap((container) =>
    (container.ports ?? [])
      .filter(({ hostPort = 0 }) => hostPort > 0)
      .map(({ hostIP, protocol, hostPort = 0 }) => ({
        ip: hostIP || '0.0.0.0',
        protocol: protocol ?? 'TCP',
        port: hostPort,
      })),
  );
}

/** Returns whether two host ports cannot be had on one node. */
export function portsConflict(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0';
}
