// What `kubectl describe` says of ServiceCIDRs and IPAddresses.
// Called by: clusteraddresses.ts. Must not know: HTTP, storage.
import type { IPAddress, ServiceCIDR } from './clusteraddresses.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { timeText, writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';

/** Upstream: describeServiceCIDRV1. */
export async function describeServiceCIDR(object: ServiceCIDR, context: DescribeContext): Promise<string> {
  const { metadata, spec, status } = object;
  const events = await eventsOf(object, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    writeLabelsAndAnnotations(w, metadata);
    w.field(0, 'CIDRs', (spec.cidrs ?? []).join(', '));
    const { conditions = [] } = status;
    if (conditions.length > 0) {
      w.write(0, 'Status:\n');
      w.write(0, 'Conditions:\n');
      w.row(1, 'Type', 'Status', 'LastTransitionTime', 'Reason', 'Message');
      w.row(1, '----', '------', '------------------', '------', '-------');
    }
    for (const { type, status: value, lastTransitionTime, reason, message } of conditions)
      w.row(1, type, value, timeText(lastTransitionTime, context), reason, message);
    writeEvents(w, events, context);
  });
}

/** Upstream: describeIPAddressV1. */
export async function describeIPAddress(object: IPAddress, context: DescribeContext): Promise<string> {
  const { metadata, spec } = object;
  const events = await eventsOf(object, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    writeLabelsAndAnnotations(w, metadata);
    if (spec.parentRef) {
      const { group, resource, namespace, name } = spec.parentRef;
      w.write(0, 'Parent Reference:\n');
      w.field(1, 'Group', group);
      w.field(1, 'Resource', resource);
      w.field(1, 'Namespace', namespace);
      w.field(1, 'Name', name);
    }
    writeEvents(w, events, context);
  });
}
