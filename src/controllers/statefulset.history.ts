// The revisions of a StatefulSet: one ControllerRevision a template; the set as it was at one of them.
// Called by: statefulset.ts. Must not know: pods beyond the revision they are of.
import { clone, deepEqual, isDeleting, newControllerRef } from '../machinery/meta.ts';
import { templateHash } from '../machinery/random.ts';
import { isAlreadyExists, isNotFound } from '../machinery/status.ts';
import { controllerRevision, type ControllerRevision } from '../resources/controllerrevision.ts';
import type { Pod } from '../resources/pod.ts';
import { statefulSet, type StatefulSet } from '../resources/statefulset.ts';
import { claimObjects } from './claim.ts';
import type { ControllerContext } from './controller.ts';

/** The label that names a pod's revision. */
export const REVISION_LABEL = 'controller-revision-hash';
/** The label of a revision that tells its template's hash. */
const HASH_LABEL = 'controller.kubernetes.io/hash';

export interface History {
  all: ControllerRevision[];
  /** What pods have that an update has not reached. */
  current: ControllerRevision;
  /** What the template says now. */
  update: ControllerRevision;
}

/** Returns the patch that brings a set back to its template: what a revision stores. Upstream: stateful_set_utils.go getPatch. */
function patchOf({ spec }: StatefulSet): { spec: { template: StatefulSet['spec']['template'] } } {
  return { spec: { template: Object.assign(clone(spec.template), { $patch: 'replace' }) } };
}

/** Returns the set's template as a revision has it. Upstream: stateful_set_utils.go ApplyRevision. */
export function templateAt({ data }: ControllerRevision): StatefulSet['spec']['template'] {
  const { $patch: _, ...template } = clone((data as unknown as ReturnType<typeof patchOf>).spec.template) as {
    $patch?: string;
  } & StatefulSet['spec']['template'];
  return template;
}

/** Upstream: stateful_set_control.go getStatefulSetRevisions. Makes the revision of the present template, or moves it to the front. */
export function syncHistory(context: ControllerContext, set: StatefulSet): History {
  const { client } = context;
  const { selector, template } = set.spec;
  const found = claimObjects(context, { definition: controllerRevision, owner: set, selector });
  const all = found.sort((a, b) => a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : 1));
  const data = patchOf(set);
  const equal = all.filter((revision) => deepEqual(revision.data, data)).at(-1);
  const number = (all.at(-1)?.revision ?? 0) + 1;
  let update: ControllerRevision;
  if (!equal) {
    update = createRevision(context, set, { revision: number, data, template });
    all.push(update);
  } else if (equal === all.at(-1)) update = equal;
  else {
    const changed = clone(equal);
    changed.revision = number;
    update = client.update(controllerRevision, changed);
    all.splice(all.indexOf(equal), 1);
    all.push(update);
  }
  const current = all.find(({ metadata }) => metadata.name === set.status.currentRevision) ?? update;
  return { all, current, update };
}

function createRevision(
  { client }: ControllerContext,
  set: StatefulSet,
  { revision, data, template }: { revision: number; data: object; template: StatefulSet['spec']['template'] },
): ControllerRevision {
  const { name, namespace, annotations } = set.metadata;
  const hash = templateHash(template, set.status.collisionCount ?? 0);
  try {
    return client.create(controllerRevision, {
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace ? { namespace } : {}),
        labels: { ...template.metadata?.labels, [HASH_LABEL]: hash },
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
      client.updateStatus(statefulSet, changed);
    }
    throw error;
  }
}

/** Removes revisions beyond the limit that no pod is of. Upstream: stateful_set_control.go truncateHistory. */
export function truncateHistory(
  { client }: ControllerContext,
  set: StatefulSet,
  { all, current, update }: History,
  pods: readonly Pod[],
): void {
  const limit = set.spec.revisionHistoryLimit ?? 10;
  // A negative limit keeps everything.
  if (limit < 0 || isDeleting(set)) return;
  const live = new Set([current, update].map(({ metadata }) => metadata.name));
  for (const { metadata } of pods) live.add(metadata.labels?.[REVISION_LABEL] ?? '');
  const dead = all.filter(({ metadata }) => !live.has(metadata.name));
  for (const { metadata } of dead.slice(0, Math.max(0, dead.length - limit))) {
    try {
      client.delete(controllerRevision, { namespace: metadata.namespace, name: metadata.name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
