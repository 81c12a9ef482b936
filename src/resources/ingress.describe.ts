// What `kubectl describe ingress` says, with the endpoints behind each path.
// Called by: ingress.ts. Must not know: HTTP, storage.
import type { IngressBackend, IngressServiceBackend, IngressTLS } from 'kubernetes-types/networking/v1';
import { eventsOf, writeEvents } from './describe.events.ts';
import { writeAnnotations, writeLabels } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import { endpointsText } from './endpointslice.formatting.ts';
import type { Ingress } from './ingress.ts';
import { slicesOf } from './service.describe.ts';
import { loadBalancerAddresses } from './service.table.ts';
import { service as serviceDefinition } from './service.ts';

interface RuleText {
  host: string;
  paths: { path: string; backend: string }[];
}

/** Upstream: IngressDescriber.Describe, describeIngressV1. */
export async function describeIngress(ingress: Ingress, context: DescribeContext): Promise<string> {
  const { metadata, spec, status } = ingress;
  const events = await eventsOf(ingress, context);
  const { defaultBackend } = spec;
  const backend = defaultBackend ? await backendText(metadata.namespace, defaultBackend, context) : '<default>';
  const rules = await ruleTexts(ingress, context);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    writeLabels(w, 'Labels', metadata.labels);
    w.field(0, 'Namespace', metadata.namespace);
    w.field(0, 'Address', loadBalancerAddresses(status?.loadBalancer?.ingress).join(','));
    w.field(0, 'Ingress Class', spec.ingressClassName ?? '<none>');
    w.field(0, 'Default backend', backend);
    writeTLS(w, spec.tls);
    w.write(0, 'Rules:\n  Host\tPath\tBackends\n');
    w.row(1, '----', '----', '--------');
    for (const { host, paths } of rules) {
      w.row(1, host, '');
      for (const { path, backend: target } of paths) w.row(2, '', `${path} `, target);
    }
    if (rules.length === 0) w.row(1, '*', '*', backend);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    writeEvents(w, events, context);
  });
}

function writeTLS(w: PrefixWriter, tls: readonly IngressTLS[] = []): void {
  if (tls.length > 0) w.write(0, 'TLS:\n');
  for (const { secretName, hosts = [] } of tls) {
    w.write(1, secretName ? `${secretName} terminates ${hosts.join(',')}\n` : `SNI routes ${hosts.join(',')}\n`);
  }
}

async function ruleTexts({ metadata, spec }: Ingress, context: DescribeContext): Promise<RuleText[]> {
  const rules: RuleText[] = [];
  for (const { host, http } of spec.rules ?? []) {
    if (!http) continue;
    const paths: RuleText['paths'] = [];
    for (const { path = '', backend } of http.paths) {
      paths.push({ path, backend: await backendText(metadata.namespace, backend, context) });
    }
    rules.push({ host: host || '*', paths });
  }
  return rules;
}

/** Upstream: describeBackendV1. */
async function backendText(
  namespace: string | undefined,
  { service, resource }: IngressBackend,
  context: DescribeContext,
): Promise<string> {
  if (service) return serviceBackendText(namespace, service, context);
  if (!resource) return '';
  return `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`;
}

async function serviceBackendText(
  namespace: string | undefined,
  { name, port }: IngressServiceBackend,
  { reader }: DescribeContext,
): Promise<string> {
  const title = `${name}:${port?.number || (port?.name ?? '')}`;
  const slices = await slicesOf({ namespace, name }, reader);
  const service = await reader.get(serviceDefinition, { namespace, name });
  if (!service) return `${title} (<error: services "${name}" not found>)`;
  const servicePort = service.spec.ports?.findLast((p) =>
    port?.number && port.number === p.port
      ? true
      : port?.name !== undefined && port.name !== '' && port.name === p.name,
  );
  return `${title} (${endpointsText(slices, servicePort?.name ?? '')})`;
}
