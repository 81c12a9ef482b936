// What `kubectl describe poddisruptionbudget` says.
// Called by: poddisruptionbudget.ts. Must not know: HTTP, storage.
import { formatLabelSelector } from '../machinery/selectors.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';
import type { PodDisruptionBudget } from './poddisruptionbudget.ts';

/** Upstream: describePodDisruptionBudgetV1. */
export async function describePodDisruptionBudget(
  object: PodDisruptionBudget,
  context: DescribeContext,
): Promise<string> {
  const { metadata, spec, status } = object;
  const events = await eventsOf(object, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    w.field(0, 'Namespace', metadata.namespace);
    if (spec.minAvailable !== undefined) w.field(0, 'Min available', spec.minAvailable);
    else if (spec.maxUnavailable !== undefined) w.field(0, 'Max unavailable', spec.maxUnavailable);
    w.field(0, 'Selector', spec.selector ? formatLabelSelector(spec.selector) : '<unset>');
    w.write(0, 'Status:\n');
    w.field(2, 'Allowed disruptions', status.disruptionsAllowed ?? 0);
    w.field(2, 'Current', status.currentHealthy ?? 0);
    w.field(2, 'Desired', status.desiredHealthy ?? 0);
    w.field(2, 'Total', status.expectedPods ?? 0);
    writeEvents(w, events, context);
  });
}
