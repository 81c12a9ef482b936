// Volume sources on the network and in clouds: the fields that each of them needs.
// Called by: podspec.validation.volumes.ts. Must not know: the other sources.
// Left out: the formats of IQNs and of Azure's disk URIs, and Quobyte's registry.
import { type FieldErrors, type Path, invalid, required, tooLong } from '../machinery/field.ts';
import { isDNS1123Subdomain, rangeMessage } from '../machinery/validation.ts';
import type { Volume } from './podspec.types.ts';
import { invalidEach } from './podspec.validation.names.ts';

/** Marks a source in the table of sources as one of this file. */
export const networkSources = (): FieldErrors => [];

const REQUIRED_FIELDS: Record<string, readonly string[]> = {
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  nfs: ['server', 'path'],
  iscsi: ['targetPortal', 'iqn'],
  glusterfs: ['endpoints', 'path'],
  rbd: ['monitors', 'image'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  quobyte: ['registry', 'volume'],
  flexVolume: ['driver'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  storageos: ['volumeName'],
  scaleIO: ['gateway', 'system', 'volumeName'],
};

/** Returns what the source called `name` of the volume at `path` lacks. */
export function validateNetworkSource(name: string, volume: Volume, path: Path): FieldErrors {
  const source = (volume as unknown as Record<string, Record<string, unknown>>)[name] ?? {};
  // Upstream names one path otherwise than the field.
  const at = path.child(name === 'gcePersistentDisk' ? 'persistentDisk' : name);
  const errors = (REQUIRED_FIELDS[name] ?? [])
    .filter((field) => !source[field] || (Array.isArray(source[field]) && source[field].length === 0))
    .map((field) => required(at.child(field)));
  if (name === 'nfs') {
    const server = volume.nfs?.path ?? '';
    if (!server.startsWith('/')) errors.push(invalid(at.child('path'), server, 'must be an absolute path'));
  }
  const { partition } = source;
  if (typeof partition === 'number' && (partition < 0 || partition > 255))
    errors.push(invalid(at.child('partition'), partition, rangeMessage(1, 255)));
  if (name === 'csi') errors.push(...validateCSI(volume, at));
  if (name === 'fc') errors.push(...validateFC(volume, at));
  if (name === 'flocker') errors.push(...validateFlocker(volume, at));
  return errors;
}

function validateCSI({ csi }: Volume, path: Path): FieldErrors {
  const driver = csi?.driver ?? '';
  const driverPath = path.child('driver');
  const errors: FieldErrors = [];
  if (driver === '') errors.push(required(driverPath));
  else {
    if (driver.length > 63) errors.push(tooLong(driverPath, 63));
    errors.push(...invalidEach(driverPath, driver, isDNS1123Subdomain(driver.toLowerCase())));
  }
  const ref = csi?.nodePublishSecretRef;
  if (ref && !ref.name) errors.push(required(path.child('nodePublishSecretRef', 'name')));
  else if (ref?.name) errors.push(...invalidEach(path.child('name'), ref.name, isDNS1123Subdomain(ref.name)));
  return errors;
}

function validateFC({ fc }: Volume, path: Path): FieldErrors {
  const { targetWWNs = [], wwids = [], lun } = fc ?? {};
  const at = path.child('targetWWNs');
  if (targetWWNs.length === 0 && wwids.length === 0)
    return [required(at, 'must specify either targetWWNs or wwids, but not both')];
  const errors: FieldErrors = [];
  if (targetWWNs.length > 0 && wwids.length > 0)
    errors.push(invalid(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  if (targetWWNs.length > 0 && lun === undefined)
    errors.push(required(path.child('lun'), 'lun is required if targetWWNs is specified'));
  return errors;
}

function validateFlocker({ flocker }: Volume, path: Path): FieldErrors {
  const { datasetName = '', datasetUUID = '' } = flocker ?? {};
  if (datasetName === '' && datasetUUID === '')
    return [required(path, 'one of datasetName and datasetUUID is required')];
  const errors: FieldErrors = [];
  if (datasetName !== '' && datasetUUID !== '')
    errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (datasetName.includes('/')) errors.push(invalid(path.child('datasetName'), datasetName, "must not contain '/'"));
  return errors;
}
