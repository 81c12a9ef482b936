// pods/eviction: a deletion that disruption budgets may refuse.
// Called by: subresources.ts. Must not know: the disruption controller.
import { matchesLabels, labelSelectorAsSelector } from '../machinery/selectors.ts';
import { newInternalError, newTooManyRequests, statusSuccess } from '../machinery/status.ts';
import { clone } from '../machinery/meta.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import type { Pod } from '../resources/pod.ts';
import type { DeleteOptions } from './deleteoptions.ts';
import type { Exchange } from './exchange.ts';
import { namedObject } from './names.ts';
import type { Registry } from './registry.ts';
import type { ApiResponse } from './types.ts';

interface Eviction extends KubeObject {
  deleteOptions?: DeleteOptions;
}
interface Budget extends KubeObject {
  spec?: { selector?: LabelSelector };
  status?: {
    disruptionsAllowed?: number;
    observedGeneration?: number;
    currentHealthy?: number;
    desiredHealthy?: number;
    disruptedPods?: Record<string, string>;
  };
}
const TARGET = { schema: 'io.k8s.api.policy.v1.Eviction', kind: 'Eviction', version: 'v1' };
const BUDGETS = 'poddisruptionbudgets.policy';

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
  registry.delete(served.definition, key, eviction.deleteOptions ?? {}, { ...options, isDryRun });
  return exchange.respondWith({ ...statusSuccess(), code: 201 }, 201);
}

function takeFromBudget({ context }: Registry, pod: Pod, isDryRun: boolean): void {
  const { store } = context;
  const budgets = (store.list(BUDGETS, pod.metadata.namespace) as readonly Budget[]).filter(({ spec }) =>
    matchesLabels(labelSelectorAsSelector(spec?.selector), pod.metadata.labels ?? {}),
  );
  if (budgets.length > 1)
    throw newInternalError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  const [budget] = budgets;
  if (!budget) return;
  const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  if (disruptionsAllowed <= 0) {
    const error = newTooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.");
    const message =
      `The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods ` +
      `and has ${currentHealthy} currently`;
    error.status.details = { ...error.status.details, causes: [{ reason: 'DisruptionBudget', message }] };
    throw error;
  }
  if (isDryRun) return;
  const changed = clone(budget);
  changed.status = { ...changed.status, disruptionsAllowed: disruptionsAllowed - 1 };
  store.update(BUDGETS, changed);
}
