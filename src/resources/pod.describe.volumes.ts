// The volumes of a pod or a pod template, each with its type and what it says of it.
// Called by: pod.describe.ts, podtemplate.describe.ts. Must not know: mounts.
// pod.describe.volumes.devices.ts has the disks and file systems of storage vendors.
import type {
  CSIVolumeSource,
  DownwardAPIVolumeSource,
  EmptyDirVolumeSource,
  EphemeralVolumeSource,
  ProjectedVolumeSource,
} from 'kubernetes-types/core/v1';
import { formatQuantity, parseQuantity, signOf } from '../machinery/quantity.ts';
import { shorten, writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { PrefixWriter } from './describe.writer.ts';
import { deviceLines, type VolumeLines } from './pod.describe.volumes.devices.ts';
import type { Volume } from './podspec.types.ts';

const MAX_ATTRIBUTE_BYTES = 140;
/** Labels that upstream does not write as `name:`. */
const ODD_LABELS = new Map([
  ['Kind', 'Kind: '],
  ['ISCSIInterface', 'ISCSIInterface'],
]);

/** Upstream: describeVolumes. */
export function writeVolumes(w: PrefixWriter, volumes: readonly Volume[] = [], space = ''): void {
  if (volumes.length === 0) {
    w.write(0, `${space}Volumes:\t<none>\n`);
    return;
  }
  w.write(0, `${space}Volumes:\n`);
  for (const volume of volumes) {
    w.write(1, `${space === '' ? '' : ' '}${volume.name}:\n`);
    writeVolumeSource(w, volume);
  }
}

/** Writes what a volume is backed by, two levels in. */
export function writeVolumeSource(w: PrefixWriter, volume: Volume): void {
  const { projected, downwardAPI, ephemeral, csi } = volume;
  if (projected) writeProjected(w, projected);
  else if (downwardAPI) writeDownwardAPI(w, downwardAPI);
  else if (ephemeral) writeEphemeral(w, ephemeral);
  else if (csi) writeCSI(w, csi);
  else {
    const lines = plainLines(volume) ?? deviceLines(volume);
    if (!lines) w.write(1, '<unknown>\n');
    else writeLines(w, lines);
  }
}

function writeLines(w: PrefixWriter, [type, ...fields]: VolumeLines): void {
  w.field(2, 'Type', type);
  for (const [name, value] of fields) w.row(2, ODD_LABELS.get(name) ?? `${name}:`, value);
}

function plainLines({ hostPath, emptyDir, secret, configMap, ...others }: Volume): VolumeLines | undefined {
  const { nfs, persistentVolumeClaim, gitRepo, image } = others;
  if (hostPath) {
    const type = hostPath.type ?? '<none>';
    return ['HostPath (bare host directory volume)', ['Path', hostPath.path], ['HostPathType', type]];
  }
  if (emptyDir) return emptyDirLines(emptyDir);
  if (gitRepo) {
    const { repository, revision } = gitRepo;
    const type = 'GitRepo (a volume that is pulled from git when the pod is created)';
    return [type, ['Repository', repository], ['Revision', revision]];
  }
  if (secret) {
    const { secretName, optional = false } = secret;
    return ['Secret (a volume populated by a Secret)', ['SecretName', secretName], ['Optional', optional]];
  }
  if (configMap) {
    const { name, optional = false } = configMap;
    return ['ConfigMap (a volume populated by a ConfigMap)', ['Name', name], ['Optional', optional]];
  }
  if (nfs) {
    const { server, path, readOnly = false } = nfs;
    const type = 'NFS (an NFS mount that lasts the lifetime of a pod)';
    return [type, ['Server', server], ['Path', path], ['ReadOnly', readOnly]];
  }
  if (persistentVolumeClaim) {
    const { claimName, readOnly = false } = persistentVolumeClaim;
    const type = 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)';
    return [type, ['ClaimName', claimName], ['ReadOnly', readOnly]];
  }
  if (!image) return undefined;
  const type = 'Image (a container image or OCI artifact)';
  return [type, ['Reference', image.reference], ['PullPolicy', image.pullPolicy]];
}

