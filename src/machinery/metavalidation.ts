// Rules on metadata and on the types of metav1: names, labels, annotations, owners, finalizers, label selectors.
// Called by: the registry for every object, resources' validation. Must not know: any kind.
// Upstream: apimachinery/pkg/api/validation and pkg/apis/meta/v1/validation.
import type { LabelSelector, LabelSelectorRequirement } from 'kubernetes-types/meta/v1';
import { forbidden, invalid, required, tooLong, type FieldErrors, type Path } from './field.ts';
import { deepEqual } from './meta.ts';
import { byteLength, isPrintable, quote } from './strconv.ts';
import type { ObjectMeta, OwnerReference } from './types.ts';
import {
  isDNS1035Label,
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidLabelValue,
  isValidPathSegmentName,
} from './validation.ts';

export const IMMUTABLE_MESSAGE = 'field is immutable';
export const NEGATIVE_MESSAGE = 'must be greater than or equal to 0';
const ANNOTATIONS_MAX_BYTES = 256 * 1024;
const FIELD_MANAGER_MAX_BYTES = 128;

/** Returns the messages about a name; with `isPrefix` the name is a generateName to which a suffix will be added. */
export type ValidateName = (name: string, isPrefix: boolean) => string[];

export const nameIsDNSSubdomain: ValidateName = (name, isPrefix) => isDNS1123Subdomain(masked(name, isPrefix));
export const nameIsDNSLabel: ValidateName = (name, isPrefix) => isDNS1123Label(masked(name, isPrefix));
export const nameIsDNS1035Label: ValidateName = (name, isPrefix) => isDNS1035Label(masked(name, isPrefix));
export const nameIsPathSegment: ValidateName = (name, isPrefix) => isValidPathSegmentName(name, isPrefix);

// A prefix may end with a dash. Upstream drops the character before the dash too; only the length could tell.
function masked(name: string, isPrefix: boolean): string {
  return isPrefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}

export interface ObjectMetaRules {
  namespaced: boolean;
  validateName: ValidateName;
  path: Path;
}

/** Returns what is wrong with the metadata of a new object. Upstream: ValidateObjectMeta. */
export function validateObjectMeta(meta: Partial<ObjectMeta>, rules: ObjectMetaRules): FieldErrors {
  const { namespaced, validateName, path } = rules;
  const errors: FieldErrors = [];
  const { name = '', generateName = '', namespace = '' } = meta;
  if (generateName !== '')
    errors.push(...validateName(generateName, true).map((m) => invalid(path.child('generateName'), generateName, m)));
  if (name === '') errors.push(required(path.child('name'), 'name or generateName is required'));
  else errors.push(...validateName(name, false).map((m) => invalid(path.child('name'), name, m)));
  const namespacePath = path.child('namespace');
  if (!namespaced) {
    if (namespace !== '') errors.push(forbidden(namespacePath, 'not allowed on this type'));
  } else if (namespace === '') errors.push(required(namespacePath));
  else errors.push(...isDNS1123Label(namespace).map((m) => invalid(namespacePath, namespace, m)));
  errors.push(...validateNonnegative(meta.generation ?? 0, path.child('generation')));
  errors.push(...validateLabels(meta.labels, path.child('labels')));
  errors.push(...validateAnnotations(meta.annotations, path.child('annotations')));
  errors.push(...validateOwnerReferences(meta.ownerReferences ?? [], path.child('ownerReferences')));
  errors.push(...validateFinalizers(meta.finalizers ?? [], path.child('finalizers')));
  errors.push(...validateManagedFields(meta.managedFields ?? [], path.child('managedFields')));
  return errors;
}

/** Returns what is wrong with the metadata of an object that replaces another. Upstream: ValidateObjectMetaUpdate. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  if (old.deletionTimestamp !== undefined)
    errors.push(...validateNoNewFinalizers(meta.finalizers ?? [], old.finalizers ?? [], path.child('finalizers')));
  if (!meta.resourceVersion) errors.push(invalid(path.child('resourceVersion'), '', 'must be specified for an update'));
  const generation = meta.generation ?? 0;
  if (generation < (old.generation ?? 0))
    errors.push(invalid(path.child('generation'), generation, 'must not be decremented'));
  for (const field of ['name', 'namespace', 'uid'] as const)
    errors.push(...validateImmutableField(meta[field] ?? '', old[field] ?? '', path.child(field)));
  for (const field of ['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const)
    errors.push(...validateImmutableField(meta[field], old[field], path.child(field)));
  errors.push(...validateLabels(meta.labels, path.child('labels')));
  errors.push(...validateAnnotations(meta.annotations, path.child('annotations')));
  errors.push(...validateOwnerReferences(meta.ownerReferences ?? [], path.child('ownerReferences')));
  errors.push(...validateManagedFields(meta.managedFields ?? [], path.child('managedFields')));
  return errors;
}

/** Returns a finding when the two differ. Absent, null and an empty list count as equal. */
export function validateImmutableField(value: unknown, old: unknown, path: Path): FieldErrors {
  return semanticEqual(value, old) ? [] : [invalid(path, value, IMMUTABLE_MESSAGE)];
}

/** Returns true when two values mean the same to the API. Upstream: apiequality.Semantic.DeepEqual. */
export function semanticEqual(a: unknown, b: unknown): boolean {
  return deepEqual(withoutEmpty(a), withoutEmpty(b));
}

function withoutEmpty(value: unknown): unknown {
  if (value === null || (Array.isArray(value) && value.length === 0)) return undefined;
  if (Array.isArray(value)) return value.map((item) => withoutEmpty(item) ?? null);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutEmpty(item)]));
}

export function validateNonnegative(value: number, path: Path): FieldErrors {
  return value < 0 ? [invalid(path, value, NEGATIVE_MESSAGE)] : [];
}

