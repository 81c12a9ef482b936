// Validation of PersistentVolumes.
// Called by: persistentvolume.ts. Must not know: claims, storage classes.
import { type FieldErrors, Path, forbidden, invalid, notSupported, required } from '../machinery/field.ts';
import { semanticEqual, validateImmutableField } from '../machinery/metavalidation.ts';
import { parseQuantity, signOf } from '../machinery/quantity.ts';
import { isDNS1123Subdomain } from '../machinery/validation.ts';
import type { PersistentVolume } from './persistentvolume.ts';
import { jsonDiff } from './podspec.diff.ts';
import { invalidEach, validateWord } from './podspec.validation.names.ts';
import { validatePathNoBacksteps } from './podspec.validation.paths.ts';
import { validateNodeSelector } from './podspec.validation.scheduling.ts';
import { ACCESS_MODES, validateHostPathType } from './podspec.validation.volumes.ts';

const SPEC = Path.of('spec');
type VolumeSpec = PersistentVolume['spec'];

/** What a volume is backed by, in upstream's order. */
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const satisfies readonly (keyof VolumeSpec)[];

/** Upstream: kubernetes pkg/apis/core/validation ValidatePersistentVolumeSpec. */
export function validateVolume({ spec }: PersistentVolume): FieldErrors {
  const { persistentVolumeReclaimPolicy = '', nodeAffinity, storageClassName = '', volumeMode, hostPath } = spec;
  const errors = [...validateAccessModes(spec), ...validateCapacity(spec)];
  const policyPath = SPEC.child('persistentVolumeReclaimPolicy');
  errors.push(...validateWord(persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain'], policyPath));
  if (nodeAffinity) {
    const at = SPEC.child('nodeAffinity', 'required');
    if (!nodeAffinity.required) errors.push(required(at, 'must specify required node constraints'));
    else errors.push(...validateNodeSelector(nodeAffinity.required.nodeSelectorTerms, at));
  }
  errors.push(...validateSources(spec));
  if (hostPath?.path === '/' && persistentVolumeReclaimPolicy === 'Recycle')
    errors.push(forbidden(policyPath, "may not be 'recycle' for a hostPath mount of '/'"));
  if (storageClassName !== '')
    errors.push(...invalidEach(SPEC.child('storageClassName'), storageClassName, isDNS1123Subdomain(storageClassName)));
  if (volumeMode !== undefined && volumeMode !== 'Block' && volumeMode !== 'Filesystem')
    errors.push(notSupported(SPEC.child('volumeMode'), volumeMode, ['Block', 'Filesystem']));
  return errors;
}

function validateAccessModes({ accessModes = [] }: VolumeSpec): FieldErrors {
  const at = SPEC.child('accessModes');
  if (accessModes.length === 0) return [required(at)];
  const wrong = accessModes.filter((mode) => !ACCESS_MODES.includes(mode));
  const errors: FieldErrors = wrong.map((mode) => notSupported(at, mode, ACCESS_MODES));
  if (accessModes.includes('ReadWriteOncePod') && new Set(accessModes).size > 1)
    errors.push(forbidden(at, 'may not use ReadWriteOncePod with other access modes'));
  return errors;
}

function validateCapacity({ capacity = {} }: VolumeSpec): FieldErrors {
  const at = SPEC.child('capacity');
  const names = Object.keys(capacity);
  if (names.length === 0) return [required(at)];
  const errors: FieldErrors = [];
  if (capacity['storage'] === undefined || names.length > 1) errors.push(notSupported(at, capacity, ['storage']));
  for (const [name, quantity] of Object.entries(capacity)) {
    if (signOf(parseQuantity(quantity)) <= 0)
      errors.push(invalid(at.key(name), String(quantity), 'must be greater than zero'));
  }
  return errors;
}

function validateSources(spec: VolumeSpec): FieldErrors {
  const given = SOURCES.filter((name) => spec[name] !== undefined);
  const [first, ...others] = given;
  if (!first) return [required(SPEC, 'must specify a volume type')];
  const errors: FieldErrors = others.map((name) =>
    forbidden(SPEC.child(name), 'may not specify more than 1 volume type'),
  );
  return [...validateSource(spec, first, SPEC.child(first)), ...errors];
}

function validateSource(spec: VolumeSpec, name: (typeof SOURCES)[number], path: Path): FieldErrors {
  const { hostPath, nfs, csi, local } = spec;
  const needs = (fields: Record<string, string | undefined>): FieldErrors =>
    Object.entries(fields).flatMap(([field, value]) => (value ? [] : [required(path.child(field))]));
  if (name === 'hostPath' && hostPath) {
    if (!hostPath.path) return [required(path.child('path'))];
    const errors = validatePathNoBacksteps(hostPath.path, path.child('path'));
    return [...errors, ...validateHostPathType(hostPath.type, path.child('type'))];
  }
  if (name === 'nfs' && nfs) {
    const errors = needs({ server: nfs.server, path: nfs.path });
    const isRelative = nfs.path && !nfs.path.startsWith('/');
    return isRelative ? [...errors, invalid(path.child('path'), nfs.path, 'must be an absolute path')] : errors;
  }
  if (name === 'csi' && csi) return needs({ driver: csi.driver, volumeHandle: csi.volumeHandle });
  if (name === 'local' && local) {
    const errors = needs({ path: local.path });
    if (local.path) errors.push(...validatePathNoBacksteps(local.path, path.child('path')));
    const at = SPEC.child('nodeAffinity');
    return spec.nodeAffinity ? errors : [...errors, required(at, 'Local volume requires node affinity')];
  }
  return [];
}

/** Upstream: ValidatePersistentVolumeUpdate. */
export function validateVolumeUpdate(volume: PersistentVolume, old: PersistentVolume): FieldErrors {
  const errors = validateVolume(volume);
  const sourceOf = ({ spec }: PersistentVolume) => Object.fromEntries(SOURCES.map((name) => [name, spec[name]]));
  const [now, before] = [sourceOf(volume), sourceOf(old)];
  if (!semanticEqual(now, before)) {
    const what = 'spec.persistentvolumesource is immutable after creation\n';
    errors.push(forbidden(SPEC.child('persistentvolumesource'), what + jsonDiff(before, now)));
  }
  errors.push(...validateImmutableField(volume.spec.volumeMode, old.spec.volumeMode, Path.of('volumeMode')));
  // A volume without an affinity may get one.
  if (!old.spec.nodeAffinity) return errors;
  const at = Path.of('nodeAffinity');
  return [...errors, ...validateImmutableField(volume.spec.nodeAffinity, old.spec.nodeAffinity, at)];
}
