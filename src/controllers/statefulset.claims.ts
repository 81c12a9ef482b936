// The claims of a StatefulSet's pods: one a template and number, kept or let go as the set's retention policy says.
// Called by: statefulset.pods.ts, statefulset.ts. Must not know: who binds claims.
import { clone, deepEqual, isDeleting, newControllerRef } from '../machinery/meta.ts';
import { isAlreadyExists, StatusError } from '../machinery/status.ts';
import type { OwnerReference } from '../machinery/types.ts';
import { persistentVolumeClaim, type PersistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import type { Pod } from '../resources/pod.ts';
import type { StatefulSet } from '../resources/statefulset.ts';
import type { ControllerContext } from './controller.ts';

/** Returns the name of the claim that a pod has by a template of the set. */
export function claimName(set: StatefulSet, template: string, ordinal: number): string {
  return `${template}-${set.metadata.name}-${ordinal}`;
}

/**
 * Creates the claims of a number that are missing. @throws StatusError as the server refused, after the event that tells.
 * Upstream: stateful_pod_control.go createPersistentVolumeClaims.
 */
export function createClaims(context: ControllerContext, set: StatefulSet, ordinal: number): void {
  const { client, recorder } = context;
  const { name: setName, namespace } = set.metadata;
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(set, template.metadata?.name ?? '', ordinal);
    const found = client.get(persistentVolumeClaim, { namespace, name });
    const subject = `Pod ${setName}-${ordinal} in StatefulSet ${setName}`;
    if (found) continue;
    const { annotations } = template.metadata ?? {};
    try {
      client.create(persistentVolumeClaim, {
        metadata: {
          name,
          ...(namespace ? { namespace } : {}),
          labels: { ...template.metadata?.labels, ...set.spec.selector.matchLabels },
          ...(annotations ? { annotations: { ...annotations } } : {}),
        },
        spec: clone(template.spec ?? {}) as PersistentVolumeClaim['spec'],
      });
    } catch (error) {
      if (!(error instanceof StatusError) || isAlreadyExists(error)) throw error;
      const message = `create Claim ${name} for ${subject} failed error: ${error.message}`;
      recorder.event(set, 'Warning', 'FailedCreate', message);
      throw error;
    }
    recorder.event(set, 'Normal', 'SuccessfulCreate', `create Claim ${name} ${subject} success`);
  }
}

/** Returns whether one of the claims of a number is on its way out, so that a new pod must wait for its successor. */
export function hasGoingClaim({ client }: ControllerContext, set: StatefulSet, ordinal: number): boolean {
  return (set.spec.volumeClaimTemplates ?? []).some(({ metadata }) => {
    const name = claimName(set, metadata?.name ?? '', ordinal);
    const claim = client.get(persistentVolumeClaim, { namespace: set.metadata.namespace, name });
    return claim !== undefined && isDeleting(claim);
  });
}

/**
 * Makes a pod's claims the set's or the pod's, or nobody's: who owns them decides with whom they go.
 * Upstream: stateful_set_utils.go updateClaimOwnerRefForSetAndPod.
 */
export function syncClaimOwners(
  { client }: ControllerContext,
  set: StatefulSet,
  pod: Pod,
  { ordinal, isCondemned }: { ordinal: number; isCondemned: boolean },
): void {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const goesWithPod = whenScaled === 'Delete' && isCondemned;
  const goesWithSet = whenDeleted === 'Delete' && !goesWithPod;
  for (const { metadata } of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(set, metadata?.name ?? '', ordinal);
    const claim = client.get(persistentVolumeClaim, { namespace: set.metadata.namespace, name });
    if (!claim || isDeleting(claim)) continue;
    const ours = new Set([set.metadata.uid, pod.metadata.uid]);
    const others = (claim.metadata.ownerReferences ?? []).filter(({ uid }) => !ours.has(uid));
    const owners: OwnerReference[] = [
      ...others,
      ...(goesWithSet ? [newControllerRef(set)] : []),
      ...(goesWithPod ? [newControllerRef(pod)] : []),
    ];
    if (deepEqual(owners, claim.metadata.ownerReferences ?? [])) continue;
    const changed = clone(claim);
    if (owners.length > 0) changed.metadata.ownerReferences = owners;
    else delete changed.metadata.ownerReferences;
    client.update(persistentVolumeClaim, changed);
  }
}
