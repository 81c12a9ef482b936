// Environment variables of containers, and what they and volumes take from the pod's own fields.
// Called by: podspec.validation.containers.ts, podspec.validation.volumes.ts. Must not know: pods' status.
import type {
  ConfigMapKeySelector,
  EnvFromSource,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from 'kubernetes-types/core/v1';
import { type FieldErrors, type Path, invalid, notFound, notSupported, required } from '../machinery/field.ts';
import { canonicalizeQuantity } from '../machinery/quantity.ts';
import { isConfigMapKey, isDNS1123Subdomain, isRelaxedEnvVarName } from '../machinery/validation.ts';
import type { EnvVar, FileKeySelector, PodSpec } from './podspec.types.ts';
import { invalidEach, validateDNS1123Label, validateQualifiedName } from './podspec.validation.names.ts';
import { validatePathNoBacksteps } from './podspec.validation.paths.ts';

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** Fields that a downwardAPI volume can show. */
export const VOLUME_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
const KNOWN_FIELDS = [...ENV_FIELDS, ...VOLUME_FIELDS, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase'];
const RESOURCE_FIELDS = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

/** Upstream: ValidateEnv. */
export function validateEnv(vars: readonly EnvVar[], path: Path): FieldErrors {
  return vars.flatMap((variable, i) => {
    const { name = '' } = variable;
    const namePath = path.index(i).child('name');
    const errors = name === '' ? [required(namePath)] : invalidEach(namePath, name, isRelaxedEnvVarName(name));
    return [...errors, ...validateValueFrom(variable, path.index(i).child('valueFrom'))];
  });
}

const ONE_OF = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';

function validateValueFrom({ value, valueFrom }: EnvVar, path: Path): FieldErrors {
  if (!valueFrom) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  const errors: FieldErrors = [];
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, ENV_FIELDS, path.child('fieldRef')));
  if (resourceFieldRef)
    errors.push(...validateResourceFieldRef(resourceFieldRef, path.child('resourceFieldRef'), { isVolume: false }));
  if (configMapKeyRef) errors.push(...validateKeyRef(configMapKeyRef, path.child('configMapKeyRef')));
  if (secretKeyRef) errors.push(...validateKeyRef(secretKeyRef, path.child('secretKeyRef')));
  if (fileKeyRef) errors.push(...validateFileKeyRef(fileKeyRef, path.child('fileKeyRef')));
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length;
  if (sources === 0) errors.push(invalid(path, '', ONE_OF));
  else if (value) errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  return errors;
}

/** Upstream: validateObjectFieldSelector. */
export function validateFieldRef(ref: ObjectFieldSelector, supported: readonly string[], path: Path): FieldErrors {
  const { apiVersion = '', fieldPath = '' } = ref;
  const fieldPathPath = path.child('fieldPath');
  if (apiVersion === '') return [required(path.child('apiVersion'))];
  if (fieldPath === '') return [required(fieldPathPath)];
  const refuse = (why: string): FieldErrors => [
    invalid(fieldPathPath, fieldPath, `error converting fieldPath: ${why}`),
  ];
  if (apiVersion !== 'v1') return refuse(`unsupported pod version: ${apiVersion}`);
  const subscripted = /^(.*)\['(.*)'\]$/s.exec(fieldPath);
  if (subscripted) {
    const [, base = '', subscript = ''] = subscripted;
    if (base === 'metadata.annotations') return validateQualifiedName(subscript.toLowerCase(), path);
    if (base === 'metadata.labels') return validateQualifiedName(subscript, path);
    return refuse(`field label does not support subscript: ${fieldPath}`);
  }
  const field = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath;
  if (!KNOWN_FIELDS.includes(field)) return refuse(`field label not supported: ${fieldPath}`);
  return supported.includes(field) ? [] : [notSupported(fieldPathPath, field, supported)];
}

/** Upstream: validateContainerResourceFieldSelector. */
export function validateResourceFieldRef(
  { containerName, resource = '', divisor }: ResourceFieldSelector,
  path: Path,
  { isVolume }: { isVolume: boolean },
): FieldErrors {
  const errors: FieldErrors = [];
  if (isVolume && !containerName) errors.push(required(path.child('containerName')));
  else if (resource === '') errors.push(required(path.child('resource')));
  else if (!RESOURCE_FIELDS.includes(resource) && !/^(requests|limits)\.hugepages-/.test(resource))
    errors.push(notSupported(path.child('resource'), resource, RESOURCE_FIELDS));
  return [...errors, ...validateDivisor(resource, divisor, path)];
}

