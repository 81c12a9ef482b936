// Role: its names, strategy and table.
// Called by: resources/index.ts; the authorizer as a typed handle. Must not know: HTTP, storage, who may do what.
import type { PolicyRule, Role as UpstreamRole } from 'kubernetes-types/rbac/v1';
import { nameIsPathSegment } from '../machinery/metavalidation.ts';
import type { Kind } from '../machinery/types.ts';
import { createdAtCell, createdAtColumn, nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateRoleRules } from './role.validation.ts';

export type { PolicyRule };
export type Role = Kind<UpstreamRole>;

export const role = defineResource<Role>({
  gvr: { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'roles' },
  kind: 'Role',
  singular: 'role',
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.rbac.v1.Role',
  strategy: {
    validateName: nameIsPathSegment,
    validate: ({ rules }) => validateRoleRules(rules, true),
    validateUpdate: ({ rules }) => validateRoleRules(rules, true),
    allowsCreateOnUpdate: true,
  },
  table: {
    columns: [nameColumn, createdAtColumn],
    row: (object) => [object.metadata.name, createdAtCell(object)],
  },
  describe: async (object) => (await import('./role.describe.ts')).describeRole(object),
});
