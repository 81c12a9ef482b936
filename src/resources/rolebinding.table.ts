// The table of RoleBindings and ClusterRoleBindings.
// Called by: rolebinding.ts, clusterrolebinding.ts. Must not know: HTTP, storage.
import type { ClusterRoleBinding } from './clusterrolebinding.ts';
import { ageCell, ageColumn, nameColumn, textColumn, wideColumn } from './columns.ts';
import type { TableSpec } from './definition.ts';
import type { RoleBinding, Subject } from './rolebinding.ts';

/** Upstream: printers.go printRoleBinding and printClusterRoleBinding. */
export const bindingTable: TableSpec<RoleBinding | ClusterRoleBinding> = {
  columns: [
    nameColumn,
    textColumn('Role'),
    ageColumn,
    wideColumn('Users'),
    wideColumn('Groups'),
    wideColumn('ServiceAccounts'),
  ],
  row: (object, nowMs) => [
    object.metadata.name,
    `${object.roleRef.kind}/${object.roleRef.name}`,
    ageCell(object, nowMs),
    ...['User', 'Group', 'ServiceAccount'].map((kind) => subjectsCell(object.subjects, kind)),
  ],
};

/** Upstream: kubernetes pkg/apis/rbac/helpers.go SubjectsStrings. */
function subjectsCell(subjects: readonly Subject[] | undefined, kind: string): string {
  const found = (subjects ?? []).filter((subject) => subject.kind === kind);
  return found.map(({ name, namespace }) => (namespace ? `${namespace}/${name}` : name)).join(', ');
}