/** Label maps: every key and value. Upstream: ValidateLabels. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: Path): FieldErrors {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...validateLabelName(key, path),
    ...isValidLabelValue(value).map((message) => invalid(path, value, message)),
  ]);
}

export function validateLabelName(name: string, path: Path): FieldErrors {
  return isQualifiedName(name).map((message) => invalid(path, name, message));
}

/** Annotation maps: keys, whatever their case, and the size of all together. Upstream: ValidateAnnotations. */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  path: Path,
): FieldErrors {
  let totalBytes = 0;
  const errors: FieldErrors = [];
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...isQualifiedName(key.toLowerCase()).map((message) => invalid(path, key, message)));
    totalBytes += byteLength(key) + byteLength(value);
  }
  if (totalBytes > ANNOTATIONS_MAX_BYTES) errors.push(tooLong(path, ANNOTATIONS_MAX_BYTES));
  return errors;
}

export function validateOwnerReferences(references: readonly OwnerReference[], path: Path): FieldErrors {
  const errors: FieldErrors = [];
  let controller = '';
  for (const reference of references) {
    errors.push(...validateOwnerReference(reference, path));
    if (!reference.controller) continue;
    const name = `${reference.kind}/${reference.name}`;
    if (controller === '') controller = name;
    else {
      const found = `Found "true" in references for ${controller} and ${name}`;
      errors.push(invalid(path, references, `Only one reference can have Controller set to true. ${found}`));
    }
  }
  return errors;
}

function validateOwnerReference(reference: OwnerReference, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  const { apiVersion = '', kind = '' } = reference;
  if (apiVersion === '' || apiVersion.endsWith('/'))
    errors.push(invalid(path.child('apiVersion'), apiVersion, 'version must not be empty'));
  for (const field of ['kind', 'name', 'uid'] as const)
    if (!reference[field]) errors.push(invalid(path.child(field), '', 'must not be empty'));
  if (apiVersion === 'v1' && kind === 'Event')
    errors.push(invalid(path, reference, '/v1, Kind=Event is disallowed from being an owner'));
  return errors;
}

export function validateFinalizers(finalizers: readonly string[], path: Path): FieldErrors {
  const errors = finalizers.flatMap((name) => isQualifiedName(name).map((message) => invalid(path, name, message)));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const message = 'finalizer orphan and foregroundDeletion cannot be both set';
    errors.push(invalid(path, finalizers, message));
  }
  return errors;
}

function validateNoNewFinalizers(finalizers: readonly string[], old: readonly string[], path: Path): FieldErrors {
  const extra = [...new Set(finalizers)].filter((name) => !old.includes(name)).sort();
  if (extra.length === 0) return [];
  const found = `found new finalizers []string{${extra.map(quote).join(', ')}}`;
  return [forbidden(path, `no new finalizers can be added if the object is being deleted, ${found}`)];
}

function validateManagedFields(entries: NonNullable<ObjectMeta['managedFields']>, path: Path): FieldErrors {
  return entries.flatMap((entry, i) => {
    const { operation = '', fieldsType = '', manager = '' } = entry;
    if ((operation === 'Update' || operation === 'Apply') && fieldsType === '' && /^[a-z-]{0,128}$/.test(manager))
      return [];
    const at = path.index(i);
    const errors: FieldErrors = [];
    if (operation !== 'Apply' && operation !== 'Update')
      errors.push(invalid(at.child('operation'), operation, 'must be `Apply` or `Update`'));
    if (fieldsType !== '' && fieldsType !== 'FieldsV1')
      errors.push(invalid(at.child('fieldsType'), fieldsType, 'must be `FieldsV1`'));
    return [...errors, ...validateFieldManager(manager, at.child('manager'))];
  });
}

/** The name of a field manager, as the query parameter and in managedFields. Upstream: ValidateFieldManager. */
export function validateFieldManager(name: string, path: Path): FieldErrors {
  if (name.length <= FIELD_MANAGER_MAX_BYTES && /^[\x20-\x7e]*$/.test(name)) return [];
  const errors: FieldErrors = [];
  if (byteLength(name) > FIELD_MANAGER_MAX_BYTES) errors.push(tooLong(path, FIELD_MANAGER_MAX_BYTES));
  let position = 0;
  for (const char of name) {
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    if (!isPrintable(char)) errors.push(invalid(path, name, `invalid character U+${code} (at position ${position})`));
    position += byteLength(char);
  }
  return errors;
}

export interface LabelSelectorRules {
  /** For objects that were stored before values were checked. */
  allowsInvalidValues?: boolean;
}

/** Upstream: apis/meta/v1/validation ValidateLabelSelector. */
export function validateLabelSelector(
  selector: LabelSelector | null | undefined,
  path: Path,
  rules: LabelSelectorRules = {},
): FieldErrors {
  if (!selector) return [];
  const errors = validateLabels(selector.matchLabels, path.child('matchLabels'));
  for (const [i, requirement] of (selector.matchExpressions ?? []).entries())
    errors.push(...validateSelectorRequirement(requirement, path.child('matchExpressions').index(i), rules));
  return errors;
}

function validateSelectorRequirement(
  { key = '', operator = '', values = [] }: LabelSelectorRequirement,
  path: Path,
  rules: LabelSelectorRules,
): FieldErrors {
  const errors: FieldErrors = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(
        forbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      );
  } else errors.push(invalid(path.child('operator'), operator, 'not a valid selector operator'));
  errors.push(...validateLabelName(key, path.child('key')));
  if (rules.allowsInvalidValues) return errors;
  for (const [i, value] of values.entries())
    errors.push(...isValidLabelValue(value).map((message) => invalid(path.child('values').index(i), value, message)));
  return errors;
}
