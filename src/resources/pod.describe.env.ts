// The environment of a container, as describe shows it: values, and where others come from.
// Called by: pod.describe.containers.ts. Must not know: live objects but the pod's own name.
import type { EnvFromSource, ResourceFieldSelector } from 'kubernetes-types/core/v1';
import { milliValue, parseQuantity, value as wholeValue } from '../machinery/quantity.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { PrefixWriter } from './describe.writer.ts';
import type { Container, EnvVar } from './podspec.types.ts';

/** Returns the value of a field of the pod, as far as describe knows it. */
export type FieldResolver = (fieldPath: string) => string;

/**
 * Returns what resolves fields of this pod. Only name and namespace: kubectl knows no other field labels.
 * Upstream: EnvValueRetriever with runtime.DefaultMetaV1FieldSelectorConversion.
 */
export function fieldResolver({ metadata }: KubeObject): FieldResolver {
  return (fieldPath) => {
    if (fieldPath === 'metadata.name') return metadata.name;
    return fieldPath === 'metadata.namespace' ? (metadata.namespace ?? '') : '';
  };
}

/** Upstream: describeContainerEnvFrom, describeContainerEnvVars. */
export function writeEnvironment(w: PrefixWriter, container: Container, resolveField?: FieldResolver): void {
  const { env = [], envFrom = [] } = container;
  if (envFrom.length > 0) w.write(2, 'Environment Variables from:\n');
  for (const source of envFrom) writeEnvFrom(w, source);
  w.write(2, `Environment:${env.length === 0 ? '\t<none>' : ''}\n`);
  for (const variable of env) {
    if (variable.valueFrom) writeValueFrom(w, variable, { container, resolveField });
    else (variable.value ?? '').split('\n').forEach((line, i) => w.row(3, i === 0 ? `${variable.name}:` : '', line));
  }
}

function writeEnvFrom(w: PrefixWriter, { configMapRef, secretRef, prefix }: EnvFromSource): void {
  const ref = configMapRef ?? secretRef;
  const kind = configMapRef ? 'ConfigMap' : secretRef ? 'Secret' : '';
  w.row(3, ref?.name, prefix ? `${kind} with prefix '${prefix}'` : kind, `Optional: ${ref?.optional ?? false}`);
}

function writeValueFrom(
  w: PrefixWriter,
  { name, valueFrom = {} }: EnvVar,
  { container, resolveField }: { container: Container; resolveField: FieldResolver | undefined },
): void {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (fieldRef) {
    const text = resolveField?.(fieldRef.fieldPath) ?? '';
    w.field(3, name, `${text} (${fieldRef.apiVersion ?? ''}:${fieldRef.fieldPath})`);
  } else if (resourceFieldRef) {
    w.field(3, name, `${resourceText(resourceFieldRef, container)} (${resourceFieldRef.resource})`);
  } else if (secretKeyRef) {
    const { key, name: secret = '', optional = false } = secretKeyRef;
    w.row(3, `${name}:`, `<set to the key '${key}' in secret '${secret}'>`, `Optional: ${optional}`);
  } else if (configMapKeyRef) {
    const { key, name: configMap = '', optional = false } = configMapKeyRef;
    w.row(3, `${name}:`, `<set to the key '${key}' of config map '${configMap}'>`, `Optional: ${optional}`);
  }
}

/** Upstream: kubectl pkg/util/resource ExtractContainerResourceValue. */
function resourceText({ resource, divisor = '0' }: ResourceFieldSelector, { resources }: Container): string {
  const dot = resource.indexOf('.');
  const kind = resource.slice(0, Math.max(dot, 0));
  const name = resource.slice(dot + 1);
  const isKnown = ['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-');
  if (!isKnown || (kind !== 'limits' && kind !== 'requests')) return '';
  const amount = parseQuantity(resources?.[kind]?.[name] ?? '0');
  const given = parseQuantity(divisor);
  const unit = given.unscaled === 0n ? parseQuantity('1') : given;
  const measure = name === 'cpu' ? milliValue : wholeValue;
  const text = String(Math.ceil(measure(amount) / measure(unit)));
  return text === '0' && (resource === 'limits.cpu' || resource === 'limits.memory') ? 'node allocatable' : text;
}
