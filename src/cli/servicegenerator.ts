// The service that `expose` and `run --expose` make.
// Called by: commands run, expose. Upstream: kubectl pkg/cmd/expose/expose.go createService.
import { parseGoDecimal } from './govalues.ts';

export interface ServiceParameters {
  name: string;
  /** 'app=web,tier=front' */
  selector: string;
  labels: string;
  /** Ports separated by commas, '' for none. */
  ports: string;
  /** '' unless the user chose one. */
  protocol: string;
  /** Protocols of the exposed object by port. */
  protocols: ReadonlyMap<string, readonly string[]>;
  targetPort: string;
  externalIP: string;
  type: string;
  loadBalancerIP: string;
  sessionAffinity: string;
  clusterIP: string;
}

interface ServicePort {
  name?: string;
  protocol: string;
  port: number;
  targetPort: number | string;
}

/** Returns labels as 'a=b,c=d', sorted. Upstream: polymorphichelpers.MakeLabels. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key] ?? ''}`)
    .join(',');
}

/** Returns the labels of 'a=b,c=d'. @throws Error `unexpected label spec: x`. */
export function parseLabelsText(text: string): Record<string, string> {
  if (text === '') throw new Error('no label spec passed');
  const labels: Record<string, string> = {};
  for (const spec of text.split(',')) {
    const [key = '', value = '', ...more] = spec.split('=');
    if (!spec.includes('=') || more.length > 0) throw new Error(`unexpected label spec: ${spec}`);
    if (key === '') throw new Error('unexpected empty label key');
    labels[key] = value;
  }
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Returns the service in the order of upstream's fields. @throws Error for parameters that do not fit. */
export function generateService(parameters: ServiceParameters): object {
  const { name, selector, labels, type, sessionAffinity, clusterIP, externalIP, loadBalancerIP } = parameters;
  if (selector === '') throw new Error('selector must be specified');
  const parsedSelector = parseLabelsText(selector);
  const parsedLabels = labels === '' ? undefined : parseLabelsText(labels);
  if (name === '') throw new Error('name must be specified');
  const ports = servicePorts(parameters);
  if (sessionAffinity !== '' && sessionAffinity !== 'None' && sessionAffinity !== 'ClientIP')
    throw new Error(`unknown session affinity: ${sessionAffinity}`);
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, ...(parsedLabels ? { labels: parsedLabels } : {}) },
    spec: {
      ...(ports.length > 0 ? { ports } : {}),
      selector: parsedSelector,
      ...(clusterIP === '' ? {} : { clusterIP }),
      ...(type === '' ? {} : { type }),
      ...(externalIP === '' ? {} : { externalIPs: [externalIP] }),
      ...(sessionAffinity === '' ? {} : { sessionAffinity }),
      ...(type === 'LoadBalancer' && loadBalancerIP !== '' ? { loadBalancerIP } : {}),
    },
    status: { loadBalancer: {} },
  };
}

function servicePorts({ ports, protocol, protocols, targetPort }: ServiceParameters): ServicePort[] {
  if (ports === '') return [];
  const words = ports.split(',');
  const found: ServicePort[] = [];
  for (const [i, word] of words.entries()) {
    const port = parseGoDecimal(word);
    const target = targetPort === '' ? port : /^[+-]?\d+$/.test(targetPort) ? Number(targetPort) : targetPort;
    const name = words.length > 1 ? { name: `port-${i + 1}` } : {};
    const exposed = protocol === '' ? (protocols.get(word) ?? []) : [];
    if (exposed.length > 1) {
      for (const each of exposed)
        found.push({ name: `port-${i + 1}-${each.toLowerCase()}`, protocol: each, port, targetPort: target });
    } else found.push({ ...name, protocol: protocol || exposed[0] || 'TCP', port, targetPort: target });
  }
  return found;
}
