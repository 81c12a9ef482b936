// What a pod's status says: ready, available, finished; and in which order a set lets go of its pods.
// Called by: controllers that count or delete pods. Must not know: the client.
import { parseTime } from '../machinery/clock.ts';
import { isDeleting } from '../machinery/meta.ts';
import type { Pod } from '../resources/pod.ts';

/** Returns the condition of a type, or undefined. */
export function podCondition(pod: Pod, type: string) {
  return pod.status.conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Returns true for a pod whose containers have all ended for good. */
export function isPodFinished(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/** Returns true for a pod that counts as a replica. Upstream: kubernetes pkg/controller IsPodActive. */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && !isDeleting(pod);
}

/** Returns true for a pod that is going but whose containers may still run. Upstream: IsPodTerminating. */
export function isPodTerminating(pod: Pod): boolean {
  return !isPodFinished(pod) && isDeleting(pod);
}

/** Returns when (ms) a ready pod becomes available, or undefined for one that is not ready. */
export function availableAtMs(pod: Pod, minReadySeconds: number): number | undefined {
  const condition = podCondition(pod, 'Ready');
  if (condition?.status !== 'True') return undefined;
  if (minReadySeconds === 0) return 0;
  const readyMs = parseTime(condition.lastTransitionTime);
  return readyMs === undefined ? undefined : readyMs + minReadySeconds * 1000;
}

export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const atMs = availableAtMs(pod, minReadySeconds);
  return atMs !== undefined && atMs <= nowMs;
}

/** Returns the first instant after `nowMs` at which one of the pods becomes available, or undefined. */
export function nextAvailableAtMs(pods: readonly Pod[], minReadySeconds: number, nowMs: number): number | undefined {
  let next: number | undefined;
  if (minReadySeconds === 0) return next;
  for (const pod of pods) {
    const atMs = availableAtMs(pod, minReadySeconds);
    if (atMs !== undefined && atMs > nowMs && (next === undefined || atMs < next)) next = atMs;
  }
  return next;
}

const PHASE_ORDER: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

function maxRestarts(pod: Pod): number {
  const counts = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
  return counts.reduce((max, { restartCount = 0 }) => Math.max(max, restartCount), 0);
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

/** Ages in powers of two: pods of about one age are let go in an order that favours none. */
function ageRank(text: string | undefined, nowMs: number): number {
  const ageMs = nowMs - (parseTime(text) ?? nowMs);
  return ageMs <= 0 ? -1 : Math.floor(Math.log2(ageMs * 1e6));
}

function compareAges(a: Pod, b: Pod, times: { a: string | undefined; b: string | undefined }, nowMs: number): number {
  if (times.a === undefined || times.b === undefined) return times.a === undefined ? -1 : 1;
  const difference = ageRank(times.a, nowMs) - ageRank(times.b, nowMs);
  return difference || ((a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1);
}

/**
 * Returns the pods in the order in which a set that shrinks deletes them. `ranks` gives each pod's number of companions
 * on its node. Upstream: kubernetes pkg/controller/controller_utils.go ActivePodsWithRanks.
 */
export function sortForDeletion(pods: readonly Pod[], nowMs: number, ranks = new Map<Pod, number>()): Pod[] {
  const compare = (a: Pod, b: Pod): number => {
    const placed = Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName));
    if (placed !== 0) return placed;
    const phases = (PHASE_ORDER[a.status.phase ?? ''] ?? 0) - (PHASE_ORDER[b.status.phase ?? ''] ?? 0);
    if (phases !== 0) return phases;
    const ready = Number(isPodReady(a)) - Number(isPodReady(b));
    if (ready !== 0) return ready;
    const costs = deletionCost(a) - deletionCost(b);
    if (costs !== 0) return costs;
    const doubled = (ranks.get(b) ?? 0) - (ranks.get(a) ?? 0);
    if (doubled !== 0) return doubled;
    if (isPodReady(a)) {
      const since = {
        a: podCondition(a, 'Ready')?.lastTransitionTime,
        b: podCondition(b, 'Ready')?.lastTransitionTime,
      };
      if (since.a !== since.b) return compareAges(a, b, since, nowMs);
    }
    const restarts = maxRestarts(b) - maxRestarts(a);
    if (restarts !== 0) return restarts;
    const created = { a: a.metadata.creationTimestamp, b: b.metadata.creationTimestamp };
    return created.a === created.b ? 0 : compareAges(a, b, created, nowMs);
  };
  return [...pods].sort(compare);
}
