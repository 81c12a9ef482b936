// In which order the objects of a kustomization are handed out.
// Called by: kustomize/target.ts. Must not know: how they were made. Upstream: kustomize api/internal/builtins/SortOrderTransformer.go.
import type { Kustomization } from './kustomization.ts';
import type { KustomizeResource, ResourceId } from './resources.ts';

const FIRST = (
  'Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole ' +
  'RoleBinding ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume ' +
  'PersistentVolumeClaim Deployment StatefulSet CronJob PodDisruptionBudget'
).split(' ');
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** Returns the objects sorted, unless the kustomization wants them as they come. @throws Error for an unknown order. */
export function ordered(resources: KustomizeResource[], { sortOptions }: Kustomization): KustomizeResource[] {
  const { order = 'legacy', legacySortOptions } = sortOptions ?? {};
  if (order === 'fifo') {
    if (legacySortOptions)
      throw new Error(
        "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'",
      );
    return resources;
  }
  if (order !== 'legacy') throw new Error("the field 'sortOptions.order' must be one of [fifo, legacy]");
  const { orderFirst = FIRST, orderLast = LAST } = legacySortOptions ?? {};
  const rank = (kind: string): number => {
    const last = orderLast.indexOf(kind);
    if (last >= 0) return last + 1;
    const first = orderFirst.indexOf(kind);
    return first < 0 ? 0 : first - orderFirst.length;
  };
  const keyed = resources.map((resource) => ({ resource, id: resource.id }));
  keyed.sort(
    (a, b) =>
      rank(a.id.kind) - rank(b.id.kind) ||
      compare(typeKey(a.id), typeKey(b.id)) ||
      compare(nameKey(a.id), nameKey(b.id)),
  );
  return keyed.map(({ resource }) => resource);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function typeKey({ group, version, kind }: ResourceId): string {
  return `${group || '~G'}_${version || '~V'}_${kind}`;
}

function nameKey({ namespace, name }: ResourceId): string {
  return `${namespace || '~X'}|${name || '~N'}`;
}
