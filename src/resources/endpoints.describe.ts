// What `kubectl describe endpoints` says.
// Called by: endpoints.ts. Must not know: HTTP, storage.
import type { EndpointAddress } from 'kubernetes-types/core/v1';
import { eventsOf, writeEvents } from './describe.events.ts';
import { writeHead } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';
import type { Endpoints } from './endpoints.ts';

/** Upstream: describeEndpoints. */
export async function describeEndpoints(endpoints: Endpoints, context: DescribeContext): Promise<string> {
  const events = await eventsOf(endpoints, context);
  return tabbed((w) => {
    writeHead(w, endpoints);
    w.write(0, 'Subsets:\n');
    for (const { addresses, notReadyAddresses, ports = [] } of endpoints.subsets ?? []) {
      w.field(1, 'Addresses', addressesText(addresses));
      w.field(1, 'NotReadyAddresses', addressesText(notReadyAddresses));
      if (ports.length > 0) {
        w.write(1, 'Ports:\n');
        w.row(2, 'Name', 'Port', 'Protocol');
        w.row(2, '----', '----', '--------');
      }
      for (const { name, port, protocol } of ports) w.row(2, name || '<unset>', port, protocol);
      w.write(0, '\n');
    }
    writeEvents(w, events, context);
  });
}

function addressesText(addresses: readonly EndpointAddress[] = []): string {
  return addresses.map(({ ip }) => ip).join(',') || '<none>';
}
