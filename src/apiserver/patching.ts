// PATCH: from the stored object and a patch in a served version to the hub object that an update then takes.
// Called by: handler, subresources. Must not know: the store.
import { goString, marshalJson } from '../machinery/gofmt.ts';
import { invalid, Path } from '../machinery/field.ts';
import { BAD_ELEMENT_ORDER, BAD_PRIMITIVE_LIST, BAD_RETAIN_KEYS, LISTS_OF_LISTS } from '../machinery/mergepatch.ts';
import { applyJsonPatch, applyMergePatch } from '../machinery/patch.ts';
import {
  newBadRequest,
  newInvalid,
  newRequestEntityTooLarge,
  newUnknown,
  newUnprocessable,
  type StatusError,
} from '../machinery/status.ts';
import { applyStrategicPatch } from '../machinery/strategic.ts';
import type { Json, KubeObject } from '../machinery/types.ts';
import type { Codec } from './codec.ts';
import { unsupportedMediaType } from './negotiation.ts';
import { strictRefusal, type FieldValidation } from './scheme.ts';

export type PatchMediaType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml';

/** Server-side apply: the body is a configuration, JSON or YAML. */
export const APPLY_PATCH = 'application/apply-patch+yaml';

/** In the order in which refusals name them. */
export const PATCH_TYPES: readonly string[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  APPLY_PATCH,
];
/** Custom resources have no merge keys beyond those that server-side apply knows. */
export const CUSTOM_PATCHES: readonly string[] = PATCH_TYPES.filter(
  (type) => type !== 'application/strategic-merge-patch+json',
);
const MAX_OPERATIONS = 10_000;

export interface PatchRequest {
  type: PatchMediaType;
  /** The decoded patch. */
  patch: unknown;
  /** Paths of fields that the patch's text has twice. */
  duplicates?: readonly string[];
  /** Name in the built-in schemas, for strategic merge patches. */
  schema: string;
  codec: Codec;
  fieldValidation: FieldValidation;
  warn(text: string): void;
}

/** Returns the media type of a PATCH. @throws StatusError UnsupportedMediaType. */
export function patchTypeFrom(
  contentType: string | undefined,
  supported: readonly string[] = PATCH_TYPES,
): PatchMediaType {
  const type = (contentType ?? '').split(';')[0]?.trim() ?? '';
  if (supported.includes(type)) return type as PatchMediaType;
  throw unsupportedMediaType(supported);
}

/**
 * Returns the patched object in the same version as `current`, a fresh one.
 * @throws StatusError as the server refuses. Upstream: apiserver pkg/endpoints/handlers/patch.go.
 */
export function applyPatch(current: KubeObject, request: PatchRequest): KubeObject {
  const { type, patch, schema } = request;
  const patched =
    type === 'application/json-patch+json'
      ? jsonPatched(current, patch)
      : type === 'application/merge-patch+json'
        ? mergePatched(current, patch)
        : strategicPatched(current, patch, schema);
  const shown = type === 'application/strategic-merge-patch+json' ? goString(patch) : textOf(patched, schema);
  return checked(patched, shown, request);
}

/** Custom resources have no type in Go, whose fields would have an order. */
function textOf(object: unknown, schema: string): string {
  return schema === '' ? marshalJson(object) : JSON.stringify(object);
}

function jsonPatched(current: KubeObject, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw newBadRequest(
      `error decoding patch: json: cannot unmarshal ${goKind(patch)} into Go value of type []handlers.jsonPatchOp`,
    );
  if (patch.length > MAX_OPERATIONS)
    throw newRequestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  try {
    return applyJsonPatch(current as unknown as Json, patch);
  } catch {
    throw newUnprocessable();
  }
}

// Fields of operations that mean nothing are strict errors as unknown fields of an object are.
function strictPatchErrors({ type, patch, duplicates = [], fieldValidation }: PatchRequest): string[] {
  if (fieldValidation === 'Ignore') return [];
  const isOperations = type === 'application/json-patch+json';
  const doubled = duplicates.map(
    (path) => `${isOperations ? 'json patch ' : ''}duplicate field ${JSON.stringify(path)}`,
  );
  if (!isOperations || !Array.isArray(patch)) return doubled;
  const unknown = patch.flatMap((operation: unknown, i) =>
    Object.keys(typeof operation === 'object' && operation !== null ? operation : {})
      .filter((field) => !['op', 'path', 'from', 'value'].includes(field))
      .map((field) => `json patch unknown field ${JSON.stringify(`[${i}].${field}`)}`),
  );
  return [...doubled, ...unknown];
}

function mergePatched(current: KubeObject, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
    throw newBadRequest(
      `error decoding patch: json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`,
    );
  return applyMergePatch(current as unknown as Json, patch as Json);
}

function strategicPatched(current: KubeObject, patch: unknown, schema: string): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
    throw newBadRequest(`json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`);
  try {
    return applyStrategicPatch(current, patch, schema);
  } catch (error) {
    throw strategicRefusal((error as Error).message);
  }
}

// Upstream: handlers/patch.go interpretStrategicMergePatchError.
function strategicRefusal(message: string): StatusError {
  if (message === LISTS_OF_LISTS) return newUnprocessable();
  return [BAD_PRIMITIVE_LIST, BAD_RETAIN_KEYS, BAD_ELEMENT_ORDER].includes(message)
    ? newBadRequest(message)
    : newUnknown(message);
}

function goKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

// The result must still decode: wrong types are refused, unknown fields as fieldValidation says.
function checked(patched: unknown, shown: string, request: PatchRequest): KubeObject {
  const { codec, fieldValidation, warn } = request;
  const { value, error, strictErrors } = codec.decode(patched, { mode: fieldValidation });
  const found = { error, strictErrors: [...strictPatchErrors(request), ...strictErrors] };
  const refusal = strictRefusal(found, fieldValidation, warn);
  if (refusal === undefined) return value as KubeObject;
  throw newInvalid({ group: '', kind: '' }, '', [invalid(Path.of('patch'), shown, refusal)]);
}
