// The type of a Service: what it needs, and what a change of it does to the fields that the old type had.
// Called by: service.ts and its siblings. Must not know: how addresses are chosen.
import type { Service as UpstreamService, ServiceSpec } from 'kubernetes-types/core/v1';
import { deepEqual } from '../machinery/meta.ts';
import type { Kind } from '../machinery/types.ts';

/** `trafficDistribution` is newer than the published types. */
export type Service = Kind<UpstreamService & { spec?: ServiceSpec & { trafficDistribution?: string } }>;

/** Returns whether traffic from outside the cluster can reach the Service. Upstream: ExternallyAccessible. */
export function isExternallyAccessible({ spec }: Pick<Service, 'spec'>): boolean {
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') return true;
  return spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0;
}

/** Returns whether the type has a cluster IP at all. */
export function needsClusterIP({ spec }: Service): boolean {
  return spec.type !== 'ExternalName';
}
/** Returns whether the Service has a port of its own for health checks of the load balancer. */
export function needsHealthCheckNodePort({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}
function mayHaveNodePorts({ spec }: Service): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

/** Returns whether the two name the same cluster IPs. */
export function hasSameClusterIPs(a: Service, b: Service): boolean {
  return deepEqual(a.spec.clusterIPs ?? [], b.spec.clusterIPs ?? []);
}

/**
 * Drops what the new type does not have, when the client sent it back unchanged. Changes its first argument.
 * Upstream: kubernetes pkg/registry/core/service/strategy.go dropTypeDependentFields.
 */
export function dropTypeDependentFields(object: Service, old: Service): void {
  const { spec } = object;
  if (needsClusterIP(old) && !needsClusterIP(object)) {
    if (spec.clusterIP === old.spec.clusterIP && hasSameClusterIPs(object, old)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (deepEqual(spec.ipFamilies, old.spec.ipFamilies)) delete spec.ipFamilies;
    if (spec.ipFamilyPolicy === old.spec.ipFamilyPolicy) delete spec.ipFamilyPolicy;
  }
  if (mayHaveNodePorts(old) && !mayHaveNodePorts(object)) {
    const before = new Set(old.spec.ports?.map((p) => p.nodePort));
    const ports = spec.ports ?? [];
    if (ports.every((p) => !p.nodePort || before.has(p.nodePort))) for (const port of ports) delete port.nodePort;
  }
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(object)) {
    if (spec.healthCheckNodePort === old.spec.healthCheckNodePort) delete spec.healthCheckNodePort;
  }
  dropLoadBalancerFields(object, old);
  if (isExternallyAccessible(old) && !isExternallyAccessible(object)) {
    if (spec.externalTrafficPolicy === old.spec.externalTrafficPolicy) delete spec.externalTrafficPolicy;
  }
}

function dropLoadBalancerFields(object: Service, old: Service): void {
  const { spec } = object;
  if (spec.type === 'LoadBalancer') return;
  if (old.spec.type === 'LoadBalancer') {
    if (spec.allocateLoadBalancerNodePorts === old.spec.allocateLoadBalancerNodePorts)
      delete spec.allocateLoadBalancerNodePorts;
    if (spec.loadBalancerClass === old.spec.loadBalancerClass) delete spec.loadBalancerClass;
  }
  object.status = { ...object.status, loadBalancer: {} };
}
