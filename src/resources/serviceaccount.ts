// ServiceAccount: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ServiceAccount as UpstreamServiceAccount } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';

export type ServiceAccount = Kind<UpstreamServiceAccount>;

export const serviceAccount = defineResource<ServiceAccount>({
  gvr: { group: '', version: 'v1', resource: 'serviceaccounts' },
  kind: 'ServiceAccount',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  subresources: ['token'],
  schema: 'io.k8s.api.core.v1.ServiceAccount',
  strategy: {},
  table: {
    columns: [{ name: 'Name', type: 'string', format: 'name' }],
    row: (object) => [object.metadata.name],
  },
});
