// What describe says of volumes that are disks and file systems of storage vendors.
// Called by: pod.describe.volumes.ts. Must not know: how the lines are written.
import type { ISCSIVolumeSource, RBDVolumeSource, ScaleIOVolumeSource } from 'kubernetes-types/core/v1';
import { goString } from '../machinery/gofmt.ts';
import type { CellText } from './describe.writer.ts';
import type { Volume } from './podspec.types.ts';

/** The type of a volume and its fields. */
export type VolumeLines = [type: string, ...fields: [name: string, value: CellText][]];

/** Returns the lines of a volume, or undefined when it is of no known type. Upstream: describeVolumes. */
export function deviceLines(volume: Volume): VolumeLines | undefined {
  return cloudDiskLines(volume) ?? networkDiskLines(volume) ?? fileSystemLines(volume) ?? driverLines(volume);
}

function cloudDiskLines(volume: Volume): VolumeLines | undefined {
  const { gcePersistentDisk: gce, awsElasticBlockStore: aws, azureDisk, azureFile, vsphereVolume, cinder } = volume;
  const { photonPersistentDisk: photon } = volume;
  if (gce) {
    return [
      'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
      ['PDName', gce.pdName],
      ...partition(gce),
    ];
  }
  if (aws)
    return ['AWSElasticBlockStore (a Persistent Disk resource in AWS)', ['VolumeID', aws.volumeID], ...partition(aws)];
  if (azureDisk) {
    const { diskName, diskURI, kind, fsType, cachingMode, readOnly = false } = azureDisk;
    return [
      'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
      ['DiskName', diskName],
      ['DiskURI', diskURI],
      ['Kind', kind],
      ['FSType', fsType],
      ['CachingMode', cachingMode],
      ['ReadOnly', readOnly],
    ];
  }
  if (azureFile) {
    const { secretName, shareName, readOnly = false } = azureFile;
    const type = 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)';
    return [type, ['SecretName', secretName], ['ShareName', shareName], ['ReadOnly', readOnly]];
  }
  if (vsphereVolume) {
    const { volumePath, fsType, storagePolicyName } = vsphereVolume;
    const type = 'vSphereVolume (a Persistent Disk resource in vSphere)';
    return [type, ['VolumePath', volumePath], ['FSType', fsType], ['StoragePolicyName', storagePolicyName]];
  }
  if (photon) {
    const type = 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)';
    return [type, ['PdID', photon.pdID], ['FSType', photon.fsType]];
  }
  if (!cinder) return undefined;
  return [
    'Cinder (a Persistent Disk resource in OpenStack)',
    ['VolumeID', cinder.volumeID],
    ['FSType', cinder.fsType],
    ['ReadOnly', cinder.readOnly ?? false],
    ['SecretRef', referenceText(cinder.secretRef)],
  ];
}

type Partitioned = { fsType?: string; partition?: number; readOnly?: boolean };

function partition({ fsType, partition: number = 0, readOnly = false }: Partitioned): [string, CellText][] {
  return [
    ['FSType', fsType],
    ['Partition', number],
    ['ReadOnly', readOnly],
  ];
}

function networkDiskLines({ iscsi, rbd, scaleIO, fc, storageos, portworxVolume }: Volume): VolumeLines | undefined {
  if (iscsi) return iscsiLines(iscsi);
  if (rbd) return rbdLines(rbd);
  if (scaleIO) return scaleIOLines(scaleIO);
  if (fc) {
    return [
      'FC (a Fibre Channel disk)',
      ['TargetWWNs', (fc.targetWWNs ?? []).join(', ')],
      ['LUN', fc.lun ?? '<none>'],
      ['FSType', fc.fsType],
      ['ReadOnly', fc.readOnly ?? false],
    ];
  }
  if (storageos) {
    return [
      'StorageOS (a StorageOS Persistent Disk resource)',
      ['VolumeName', storageos.volumeName],
      ['VolumeNamespace', storageos.volumeNamespace],
      ['FSType', storageos.fsType],
      ['ReadOnly', storageos.readOnly ?? false],
    ];
  }
  if (!portworxVolume) return undefined;
  return ['PortworxVolume (a Portworx Volume resource)', ['VolumeID', portworxVolume.volumeID]];
}

