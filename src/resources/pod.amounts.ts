// What a pod asks for, summed over its containers as kubectl does it.
// Called by: node.describe.resources.ts. Must not know: nodes.
// Upstream: kubectl pkg/util/resource/resource.go PodRequestsAndLimits.
import type { ContainerStatus, ResourceRequirements } from 'kubernetes-types/core/v1';
import { type Quantity, addQuantities, compareQuantities, parseQuantity, signOf } from '../machinery/quantity.ts';
import type { Pod } from './pod.ts';
import type { Container } from './podspec.types.ts';

/** Quantities by the name of their resource. */
export type Amounts = Map<string, Quantity>;

/** The status has had these fields since resources may change in place. */
interface SizedStatus extends ContainerStatus {
  resources?: ResourceRequirements;
  allocatedResources?: Record<string, string>;
}

/** Returns the requests: what containers have by now counts where it is more than what they ask for. */
export function podRequests(pod: Pod): Amounts {
  const { containerStatuses = [], initContainerStatuses = [], conditions = [] } = pod.status;
  const statuses = new Map<string, SizedStatus>();
  for (const status of [...containerStatuses, ...initContainerStatuses]) statuses.set(status.name, status);
  const isInfeasible = conditions.some((c) => c.type === 'PodResizePending' && c.reason === 'Infeasible');
  const total = sumOverContainers(pod, (container, isSidecarOrMain) => {
    const status = isSidecarOrMain ? statuses.get(container.name) : undefined;
    const asked = amountsOf(container.resources?.requests);
    if (!status?.resources) return asked;
    const actual = amountsOf(status.resources.requests);
    const allocated = amountsOf(status.allocatedResources);
    return isInfeasible ? largest(actual, allocated) : largest(asked, actual, allocated);
  });
  addAmounts(total, amountsOf(pod.spec.overhead));
  return total;
}

/** Returns the limits. */
export function podLimits(pod: Pod): Amounts {
  const total = sumOverContainers(pod, ({ resources }) => amountsOf(resources?.limits));
  for (const [name, quantity] of amountsOf(pod.spec.overhead)) {
    const limit = total.get(name);
    if (limit && signOf(limit) !== 0) total.set(name, addQuantities(limit, quantity));
  }
  return total;
}

/** Adds the second to the first. */
export function addAmounts(total: Amounts, more: Amounts): void {
  for (const [name, quantity] of more) {
    const sum = total.get(name);
    total.set(name, sum ? addQuantities(sum, quantity) : quantity);
  }
}

/** Main containers and sidecars run together; each init container runs with the sidecars before it. */
function sumOverContainers(
  { spec }: Pod,
  amountsFor: (container: Container, isSidecarOrMain: boolean) => Amounts,
): Amounts {
  const total: Amounts = new Map();
  for (const container of spec.containers) addAmounts(total, amountsFor(container, true));
  const sidecars: Amounts = new Map();
  const initial: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const isSidecar = container.restartPolicy === 'Always';
    const amounts = amountsFor(container, isSidecar);
    if (isSidecar) {
      addAmounts(total, amounts);
      addAmounts(sidecars, amounts);
    }
    const together: Amounts = new Map(isSidecar ? [] : amounts);
    addAmounts(together, sidecars);
    raiseTo(initial, together);
  }
  raiseTo(total, initial);
  return total;
}

function largest(...lists: Amounts[]): Amounts {
  const result: Amounts = new Map();
  for (const list of lists) raiseTo(result, list);
  return result;
}

function raiseTo(total: Amounts, other: Amounts): void {
  for (const [name, quantity] of other) {
    const present = total.get(name);
    if (!present || compareQuantities(quantity, present) > 0) total.set(name, quantity);
  }
}

/** Returns the quantities of a list. */
export function amountsOf(list: Readonly<Record<string, string>> = {}): Amounts {
  return new Map(Object.entries(list).map(([name, text]) => [name, parseQuantity(text)]));
}
