// The environment of a container: what the image sets, what the manifest says, what Services add.
// Called by: kubelet (starting containers), process.ts, exec. Must not know: how containers run.
// Upstream: kubernetes pkg/kubelet/kubelet_pods.go makeEnvironmentVariables, third_party/forked/golang/expansion.
import type { EnvVar, EnvVarSource } from 'kubernetes-types/core/v1';
import type { LoopbackClient } from '../client/loopback.ts';
import type { ImageDefinition } from '../images/image.ts';
import { configMap } from '../resources/configmap.ts';
import { node as nodeResource } from '../resources/node.ts';
import type { Pod } from '../resources/pod.ts';
import { secret } from '../resources/secret.ts';
import { podFieldValue, podResourceValue } from './downward.ts';
import { serviceEnvironment } from './env.services.ts';
import type { ContainerSpec } from './work.ts';

/** Thrown when a source of the environment is missing; the message is the kubelet's. */
export class ContainerConfigError extends Error {}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Returns `text` with `$(NAME)` replaced by its value; `$$` is `$`, and unknown names stay as they are. */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  return text.replace(/\$(?:\$|\(([^()]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return lookup(name) ?? whole;
  });
}

function dataOf(client: LoopbackClient, kind: 'configmap' | 'secret', namespace: string, name: string) {
  if (kind === 'secret') {
    const found = client.get(secret, { namespace, name });
    if (!found) return undefined;
    const entries = Object.entries(found.data ?? {});
    return new Map(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  }
  const found = client.get(configMap, { namespace, name });
  return found && new Map(Object.entries(found.data ?? {}));
}

/** An environment is well-formed when names have no `=` and no NUL; kubelet passes over other names. */
function isUsableName(name: string): boolean {
  return /^[ -<>-~]+$/.test(name);
}

/**
 * Returns the variables of the manifest (envFrom, then env), without those of the image and of Services.
 * @throws ContainerConfigError `configmap "x" not found`, `couldn't find key k in ConfigMap ns/x`.
 */
export function declaredEnvironment(client: LoopbackClient, pod: Pod, container: ContainerSpec): Map<string, string> {
  const namespace = pod.metadata.namespace ?? '';
  const result = new Map<string, string>();
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const kind = configMapRef ? 'configmap' : 'secret';
    const ref = configMapRef ?? secretRef;
    if (!ref?.name) continue;
    const data = dataOf(client, kind, namespace, ref.name);
    if (!data && !ref.optional) throw new ContainerConfigError(`${kind} "${ref.name}" not found`);
    for (const [key, value] of data ?? []) if (isUsableName(prefix + key)) result.set(prefix + key, value);
  }
  const services = { vars: undefined as Map<string, string> | undefined };
  const lookup = (name: string): string | undefined => {
    if (result.has(name)) return result.get(name);
    services.vars ??= serviceEnvironment(client, pod);
    return services.vars.get(name);
  };
  for (const variable of container.env ?? []) {
    const value = valueOf(client, pod, container, variable, lookup);
    if (value !== undefined) result.set(variable.name, value);
  }
  return result;
}

function valueOf(
  client: LoopbackClient,
  pod: Pod,
  container: ContainerSpec,
  variable: EnvVar,
  lookup: (name: string) => string | undefined,
): string | undefined {
  if (variable.valueFrom) return sourceValue(client, pod, container, variable.valueFrom);
  return expand(variable.value ?? '', lookup);
}

function sourceValue(
  client: LoopbackClient,
  pod: Pod,
  container: ContainerSpec,
  source: EnvVarSource,
): string | undefined {
  const namespace = pod.metadata.namespace ?? '';
  if (source.fieldRef) return podFieldValue(pod, source.fieldRef.fieldPath);
  if (source.resourceFieldRef) {
    const node = client.get(nodeResource, { name: pod.spec.nodeName ?? '' });
    return podResourceValue(pod, source.resourceFieldRef, { node, container });
  }
  const ref = source.configMapKeyRef ?? source.secretKeyRef;
  if (!ref) return undefined;
  const kind = source.configMapKeyRef ? 'configmap' : 'secret';
  const data = dataOf(client, kind, namespace, ref.name ?? '');
  if (!data) {
    if (ref.optional) return undefined;
    throw new ContainerConfigError(`${kind} "${ref.name}" not found`);
  }
  const value = data.get(ref.key);
  if (value === undefined && !ref.optional) {
    const word = kind === 'secret' ? 'Secret' : 'ConfigMap';
    throw new ContainerConfigError(`couldn't find key ${ref.key} in ${word} ${namespace}/${ref.name}`);
  }
  return value;
}

/** Returns the host name that a pod's containers see. */
export function hostnameOf(pod: Pod): string {
  if (pod.spec.hostNetwork) return pod.spec.nodeName ?? '';
  return (pod.spec.hostname ?? pod.metadata.name).slice(0, 63).replace(/[-.]+$/, '');
}

export interface Environment {
  client: LoopbackClient;
  pod: Pod;
  container: ContainerSpec;
  image: ImageDefinition;
}

/**
 * Returns all variables in the order in which `env` prints them: PATH, HOSTNAME, the image's, the manifest's,
 * Services', HOME.
 * @throws ContainerConfigError when a source is missing.
 */
export function containerEnvironment({ client, pod, container, image }: Environment): Record<string, string> {
  const env: Record<string, string> = Object.create(null) as Record<string, string>;
  env['PATH'] = PATH;
  env['HOSTNAME'] = hostnameOf(pod);
  Object.assign(env, image.env);
  const declared = declaredEnvironment(client, pod, container);
  for (const [name, value] of declared) env[name] = value;
  for (const [name, value] of serviceEnvironment(client, pod)) if (!declared.has(name)) env[name] = value;
  env['HOME'] ??= '/root';
  return env;
}

/**
 * Returns what is executed: the manifest's command and arguments with `$(VAR)` expanded, the image's where it gives
 * none.
 */
export function commandOf(
  container: ContainerSpec,
  image: ImageDefinition,
  lookup: (name: string) => string | undefined,
): string[] {
  const given = (container.command ?? []).map((word) => expand(word, lookup));
  const args = (container.args ?? []).map((word) => expand(word, lookup));
  const command = given.length > 0 ? given : [...image.entrypoint];
  if (args.length > 0) return [...command, ...args];
  return given.length > 0 ? command : [...command, ...image.cmd];
}
