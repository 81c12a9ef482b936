// Which schema a kind has, for patches that merge lists by key. Custom resources have none.
// Called by: commands apply, edit, patch --local, set … Must not know: commands.
import { definitionOfKind } from '../machinery/schema.ts';
import type { GroupVersionKind } from '../machinery/types.ts';

/** Returns the schema's name for a built-in kind, 'io.k8s.api.apps.v1.Deployment'; undefined for others. */
export async function schemaNameOf(gvk: GroupVersionKind): Promise<string | undefined> {
  return definitionOfKind(gvk);
}
