// The variables by which a container finds Services without DNS: WEB_SERVICE_HOST, WEB_PORT_80_TCP_ADDR …
// Called by: kubelet/env.ts. Must not know: containers. Upstream: kubernetes pkg/kubelet/envvars.
import type { LoopbackClient } from '../client/loopback.ts';
import type { Pod } from '../resources/pod.ts';
import { service as serviceResource, type Service } from '../resources/service.ts';

/** Returns the variables for the Services of the pod's namespace and for the API server's. */
export function serviceEnvironment(client: LoopbackClient, pod: Pod): Map<string, string> {
  const vars = new Map<string, string>();
  const { namespace } = pod.metadata;
  const api = client.get(serviceResource, { namespace: 'default', name: 'kubernetes' });
  if (api) addService(vars, api);
  if (pod.spec.enableServiceLinks === false) return vars;
  for (const service of client.list(serviceResource, namespace)) {
    const isHeadless = !service.spec.clusterIP || service.spec.clusterIP === 'None';
    if (!isHeadless && service !== api) addService(vars, service);
  }
  return vars;
}

function addService(vars: Map<string, string>, service: Service): void {
  const ip = service.spec.clusterIP;
  const ports = service.spec.ports ?? [];
  const first = ports[0];
  if (!ip || ip === 'None' || !first) return;
  const word = (text: string): string => text.toUpperCase().replaceAll('-', '_');
  const name = word(service.metadata.name);
  vars.set(`${name}_SERVICE_HOST`, ip);
  vars.set(`${name}_SERVICE_PORT`, String(first.port));
  for (const port of ports) if (port.name) vars.set(`${name}_SERVICE_PORT_${word(port.name)}`, String(port.port));
  for (const [i, port] of ports.entries()) {
    const protocol = port.protocol ?? 'TCP';
    const url = `${protocol.toLowerCase()}://${ip}:${port.port}`;
    if (i === 0) vars.set(`${name}_PORT`, url);
    const prefix = `${name}_PORT_${port.port}_${protocol}`;
    vars.set(prefix, url);
    vars.set(`${prefix}_PROTO`, protocol.toLowerCase());
    vars.set(`${prefix}_PORT`, String(port.port));
    vars.set(`${prefix}_ADDR`, ip);
  }
}
