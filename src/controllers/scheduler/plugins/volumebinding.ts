// Takes only nodes from which the pod's volumes can be reached; finds or asks for volumes of claims that wait for a consumer.
// Called by: plugins/index.ts. Must not know: other plugins, provisioners.
import { clone, isDeleting } from '../../../machinery/meta.ts';
import type { Node } from '../../../resources/node.ts';
import { persistentVolume, type PersistentVolume } from '../../../resources/persistentvolume.ts';
import { persistentVolumeClaim, type PersistentVolumeClaim } from '../../../resources/persistentvolumeclaim.ts';
import type { Pod } from '../../../resources/pod.ts';
import { storageClassOf } from '../../../resources/storage.formatting.ts';
import { storageClass, type StorageClass } from '../../../resources/storageclass.ts';
import {
  BOUND_BY_CONTROLLER,
  findVolume,
  isBindCompleted,
  isMeantFor,
  reaches,
  SELECTED_NODE,
  waitsForConsumer,
} from '../../volumematching.ts';
import type { Cycle, SchedulerPlugin } from '../framework.ts';

const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
const NODE_CONFLICT = { reasons: ["node(s) didn't match PersistentVolume's node affinity"], isUnresolvable: true };
const BIND_CONFLICT = { reasons: ["node(s) didn't find available persistent volumes to bind"], isUnresolvable: true };

interface Claimed {
  name: string;
  /** The claim itself; undefined where there is none. */
  claim: PersistentVolumeClaim | undefined;
  isEphemeral: boolean;
}

/** Returns whether a pod has volumes that are claims. */
export function usesClaims({ spec }: Pod): boolean {
  return spec.volumes?.some((volume) => volume.persistentVolumeClaim ?? volume.ephemeral) ?? false;
}

function claimsOf({ context: { client }, pod }: Cycle): Claimed[] {
  const { namespace, name: podName } = pod.metadata;
  return (pod.spec.volumes ?? []).flatMap(({ name: volume, persistentVolumeClaim: claim, ephemeral }) => {
    const name = claim?.claimName ?? (ephemeral ? `${podName}-${volume}` : undefined);
    if (name === undefined) return [];
    const found = client.get(persistentVolumeClaim, { namespace, name });
    return [{ name, claim: found, isEphemeral: ephemeral !== undefined }];
  });
}

function classOf({ context: { client } }: Cycle, claim: PersistentVolumeClaim): StorageClass | undefined {
  return client.get(storageClass, { name: storageClassOf(claim) });
}

/** Upstream: kubernetes pkg/scheduler/framework/plugins/volumebinding. */
export const volumeBinding: SchedulerPlugin = {
  name: 'VolumeBinding',
  preFilter(cycle) {
    if (!usesClaims(cycle.pod)) return undefined;
    const claims = claimsOf(cycle);
    for (const one of claims) {
      const why = whyUnusable(one);
      if (why !== undefined) return why;
    }
    const isImmediate = ({ claim }: Claimed) =>
      claim && !isBindCompleted(claim) && !waitsForConsumer(classOf(cycle, claim));
    return claims.some(isImmediate) ? 'pod has unbound immediate PersistentVolumeClaims' : undefined;
  },
  filter(cycle) {
    if (!usesClaims(cycle.pod)) return undefined;
    const claims = claimsOf(cycle).flatMap(({ claim }) => (claim ? [claim] : []));
    const volumes = cycle.context.client.list(persistentVolume);
    return ({ node }) => {
      const bound = claims.filter(isBindCompleted);
      if (bound.some(({ spec }) => !reachesBound(volumes, spec.volumeName, node))) return NODE_CONFLICT;
      const isBindable = (claim: PersistentVolumeClaim) => mayBind(cycle, claim, volumes, node);
      return claims.every((claim) => isBindCompleted(claim) || isBindable(claim)) ? undefined : BIND_CONFLICT;
    };
  },
  preBind(cycle, { node }) {
    if (!usesClaims(cycle.pod)) return true;
    const open = claimsOf(cycle).flatMap(({ claim }) => (claim && !isBindCompleted(claim) ? [claim] : []));
    for (const claim of open) bindOrSelect(cycle, claim, node);
    return open.length === 0;
  },
};

function whyUnusable({ name, claim, isEphemeral }: Claimed): string | undefined {
  if (!claim && isEphemeral)
    return `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`;
  if (!claim) return `persistentvolumeclaim "${name}" not found`;
  if (claim.status.phase === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`;
  return isDeleting(claim) ? `persistentvolumeclaim "${name}" is being deleted` : undefined;
}

function reachesBound(volumes: readonly PersistentVolume[], name: string | undefined, node: Node): boolean {
  const volume = volumes.find(({ metadata }) => metadata.name === name);
  return volume !== undefined && reaches(volume, node);
}

function mayBind(
  cycle: Cycle,
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  node: Node,
): boolean {
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  if (selected !== undefined) return selected === node.metadata.name;
  if (findVolume(volumes, claim, { node })) return true;
  const found = classOf(cycle, claim);
  return found !== undefined && found.provisioner !== NO_PROVISIONER && allowsTopology(found, node);
}

function allowsTopology({ allowedTopologies = [] }: StorageClass, { metadata }: Node): boolean {
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values = [] }) => values.includes(metadata.labels?.[key] ?? '')),
  );
}

/** Reserves a volume that is there, or tells the provisioner where one is needed. Upstream: BindPodVolumes. */
function bindOrSelect({ context }: Cycle, claim: PersistentVolumeClaim, node: Node): void {
  const { client } = context;
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const volumes = client.list(persistentVolume);
  const volume = findVolume(volumes, claim, { node });
  if (volume && !isMeantFor(volume, claim)) {
    const changed = clone(volume);
    changed.metadata.annotations = { ...changed.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' };
    changed.spec.claimRef = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      name,
      ...(namespace ? { namespace } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(uid ? { uid } : {}),
    };
    client.update(persistentVolume, changed);
  } else if (!volume && claim.metadata.annotations?.[SELECTED_NODE] === undefined) {
    const changed = clone(claim);
    changed.metadata.annotations = { ...changed.metadata.annotations, [SELECTED_NODE]: node.metadata.name };
    client.update(persistentVolumeClaim, changed);
  }
}
