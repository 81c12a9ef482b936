// What `kubectl describe endpointslice` says.
// Called by: endpointslice.ts. Must not know: HTTP, storage.
import type { Endpoint } from 'kubernetes-types/discovery/v1';
import { eventsOf, writeEvents } from './describe.events.ts';
import { writeHead } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import type { EndpointSlice } from './endpointslice.ts';

/** Upstream: describeEndpointSliceV1. */
export async function describeEndpointSlice(slice: EndpointSlice, context: DescribeContext): Promise<string> {
  const events = await eventsOf(slice, context);
  return tabbed((w) => {
    writeHead(w, slice);
    w.field(0, 'AddressType', slice.addressType);
    writePorts(w, slice);
    const endpoints = slice.endpoints ?? [];
    w.write(0, endpoints.length === 0 ? 'Endpoints: <none>\n' : 'Endpoints:\n');
    for (const endpoint of endpoints) writeEndpoint(w, endpoint);
    writeEvents(w, events, context);
  });
}

function writePorts(w: PrefixWriter, { ports = [] }: EndpointSlice): void {
  if (ports.length === 0) {
    w.write(0, 'Ports: <unset>\n');
    return;
  }
  w.write(0, 'Ports:\n');
  w.row(1, 'Name', 'Port', 'Protocol');
  w.row(1, '----', '----', '--------');
  for (const { name, port, protocol } of ports) w.row(1, name || '<unset>', port ?? '<unset>', protocol);
}

function writeEndpoint(
  w: PrefixWriter,
  { addresses, conditions, hostname, targetRef, nodeName, zone }: Endpoint,
): void {
  w.field(1, '- Addresses', addresses.join(', ') || '<none>');
  w.write(2, 'Conditions:\n');
  w.field(3, 'Ready', conditions?.ready ?? '<unset>');
  w.field(2, 'Hostname', hostname ?? '<unset>');
  if (targetRef) w.field(2, 'TargetRef', `${targetRef.kind ?? ''}/${targetRef.name ?? ''}`);
  w.field(2, 'NodeName', nodeName ?? '<unset>');
  w.field(2, 'Zone', zone ?? '<unset>');
}
