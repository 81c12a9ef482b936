// Makes the claim of every ephemeral volume that a pod has; it goes with the pod, which owns it.
// Called by: controllers/manager.ts through the index. Must not know: who binds claims.
import { clone, isDeleting, keyOf, newControllerRef, parseKey } from '../machinery/meta.ts';
import { isAlreadyExists } from '../machinery/status.ts';
import { persistentVolumeClaim, type PersistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { Controller } from './controller.ts';

/** Upstream: kubernetes pkg/controller/volume/ephemeral. */
export const ephemeralVolumeController: Controller = {
  name: 'ephemeral_volume',
  watches: [
    {
      definition: podResource,
      enqueue: ({ object, previous, type }) => {
        const hasEphemeral = (object as Pod).spec.volumes?.some(({ ephemeral }) => ephemeral) ?? false;
        return hasEphemeral && !previous && type !== 'DELETED' ? [keyOf(object)] : [];
      },
    },
  ],
  reconcile({ client }, key) {
    const pod = client.get(podResource, parseKey(key));
    if (!pod || isDeleting(pod)) return;
    const { namespace } = pod.metadata;
    for (const { name: volume, ephemeral } of pod.spec.volumes ?? []) {
      if (!ephemeral?.volumeClaimTemplate) continue;
      const { metadata, spec } = clone(ephemeral.volumeClaimTemplate);
      const { labels, annotations } = metadata ?? {};
      try {
        client.create(persistentVolumeClaim, {
          metadata: {
            name: `${pod.metadata.name}-${volume}`,
            ...(namespace ? { namespace } : {}),
            ...(labels ? { labels } : {}),
            ...(annotations ? { annotations } : {}),
            ownerReferences: [newControllerRef(pod)],
          },
          spec: spec as PersistentVolumeClaim['spec'],
        });
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
    }
  },
};
