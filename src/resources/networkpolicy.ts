// NetworkPolicy: its names, defaults, strategy and table.
// Called by: resources/index.ts; the network as a typed handle. Must not know: HTTP, storage.
import type { NetworkPolicy as UpstreamNetworkPolicy } from 'kubernetes-types/networking/v1';
import { formatLabelSelector } from '../machinery/selectors.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateNetworkPolicy } from './networkpolicy.validation.ts';
import { raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type NetworkPolicy = Kind<UpstreamNetworkPolicy>;

export const networkPolicy = defineResource<NetworkPolicy>({
  gvr: { group: 'networking.k8s.io', version: 'v1', resource: 'networkpolicies' },
  kind: 'NetworkPolicy',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.networking.v1.NetworkPolicy',
  setDefaults({ spec }) {
    spec.podSelector ??= {};
    for (const { ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
      for (const port of ports ?? []) port.protocol ??= 'TCP';
    if ((spec.policyTypes ?? []).length > 0) return;
    spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  strategy: {
    prepareForCreate: startGeneration,
    prepareForUpdate: raiseGenerationOnSpecChange,
    validate: validateNetworkPolicy,
    validateUpdate: validateNetworkPolicy,
  },
  table: {
    columns: [nameColumn, textColumn('Pod-Selector'), ageColumn],
    row: (object, nowMs) => [
      object.metadata.name,
      formatLabelSelector(object.spec.podSelector),
      ageCell(object, nowMs),
    ],
  },
  describe: async (object, context) =>
    (await import('./networkpolicy.describe.ts')).describeNetworkPolicy(object, context),
});
