// ClusterRole: its names, strategy and table.
// Called by: resources/index.ts; the authorizer and the aggregation controller as a typed handle. Must not know: HTTP, storage.
import type { ClusterRole as UpstreamClusterRole } from 'kubernetes-types/rbac/v1';
import { nameIsPathSegment } from '../machinery/metavalidation.ts';
import type { Kind } from '../machinery/types.ts';
import { createdAtCell, createdAtColumn, nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateClusterRole } from './role.validation.ts';

export type ClusterRole = Kind<UpstreamClusterRole>;

export const clusterRole = defineResource<ClusterRole>({
  gvr: { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles' },
  kind: 'ClusterRole',
  singular: 'clusterrole',
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.rbac.v1.ClusterRole',
  strategy: {
    validateName: nameIsPathSegment,
    validate: (object) => validateClusterRole(object),
    validateUpdate: validateClusterRole,
    allowsCreateOnUpdate: true,
  },
  table: {
    columns: [nameColumn, createdAtColumn],
    row: (object) => [object.metadata.name, createdAtCell(object)],
  },
  describe: async (object) => (await import('./role.describe.ts')).describeRole(object),
});
