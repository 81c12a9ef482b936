// Volumes of a pod: one source each, and what each source needs.
// Called by: podspec.validation.ts. Must not know: claims, Secrets and ConfigMaps that exist.
import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  PersistentVolumeClaimSpec,
  ProjectedVolumeSource,
  VolumeProjection,
} from 'kubernetes-types/core/v1';
import {
  type FieldErrors,
  type Path,
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../machinery/field.ts';
import { validateAnnotations, validateLabelSelector, validateLabels } from '../machinery/metavalidation.ts';
import { parseQuantity, signOf } from '../machinery/quantity.ts';
import { isDNS1123Subdomain } from '../machinery/validation.ts';
import type { PodValidationOptions, Volume } from './podspec.types.ts';
import { VOLUME_FIELDS, validateFieldRef, validateResourceFieldRef } from './podspec.validation.env.ts';
import { invalidEach, validateDNS1123Label, validateWord } from './podspec.validation.names.ts';
import {
  validateFileMode,
  validateLocalDescendingPath,
  validateLocalNonReservedPath,
  validatePathNoBacksteps,
} from './podspec.validation.paths.ts';
import { networkSources, validateNetworkSource } from './podspec.validation.networkvolumes.ts';

/** Returns the volumes that are right, by name, and what is wrong with the others. Upstream: ValidateVolumes. */
export function validateVolumes(
  volumes: readonly Volume[],
  options: PodValidationOptions,
  path: Path,
): { right: Map<string, Volume>; errors: FieldErrors } {
  const right = new Map<string, Volume>();
  const errors: FieldErrors = [];
  const { podName = '' } = options;
  const created = new Set(volumes.filter((v) => v.ephemeral && podName !== '').map((v) => `${podName}-${v.name}`));
  for (const [i, volume] of volumes.entries()) {
    const at = path.index(i);
    const namePath = at.child('name');
    const { name = '' } = volume;
    const own = validateSource(volume, options, at);
    own.push(...(name === '' ? [required(namePath)] : validateDNS1123Label(name, namePath)));
    if (right.has(name)) own.push(duplicate(namePath, name));
    if (own.length === 0) right.set(name, volume);
    errors.push(...own);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim === undefined || !created.has(claim)) continue;
    const detail = 'must not reference a PVC that gets created for an ephemeral volume';
    errors.push(invalid(at.child('persistentVolumeClaim', 'claimName'), claim, detail));
  }
  return { right, errors };
}

type ValidateSource = (volume: Volume, path: Path, options: PodValidationOptions) => FieldErrors;

/** In upstream's order; `path` is that of the source. The network's own sources stand in a file of theirs. */
const SOURCES: Record<string, ValidateSource> = {
  hostPath: ({ hostPath }, path) => {
    if (!hostPath?.path) return [required(path.child('path'))];
    const errors = validatePathNoBacksteps(hostPath.path, path.child('path'));
    return [...errors, ...validateHostPathType(hostPath.type, path.child('type'))];
  },
  gitRepo: ({ gitRepo }, path) => [
    ...(gitRepo?.repository ? [] : [required(path.child('repository'))]),
    ...validateLocalDescendingPath(gitRepo?.directory ?? '', path.child('directory')),
  ],
  gcePersistentDisk: networkSources,
  awsElasticBlockStore: networkSources,
  secret: ({ secret }, path) => [
    ...(secret?.secretName ? [] : [required(path.child('secretName'))]),
    ...validateFileMode(secret?.defaultMode, path.child('defaultMode')),
    ...validateItems(secret?.items, path.child('items')),
  ],
  nfs: networkSources,
  iscsi: networkSources,
  glusterfs: networkSources,
  flocker: networkSources,
  persistentVolumeClaim: ({ persistentVolumeClaim }, path) =>
    persistentVolumeClaim?.claimName ? [] : [required(path.child('claimName'))],
  rbd: networkSources,
  cinder: networkSources,
  cephfs: networkSources,
  quobyte: networkSources,
  downwardAPI: ({ downwardAPI }, path) => [
    ...validateFileMode(downwardAPI?.defaultMode, path.child('defaultMode')),
    ...(downwardAPI?.items ?? []).flatMap((file) => validateDownwardFile(file, path)),
  ],
  fc: networkSources,
  flexVolume: networkSources,
  configMap: ({ configMap }, path) => [
    ...(configMap?.name ? [] : [required(path.child('name'))]),
    ...validateFileMode(configMap?.defaultMode, path.child('defaultMode')),
    ...validateItems(configMap?.items, path.child('items')),
  ],
  azureFile: networkSources,
  vsphereVolume: networkSources,
  photonPersistentDisk: networkSources,
  portworxVolume: networkSources,
  azureDisk: networkSources,
  storageos: networkSources,
  projected: ({ projected }, path) => (projected ? validateProjected(projected, path) : []),
  scaleIO: networkSources,
  csi: networkSources,
  ephemeral: (volume, path, options) => validateEphemeral(volume, path, options),
  image: ({ image }, path, { isPod }) => [
    ...(isPod && !image?.reference ? [required(path.child('reference'))] : []),
    ...validateWord(image?.pullPolicy, ['Always', 'IfNotPresent', 'Never'], path.child('pullPolicy')),
  ],
};

