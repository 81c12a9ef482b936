// What `kubectl describe` says of Roles and ClusterRoles: their rules taken apart, one resource a line.
// Called by: role.ts, clusterrole.ts. Must not know: HTTP, storage.
import { breakDownRule, combinedResource, compactRules, listText } from '../machinery/policyrules.ts';
import type { ClusterRole } from './clusterrole.ts';
import { writeLabelsAndAnnotations } from './describe.metadata.ts';
import { tabbed } from './describe.writer.ts';
import type { Role } from './role.ts';

/** Upstream: RoleDescriber.Describe and ClusterRoleDescriber.Describe, which write the same. */
export function describeRole({ metadata, rules }: Role | ClusterRole): string {
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    writeLabelsAndAnnotations(w, metadata);
    w.write(0, 'PolicyRule:\n');
    w.row(1, 'Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs');
    w.row(1, '---------', '-----------------', '--------------', '-----');
    for (const rule of compactRules((rules ?? []).flatMap(breakDownRule))) {
      const { nonResourceURLs, resourceNames, verbs } = rule;
      w.row(1, combinedResource(rule), listText(nonResourceURLs), listText(resourceNames), listText(verbs));
    }
  });
}