function emptyDirLines({ medium, sizeLimit }: EmptyDirVolumeSource): VolumeLines {
  const limit = sizeLimit === undefined ? undefined : parseQuantity(sizeLimit);
  const size = limit && signOf(limit) > 0 ? formatQuantity(limit) : '<unset>';
  const type = "EmptyDir (a temporary directory that shares a pod's lifetime)";
  return [type, ['Medium', medium], ['SizeLimit', size]];
}

function writeProjected(w: PrefixWriter, { sources = [] }: ProjectedVolumeSource): void {
  w.field(2, 'Type', 'Projected (a volume that contains injected data from multiple sources)');
  for (const { secret, downwardAPI, configMap, serviceAccountToken } of sources) {
    if (secret) {
      w.field(2, 'SecretName', secret.name);
      w.field(2, 'Optional', secret.optional ?? false);
    } else if (downwardAPI) w.field(2, 'DownwardAPI', true);
    else if (configMap) {
      w.field(2, 'ConfigMapName', configMap.name);
      w.field(2, 'Optional', configMap.optional ?? false);
    } else if (serviceAccountToken) {
      w.field(2, 'TokenExpirationSeconds', serviceAccountToken.expirationSeconds ?? 3600);
    }
  }
}

function writeDownwardAPI(w: PrefixWriter, { items = [] }: DownwardAPIVolumeSource): void {
  w.field(2, 'Type', 'DownwardAPI (a volume populated by information about the pod)');
  w.write(2, 'Items:\n');
  for (const { fieldRef, resourceFieldRef, path } of items) {
    if (fieldRef) w.write(3, `${fieldRef.fieldPath} -> ${path}\n`);
    if (resourceFieldRef) w.write(3, `${resourceFieldRef.resource} -> ${path}\n`);
  }
}

/** The claim is written as claims are, as far as a template says it. Upstream: printPersistentVolumeClaim. */
function writeEphemeral(outer: PrefixWriter, { volumeClaimTemplate }: EphemeralVolumeSource): void {
  const type = 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)';
  outer.field(2, 'Type', type);
  if (!volumeClaimTemplate) return;
  const { metadata = {}, spec } = volumeClaimTemplate;
  const w = outer.nested(2);
  const beta = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'];
  w.field(0, 'StorageClass', beta ?? spec.storageClassName);
  w.field(0, 'Volume', spec.volumeName);
  writeLabelsAndAnnotations(w, { ...metadata, name: '' });
  w.field(0, 'Capacity', spec.volumeName ? '0' : '');
  w.field(0, 'Access Modes', '');
  if (spec.volumeMode) w.field(0, 'VolumeMode', spec.volumeMode);
  const { dataSource } = spec;
  if (!dataSource) return;
  w.write(0, 'DataSource:\n');
  if (dataSource.apiGroup !== undefined) w.field(1, 'APIGroup', dataSource.apiGroup);
  w.field(1, 'Kind', dataSource.kind);
  w.field(1, 'Name', dataSource.name);
}

function writeCSI(w: PrefixWriter, { driver, fsType, readOnly, volumeAttributes = {} }: CSIVolumeSource): void {
  w.field(2, 'Type', 'CSI (a Container Storage Interface (CSI) volume source)');
  w.field(2, 'Driver', driver);
  w.field(2, 'FSType', fsType);
  w.field(2, 'ReadOnly', readOnly ?? false);
  const keys = Object.keys(volumeAttributes).sort();
  w.write(2, `VolumeAttributes:\t${keys.length === 0 ? '<none>\n' : ''}`);
  keys.forEach((key, i) => {
    // Upstream indents each piece of these lines on its own.
    if (i > 0) {
      w.write(2, '');
      w.write(2, '\t');
    }
    const line = `${key}=${volumeAttributes[key]}`;
    w.write(2, `${shorten(line, MAX_ATTRIBUTE_BYTES)}\n`);
  });
}
