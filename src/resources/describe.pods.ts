// The line `Pods Status:` of workloads: how many of their pods are in which phase.
// Called by: the describers of workloads. Must not know: any single workload.
import { controllerOf } from '../machinery/meta.ts';
import { type LabelSelector, selectorText } from '../machinery/selectors.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { DescribeContext } from './describe.ts';
import { pod as podDefinition } from './pod.ts';

/**
 * Returns `2 Running / 0 Waiting / 0 Succeeded / 0 Failed` of the pods the owner selects and controls.
 * Upstream: getPodStatusForController.
 */
export async function podsStatusText(
  owner: KubeObject,
  selector: LabelSelector,
  { reader }: DescribeContext,
): Promise<string> {
  const { namespace, uid } = owner.metadata;
  const pods = await reader.list(podDefinition, { namespace, labelSelector: selectorText(selector) });
  const counts = { Running: 0, Pending: 0, Succeeded: 0, Failed: 0 };
  for (const pod of pods) {
    const { phase } = pod.status;
    if (controllerOf(pod)?.uid === uid && phase && phase in counts) counts[phase as keyof typeof counts]++;
  }
  const { Running, Pending, Succeeded, Failed } = counts;
  return `${Running} Running / ${Pending} Waiting / ${Succeeded} Succeeded / ${Failed} Failed`;
}
