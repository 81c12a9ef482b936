// What `kubectl describe priorityclass` says.
// Called by: priorityclass.ts. Must not know: HTTP, storage.
import { labelsCell } from './columns.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';
import type { PriorityClass } from './priorityclass.ts';

/** Upstream: describePriorityClass. Annotations are all shown, apply's own among them. */
export async function describePriorityClass(object: PriorityClass, context: DescribeContext): Promise<string> {
  const events = await eventsOf(object, context);
  return tabbed((w) => {
    w.field(0, 'Name', object.metadata.name);
    w.field(0, 'Value', object.value ?? 0);
    w.field(0, 'GlobalDefault', object.globalDefault ?? false);
    w.field(0, 'PreemptionPolicy', object.preemptionPolicy);
    w.field(0, 'Description', object.description);
    w.field(0, 'Annotations', labelsCell(object.metadata.annotations));
    writeEvents(w, events, context);
  });
}
