// Validation of PersistentVolumeClaims.
// Called by: persistentvolumeclaim.ts. Must not know: storage classes.
import { type FieldErrors, Path, forbidden } from '../machinery/field.ts';
import { clone } from '../machinery/meta.ts';
import { semanticEqual, validateImmutableField } from '../machinery/metavalidation.ts';
import { compareQuantities, parseQuantity } from '../machinery/quantity.ts';
import { internalDiff } from './podspec.diff.ts';
import type { PersistentVolumeClaim } from './persistentvolumeclaim.ts';
import { validateClaimSpec } from './podspec.validation.volumes.ts';

const SPEC = Path.of('spec');

/** Upstream: kubernetes pkg/apis/core/validation ValidatePersistentVolumeClaim. */
export function validateClaim({ spec }: PersistentVolumeClaim): FieldErrors {
  return validateClaimSpec(spec as Parameters<typeof validateClaimSpec>[0], SPEC);
}

/** Upstream: ValidatePersistentVolumeClaimUpdate. A volume may be named once, and bound claims may grow. */
export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldErrors {
  const errors = validateClaim(claim);
  const [now, before] = [clone(claim.spec), clone(old.spec)];
  if (!before.volumeName && now.volumeName) before.volumeName = now.volumeName;
  // A claim without a class gets the default one once there is one.
  if (before.storageClassName === undefined && now.storageClassName !== undefined)
    before.storageClassName = now.storageClassName;
  const storage = before.resources?.requests?.['storage'];
  if (claim.status.phase === 'Bound') {
    if (now.resources?.requests && storage !== undefined) now.resources.requests['storage'] = storage;
    const classes = [now, before] as { volumeAttributesClassName?: string }[];
    for (const spec of classes) delete spec.volumeAttributesClassName;
  }
  if (!semanticEqual(now, before)) {
    const detail =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n';
    errors.push(forbidden(SPEC, detail + internalDiff('PersistentVolumeClaimSpec', before, now)));
  }
  const quantity = (text: string | undefined) => parseQuantity(text ?? '0');
  const size = quantity(claim.spec.resources?.requests?.['storage']);
  const isSmaller = compareQuantities(size, quantity(storage)) < 0;
  if (isSmaller && compareQuantities(size, quantity(old.status.capacity?.['storage'])) <= 0) {
    const at = SPEC.child('resources', 'requests', 'storage');
    errors.push(forbidden(at, 'field can not be less than status.capacity'));
  }
  return [...errors, ...validateImmutableField(claim.spec.volumeMode, old.spec.volumeMode, Path.of('volumeMode'))];
}
