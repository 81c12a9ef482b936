// What `kubectl describe` says of RoleBindings and ClusterRoleBindings.
// Called by: rolebinding.ts, clusterrolebinding.ts. Must not know: HTTP, storage.
import type { ClusterRoleBinding } from './clusterrolebinding.ts';
import { writeLabelsAndAnnotations } from './describe.metadata.ts';
import { tabbed } from './describe.writer.ts';
import type { RoleBinding } from './rolebinding.ts';

/** Upstream: RoleBindingDescriber.Describe and ClusterRoleBindingDescriber.Describe, which write the same. */
export function describeBinding({ metadata, roleRef, subjects }: RoleBinding | ClusterRoleBinding): string {
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    writeLabelsAndAnnotations(w, metadata);
    w.write(0, 'Role:\n');
    w.field(1, 'Kind', roleRef.kind);
    w.field(1, 'Name', roleRef.name);
    w.write(0, 'Subjects:\n');
    w.row(1, 'Kind', 'Name', 'Namespace');
    w.row(1, '----', '----', '---------');
    for (const { kind, name, namespace } of subjects ?? []) w.row(1, kind, name, namespace);
  });
}