/** Upstream: validateVolumeSource. */
function validateSource(volume: Volume, options: PodValidationOptions, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  let sources = 0;
  if (volume.emptyDir) {
    sources++;
    const { sizeLimit } = volume.emptyDir;
    if (sizeLimit !== undefined && signOf(parseQuantity(sizeLimit)) < 0)
      errors.push(forbidden(path.child('emptyDir', 'sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
  }
  for (const [name, validate] of Object.entries(SOURCES)) {
    if ((volume as unknown as Record<string, unknown>)[name] === undefined) continue;
    if (sources++ > 0) errors.push(forbidden(path.child(name), 'may not specify more than 1 volume type'));
    else if (validate === networkSources) errors.push(...validateNetworkSource(name, volume, path));
    else errors.push(...validate(volume, path.child(name), options));
  }
  if (sources === 0) errors.push(required(path, 'must specify a volume type'));
  return errors;
}

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/** The kind of file that a hostPath expects. */
export function validateHostPathType(type: string | undefined, path: Path): FieldErrors {
  return type === undefined || HOST_PATH_TYPES.includes(type) ? [] : [notSupported(path, type, HOST_PATH_TYPES)];
}

function validateItems(items: readonly KeyToPath[] | undefined, path: Path): FieldErrors {
  return (items ?? []).flatMap((item, i) => validateKeyToPath(item, path.index(i)));
}

function validateKeyToPath({ key = '', path: file = '', mode }: KeyToPath, path: Path): FieldErrors {
  return [
    ...(key === '' ? [required(path.child('key'))] : []),
    ...(file === '' ? [required(path.child('path'))] : []),
    ...validateLocalNonReservedPath(file, path.child('path')),
    ...validateFileMode(mode, path.child('mode')),
  ];
}

/** Upstream: validateDownwardAPIVolumeFile; its findings do not say which file. */
function validateDownwardFile(file: DownwardAPIVolumeFile, path: Path): FieldErrors {
  const { path: name = '', fieldRef, resourceFieldRef, mode } = file;
  const errors = name === '' ? [required(path.child('path'))] : [];
  errors.push(...validateLocalNonReservedPath(name, path.child('path')));
  if (fieldRef) {
    errors.push(...validateFieldRef(fieldRef, VOLUME_FIELDS, path.child('fieldRef')));
    const both = 'fieldRef and resourceFieldRef can not be specified simultaneously';
    if (resourceFieldRef) errors.push(invalid(path, 'resource', both));
  } else if (resourceFieldRef) {
    errors.push(...validateResourceFieldRef(resourceFieldRef, path.child('resourceFieldRef'), { isVolume: true }));
  } else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  return [...errors, ...validateFileMode(mode, path.child('mode'))];
}

/** Upstream: validateProjectedVolumeSource. */
function validateProjected({ defaultMode, sources = [] }: ProjectedVolumeSource, path: Path): FieldErrors {
  const errors = validateFileMode(defaultMode, path.child('defaultMode'));
  const files = new Set<string>();
  for (const [i, source] of sources.entries()) {
    const at = path.child('sources').index(i);
    errors.push(...validateProjection(source, { path, at, files }));
    const { secret, configMap, downwardAPI, serviceAccountToken } = source;
    const { clusterTrustBundle, podCertificate } = source as Record<string, unknown>;
    const all = [secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate];
    const count = all.filter(Boolean).length;
    if (count > 1) errors.push(forbidden(at, 'may not specify more than 1 volume type'));
  }
  return errors;
}

interface ProjectionPlace {
  /** Of the projected volume: conflicts are reported there. */
  path: Path;
  at: Path;
  files: Set<string>;
}

function validateProjection(source: VolumeProjection, { path, at, files }: ProjectionPlace): FieldErrors {
  const errors: FieldErrors = [];
  const claim = (file: string | undefined, shown: string): void => {
    if (!file) return;
    if (files.has(file)) errors.push(invalid(path, shown, 'conflicting duplicate paths'));
    files.add(file);
  };
  for (const kind of ['secret', 'configMap'] as const) {
    const { name = '', items = [] } = source[kind] ?? {};
    if (!source[kind]) continue;
    if (name === '') errors.push(required(at.child(kind, 'name')));
    for (const [i, item] of items.entries()) {
      errors.push(...validateKeyToPath(item, at.child(kind, 'items').index(i)));
      claim(item.path, name);
    }
  }
  for (const file of source.downwardAPI?.items ?? []) {
    errors.push(...validateDownwardFile(file, at.child('downwardAPI')));
    claim(file.path, file.path);
  }
  const token = source.serviceAccountToken;
  if (!token) return errors;
  const { expirationSeconds = 3600 } = token;
  const expirationPath = at.child('serviceAccountToken', 'expirationSeconds');
  if (expirationSeconds < 600)
    errors.push(invalid(expirationPath, expirationSeconds, 'may not specify a duration less than 10 minutes'));
  if (expirationSeconds > 2 ** 32)
    errors.push(invalid(expirationPath, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  if (!token.path) errors.push(required(path.child('path')));
  else errors.push(...validateLocalNonReservedPath(token.path, path.child('path')));
  return errors;
}

/** Upstream: validateEphemeralVolumeSource. */
function validateEphemeral(volume: Volume, path: Path, { podName = '' }: PodValidationOptions): FieldErrors {
  const template = volume.ephemeral?.volumeClaimTemplate;
  const at = path.child('volumeClaimTemplate');
  if (!template) return [required(at)];
  const errors = [
    ...validateAnnotations(template.metadata?.annotations, at.child('metadata', 'annotations')),
    ...validateLabels(template.metadata?.labels, at.child('metadata', 'labels')),
    ...validateClaimSpec(template.spec, at.child('spec')),
  ];
  if (podName === '' || !volume.name) return errors;
  const claimName = `${podName}-${volume.name}`;
  for (const message of isDNS1123Subdomain(claimName))
    errors.push(invalid(path.child('name'), volume.name, `PVC name ${JSON.stringify(claimName)}: ${message}`));
  return errors;
}

/** What a volume lets its users do, as the server lists it. */
export const ACCESS_MODES: readonly string[] = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** The spec of a claim. Upstream: ValidatePersistentVolumeClaimSpec. */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec | undefined, path: Path): FieldErrors {
  const { accessModes = [], selector, resources, storageClassName, volumeMode } = spec ?? {};
  const modesPath = path.child('accessModes');
  const errors: FieldErrors = [];
  if (accessModes.length === 0) errors.push(required(modesPath, 'at least 1 access mode is required'));
  errors.push(...validateLabelSelector(selector, path.child('selector')));
  for (const mode of accessModes) {
    if (!ACCESS_MODES.includes(mode)) errors.push(notSupported(modesPath, mode, ACCESS_MODES));
  }
  if (accessModes.includes('ReadWriteOncePod') && new Set(accessModes).size > 1)
    errors.push(forbidden(modesPath, 'may not use ReadWriteOncePod with other access modes'));
  const storage = resources?.requests?.['storage'];
  const storagePath = path.child('resources').key('storage');
  if (storage === undefined) errors.push(required(storagePath));
  else if (signOf(parseQuantity(storage)) <= 0) errors.push(invalid(storagePath, storage, 'must be greater than zero'));
  if (storageClassName)
    errors.push(...invalidEach(path.child('storageClassName'), storageClassName, isDNS1123Subdomain(storageClassName)));
  if (volumeMode !== undefined && volumeMode !== 'Block' && volumeMode !== 'Filesystem')
    errors.push(notSupported(path.child('volumeMode'), volumeMode, ['Block', 'Filesystem']));
  return errors;
}
