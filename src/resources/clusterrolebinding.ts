// ClusterRoleBinding: its names, defaults, strategy and table.
// Called by: resources/index.ts; the authorizer as a typed handle. Must not know: HTTP, storage, who may do what.
import type { ClusterRoleBinding as UpstreamClusterRoleBinding } from 'kubernetes-types/rbac/v1';
import { nameIsPathSegment } from '../machinery/metavalidation.ts';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';
import { setBindingDefaults } from './rolebinding.defaults.ts';
import { bindingTable } from './rolebinding.table.ts';
import { validateBinding, validateBindingUpdate } from './rolebinding.validation.ts';

export type ClusterRoleBinding = Kind<UpstreamClusterRoleBinding>;

export const clusterRoleBinding = defineResource<ClusterRoleBinding>({
  gvr: { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterrolebindings' },
  kind: 'ClusterRoleBinding',
  singular: 'clusterrolebinding',
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
  setDefaults: setBindingDefaults,
  strategy: {
    validateName: nameIsPathSegment,
    validate: (object) => validateBinding(object, false),
    validateUpdate: (object, old) => validateBindingUpdate(object, old, false),
    allowsCreateOnUpdate: true,
  },
  table: bindingTable,
  describe: async (object) => (await import('./rolebinding.describe.ts')).describeBinding(object),
});