const BYTE_DIVISORS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

function validateDivisor(resource: string, divisor: string | undefined, path: Path): FieldErrors {
  const text = divisor === undefined ? '0' : canonicalizeQuantity(divisor);
  if (text === '0') return [];
  const name = resource.replace(/^(requests|limits)\./, '');
  const refuse = (values: string, words: string): FieldErrors => [
    invalid(
      path.child('divisor'),
      resource,
      `only divisor's values ${values} are supported with the ${words} resource`,
    ),
  ];
  if (name === 'cpu') return ['1m', '1'].includes(text) ? [] : refuse('1m and 1', 'cpu');
  if (BYTE_DIVISORS.includes(text)) return [];
  if (name === 'memory') return refuse(BYTE_DIVISORS.join(', '), 'memory');
  if (name === 'ephemeral-storage') return refuse(BYTE_DIVISORS.join(', '), 'local ephemeral storage');
  return name.startsWith('hugepages-') ? refuse(BYTE_DIVISORS.join(', '), 'hugepages') : [];
}

function validateKeyRef({ name = '', key = '' }: ConfigMapKeySelector, path: Path): FieldErrors {
  const errors = invalidEach(path.child('name'), name, isDNS1123Subdomain(name));
  if (key === '') return [...errors, required(path.child('key'))];
  return [...errors, ...invalidEach(path.child('key'), key, isConfigMapKey(key))];
}

function validateFileKeyRef({ key = '', volumeName = '', path: file = '' }: FileKeySelector, path: Path): FieldErrors {
  const keyPath = path.child('key');
  const volumePath = path.child('volumeName');
  return [
    ...(key === '' ? [required(keyPath)] : invalidEach(keyPath, key, isRelaxedEnvVarName(key))),
    ...(volumeName === '' ? [required(volumePath)] : validateDNS1123Label(volumeName, volumePath)),
    ...(file === '' ? [required(path.child('path'))] : validatePathNoBacksteps(file, path.child('path'))),
  ];
}

/** Upstream: ValidateEnvFrom. Findings about the number of sources are about the whole list, as upstream has it. */
export function validateEnvFrom(sources: readonly EnvFromSource[], path: Path): FieldErrors {
  return sources.flatMap(({ prefix = '', configMapRef, secretRef }, i) => {
    const at = path.index(i);
    const errors = prefix === '' ? [] : invalidEach(at.child('prefix'), prefix, isRelaxedEnvVarName(prefix));
    if (configMapRef) errors.push(...validateEnvFromName(configMapRef.name, at.child('configMapRef', 'name')));
    if (secretRef) errors.push(...validateEnvFromName(secretRef.name, at.child('secretRef', 'name')));
    if (!configMapRef && !secretRef)
      errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (configMapRef && secretRef)
      errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}

function validateEnvFromName(name: string | undefined, path: Path): FieldErrors {
  if (!name) return [required(path)];
  // Upstream checks the name as a prefix to which more may be added: a dash at its end is let through.
  const checked = name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
  return invalidEach(path, name, isDNS1123Subdomain(checked));
}

/** Files that variables are read from must lie in an emptyDir of the pod. Upstream: validateFileKeyRefVolumes. */
export function validateFileKeyRefVolumes(spec: PodSpec, path: Path): FieldErrors {
  const lists = { containers: spec.containers, initContainers: spec.initContainers };
  return Object.entries(lists).flatMap(([list, containers]) =>
    (containers ?? []).flatMap(({ env }, i) =>
      (env ?? []).flatMap(({ valueFrom }, j) => {
        if (!valueFrom?.fileKeyRef) return [];
        const { volumeName = '' } = valueFrom.fileKeyRef;
        const volumePath = path
          .child(list)
          .index(i)
          .child('env')
          .index(j)
          .child('valueFrom', 'fileKeyRef', 'volumeName');
        const volume = spec.volumes?.find((v) => v.name === volumeName);
        if (!volume) return [notFound(volumePath, volumeName)];
        return volume.emptyDir ? [] : [invalid(volumePath, volumeName, 'referenced volume must be of type emptyDir')];
      }),
    ),
  );
}
