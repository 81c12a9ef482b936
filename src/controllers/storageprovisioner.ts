// The provisioners that come with small clusters: a folder on a node for every claim that asks, deleted with the claim.
// Called by: controllers/manager.ts through the index. Must not know: how claims are bound; the files in the folders.
import { keyOf, keyString, parseKey } from '../machinery/meta.ts';
import { node as nodeResource } from '../resources/node.ts';
import { persistentVolume, type PersistentVolume } from '../resources/persistentvolume.ts';
import { persistentVolumeClaim, type PersistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import { storageClassOf } from '../resources/storage.formatting.ts';
import { storageClass, type StorageClass } from '../resources/storageclass.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { CLAIM_PROVISIONER, PROVISIONED_BY, SELECTED_NODE, waitsForConsumer } from './volumematching.ts';

interface Provisioner {
  /** The folder of a claim. */
  path(claim: PersistentVolumeClaim, volumeName: string): string;
  hostPathType: string;
  /** True for one whose folders lie on the node that was chosen, and can be used from there alone. */
  isPerNode: boolean;
}

const PROVISIONERS: Readonly<Record<string, Provisioner>> = {
  'k8s.io/minikube-hostpath': {
    path: ({ metadata }) => `/tmp/hostpath-provisioner/${metadata.namespace}/${metadata.name}`,
    hostPathType: '',
    isPerNode: false,
  },
  'rancher.io/local-path': {
    path: ({ metadata }, name) => `/var/local-path-provisioner/${name}_${metadata.namespace}_${metadata.name}`,
    hostPathType: 'DirectoryOrCreate',
    isPerNode: true,
  },
  'docker.io/hostpath': {
    path: ({ metadata }, name) => `/var/lib/k8s-pvs/${metadata.name}/${name}`,
    hostPathType: '',
    isPerNode: false,
  },
};

const VOLUME = 'volume ';

/** Upstream: sig-storage-lib-external-provisioner, and the programs that are built with it. */
export const storageProvisioner: Controller = {
  name: 'storage-provisioner',
  fieldManager: 'storage-provisioner',
  watches: [
    { definition: persistentVolumeClaim, enqueue: ({ object }) => [keyOf(object)] },
    { definition: persistentVolume, enqueue: ({ object }) => [`${VOLUME}${object.metadata.name}`] },
  ],
  reconcile(context, key) {
    const { client } = context;
    if (key.startsWith(VOLUME)) {
      const volume = client.get(persistentVolume, { name: key.slice(VOLUME.length) });
      if (volume) deleteReleased(context, volume);
      return;
    }
    const claim = client.get(persistentVolumeClaim, parseKey(key));
    const name = claim?.metadata.annotations?.[CLAIM_PROVISIONER[1]] ?? '';
    const provisioner = PROVISIONERS[name];
    if (claim && provisioner) provision(context, claim, { name, ...provisioner });
  },
};

function provision(
  context: ControllerContext,
  claim: PersistentVolumeClaim,
  provisioner: Provisioner & { name: string },
): void {
  const { client, recorder, random } = context;
  const { metadata, status } = claim;
  const volumeName = `pvc-${metadata.uid}`;
  const found = client.get(storageClass, { name: storageClassOf(claim) });
  const node = metadata.annotations?.[SELECTED_NODE];
  if (claim.spec.volumeName || status.phase !== 'Pending' || metadata.deletionTimestamp || !found) return;
  if ((waitsForConsumer(found) && node === undefined) || client.get(persistentVolume, { name: volumeName })) return;
  const options = { component: `${provisioner.name}_${random.uid('provisioner', provisioner.name)}` };
  const subject = `External provisioner is provisioning volume for claim "${keyString(metadata)}"`;
  recorder.event(claim, 'Normal', 'Provisioning', subject, options);
  if (provisioner.isPerNode && node === undefined) {
    const why = 'configuration error, no node was specified';
    const message = `failed to provision volume with StorageClass "${found.metadata.name}": ${why}`;
    recorder.event(claim, 'Warning', 'ProvisioningFailed', message, options);
    return;
  }
  client.create(persistentVolume, volumeFor(context, claim, found, { ...provisioner, volumeName, node }));
  recorder.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volumeName}`, options);
}

function volumeFor(
  { client, random }: ControllerContext,
  claim: PersistentVolumeClaim,
  { metadata: { name: storageClassName }, reclaimPolicy, mountOptions }: StorageClass,
  provisioner: Provisioner & { name: string; volumeName: string; node: string | undefined },
) {
  const { name, volumeName, node = '', isPerNode, hostPathType } = provisioner;
  const { metadata, spec } = claim;
  const hostname = client.get(nodeResource, { name: node })?.metadata.labels?.['kubernetes.io/hostname'] ?? node;
  const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [hostname] }];
  const identity = { hostPathProvisionerIdentity: random.uid('provisioner', name) };
  return {
    metadata: {
      name: volumeName,
      annotations: {
        ...(isPerNode ? { 'local.path.provisioner/selected-node': node } : identity),
        [PROVISIONED_BY]: name,
      },
    },
    spec: {
      accessModes: [...(spec.accessModes ?? [])],
      capacity: { storage: spec.resources?.requests?.['storage'] ?? '0' },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name: metadata.name,
        ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
        ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
        ...(metadata.uid ? { uid: metadata.uid } : {}),
      },
      hostPath: { path: provisioner.path(claim, volumeName), type: hostPathType },
      ...(mountOptions ? { mountOptions: [...mountOptions] } : {}),
      ...(isPerNode ? { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } } } : {}),
      persistentVolumeReclaimPolicy: reclaimPolicy ?? 'Delete',
      storageClassName,
      volumeMode: spec.volumeMode ?? 'Filesystem',
    },
  };
}

function deleteReleased({ client }: ControllerContext, volume: PersistentVolume): void {
  const { metadata, spec, status } = volume;
  if (!PROVISIONERS[metadata.annotations?.[PROVISIONED_BY] ?? ''] || metadata.deletionTimestamp) return;
  if (status.phase !== 'Released' || spec.persistentVolumeReclaimPolicy !== 'Delete') return;
  client.delete(persistentVolume, { name: metadata.name });
}