function iscsiLines(iscsi: ISCSIVolumeSource): VolumeLines {
  return [
    "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    ['TargetPortal', iscsi.targetPortal],
    ['IQN', iscsi.iqn],
    ['Lun', iscsi.lun],
    ['ISCSIInterface', iscsi.iscsiInterface],
    ['FSType', iscsi.fsType],
    ['ReadOnly', iscsi.readOnly ?? false],
    ['Portals', goString(iscsi.portals ?? [])],
    ['DiscoveryCHAPAuth', iscsi.chapAuthDiscovery ?? false],
    ['SessionCHAPAuth', iscsi.chapAuthSession ?? false],
    ['SecretRef', referenceText(iscsi.secretRef)],
    ['InitiatorName', iscsi.initiatorName ?? '<none>'],
  ];
}

function rbdLines(rbd: RBDVolumeSource): VolumeLines {
  return [
    "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    ['CephMonitors', goString(rbd.monitors)],
    ['RBDImage', rbd.image],
    ['FSType', rbd.fsType],
    ['RBDPool', rbd.pool],
    ['RadosUser', rbd.user],
    ['Keyring', rbd.keyring],
    ['SecretRef', referenceText(rbd.secretRef)],
    ['ReadOnly', rbd.readOnly ?? false],
  ];
}

function scaleIOLines(scaleIO: ScaleIOVolumeSource): VolumeLines {
  return [
    'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    ['Gateway', scaleIO.gateway],
    ['System', scaleIO.system],
    ['Protection Domain', scaleIO.protectionDomain],
    ['Storage Pool', scaleIO.storagePool],
    ['Storage Mode', scaleIO.storageMode],
    ['VolumeName', scaleIO.volumeName],
    ['FSType', scaleIO.fsType],
    ['ReadOnly', scaleIO.readOnly ?? false],
  ];
}

function fileSystemLines({ glusterfs, quobyte, cephfs, flocker }: Volume): VolumeLines | undefined {
  if (glusterfs) {
    const { endpoints, path, readOnly = false } = glusterfs;
    const type = "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)";
    return [type, ['EndpointsName', endpoints], ['Path', path], ['ReadOnly', readOnly]];
  }
  if (quobyte) {
    const { registry, volume, readOnly = false } = quobyte;
    const type = "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)";
    return [type, ['Registry', registry], ['Volume', volume], ['ReadOnly', readOnly]];
  }
  if (cephfs) {
    return [
      "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
      ['Monitors', goString(cephfs.monitors)],
      ['Path', cephfs.path],
      ['User', cephfs.user],
      ['SecretFile', cephfs.secretFile],
      ['SecretRef', referenceText(cephfs.secretRef)],
      ['ReadOnly', cephfs.readOnly ?? false],
    ];
  }
  if (!flocker) return undefined;
  const type = 'Flocker (a Flocker volume mounted by the Flocker agent)';
  return [type, ['DatasetName', flocker.datasetName], ['DatasetUUID', flocker.datasetUUID]];
}

function driverLines({ flexVolume }: Volume): VolumeLines | undefined {
  if (!flexVolume) return undefined;
  return [
    'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    ['Driver', flexVolume.driver],
    ['FSType', flexVolume.fsType],
    ['SecretRef', referenceText(flexVolume.secretRef)],
    ['ReadOnly', flexVolume.readOnly ?? false],
    ['Options', goString(flexVolume.options ?? {})],
  ];
}

/** Upstream: LocalObjectReference.String. */
function referenceText(reference: { name?: string } | undefined): string {
  return reference ? `&LocalObjectReference{Name:${reference.name ?? ''},}` : 'nil';
}
