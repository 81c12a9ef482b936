// A volume's phase, and what becomes of it when its claim is gone: kept, recycled or deleted.
// Called by: persistentvolumes.ts. Must not know: how claims are bound.
import { formatTime } from '../machinery/clock.ts';
import { clone, isDeleting } from '../machinery/meta.ts';
import { persistentVolume, type PersistentVolume } from '../resources/persistentvolume.ts';
import { persistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import type { ControllerContext } from './controller.ts';
import { PROVISIONED_BY } from './volumematching.ts';

type Phase = 'Available' | 'Bound' | 'Released' | 'Failed';

function setPhase(
  { client, nowMs }: ControllerContext,
  volume: PersistentVolume,
  phase: Phase,
  message = '',
): PersistentVolume {
  const { phase: old, message: oldMessage = '' } = volume.status;
  if (old === phase && oldMessage === message) return volume;
  const changed = clone(volume);
  changed.status = {
    phase,
    ...(message === '' ? {} : { message }),
    lastPhaseTransitionTime: old === phase ? volume.status.lastPhaseTransitionTime : formatTime(nowMs),
  } as PersistentVolume['status'];
  return client.updateStatus(persistentVolume, changed);
}

/** Upstream: pv_controller.go syncVolume. */
export function syncVolume(context: ControllerContext, volume: PersistentVolume): void {
  const { claimRef } = volume.spec;
  // One that is kept for a claim by name alone is free until that claim comes.
  if (!claimRef?.uid) {
    setPhase(context, volume, 'Available');
    return;
  }
  const claim = context.client.get(persistentVolumeClaim, {
    namespace: claimRef.namespace,
    name: claimRef.name ?? '',
  });
  if (claim?.metadata.uid === claimRef.uid) {
    // Binding itself is the claim's business.
    if (claim.spec.volumeName === volume.metadata.name) setPhase(context, volume, 'Bound');
    return;
  }
  if (volume.status.phase === 'Failed') return;
  reclaim(context, setPhase(context, volume, 'Released'));
}

/** Upstream: reclaimVolume. */
function reclaim(context: ControllerContext, volume: PersistentVolume): void {
  const { client, recorder } = context;
  const { name, annotations } = volume.metadata;
  const { persistentVolumeReclaimPolicy: policy, hostPath, nfs } = volume.spec;
  if (isDeleting(volume) || policy === 'Retain') return;
  const fail = (reason: string, message: string): void => {
    recorder.event(volume, 'Warning', reason, message);
    setPhase(context, volume, 'Failed', message);
  };
  if (policy === 'Recycle') {
    if (!hostPath && !nfs) return fail('VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    recorder.event(volume, 'Normal', 'VolumeRecycled', 'Volume recycled');
    const changed = clone(volume);
    delete changed.spec.claimRef;
    client.update(persistentVolume, changed);
    return;
  }
  // What a provisioner made, that provisioner deletes.
  if (annotations?.[PROVISIONED_BY] !== undefined) return;
  if (!hostPath) {
    const why = 'no deletable volume plugin matched';
    return fail('VolumeFailedDelete', `error getting deleter volume plugin for volume "${name}": ${why}`);
  }
  if (!/^\/tmp\/.+/.test(hostPath.path)) {
    const why = `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`;
    return fail('VolumeFailedDelete', why);
  }
  client.delete(persistentVolume, { name });
}
