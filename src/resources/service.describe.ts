// What `kubectl describe service` says.
// Called by: service.ts. Must not know: HTTP, storage.
import type { LoadBalancerIngress, ServicePort } from 'kubernetes-types/core/v1';
import { labelsCell } from './columns.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { writeHead } from './describe.metadata.ts';
import type { DescribeContext, DescribeReader } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import { endpointsText } from './endpointslice.formatting.ts';
import { type EndpointSlice, endpointSlice as sliceDefinition } from './endpointslice.ts';
import type { Service } from './service.types.ts';

/** Upstream: ServiceDescriber.Describe, describeService. */
export async function describeService(service: Service, context: DescribeContext): Promise<string> {
  const slices = await slicesOf(service.metadata, context.reader);
  const events = await eventsOf(service, context);
  return tabbed((w) => {
    writeHead(w, service);
    w.field(0, 'Selector', labelsCell(service.spec.selector));
    w.field(0, 'Type', service.spec.type);
    writeAddresses(w, service);
    for (const port of service.spec.ports ?? []) writePort(w, port, slices);
    writePolicies(w, service);
    writeEvents(w, events, context);
  });
}

/** Returns the endpoint slices that belong to a service of that name. */
export function slicesOf(
  { namespace, name }: { namespace?: string | undefined; name: string },
  reader: DescribeReader,
): Promise<EndpointSlice[]> {
  return reader.list(sliceDefinition, { namespace, labelSelector: `kubernetes.io/service-name=${name}` });
}

function writeAddresses(w: PrefixWriter, { spec, status }: Service): void {
  if (spec.ipFamilyPolicy) w.field(0, 'IP Family Policy', spec.ipFamilyPolicy);
  w.field(0, 'IP Families', spec.ipFamilies?.join(',') || '<none>');
  w.field(0, 'IP', spec.clusterIP);
  w.field(0, 'IPs', spec.clusterIPs?.length ? spec.clusterIPs.join(',') : '<none>');
  if (spec.externalIPs?.length) w.field(0, 'External IPs', spec.externalIPs.join(','));
  if (spec.loadBalancerIP) w.field(0, 'Desired LoadBalancer IP', spec.loadBalancerIP);
  if (spec.externalName) w.field(0, 'External Name', spec.externalName);
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0) w.field(0, 'LoadBalancer Ingress', ingress.map(ingressText).join(', '));
}

function ingressText({ ip, ipMode, hostname }: LoadBalancerIngress & { ipMode?: string }): string {
  if (!ip) return hostname ?? '';
  return ipMode === undefined ? ip : `${ip} (${ipMode})`;
}

function writePort(w: PrefixWriter, servicePort: ServicePort, slices: readonly EndpointSlice[]): void {
  const { port, targetPort = 0, nodePort, protocol = '' } = servicePort;
  const name = servicePort.name || '<unset>';
  w.row(0, 'Port:', name, `${port}/${protocol}`);
  w.field(0, 'TargetPort', `${targetPort}/${protocol}`);
  if (nodePort) w.row(0, 'NodePort:', name, `${nodePort}/${protocol}`);
  w.field(0, 'Endpoints', endpointsText(slices, servicePort.name ?? ''));
}

function writePolicies(w: PrefixWriter, { spec }: Service): void {
  w.field(0, 'Session Affinity', spec.sessionAffinity);
  if (spec.externalTrafficPolicy) w.field(0, 'External Traffic Policy', spec.externalTrafficPolicy);
  if (spec.internalTrafficPolicy) w.field(0, 'Internal Traffic Policy', spec.internalTrafficPolicy);
  if (spec.healthCheckNodePort) w.field(0, 'HealthCheck NodePort', spec.healthCheckNodePort);
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) w.field(0, 'LoadBalancer Source Ranges', ranges.join(','));
  if (spec.trafficDistribution !== undefined) w.field(0, 'Traffic Distribution', spec.trafficDistribution);
}
