// Which volume suits a claim: size, access modes, class, mode, labels, and the node from which it is used.
// Called by: persistentvolumes.ts, the scheduler's VolumeBinding. Must not know: the client, events.
import { compareQuantities, parseQuantity } from '../machinery/quantity.ts';
import { isEverything, labelSelectorAsSelector, matchesLabels } from '../machinery/selectors.ts';
import { isDeleting } from '../machinery/meta.ts';
import type { Node } from '../resources/node.ts';
import type { PersistentVolume } from '../resources/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import { storageClassOf } from '../resources/storage.formatting.ts';
import type { StorageClass } from '../resources/storageclass.ts';
import { matchesTerm } from './scheduler/plugins/nodeaffinity.ts';

/** Set by the scheduler: where a claim that waits for its first consumer is to be provisioned. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
/** The annotations that name the provisioner of a claim, the older one first. */
export const CLAIM_PROVISIONER = [
  'volume.beta.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/storage-provisioner',
] as const;
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/** Returns whether a claim waits until a pod that uses it is scheduled. */
export function waitsForConsumer(found: StorageClass | undefined): boolean {
  return found?.volumeBindingMode === 'WaitForFirstConsumer';
}

/** Returns whether binding is complete. */
export function isBindCompleted({ metadata, spec }: PersistentVolumeClaim): boolean {
  return metadata.annotations?.[BIND_COMPLETED] !== undefined && Boolean(spec.volumeName);
}

/** Returns whether a volume is meant for the claim: by name, and by uid where it tells one. Upstream: IsVolumeBoundToClaim. */
export function isMeantFor({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (claimRef?.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

/** Returns whether a volume can be reached from a node. Upstream: component-helpers storage/volume CheckNodeAffinity. */
export function reaches(volume: PersistentVolume, node: Pick<Node, 'metadata'>): boolean {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms;
  return !terms || terms.some((term) => matchesTerm(term, node as Node));
}

function sizeOf(quantity: string | undefined) {
  return parseQuantity(quantity ?? '0');
}

/** Returns why a volume cannot be the claim's, or undefined. Upstream: checkVolumeSatisfyClaim. */
export function whyUnsuitable(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  const requested = claim.spec.resources?.requests?.['storage'];
  if (compareQuantities(sizeOf(volume.spec.capacity?.['storage']), sizeOf(requested)) < 0)
    return 'requested PV is too small';
  if (storageClassOf(volume) !== storageClassOf(claim)) return 'storageClassName does not match';
  if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem'))
    return 'incompatible volumeMode';
  const modes = volume.spec.accessModes ?? [];
  if (!(claim.spec.accessModes ?? []).every((mode) => modes.includes(mode))) return 'incompatible accessMode';
  return undefined;
}

/**
 * Returns the best volume for a claim: the one that is meant for it, else the smallest that is free and large enough.
 * `node` asks for one that is reached from there. Upstream: component-helpers storage/volume FindMatchingVolume.
 */
export function findVolume(
  volumes: readonly PersistentVolume[],
  claim: PersistentVolumeClaim,
  { node, onlyMeant = false }: { node?: Pick<Node, 'metadata'> | undefined; onlyMeant?: boolean } = {},
): PersistentVolume | undefined {
  const selector = claim.spec.selector ? labelSelectorAsSelector(claim.spec.selector) : undefined;
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (isDeleting(volume) || (node && !reaches(volume, node))) continue;
    if (volume.spec.claimRef) {
      if (isMeantFor(volume, claim) && whyUnsuitable(volume, claim) === undefined) return volume;
      continue;
    }
    const isFree = volume.status.phase === 'Available' || volume.status.phase === 'Pending';
    if (onlyMeant || !isFree || whyUnsuitable(volume, claim) !== undefined) continue;
    if (selector && !isEverything(selector) && !matchesLabels(selector, volume.metadata.labels ?? {})) continue;
    const [size, smallest] = [volume, best].map((v) => sizeOf(v?.spec.capacity?.['storage']));
    if (!best || (size && smallest && compareQuantities(size, smallest) < 0)) best = volume;
  }
  return best;
}
