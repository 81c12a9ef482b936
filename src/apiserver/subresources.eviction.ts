// pods/eviction: a deletion that disruption budgets may refuse.
// Called by: subresources.ts. Must not know: the disruption controller.
import { formatTime } from '../machinery/clock.ts';
import { matchesLabels, labelSelectorAsSelector } from '../machinery/selectors.ts';
import { newForbidden, newInternalError, newTooManyRequests, statusSuccess } from '../machinery/status.ts';
import type { StatusError } from '../machinery/status.ts';
import { clone } from '../machinery/meta.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { Pod } from '../resources/pod.ts';
import {
  disruptionAllowedConditions,
  podDisruptionBudget,
  type PodDisruptionBudget,
} from '../resources/poddisruptionbudget.ts';
import type { DeleteOptions } from './deleteoptions.ts';
import type { Exchange } from './exchange.ts';
import { namedObject } from './names.ts';
import type { Registry } from './registry.ts';
import type { ExpectedKind } from './scheme.ts';
import type { ApiResponse } from './types.ts';

interface Eviction extends KubeObject {
  deleteOptions?: DeleteOptions;
}
// Upstream: EvictionREST.AcceptsGroupVersion.
const TARGET: ExpectedKind & { schema: string } = {
  schema: 'io.k8s.api.policy.v1.Eviction',
  kind: 'Eviction',
  versions: [
    { group: 'policy', version: 'v1' },
    { group: 'policy', version: 'v1beta1' },
  ],
};
const MAX_DISRUPTED_PODS = 2000;
const SERVER = 'kube-apiserver';

/** POST pods/x/eviction. Upstream: kubernetes pkg/registry/core/pod/storage/eviction.go. */
export function evictPod(exchange: Exchange): ApiResponse {
  const { registry, served, key } = exchange;
  const options = exchange.writeOptions('CreateOptions');
  const eviction = exchange.decodedBody(TARGET) as Eviction;
  namedObject({ ...eviction, metadata: eviction.metadata ?? { name: '' } }, key);
  const pod = registry.get(served.definition, key) as Pod;
  const isDryRun = (options.isDryRun ?? false) || (eviction.deleteOptions?.dryRun ?? []).includes('All');
  // Pods that do not run disturb nobody; a deletion under way goes on.
  const isCounted =
    !['Succeeded', 'Failed', 'Pending'].includes(pod.status?.phase ?? '') &&
    pod.metadata.deletionTimestamp === undefined;
  if (isCounted) takeFromBudget(registry, pod, isDryRun);
  if (!isDryRun) markAsTarget(exchange, pod);
  registry.delete(served.definition, key, eviction.deleteOptions ?? {}, { ...options, isDryRun });
  return exchange.respondWith({ ...statusSuccess(), code: 201 }, 201);
}

function takeFromBudget(registry: Registry, pod: Pod, isDryRun: boolean): void {
  const budgets = (registry.list(podDisruptionBudget, pod.metadata.namespace) as readonly PodDisruptionBudget[]).filter(
    ({ spec }) => matchesLabels(labelSelectorAsSelector(spec.selector), pod.metadata.labels ?? {}),
  );
  if (budgets.length > 1)
    throw newInternalError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  const [budget] = budgets;
  if (!budget || mayGoUncounted(pod, budget)) return;
  checkBudget(budget);
  if (isDryRun) return;
  const changed = clone(budget);
  const { status } = changed;
  status.disruptionsAllowed -= 1;
  const now = formatTime(registry.context.clock.nowMs());
  if (status.disruptionsAllowed === 0) status.conditions = disruptionAllowedConditions(changed, now);
  status.disruptedPods = { ...status.disruptedPods, [pod.metadata.name]: now };
  const key = budget.metadata;
  const updated = (): KubeObject => changed;
  registry.update(podDisruptionBudget, { key, subresource: 'status', updated, fieldManager: SERVER });
}

/** A pod that is not ready is not counted as healthy: it may go, always or while the others are enough. */
function mayGoUncounted({ status: podStatus }: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (podStatus.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True')) return false;
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0;
}

/** @throws StatusError when the budget allows no disruption. Upstream: checkAndDecrement. */
function checkBudget({ metadata, status }: PodDisruptionBudget): void {
  const { name, generation = 0 } = metadata;
  const { disruptionsAllowed, currentHealthy, desiredHealthy, disruptedPods, conditions = [] } = status;
  if ((status.observedGeneration ?? 0) < generation)
    throw refusal(`The disruption budget ${name} is still being processed by the server.`, 10);
  const resource = { group: 'policy', resource: 'poddisruptionbudget' };
  if (disruptionsAllowed < 0) throw newForbidden(resource, name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods ?? {}).length > MAX_DISRUPTED_PODS) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller';
    throw newForbidden(resource, name, why);
  }
  if (disruptionsAllowed > 0) return;
  const condition = conditions.find(({ type }) => type === 'DisruptionAllowed');
  throw refusal(
    condition?.reason === 'SyncFailed'
      ? `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ` +
          condition.message
      : `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
  );
}

function refusal(message: string, retryAfterSeconds = 0): StatusError {
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  return newTooManyRequests(text, retryAfterSeconds, [{ reason: 'DisruptionBudget', message }]);
}

/** Says in the pod's status why it goes. Upstream: eviction.go addConditionAndDeletePod. */
function markAsTarget({ registry, served, key }: Exchange, pod: Pod): void {
  const { generation } = pod.metadata;
  const condition = {
    type: 'DisruptionTarget',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(registry.context.clock.nowMs()),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const updated = (): KubeObject => {
    const changed = clone(pod);
    const others = changed.status.conditions?.filter(({ type }) => type !== condition.type) ?? [];
    changed.status.conditions = [...others, condition as never];
    return changed;
  };
  registry.update(served.definition, { key, subresource: 'status', updated, fieldManager: SERVER });
}
