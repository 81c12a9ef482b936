// What the server fills in where a binding does not say in which API group its role and its subjects are.
// Called by: rolebinding.ts, clusterrolebinding.ts. Must not know: storage, HTTP.
import type { ClusterRoleBinding } from './clusterrolebinding.ts';
import type { RoleBinding } from './rolebinding.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** Fills the API groups. Changes its argument. Upstream: kubernetes pkg/apis/rbac/v1/defaults.go. */
export function setBindingDefaults(binding: RoleBinding | ClusterRoleBinding): void {
  binding.roleRef ??= { apiGroup: '', kind: '', name: '' };
  if (!binding.roleRef.apiGroup) binding.roleRef.apiGroup = GROUP;
  for (const subject of binding.subjects ?? [])
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = GROUP;
}
