// The ports of a command line: names become numbers, a service's ports those of its pod.
// Called by: commands/portforward.ts. Must not know: sockets.
// Upstream: kubectl pkg/cmd/portforward/portforward.go, pkg/util.
import type { Pod } from '../../resources/pod.ts';
import type { Service } from '../../resources/service.ts';

interface Declared {
  port: number;
  protocol?: string;
}

/** Returns '8080:80' as ['8080', '80'], and '80' as ['80', '80']. */
function splitPort(text: string): [string, string] {
  const parts = text.split(':');
  const [first = '', second = ''] = parts;
  return parts.length === 2 ? [first, second] : [first, first];
}

/** Returns the number that Go's Atoi reads, or undefined. */
function numberOf(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/** @throws Error for an unknown name and for UDP. Returns 'LOCAL:REMOTE' or 'PORT'. */
export function podPorts(ports: readonly string[], pod: Pod): string[] {
  const { containers } = pod.spec;
  const declared = containers.flatMap((c) => c.ports ?? []).map((p) => ({ ...p, port: p.containerPort }));
  refuseUDP(ports, declared, (name) => podPortNumber(pod, name));
  return ports.map((text) => {
    const [local, remote] = splitPort(text);
    const number = numberOf(remote) === undefined ? String(podPortNumber(pod, remote)) : remote;
    return local === remote ? number : `${local}:${number}`;
  });
}

/** @throws Error for a port that the service does not have, an unknown name and for UDP. */
export function servicePorts(ports: readonly string[], service: Service, pod: Pod): string[] {
  refuseUDP(ports, service.spec.ports ?? [], (name) => servicePortNumber(service, name));
  return ports.map((text) => {
    let [local, remote] = splitPort(text);
    const number = numberOf(remote) ?? servicePortNumber(service, remote);
    if (local === remote) local = String(number);
    remote = String(targetPort(service, pod, number));
    return local === remote ? remote : `${local}:${remote}`;
  });
}

function podPortNumber({ metadata, spec }: Pod, name: string): number {
  const found = [...spec.containers, ...(spec.initContainers ?? [])]
    .flatMap((c) => c.ports ?? [])
    .find((p) => p.name === name);
  if (!found) throw new Error(`Pod '${metadata.name}' does not have a named port '${name}'`);
  return found.containerPort;
}

function servicePortNumber({ metadata, spec }: Service, name: string): number {
  const found = spec.ports?.find((p) => p.name === name);
  if (!found) throw new Error(`Service '${metadata.name}' does not have a named port '${name}'`);
  return found.port;
}

function targetPort({ metadata, spec }: Service, pod: Pod, port: number): number {
  const found = spec.ports?.find((p) => p.port === port);
  if (!found) throw new Error(`Service ${metadata.name} does not have a service port ${port}`);
  if (spec.clusterIP === 'None') return port;
  const target = found.targetPort ?? 0;
  if (typeof target === 'string') return podPortNumber(pod, target);
  return target === 0 ? found.port : target;
}

function refuseUDP(ports: readonly string[], declared: readonly Declared[], lookUp: (name: string) => number): void {
  const isOnlyUDP = (port: number): boolean => {
    const same = declared.filter((d) => d.port === port);
    return same.some((d) => d.protocol === 'UDP') && !same.some((d) => d.protocol === 'TCP');
  };
  for (const text of ports) {
    const [, remote] = splitPort(text);
    if (isOnlyUDP(numberOf(remote) ?? lookUp(remote))) throw new Error(`UDP protocol is not supported for ${remote}`);
  }
}
