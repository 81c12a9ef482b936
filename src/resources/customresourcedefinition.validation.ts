// Validation of CustomResourceDefinitions, but for their schemas.
// Called by: customresourcedefinition.ts. Must not know: storage, HTTP.
// Upstream: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go. Differs: rules are not relaxed for
// definitions that an older server took; there are none.
import { duplicate, invalid, notSupported, Path, required, tooMany } from '../machinery/field.ts';
import type { FieldErrors } from '../machinery/field.ts';
import { schemasIn, type JSONSchema } from '../machinery/jsonschema.ts';
import { fieldPathIn, FieldPathError } from '../machinery/jsonschema.fieldpath.ts';
import { structuralObstacle } from '../machinery/jsonschema.structural.ts';
import { validateImmutableField } from '../machinery/metavalidation.ts';
import { byteLength, isPrintable } from '../machinery/strconv.ts';
import { isDNS1035Label, isDNS1123Subdomain } from '../machinery/validation.ts';
import { validateApproval } from './customresourcedefinition.approval.ts';
import { isConditionTrue } from './customresourcedefinition.conditions.ts';
import { validateConversion } from './customresourcedefinition.conversion.ts';
import { validateColumns, validateSubresources } from './customresourcedefinition.columns.ts';
import {
  goVersions,
  internalSpec,
  type InternalSpec,
  type SelectableField,
} from './customresourcedefinition.internal.ts';
import { validateSchema } from './customresourcedefinition.schema.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceSpec,
  CustomResourceVersion,
} from './customresourcedefinition.ts';

const SPEC = Path.of('spec');
const STATUS = Path.of('status');
const MAX_SELECTABLE_FIELDS = 8;
const MAX_WARNING_BYTES = 256;

/** Upstream: ValidateCustomResourceDefinition. */
export function validateCustomResourceDefinition(crd: CustomResourceDefinition): FieldErrors {
  const { metadata, spec } = crd;
  const name = `${spec.names.plural}.${spec.group}`;
  const nameMessage = 'must be spec.names.plural+"."+spec.group';
  return [
    ...(metadata.name && metadata.name !== name
      ? [invalid(Path.of('metadata', 'name'), metadata.name, nameMessage)]
      : []),
    ...validateAll(crd),
    ...validateApproval(crd),
    ...validatePreserveUnknownFields(spec),
  ];
}

/** Upstream: ValidateCustomResourceDefinitionUpdate. */
export function validateCustomResourceDefinitionUpdate(
  crd: CustomResourceDefinition,
  old: CustomResourceDefinition,
): FieldErrors {
  const { spec } = crd;
  const names = SPEC.child('names');
  const errors = validateSpec(spec);
  if (isConditionTrue(old, 'Established')) {
    errors.push(...validateImmutableField(spec.scope, old.spec.scope, SPEC.child('scope')));
    errors.push(...validateImmutableField(spec.names.kind, old.spec.names.kind, names.child('kind')));
  }
  errors.push(...validateImmutableField(spec.group, old.spec.group, SPEC.child('group')));
  errors.push(...validateImmutableField(spec.names.plural, old.spec.names.plural, names.child('plural')));
  return [...errors, ...validateStatus(crd), ...validateApproval(crd, old), ...validatePreserveUnknownFields(spec)];
}

/** Upstream: ValidateUpdateCustomResourceDefinitionStatus. */
export function validateCustomResourceDefinitionStatus({ status }: CustomResourceDefinition): FieldErrors {
  return validateNames(status.acceptedNames, STATUS.child('acceptedNames'));
}

function validateAll(crd: CustomResourceDefinition): FieldErrors {
  return [...validateSpec(crd.spec), ...validateStatus(crd)];
}

function validateStatus(crd: CustomResourceDefinition): FieldErrors {
  return [...validateCustomResourceDefinitionStatus(crd), ...validateStoredVersions(crd)];
}

/** Upstream: ValidateCustomResourceDefinitionStoredVersions. */
function validateStoredVersions({ spec, status }: CustomResourceDefinition): FieldErrors {
  const path = STATUS.child('storedVersions');
  const stored = status.storedVersions ?? [];
  if (stored.length === 0) return [invalid(path, null, 'must have at least one stored version')];
  const missing = spec.versions
    .filter(({ name, storage }) => storage && !stored.includes(name))
    .map(({ name }) => invalid(path, stored, `must have the storage version ${name}`));
  const gone = stored.flatMap((name, i) => {
    if (spec.versions.some((version) => version.name === name)) return [];
    const why =
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions ` +
      `until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    return [invalid(path.index(i), name, why)];
  });
  return [...missing, ...gone];
}

