// What `kubectl describe ingressclass` says.
// Called by: ingressclass.ts. Must not know: HTTP, storage.
import { eventsOf, writeEvents } from './describe.events.ts';
import { writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';
import type { IngressClass } from './ingressclass.ts';

/** Upstream: describeIngressClassV1. */
export async function describeIngressClass(ingressClass: IngressClass, context: DescribeContext): Promise<string> {
  const { metadata, spec } = ingressClass;
  const events = await eventsOf(ingressClass, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    writeLabelsAndAnnotations(w, metadata);
    w.field(0, 'Controller', spec?.controller);
    const { parameters } = spec ?? {};
    if (parameters) {
      w.write(0, 'Parameters:\n');
      if (parameters.apiGroup !== undefined) w.field(1, 'APIGroup', parameters.apiGroup);
      w.field(1, 'Kind', parameters.kind);
      w.field(1, 'Name', parameters.name);
    }
    writeEvents(w, events, context);
  });
}
