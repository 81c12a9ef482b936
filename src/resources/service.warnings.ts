// Warnings about Services.
// Called by: service.ts. Must not know: storage, HTTP. Upstream: kubernetes pkg/api/service/warnings.go.
import { Path } from '../machinery/field.ts';
import { warningsForIP } from './ip.validation.ts';
import type { Service } from './service.types.ts';

const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const SPEC = Path.of('spec');

/** Returns the texts, in upstream's order. */
export function serviceWarnings({ metadata, spec }: Service): string[] {
  const warnings: string[] = [];
  if (metadata.annotations?.[TOPOLOGY_HINTS] !== undefined) {
    const instead = 'service.kubernetes.io/topology-mode';
    warnings.push(`annotation ${TOPOLOGY_HINTS} is deprecated, please use ${instead} instead`);
  }
  const { clusterIP, clusterIPs = [], externalIPs = [], loadBalancerIP, type } = spec;
  const isHeadless = type === 'ClusterIP' && clusterIP === 'None';
  if (clusterIP && clusterIP !== 'None')
    warnings.push(...clusterIPs.flatMap((ip, i) => warningsForIP(ip, SPEC.child('clusterIPs').index(i))));
  if (isHeadless) {
    if (loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (externalIPs.length > 0) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  warnings.push(...externalIPs.flatMap((ip, i) => warningsForIP(ip, SPEC.child('externalIPs').index(i))));
  if (loadBalancerIP) warnings.push(...warningsForIP(loadBalancerIP, SPEC.child('loadBalancerIP')));
  if (type === 'ExternalName' && externalIPs.length > 0)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (type !== 'ExternalName' && spec.externalName)
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === 'PreferClose')
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  return warnings;
}
