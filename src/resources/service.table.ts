// The row of `kubectl get services`.
// Called by: service.ts. Must not know: HTTP, storage.
import type { ServicePort } from 'kubernetes-types/core/v1';
import { ageCell, ageColumn, labelsCell, nameColumn, textColumn, wideColumn } from './columns.ts';
import type { TableSpec } from './definition.ts';
import type { Service } from './service.types.ts';

/** Upstream: kubernetes pkg/printers/internalversion/printers.go printService. */
export const serviceTable: TableSpec<Service> = {
  columns: [
    nameColumn,
    textColumn('Type'),
    textColumn('Cluster-IP'),
    textColumn('External-IP'),
    textColumn('Port(s)'),
    ageColumn,
    wideColumn('Selector'),
  ],
  row: (object, nowMs) => [
    object.metadata.name,
    object.spec.type ?? '',
    object.spec.clusterIPs?.[0] ?? '<none>',
    externalIPCell(object),
    (object.spec.ports ?? []).map(portText).join(',') || '<none>',
    ageCell(object, nowMs),
    labelsCell(object.spec.selector),
  ],
};

function portText({ port, nodePort, protocol }: ServicePort): string {
  return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
}

function externalIPCell({ spec, status }: Service): string {
  const external = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.length > 0 ? external.join(',') : '<none>';
    case 'LoadBalancer': {
      const all = [...loadBalancerAddresses(status?.loadBalancer?.ingress), ...external];
      return all.length > 0 ? all.join(',') : '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

/** Returns the addresses a load balancer has given, sorted. Upstream: loadBalancerStatusStringer. */
export function loadBalancerAddresses(ingress: readonly { ip?: string; hostname?: string }[] = []): string[] {
  const addresses = ingress.map((i) => i.ip || i.hostname || '').filter((a) => a !== '');
  return [...new Set(addresses)].sort();
}
