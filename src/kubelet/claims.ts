// Where a pod's volume lies on the node: a hostPath, or the volume that a claim is bound to.
// Called by: files, process, endings, volumes. Must not know: who binds claims.
import type { Volume } from 'kubernetes-types/core/v1';
import type { LoopbackClient } from '../client/loopback.ts';
import { persistentVolume } from '../resources/persistentvolume.ts';
import { persistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import type { Pod } from '../resources/pod.ts';

/** Folders below this are one on all nodes: what network storage shows everywhere. */
export const SHARED_PREFIX = '/var/lib/kubelet/plugins/shared/';

function claimNameOf(pod: Pod, { name, persistentVolumeClaim: claim, ephemeral }: Volume): string | undefined {
  return claim?.claimName ?? (ephemeral ? `${pod.metadata.name}-${name}` : undefined);
}

/** Returns the folder of a persistent volume as nodes see it. */
export function folderOf({ metadata, spec }: { metadata: { name: string }; spec: VolumeSource }): string {
  return spec.hostPath?.path ?? spec.local?.path ?? `${SHARED_PREFIX}${metadata.name}`;
}
interface VolumeSource {
  hostPath?: { path: string };
  local?: { path: string };
}

/** Returns the folder on the node that a volume is, or undefined for one that lives with the pod. */
export function hostPathOf(client: LoopbackClient, pod: Pod, volume: Volume): string | undefined {
  if (volume.hostPath) return volume.hostPath.path;
  const name = claimNameOf(pod, volume);
  if (name === undefined) return undefined;
  const claim = client.get(persistentVolumeClaim, { namespace: pod.metadata.namespace, name });
  const bound = claim?.spec.volumeName && client.get(persistentVolume, { name: claim.spec.volumeName });
  return bound ? folderOf(bound) : undefined;
}

/** Returns why a volume that is a claim cannot be set up, in the kubelet's words, or undefined. */
export function claimFailure(client: LoopbackClient, pod: Pod, volume: Volume): string | undefined {
  const name = claimNameOf(pod, volume);
  if (name === undefined) return undefined;
  const { namespace = '' } = pod.metadata;
  const fail = (why: string): string => `error processing PVC ${namespace}/${name}: ${why}`;
  const claim = client.get(persistentVolumeClaim, { namespace, name });
  if (!claim) return fail(`failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`);
  if (claim.status.phase !== 'Bound' || !claim.spec.volumeName) return fail('PVC is not bound');
  return undefined;
}
