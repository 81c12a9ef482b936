// The revisions of a DaemonSet: one ControllerRevision a template, numbered by when it was last current.
// Called by: daemonset.ts. Must not know: nodes, pods beyond their hash.
import { clone, deepEqual, newControllerRef } from '../machinery/meta.ts';
import { templateHash } from '../machinery/random.ts';
import { isAlreadyExists, isNotFound } from '../machinery/status.ts';
import { controllerRevision, type ControllerRevision } from '../resources/controllerrevision.ts';
import { daemonSet, type DaemonSet } from '../resources/daemonset.ts';
import type { Pod } from '../resources/pod.ts';
import { claimObjects } from './claim.ts';
import type { ControllerContext } from './controller.ts';
import { REVISION_HASH } from './daemonset.nodes.ts';

export interface History {
  current: ControllerRevision;
  old: ControllerRevision[];
}

/** Returns the patch that brings a DaemonSet back to its template: what a revision stores. Upstream: daemon/update.go getPatch. */
function patchOf(set: DaemonSet): object {
  return { spec: { template: { ...clone(set.spec.template), $patch: 'replace' } } };
}

/** Returns the revisions, with the current one made or brought to the front. Upstream: daemon/update.go constructHistory. */
export function syncHistory(context: ControllerContext, set: DaemonSet): History {
  const { client } = context;
  const data = patchOf(set);
  const all = claimObjects(context, { definition: controllerRevision, owner: set, selector: set.spec.selector });
  const same = all.filter((revision) => deepEqual(revision.data, data)).sort((a, b) => b.revision - a.revision);
  const old = all.filter((revision) => !same.includes(revision));
  const number = Math.max(0, ...old.map(({ revision }) => revision)) + 1;
  const [found, ...duplicates] = same;
  if (!found) return { current: createRevision(context, set, number, data), old };
  for (const { metadata } of duplicates)
    client.delete(controllerRevision, { namespace: metadata.namespace, name: metadata.name });
  if (found.revision >= number) return { current: found, old };
  const changed = clone(found);
  changed.revision = number;
  return { current: client.update(controllerRevision, changed), old };
}

function createRevision(
  context: ControllerContext,
  set: DaemonSet,
  revision: number,
  data: object,
): ControllerRevision {
  const { client } = context;
  const { name, namespace, annotations } = set.metadata;
  const hash = templateHash(set.spec.template, set.status.collisionCount ?? 0);
  const labels = { ...set.spec.template.metadata?.labels, [REVISION_HASH]: hash };
  try {
    return client.create(controllerRevision, {
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace ? { namespace } : {}),
        labels,
        ...(annotations ? { annotations: { ...annotations } } : {}),
        ownerReferences: [newControllerRef(set)],
      },
      data,
      revision,
    });
  } catch (error) {
    // The name is another's: count the collision, which leads here again with the next hash.
    if (isAlreadyExists(error)) {
      const changed = clone(set);
      changed.status.collisionCount = (set.status.collisionCount ?? 0) + 1;
      client.updateStatus(daemonSet, changed);
    }
    throw error;
  }
}

/** Removes revisions beyond the limit that no pod is of. Upstream: daemon/update.go cleanupHistory. */
export function cleanUpHistory(
  { client }: ControllerContext,
  set: DaemonSet,
  old: readonly ControllerRevision[],
  pods: readonly Pod[],
): void {
  let surplus = old.length - (set.spec.revisionHistoryLimit ?? 10);
  const live = new Set(pods.map(({ metadata }) => metadata.labels?.[REVISION_HASH]));
  for (const { metadata } of [...old].sort((a, b) => a.revision - b.revision)) {
    if (surplus <= 0) return;
    if (live.has(metadata.labels?.[REVISION_HASH])) continue;
    try {
      client.delete(controllerRevision, { namespace: metadata.namespace, name: metadata.name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    surplus -= 1;
  }
}
