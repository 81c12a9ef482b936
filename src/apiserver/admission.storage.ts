// Storage: claims get the default class, claims and volumes the finalizers that protect them, and only some claims may grow.
// Called by: the chain in admission.plugins.ts. Must not know: who binds claims.
import { compareQuantities, parseQuantity } from '../machinery/quantity.ts';
import { persistentVolumeClaim, type PersistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import { isDefaultClass, storageClassOf } from '../resources/storage.formatting.ts';
import type { StorageClass } from '../resources/storageclass.ts';
import { isFor, newAdmissionForbidden, type AdmissionPlugin } from './admission.ts';

const CLASSES = 'storageclasses.storage.k8s.io';
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** Upstream: kubernetes plugin/pkg/admission/storage/storageclass/setdefault. Of several defaults the newest counts. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  admit(attributes, { reader }) {
    if (attributes.operation !== 'CREATE' || !isFor(attributes, '', persistentVolumeClaim.gvr.resource)) return;
    const claim = attributes.object as PersistentVolumeClaim;
    if (claim.spec.storageClassName !== undefined || claim.metadata.annotations?.[BETA_CLASS] !== undefined) return;
    const [newest] = reader
      .list(CLASSES)
      .filter(({ metadata }) => isDefaultClass(metadata))
      .sort((a, b) => {
        const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
        return x === y ? (a.metadata.name < b.metadata.name ? -1 : 1) : x < y ? 1 : -1;
      });
    if (newest) claim.spec.storageClassName = newest.metadata.name;
  },
};

/** Upstream: kubernetes plugin/pkg/admission/storage/storageobjectinuseprotection. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  admit(attributes) {
    if (attributes.operation !== 'CREATE' || !attributes.object) return;
    const isClaim = isFor(attributes, '', persistentVolumeClaim.gvr.resource);
    if (!isClaim && !isFor(attributes, '', 'persistentvolumes')) return;
    const finalizer = isClaim ? 'kubernetes.io/pvc-protection' : 'kubernetes.io/pv-protection';
    const { metadata } = attributes.object;
    if (metadata.finalizers?.includes(finalizer)) return;
    metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
  },
};

/** Upstream: kubernetes plugin/pkg/admission/storage/persistentvolume/resize. */
export const claimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  validate(attributes, { reader }) {
    if (attributes.operation !== 'UPDATE' || !isFor(attributes, '', persistentVolumeClaim.gvr.resource)) return;
    const [claim, old] = [attributes.object as PersistentVolumeClaim, attributes.old as PersistentVolumeClaim];
    const sizeOf = ({ spec }: PersistentVolumeClaim) => parseQuantity(spec.resources?.requests?.['storage'] ?? '0');
    if (compareQuantities(sizeOf(claim), sizeOf(old)) <= 0) return;
    if (old.status.phase !== 'Bound')
      throw newAdmissionForbidden(attributes, 'Only bound persistent volume claims can be expanded');
    const found = reader.get(CLASSES, { name: storageClassOf(claim) }) as StorageClass | undefined;
    if (found?.allowVolumeExpansion) return;
    throw newAdmissionForbidden(
      attributes,
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
  },
};
