// Validation of ConfigMaps and Secrets: keys, size, immutability, and what a Secret's type requires.
// Called by: configmap.ts, secret.ts. Must not know: storage, HTTP.
import { type FieldErrors, Path, forbidden, invalid, required, tooLong } from '../machinery/field.ts';
import { unmarshalJson } from '../machinery/gojson.ts';
import { deepEqual } from '../machinery/meta.ts';
import { validateImmutableField } from '../machinery/metavalidation.ts';
import { isConfigMapKey } from '../machinery/validation.ts';
import type { ConfigMap } from './configmap.ts';
import { invalidEach } from './podspec.validation.names.ts';
import type { Secret } from './secret.ts';
import { sortedKeys } from './strategy.ts';

const MAX_BYTES = 1024 * 1024;
const DATA = Path.of('data');
const IMMUTABLE = 'field is immutable when `immutable` is set';

/** Upstream: kubernetes pkg/apis/core/validation ValidateConfigMap. */
export function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap): FieldErrors {
  const errors: FieldErrors = [];
  let bytes = 0;
  for (const key of sortedKeys(data)) {
    const at = DATA.key(key);
    errors.push(...invalidEach(at, key, isConfigMapKey(key)));
    if (binaryData[key] !== undefined) errors.push(invalid(at, key, 'duplicate of key present in binaryData'));
    bytes += Buffer.byteLength(data[key] ?? '');
  }
  for (const key of sortedKeys(binaryData)) {
    errors.push(...invalidEach(Path.of('binaryData').key(key), key, isConfigMapKey(key)));
    bytes += decodedBytes(binaryData[key] ?? '');
  }
  if (bytes > MAX_BYTES) errors.push(tooLong(Path.root(), MAX_BYTES));
  return errors;
}

/** Upstream: ValidateConfigMapUpdate. */
export function validateConfigMapUpdate(configMap: ConfigMap, old: ConfigMap): FieldErrors {
  const errors: FieldErrors = [];
  if (old.immutable) {
    if (!configMap.immutable) errors.push(forbidden(Path.of('immutable'), IMMUTABLE));
    for (const field of ['data', 'binaryData'] as const)
      if (!deepEqual(configMap[field] ?? {}, old[field] ?? {})) errors.push(forbidden(Path.of(field), IMMUTABLE));
  }
  return [...errors, ...validateConfigMap(configMap)];
}

/** How many bytes a base64 text stands for. */
function decodedBytes(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

/** Upstream: ValidateSecret. */
export function validateSecret(secret: Secret): FieldErrors {
  const { data = {} } = secret;
  const errors: FieldErrors = [];
  let bytes = 0;
  for (const key of sortedKeys(data)) {
    errors.push(...invalidEach(DATA.key(key), key, isConfigMapKey(key)));
    bytes += decodedBytes(data[key] ?? '');
  }
  if (bytes > MAX_BYTES) errors.push(tooLong(DATA, MAX_BYTES));
  return [...errors, ...validateSecretType(secret)];
}

const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name';

function validateSecretType({ metadata, type, data = {} }: Secret): FieldErrors {
  const requireKeys = (...keys: string[]): FieldErrors =>
    keys.filter((key) => data[key] === undefined).map((key) => required(DATA.key(key)));
  switch (type) {
    case 'kubernetes.io/service-account-token': {
      const at = Path.of('metadata', 'annotations').key(SERVICE_ACCOUNT_NAME);
      return metadata.annotations?.[SERVICE_ACCOUNT_NAME] ? [] : [required(at)];
    }
    case 'kubernetes.io/dockercfg':
      return validateJsonKey(data, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return validateJsonKey(data, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth': {
      const missing = requireKeys('username', 'password');
      return missing.length === 2 ? missing : [];
    }
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required(DATA.key('ssh-privatekey'))];
    case 'kubernetes.io/tls':
      return requireKeys('tls.crt', 'tls.key');
    default:
      return [];
  }
}

function validateJsonKey(data: Record<string, string>, key: string): FieldErrors {
  const base64 = data[key];
  if (base64 === undefined) return [required(DATA.key(key))];
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const why = whyNoJsonObject(text);
  return why === '' ? [] : [invalid(DATA.key(key), '<secret contents redacted>', why)];
}

/** Returns encoding/json's words for a text that is no object, or ''. */
function whyNoJsonObject(text: string): string {
  try {
    const value = unmarshalJson(text);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return '';
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

/** Upstream: ValidateSecretUpdate. */
export function validateSecretUpdate(secret: Secret, old: Secret): FieldErrors {
  const errors = validateImmutableField(secret.type, old.type, Path.of('type'));
  if (old.immutable) {
    if (!secret.immutable) errors.push(forbidden(Path.of('immutable'), IMMUTABLE));
    if (!deepEqual(secret.data ?? {}, old.data ?? {})) errors.push(forbidden(DATA, IMMUTABLE));
  }
  return [...errors, ...validateSecret(secret)];
}
