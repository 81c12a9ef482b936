// Keeps claims that pods use, and volumes that claims use, from going: their finalizers come off when nobody does.
// Called by: controllers/manager.ts through the index. Must not know: who binds claims.
import { clone, isDeleting, keyOf, keyString, parseKey } from '../machinery/meta.ts';
import { isNotFound } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { persistentVolume } from '../resources/persistentvolume.ts';
import { persistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { Controller, ControllerContext, ControllerIndex } from './controller.ts';
import { self } from './enqueue.ts';

const CLAIM_INDEX = 'claim';

/** Returns the keys of the claims that a pod's volumes are. */
function claimsOf({ metadata, spec }: Pod): string[] {
  const keys: string[] = [];
  for (const { name, persistentVolumeClaim: claim, ephemeral } of spec.volumes ?? []) {
    const claimName = claim?.claimName ?? (ephemeral ? `${metadata.name}-${name}` : undefined);
    if (claimName !== undefined) keys.push(keyString({ namespace: metadata.namespace, name: claimName }));
  }
  return keys;
}

/** Pods by the claims that they use. */
const podClaimIndex: ControllerIndex = {
  definition: podResource,
  name: CLAIM_INDEX,
  index: (pod) => claimsOf(pod as Pod),
};

function removeFinalizer<T extends KubeObject>(
  { client }: ControllerContext,
  definition: ResourceDefinition<T>,
  object: T,
  finalizer: string,
): void {
  if (!object.metadata.finalizers?.includes(finalizer)) return;
  const changed = clone(object);
  const rest = changed.metadata.finalizers?.filter((other) => other !== finalizer) ?? [];
  if (rest.length > 0) changed.metadata.finalizers = rest;
  else delete changed.metadata.finalizers;
  try {
    client.update(definition, changed);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Upstream: kubernetes pkg/controller/volume/pvcprotection. Only pods that have a node count as users. */
export const claimProtectionController: Controller = {
  name: 'pvc-protection-controller',
  watches: [
    { definition: persistentVolumeClaim, enqueue: self },
    { definition: podResource, enqueue: ({ object }) => claimsOf(object as Pod), resync: () => [] },
  ],
  indexes: [podClaimIndex],
  reconcile(context, key) {
    const claim = context.client.get(persistentVolumeClaim, parseKey(key));
    if (!claim || !isDeleting(claim)) return;
    const users = context.client.byIndex(podResource, CLAIM_INDEX, keyOf(claim));
    if (users.some(({ spec }) => spec.nodeName)) return;
    removeFinalizer(context, persistentVolumeClaim, claim, 'kubernetes.io/pvc-protection');
  },
};

/** Upstream: kubernetes pkg/controller/volume/pvprotection. */
export const volumeProtectionController: Controller = {
  name: 'pv-protection-controller',
  watches: [{ definition: persistentVolume, enqueue: self }],
  reconcile(context, key) {
    const volume = context.client.get(persistentVolume, parseKey(key));
    if (!volume || !isDeleting(volume) || volume.status.phase === 'Bound') return;
    removeFinalizer(context, persistentVolume, volume, 'kubernetes.io/pv-protection');
  },
};
