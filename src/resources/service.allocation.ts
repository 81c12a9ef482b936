// Which cluster IPs and node ports a Service gets: what is free is seen from the Services there are.
// Called by: service.ts before a Service is validated. Must not know: storage; there is no allocator that could drift.
import { StatusError, newInternalError, newInvalid } from '../machinery/status.ts';
import { type FieldError, Path, invalid } from '../machinery/field.ts';
import { keyOf } from '../machinery/meta.ts';
import type { StrategyContext } from './definition.ts';
import { allocateFamilies } from './service.families.ts';
import { type Service, hasSameClusterIPs, needsClusterIP, needsHealthCheckNodePort } from './service.types.ts';

const DEFAULT_SERVICE_CIDR = '10.96.0.0/12';
const NODE_PORTS = { first: 30000, last: 32767 };
/** Chosen ports leave the lowest ones to those who name them. Upstream: portallocator calculateRangeOffset. */
const STATIC_NODE_PORTS = 86;

/** Allocates for a new Service. Changes its argument. @throws StatusError Invalid for an address that is taken. */
export function allocateForCreate(service: Service, context: StrategyContext): void {
  const { spec } = service;
  if (spec.clusterIP && (spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [spec.clusterIP];
  allocateFamilies(service, undefined);
  if (needsClusterIP(service)) allocateClusterIPs(service, context);
  allocateNodePorts(service, undefined, context);
}

/** Keeps what the Service had and allocates what it needs now. Changes its first argument. @throws StatusError */
export function allocateForUpdate(service: Service, old: Service, context: StrategyContext): void {
  keepAllocatedValues(service, old);
  normalizeClusterIPs(service, old);
  allocateFamilies(service, old);
  if (!needsClusterIP(old) && needsClusterIP(service)) allocateClusterIPs(service, context);
  allocateNodePorts(service, old, context);
}

/** Upstream: storage.go patchAllocatedValues: a client that leaves out what was allocated does not mean to free it. */
function keepAllocatedValues({ spec }: Service, old: Service): void {
  if (old.spec.type !== 'ExternalName' && spec.type !== 'ExternalName') {
    if (!spec.clusterIP && old.spec.clusterIP) spec.clusterIP = old.spec.clusterIP;
    if ((spec.clusterIPs ?? []).length === 0 && old.spec.clusterIPs) spec.clusterIPs = [...old.spec.clusterIPs];
  }
  if (mayAllocateNodePorts(old) && mayAllocateNodePorts({ spec })) {
    const taken = new Set((spec.ports ?? []).map((p) => p.nodePort));
    const inBoth = new Set((old.spec.ports ?? []).map((p) => p.nodePort).filter((port) => taken.has(port)));
    const byName = new Map((old.spec.ports ?? []).map((p) => [p.name ?? '', p.nodePort]));
    for (const port of spec.ports ?? []) {
      const before = byName.get(port.name ?? '');
      if (!port.nodePort && before && !inBoth.has(before)) port.nodePort = before;
    }
  }
  if (old.spec.healthCheckNodePort && spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local')
    spec.healthCheckNodePort ||= old.spec.healthCheckNodePort;
}

/** The singular and the plural field speak of one thing: whichever the client changed leads. */
function normalizeClusterIPs(service: Service, old: Service): void {
  const { spec } = service;
  if (spec.clusterIP === old.spec.clusterIP) return;
  if (!hasSameClusterIPs(service, old)) return;
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  else delete spec.clusterIPs;
}

function refuse(service: Service, error: FieldError): StatusError {
  return newInvalid({ group: '', kind: 'Service' }, service.metadata.name, [error]);
}

function allocateClusterIPs(service: Service, context: StrategyContext): void {
  const { spec } = service;
  if (spec.clusterIPs?.[0] === 'None') return;
  const range = parseRange(context.serviceCidr ?? DEFAULT_SERVICE_CIDR);
  const taken = new Set(otherServices(service, context).flatMap((other) => other.spec.clusterIPs ?? []));
  const requested = spec.clusterIPs?.[0] ?? '';
  if (requested !== '') {
    const path = Path.of('spec', 'clusterIPs');
    const address = addressNumber(requested);
    if (address === undefined) throw newInternalError(`failed to parse service IP ${JSON.stringify(requested)}`);
    const why = whyRefused(requested, address, { range, taken });
    if (why !== '') throw refuse(service, invalid(path, spec.clusterIPs, `failed to allocate IP ${requested}: ${why}`));
    spec.clusterIP = requested;
    return;
  }
  const chosen = chooseClusterIP(keyOf(service), { range, taken, context });
  if (chosen === undefined) throw newInternalError('failed to allocate a serviceIP: range is full');
  spec.clusterIP = chosen;
  spec.clusterIPs = [chosen];
}

interface Range {
  cidr: string;
  base: number;
  size: number;
}

function whyRefused(text: string, address: number, { range, taken }: { range: Range; taken: Set<string> }): string {
  if (address < range.base || address >= range.base + range.size)
    return 'the provided network does not match the current range';
  // Neither the network's own address nor its broadcast address is ever given out.
  if (address === range.base || address === range.base + range.size - 1)
    return `the provided IP (${text}) is not in the valid range. The range of valid IPs is ${range.cidr}`;
  return taken.has(text) ? 'provided IP is already allocated' : '';
}

function chooseClusterIP(
  key: string,
  { range, taken, context }: { range: Range; taken: Set<string>; context: StrategyContext },
): string | undefined {
  // The lower band is for addresses that people name (10.96.0.10): chosen ones start above it.
  const offset = range.size < 16 ? 0 : Math.min(Math.max(16, Math.floor(range.size / 16)), 256);
  const first = Math.max(1, offset);
  const count = range.size - 1 - first;
  const start = context.random.int('clusterIP', key, Math.max(1, count));
  for (let i = 0; i < count; i++) {
    const candidate = addressText(range.base + first + ((start + i) % count));
    if (!taken.has(candidate)) return candidate;
  }
  for (let i = 1; i < first; i++) {
    const candidate = addressText(range.base + i);
    if (!taken.has(candidate)) return candidate;
  }
  return undefined;
}

function parseRange(cidr: string): Range {
  const [address = '', bits = '12'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const number = addressNumber(address) ?? 0;
  return { cidr, base: number - (number % size), size };
}

function addressNumber(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

function otherServices(service: Service, { reader }: StrategyContext): Service[] {
  const key = keyOf(service);
  return (reader.list('services') as Service[]).filter((other) => keyOf(other) !== key);
}

/** Returns whether ports without a node port get one. Upstream: shouldAllocateNodePorts. */
function mayAllocateNodePorts({ spec }: Pick<Service, 'spec'>): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

function allocateNodePorts(service: Service, old: Service | undefined, context: StrategyContext): void {
  const { spec } = service;
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
  const taken = nodePortsOf(otherServices(service, context));
  const own = new Set(old ? nodePortsOf([old]) : []);
  const byPort = new Map<number, number>();
  for (const [i, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort && !mayAllocateNodePorts(service)) continue;
    // One number serves TCP and UDP of the same port, when the Service is new.
    const same = old ? undefined : (byPort.get(port.port) ?? requestedNodePort(service, port.port));
    if (!port.nodePort && same) port.nodePort = same;
    if (port.nodePort && !own.has(port.nodePort)) {
      const why = whyPortRefused(port.nodePort, taken);
      const path = Path.of('spec', 'ports').index(i).child('nodePort');
      if (why !== '') throw refuse(service, invalid(path, port.nodePort, why));
    }
    port.nodePort ||= chooseNodePort(
      `${keyOf(service)}/${i}`,
      new Set([...taken, ...own, ...byPort.values()]),
      context,
    );
    byPort.set(port.port, port.nodePort);
    own.add(port.nodePort);
  }
  if (needsHealthCheckNodePort(service) && !spec.healthCheckNodePort)
    spec.healthCheckNodePort = chooseNodePort(`${keyOf(service)}/health`, new Set([...taken, ...own]), context);
}

function requestedNodePort({ spec }: Service, port: number): number | undefined {
  return spec.ports?.find((p) => p.port === port && p.nodePort)?.nodePort;
}

function nodePortsOf(services: readonly Service[]): Set<number> {
  const ports = services.flatMap(({ spec }) => [
    ...(spec.ports ?? []).map((p) => p.nodePort ?? 0),
    spec.healthCheckNodePort ?? 0,
  ]);
  return new Set(ports.filter((port) => port !== 0));
}

function whyPortRefused(port: number, taken: Set<number>): string {
  const { first, last } = NODE_PORTS;
  if (port < first || port > last)
    return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
  return taken.has(port) ? 'provided port is already allocated' : '';
}

function chooseNodePort(key: string, taken: Set<number>, { random }: StrategyContext): number {
  const first = NODE_PORTS.first + STATIC_NODE_PORTS;
  const count = NODE_PORTS.last - first + 1;
  const start = random.int('nodePort', key, count);
  for (let i = 0; i < count; i++) {
    const candidate = first + ((start + i) % count);
    if (!taken.has(candidate)) return candidate;
  }
  for (let port = NODE_PORTS.first; port < first; port++) if (!taken.has(port)) return port;
  throw newInternalError('failed to allocate a nodePort: range is full');
}
