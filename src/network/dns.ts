// The cluster's DNS: names of Services and pods, search domains, ExternalName, and a small internet behind it.
// Called by: route.ts, kubelet (nslookup). Must not know: HTTP. Upstream: the Kubernetes DNS specification, CoreDNS.
import { sha256 } from '../machinery/random.ts';
import { networkPolicy } from '../resources/networkpolicy.ts';
import { service as serviceResource, type Service } from '../resources/service.ts';
import { podsByAddress, slicesOf } from './indexes.ts';
import { isAllowed } from './policy.ts';
import { endpointsOf } from './services.ts';
import type { NetworkOptions, Origin } from './types.ts';

export interface NameAnswer {
  /** The name that was found, with its search domain. */
  name: string;
  addresses: string[];
  /** Set for an ExternalName: what it stands for. */
  canonicalName?: string;
}

const NDOTS = 5;
/** Top-level domains that names on the internet end in; what else is asked for does not exist. */
const TOP_LEVEL =
  /\.(?:com|org|net|io|dev|app|edu|gov|info|cloud|ai|de|uk|fr|nl|eu|us|ca|jp|cn|in|br|au|ch|at|se|no|es|it|pl|me|co|sh|run|xyz)$/;
/** Names that look right and are not: what people mistype. */
const NOWHERE = new Set(['grc.io', 'example.invalid']);

/** Returns what a name stands for, seen from a pod or from outside; undefined: NXDOMAIN. */
export function resolveName(options: NetworkOptions, origin: Origin, name: string): NameAnswer | undefined {
  const plain = name.replace(/\.$/, '').toLowerCase();
  if (plain === 'localhost') return { name: 'localhost', addresses: ['127.0.0.1'] };
  const alias = origin.pod?.spec.hostAliases?.find(({ hostnames = [] }) => hostnames.includes(plain));
  if (alias?.ip) return { name: plain, addresses: [alias.ip] };
  if (origin.pod && plain === (origin.pod.spec.hostname ?? origin.pod.metadata.name))
    return { name: plain, addresses: [origin.pod.status.podIP ?? ''] };
  if (!mayAskNames(options, origin)) return undefined;
  for (const candidate of candidates(options, origin, plain, name.endsWith('.'))) {
    const answer = lookup(options, origin, candidate);
    if (answer) return answer;
  }
  return undefined;
}

/** Whoever may not reach the cluster's DNS pods finds no name but those in its own hosts file. */
function mayAskNames(options: NetworkOptions, origin: Origin): boolean {
  const { client } = options;
  if (!origin.pod || client.list(networkPolicy).length === 0) return true;
  const service = client.get(serviceResource, { namespace: 'kube-system', name: 'kube-dns' });
  const port = service?.spec.ports?.find(({ protocol }) => protocol === 'UDP');
  if (!service || !port) return true;
  const servers = endpointsOf(client, service, port);
  return servers.length === 0 || servers.some((server) => isAllowed(client, origin, server, 'UDP'));
}

/** The names that the resolver tries in turn. */
function candidates({ settings }: NetworkOptions, { pod }: Origin, name: string, isAbsolute: boolean): string[] {
  const usesCluster =
    pod &&
    (pod.spec.dnsPolicy ?? 'ClusterFirst') !== 'Default' &&
    (!pod.spec.hostNetwork || pod.spec.dnsPolicy === 'ClusterFirstWithHostNet');
  if (isAbsolute || !usesCluster) return [name];
  const domain = settings.clusterDomain;
  const searches = pod.spec.dnsConfig?.searches ?? [];
  const searched = [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain, ...searches].map(
    (s) => `${name}.${s}`,
  );
  return name.split('.').length - 1 >= NDOTS ? [name, ...searched] : [...searched, name];
}

function lookup(options: NetworkOptions, origin: Origin, name: string): NameAnswer | undefined {
  const domain = `.${options.settings.clusterDomain}`;
  if (!name.endsWith(domain)) return origin.pod && name.endsWith('.svc') ? undefined : onInternet(name);
  // Outside, nobody knows the cluster's names.
  if (!origin.pod) return undefined;
  const parts = name.slice(0, -domain.length).split('.');
  if (parts.at(-1) === 'pod' && parts.length === 3) return podByAddress(options, name, parts[0] ?? '', parts[1] ?? '');
  if (parts.at(-1) !== 'svc') return undefined;
  const [serviceName = '', namespace = ''] = parts.slice(-3, -1);
  const service = options.client.get(serviceResource, { namespace, name: serviceName });
  if (!service || parts.length < 3 || parts.length > 4) return undefined;
  const host = parts.length === 4 ? parts[0] : undefined;
  return serviceAnswer(options, origin, service, { name, host });
}

function podByAddress(
  { client }: NetworkOptions,
  name: string,
  dashed: string,
  namespace: string,
): NameAnswer | undefined {
  const address = dashed.replaceAll('-', '.');
  const isThere = podsByAddress(client, address).some((pod) => pod.metadata.namespace === namespace);
  return isThere ? { name, addresses: [address] } : undefined;
}

function serviceAnswer(
  options: NetworkOptions,
  origin: Origin,
  service: Service,
  { name, host }: { name: string; host: string | undefined },
): NameAnswer | undefined {
  const { type, externalName, clusterIP } = service.spec;
  if (type === 'ExternalName') {
    const target = host === undefined && externalName ? resolveName(options, origin, `${externalName}.`) : undefined;
    return target && { name, canonicalName: externalName ?? '', addresses: target.addresses };
  }
  if (clusterIP && clusterIP !== 'None') return host === undefined ? { name, addresses: [clusterIP] } : undefined;
  const addresses = headlessAddresses(options, service, host);
  return addresses.length > 0 ? { name, addresses } : undefined;
}

/** A headless Service stands for its endpoints; with a host name in front, for that one. */
function headlessAddresses({ client }: NetworkOptions, service: Service, host: string | undefined): string[] {
  const found: string[] = [];
  for (const slice of slicesOf(client, service.metadata.namespace ?? '', service.metadata.name)) {
    for (const { addresses, conditions = {}, hostname } of slice.endpoints) {
      const isWanted =
        host === undefined || hostname === host || addresses.some((a) => a.replaceAll('.', '-') === host);
      if (isWanted && conditions.ready !== false) found.push(...addresses);
    }
  }
  return found;
}

function onInternet(name: string): NameAnswer | undefined {
  if (!TOP_LEVEL.test(name) || [...NOWHERE].some((bad) => name === bad || name.endsWith(`.${bad}`))) return undefined;
  const hash = sha256(`internet/${name}`);
  const first = 93 + ((hash[0] ?? 0) % 80);
  return { name, addresses: [`${first}.${hash[1]}.${hash[2]}.${hash[3]}`] };
}
