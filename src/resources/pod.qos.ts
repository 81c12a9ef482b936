// The quality-of-service class of a pod, from the resources of its containers.
// Called by: pod.ts when a pod is created; kubelet and the scheduler's preemption may ask again. Must not know: nodes.
import type { PodSpec, ResourceRequirements } from 'kubernetes-types/core/v1';
import { addQuantities, compareQuantities, parseQuantity, type Quantity } from '../machinery/quantity.ts';

type QOSClass = 'Guaranteed' | 'Burstable' | 'BestEffort';
type Sums = Map<string, Quantity>;

/** Returns the class. Upstream: kubernetes pkg/apis/core/helper/qos ComputePodQOS. */
export function podQOSClass(spec: PodSpec & { resources?: ResourceRequirements }): QOSClass {
  const requests: Sums = new Map();
  const limits: Sums = new Map();
  let isGuaranteed = true;
  const holders = spec.resources
    ? [{ resources: spec.resources }]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  for (const { resources } of holders) {
    addPositive(requests, resources?.requests);
    const found = addPositive(limits, resources?.limits);
    if (found < 2) isGuaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  if (!isGuaranteed || requests.size !== limits.size) return 'Burstable';
  for (const [name, request] of requests) {
    const limit = limits.get(name);
    if (!limit || compareQuantities(limit, request) !== 0) return 'Burstable';
  }
  return 'Guaranteed';
}

/** Adds the positive CPU and memory of a list to the sums; returns how many of the two the list has. */
function addPositive(sums: Sums, list: Record<string, string> | undefined): number {
  let found = 0;
  for (const name of ['cpu', 'memory']) {
    const text = list?.[name];
    const quantity = text === undefined ? undefined : parseQuantity(text);
    if (!quantity || compareQuantities(quantity, parseQuantity('0')) <= 0) continue;
    found++;
    const sum = sums.get(name);
    sums.set(name, sum ? addQuantities(sum, quantity) : quantity);
  }
  return found;
}
