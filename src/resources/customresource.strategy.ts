// How custom resources are created, updated and validated, in one version.
// Called by: customresource.ts. Must not know: HTTP, storage.
// Upstream: apiextensions-apiserver pkg/registry/customresource/strategy.go, status_strategy.go, validator.go.
import { invalid, Path, type FieldErrors } from '../machinery/field.ts';
import { Correlation } from '../machinery/jsonschema.correlation.ts';
import { isValues, propertyOf, type JSONSchema, type Values } from '../machinery/jsonschema.ts';
import { validateListTypes } from '../machinery/jsonschema.lists.ts';
import { validateMetadata } from '../machinery/jsonschema.metadata.ts';
import { prune, pruneNulls } from '../machinery/jsonschema.prune.ts';
import { validateValue } from '../machinery/jsonschema.validate.ts';
import { deepEqual } from '../machinery/meta.ts';
import { groupVersionString, type KubeObject } from '../machinery/types.ts';
import { quote } from '../machinery/strconv.ts';
import { isQualifiedName } from '../machinery/validation.ts';
import type { CustomResourceDefinition, CustomResourceVersion } from './customresourcedefinition.ts';
import type { CustomTypes, Strategy } from './definition.ts';
import { raiseGeneration, startGeneration } from './strategy.ts';

interface Options {
  crd: CustomResourceDefinition;
  version: CustomResourceVersion;
  custom: CustomTypes;
}
type Custom = KubeObject & { status?: unknown };

const MAX_REPLICAS = 2 ** 31 - 1;
const STANDARD_FINALIZERS = ['orphan', 'foregroundDeletion', 'kubernetes'];

export function strategyFor({ crd, version, custom }: Options): Strategy<KubeObject> {
  const apiVersion = groupVersionString({ group: crd.spec.group, version: version.name });
  const hasStatus = version.subresources?.status !== undefined;
  const schema = (): JSONSchema => custom.schema(apiVersion) ?? {};
  return {
    allowsUnconditionalUpdate: false,
    prepareForCreate(object: Custom) {
      if (hasStatus) delete object.status;
      startGeneration(object);
    },
    prepareForUpdate(object: Custom, old: Custom) {
      if (hasStatus) {
        if (old.status === undefined) delete object.status;
        else object.status = old.status;
      }
      const { metadata: _, ...content } = object;
      const { metadata: _old, ...oldContent } = old;
      raiseGeneration(object, old, !deepEqual(content, oldContent));
    },
    validate: (object) => [
      ...validateValue(undefined, object, schema()),
      ...validateScale(object, version, { isStatus: false }),
      ...validateMetadata(undefined, object, schema()),
      ...validateListTypes(undefined, object, schema()),
    ],
    validateUpdate(object, old) {
      const correlation = new Correlation(object, old, schema());
      return [
        ...validateValue(undefined, object, schema(), { correlation }),
        ...validateScale(object, version, { isStatus: false }),
        ...validateMetadata(undefined, object, schema()),
        ...listErrors(object, old, schema()),
      ];
    },
    validateStatusUpdate(object: Custom, old) {
      const status = propertyOf(schema(), 'status');
      const correlation = new Correlation(object, old, schema()).key('status');
      const isChecked = object.status !== undefined && status;
      return [
        ...(isChecked ? validateValue(Path.of('status'), object.status, status, { correlation }) : []),
        ...validateScale(object, version, { isStatus: true }),
        ...listErrors(object, old, schema()),
      ];
    },
    warningsOnCreate: ({ metadata }) => finalizerWarnings(metadata.finalizers ?? []),
    warningsOnUpdate: ({ metadata }, old) =>
      finalizerWarnings((metadata.finalizers ?? []).filter((name) => !old.metadata.finalizers?.includes(name))),
    canonicalize(object) {
      // What came in another version is stored in this one, without what it does not know.
      if (object.apiVersion === apiVersion) return;
      const stored = custom.schema(object.apiVersion);
      const { metadata: _, ...content } = object;
      const kept = content as Values;
      prune(kept, stored, { isResourceRoot: true });
      pruneNulls(kept, stored);
      for (const field of Object.keys(object))
        if (field !== 'metadata' && !Object.hasOwn(kept, field)) delete (object as unknown as Values)[field];
    },
  };
}

/** Lists that were wrong before may stay so. */
function listErrors(object: KubeObject, old: KubeObject, schema: JSONSchema): FieldErrors {
  const errors = validateListTypes(undefined, object, schema);
  return errors.length > 0 && validateListTypes(undefined, old, schema).length > 0 ? [] : errors;
}

/** Upstream: validateKubeFinalizerName. */
function finalizerWarnings(finalizers: readonly string[]): string[] {
  return [...finalizers].sort().flatMap((name) => {
    const at = `metadata.finalizers: ${quote(name)}: `;
    const messages = isQualifiedName(name).map((message) => at + message);
    if (name.includes('/') || STANDARD_FINALIZERS.includes(name)) return messages;
    const path = name.includes('.') ? ' including a path (/)' : '';
    const advice = `prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`;
    return [...messages, at + advice];
  });
}

/** Upstream: ValidateScaleSpec and ValidateScaleStatus. */
function validateScale(
  object: KubeObject,
  { subresources }: CustomResourceVersion,
  { isStatus }: { isStatus: boolean },
): FieldErrors {
  const scale = subresources?.scale;
  if (!scale) return [];
  const errors: FieldErrors = [];
  const paths = isStatus ? [scale.statusReplicasPath] : [scale.specReplicasPath, scale.statusReplicasPath];
  for (const path of paths) {
    const { value, error } = nested(object, path, 'int64');
    const at = Path.of(path);
    const count = typeof value === 'number' ? value : 0;
    if (error !== undefined) errors.push(invalid(at, 0, error));
    else if (count < 0) errors.push(invalid(at, count, 'should be a non-negative integer'));
    else if (count > MAX_REPLICAS) errors.push(invalid(at, count, `should be less than or equal to ${MAX_REPLICAS}`));
  }
  const { labelSelectorPath } = scale;
  if (labelSelectorPath === undefined) return errors;
  const { error } = nested(object, labelSelectorPath, 'string');
  return error === undefined ? errors : [...errors, invalid(Path.of(labelSelectorPath), '', error)];
}

export interface Nested {
  value: unknown;
  /** `.spec.replicas accessor error: x is of the type string, expected int64` */
  error?: string;
}

/** Returns a field deep in an object. Upstream: apimachinery unstructured.NestedInt64, NestedString. */
export function nested(object: object, path: string, type: 'int64' | 'string'): Nested {
  const names = path.replace(/^\./, '').split('.');
  let value: unknown = object;
  for (const [i, name] of names.entries()) {
    if (value === null || value === undefined) return { value: undefined };
    if (!isValues(value))
      return { value: undefined, error: accessorError(names.slice(0, i), value, 'map[string]interface {}') };
    if (!Object.hasOwn(value, name)) return { value: undefined };
    value = value[name];
  }
  const fits = type === 'string' ? typeof value === 'string' : Number.isInteger(value);
  return fits ? { value } : { value: undefined, error: accessorError(names, value, type) };
}

function accessorError(names: readonly string[], value: unknown, expected: string): string {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return `.${names.join('.')} accessor error: ${shown} is of the type ${goTypeName(value)}, expected ${expected}`;
}

function goTypeName(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}