function validatePreserveUnknownFields({ preserveUnknownFields }: CustomResourceSpec): FieldErrors {
  if (!preserveUnknownFields) return [];
  const why = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [invalid(SPEC.child('preserveUnknownFields'), true, why)];
}

function schemaOf(version: { schema?: CustomResourceVersion['schema'] }): JSONSchema | undefined {
  return version.schema?.openAPIV3Schema;
}

function hasDefaults(spec: CustomResourceSpec): boolean {
  const isDefault = ({ default: value }: JSONSchema): boolean => value !== undefined && value !== null;
  return spec.versions.some((version) => [...schemasIn(schemaOf(version))].some(isDefault));
}

/** Upstream: validateCustomResourceDefinitionSpec. */
function validateSpec(spec: CustomResourceSpec): FieldErrors {
  const internal = internalSpec(spec);
  const errors = validateGroup(spec.group);
  errors.push(...validateScope(spec.scope));
  if (!internal.validation?.openAPIV3Schema)
    for (const [i, version] of internal.versions.entries())
      if (!schemaOf(version))
        errors.push(required(SPEC.child('versions').index(i).child('schema').child('openAPIV3Schema')));
  if (spec.preserveUnknownFields && hasDefaults(spec)) {
    const why = 'must be false in order to use defaults in the schema';
    errors.push(invalid(SPEC.child('preserveUnknownFields'), true, why));
  }
  errors.push(...validateVersions(internal));
  const names = SPEC.child('names');
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const)
    if (!spec.names[field]) errors.push(required(names.child(field)));
  errors.push(...validateNames(spec.names, names));
  const hasStatus = spec.versions.some(({ subresources }) => subresources?.status !== undefined);
  errors.push(...validateSchema(internal.validation, SPEC.child('validation'), { hasStatus }));
  errors.push(...validateSubresources(internal.subresources, SPEC.child('subresources')));
  errors.push(...validateColumns(internal.additionalPrinterColumns, SPEC.child('additionalPrinterColumns')));
  errors.push(...validateCommonSelectableFields(internal));
  errors.push(...validateConversion(spec, SPEC.child('conversion')));
  return errors;
}

function validateGroup(group: string): FieldErrors {
  const path = SPEC.child('group');
  if (!group) return [required(path)];
  const messages = isDNS1123Subdomain(group);
  if (messages.length > 0) return [invalid(path, group, messages.join(','))];
  return group.includes('.') ? [] : [invalid(path, group, 'should be a domain with at least one dot')];
}

function validateScope(scope: string): FieldErrors {
  const path = SPEC.child('scope');
  if (!scope) return [required(path)];
  const scopes = ['Cluster', 'Namespaced'];
  return scopes.includes(scope) ? [] : [notSupported(path, scope, scopes)];
}

