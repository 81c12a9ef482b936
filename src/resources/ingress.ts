// Ingress: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Ingress as UpstreamIngress } from 'kubernetes-types/networking/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { ingressV1beta1 } from './ingress.v1beta1.ts';
import { validateIngress, validateIngressCreate, validateIngressStatus } from './ingress.validation.ts';
import { loadBalancerAddresses } from './service.table.ts';
import { keepStatus, raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type Ingress = Kind<UpstreamIngress>;

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

export const ingress = defineResource<Ingress>({
  gvr: { group: 'networking.k8s.io', version: 'v1', resource: 'ingresses' },
  kind: 'Ingress',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.networking.v1.Ingress',
  versions: [ingressV1beta1],
  setDefaults(object) {
    object.spec ??= {};
  },
  strategy: {
    prepareForCreate(object) {
      object.status = { loadBalancer: {} };
      startGeneration(object);
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      raiseGenerationOnSpecChange(object, old);
    },
    validate: validateIngressCreate,
    validateUpdate: validateIngress,
    validateStatusUpdate: validateIngressStatus,
    warningsOnCreate({ metadata, spec }) {
      if (metadata.annotations?.[CLASS_ANNOTATION] === undefined || spec.ingressClassName !== undefined) return [];
      return [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`];
    },
  },
  table: {
    columns: [
      nameColumn,
      textColumn('Class'),
      textColumn('Hosts'),
      textColumn('Address'),
      textColumn('Ports'),
      ageColumn,
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      object.spec.ingressClassName ?? '<none>',
      hostsCell(object),
      loadBalancerAddresses(object.status.loadBalancer?.ingress).join(','),
      (object.spec.tls ?? []).length > 0 ? '80, 443' : '80',
      ageCell(object, nowMs),
    ],
  },
  describe: async (object, context) => (await import('./ingress.describe.ts')).describeIngress(object, context),
});

const SHOWN = 3;

/** Upstream: printers.go formatHosts; the rest counts rules, with or without a host. */
function hostsCell({ spec }: Ingress): string {
  const rules = spec.rules ?? [];
  const hosts = [];
  let hasMore = false;
  for (const { host } of rules) {
    if (hosts.length === SHOWN) hasMore = true;
    if (!hasMore && host) hosts.push(host);
  }
  if (hosts.length === 0) return '*';
  return hasMore ? `${hosts.join(',')} + ${rules.length - SHOWN} more...` : hosts.join(',');
}
