// Empties the folders of volumes that were deleted with their claim, or recycled.
// Called by: controllers/manager.ts through sim. Must not know: who decides that a volume goes.
import type { Controller } from '../controllers/controller.ts';
import { persistentVolume, type PersistentVolume } from '../resources/persistentvolume.ts';
import { folderOf } from './claims.ts';
import { removeHostFolder } from './hostfiles.ts';
import { normalizePath } from './vfs.ts';

/** Its keys are folders. */
export const volumeCleaner: Controller = {
  name: 'volume-cleaner',
  fieldManager: 'kubelet',
  watches: [
    {
      definition: persistentVolume,
      enqueue({ object, previous, type }) {
        const volume = object as PersistentVolume;
        const { persistentVolumeReclaimPolicy: policy, claimRef } = volume.spec;
        const isSetFree = !claimRef && (previous as PersistentVolume | undefined)?.spec.claimRef !== undefined;
        const isEmptied = type === 'DELETED' ? policy === 'Delete' : policy === 'Recycle' && isSetFree;
        return isEmptied ? [normalizePath(folderOf(volume))] : [];
      },
      resync: () => [],
    },
  ],
  reconcile({ client }, folder) {
    removeHostFolder(client.internal, folder);
  },
};