function validateVersions(internal: InternalSpec): FieldErrors {
  const { versions } = internal;
  const path = SPEC.child('versions');
  const errors: FieldErrors = [];
  for (const [i, version] of versions.entries()) {
    const messages = isDNS1035Label(version.name);
    if (messages.length > 0) errors.push(invalid(path.index(i).child('name'), version.name, messages.join(',')));
    const subresources = versions.some((each) => each.subresources) ? version.subresources : internal.subresources;
    const hasStatus = subresources?.status !== undefined;
    errors.push(...validateVersion(version, path.index(i), hasStatus));
  }
  if (new Set(versions.map(({ name }) => name)).size < versions.length)
    errors.push(invalid(path, goVersions(versions), 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const shown = versions.length === 0 ? null : goVersions(versions);
    errors.push(invalid(path, shown, 'must have exactly one version marked as storage version'));
  }
  return errors;
}

function validateVersion(version: CustomResourceVersion, path: Path, hasStatus: boolean): FieldErrors {
  const errors: FieldErrors = warningMessages(version).map((message) =>
    invalid(path.child('deprecationWarning'), version.deprecationWarning ?? null, message),
  );
  errors.push(...validateSchema(version.schema, path.child('schema'), { hasStatus }));
  errors.push(...validateSubresources(version.subresources, path.child('subresources')));
  errors.push(...validateColumns(version.additionalPrinterColumns, path.child('additionalPrinterColumns')));
  if (!version.selectableFields?.length) return errors;
  const at = path.child('selectableFields');
  const schema = schemaOf(version);
  const why = 'may only be set when `version.schema.openAPIV3Schema` is not included';
  if (!schema) return [...errors, invalid(at, '', why)];
  return [...errors, ...validateSelectable(version.selectableFields, schema, path)];
}

function validateCommonSelectableFields({ selectableFields, validation }: InternalSpec): FieldErrors {
  if (!selectableFields?.length) return [];
  const schema = validation?.openAPIV3Schema;
  if (!schema)
    return [invalid(SPEC.child('selectableFields'), '', 'may only be set when validations.schema is included')];
  return validateSelectable(selectableFields, schema, SPEC);
}

/** Upstream: ValidateCustomResourceSelectableFields. */
function validateSelectable(fields: readonly SelectableField[], schema: JSONSchema, parent: Path): FieldErrors {
  const obstacle = structuralObstacle(schema);
  if (obstacle !== undefined) return [invalid(parent.child('schema.openAPIV3Schema'), '', obstacle)];
  const path = parent.child('selectableFields');
  const errors: FieldErrors = [];
  const seen = new Set<string>();
  for (const [i, { jsonPath = '' }] of fields.entries()) {
    const at = path.index(i).child('jsonPath');
    if (jsonPath === '') {
      errors.push(required(at));
      continue;
    }
    try {
      const found = fieldPathIn(jsonPath, schema, { allowsArrayNotation: false });
      const text = found.path.toString();
      if (text === 'metadata' || text.startsWith('metadata.'))
        errors.push(invalid(at, jsonPath, 'must not point to fields in metadata'));
      if (!['string', 'boolean', 'integer'].includes(found.schema.type ?? '')) {
        const types = 'must point to a field of type string, boolean or integer. ';
        errors.push(invalid(at, jsonPath, `${types}Enum string fields and strings with formats are allowed.`));
      }
      if (seen.has(text)) errors.push(duplicate(at, jsonPath));
      seen.add(text);
    } catch (error) {
      if (!(error instanceof FieldPathError)) throw error;
      errors.push(invalid(at, jsonPath, `is an invalid path: ${error.message}`));
    }
  }
  if (seen.size > MAX_SELECTABLE_FIELDS) errors.push(tooMany(path, seen.size, MAX_SELECTABLE_FIELDS));
  return errors;
}

/** Upstream: validateDeprecationWarning. */
function warningMessages({ deprecated, deprecationWarning: warning }: CustomResourceVersion): string[] {
  if (warning === undefined) return [];
  if (!deprecated) return ['can only be set for deprecated versions'];
  const messages: string[] = [];
  if (byteLength(warning) > MAX_WARNING_BYTES) messages.push('must be <= 256 characters long');
  if (warning === '') messages.push('must not be an empty string');
  let at = 0;
  for (const char of warning) {
    if (!isPrintable(char)) {
      const what = 'must only contain printable UTF-8 characters; non-printable character found at index';
      messages.push(`${what} ${at}`);
      break;
    }
    at += byteLength(char);
  }
  return messages;
}

/** Upstream: ValidateCustomResourceDefinitionNames. */
function validateNames(names: Partial<CustomResourceDefinitionNames> | undefined, path: Path): FieldErrors {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names ?? {};
  const errors: FieldErrors = [];
  const check = (at: Path, value: string, checked: string, prefix = ''): void => {
    const messages = isDNS1035Label(checked);
    if (messages.length > 0) errors.push(invalid(at, value, prefix + messages.join(',')));
  };
  const mixedCase = 'may have mixed case, but should otherwise match: ';
  if (plural !== '') check(path.child('plural'), plural, plural);
  if (singular !== '') check(path.child('singular'), singular, singular);
  if (kind !== '') check(path.child('kind'), kind, kind.toLowerCase(), mixedCase);
  if (listKind !== '') check(path.child('listKind'), listKind, listKind.toLowerCase(), mixedCase);
  for (const [i, name] of shortNames.entries()) check(path.child('shortNames').index(i), name, name);
  if (kind !== '' && kind === listKind)
    errors.push(invalid(path.child('listKind'), listKind, 'kind and listKind may not be the same'));
  for (const [i, name] of categories.entries()) check(path.child('categories').index(i), name, name);
  return errors;
}
