// `kubectl set env --list`: the variables of containers, with references as comments or resolved.
// Called by: commands/set/env.ts. Upstream: kubectl pkg/cmd/set/env/env_resolve.go.
import { typedMapping } from '../../../client/typed.ts';
import type { Container, EnvVar, EnvVarSource } from 'kubernetes-types/core/v1';
import type { Unstructured } from '../../../machinery/types.ts';
import { metadataFieldValue, resourceFieldValue } from '../../../resources/fieldpath.ts';
import type { CommandContext } from '../../command.ts';

/** Prints the variables; on stderr, which references could not be resolved. */
export async function listEnvironment(
  context: CommandContext,
  object: Unstructured,
  containers: readonly Container[],
): Promise<void> {
  const { flags, streams } = context;
  for (const container of containers) {
    const problems = new Map<string, string[]>();
    streams.out.write(`# ${object.kind} ${object.metadata.name}, container ${container.name}\n`);
    for (const variable of container.env ?? []) {
      const { name, value = '', valueFrom } = variable;
      if (!valueFrom) streams.out.write(`${name}=${value}\n`);
      else if (!flags.bool('resolve')) streams.out.write(`# ${name} from ${referenceText(valueFrom)}\n`);
      else {
        try {
          streams.out.write(`${name}=${await resolve(context, object, { container, variable })}\n`);
        } catch (error) {
          streams.out.write(`# ${name} from ${referenceText(valueFrom)}\n`);
          const { message } = error as Error;
          problems.set(message, [...(problems.get(message) ?? []), name]);
        }
      }
    }
    const lines = [...problems].map(
      ([message, names]) => `error retrieving reference for ${names.sort().join(', ')}: ${message}\n`,
    );
    for (const line of lines.sort()) streams.err.write(line);
  }
}

function referenceText(from: EnvVarSource): string {
  if (from.configMapKeyRef) return `configmap ${from.configMapKeyRef.name ?? ''}, key ${from.configMapKeyRef.key}`;
  if (from.secretKeyRef) return `secret ${from.secretKeyRef.name ?? ''}, key ${from.secretKeyRef.key}`;
  if (from.fieldRef) return `field path ${from.fieldRef.fieldPath}`;
  if (from.resourceFieldRef) {
    const { containerName, resource } = from.resourceFieldRef;
    return `resource field ${containerName ? `${containerName}/` : ''}${resource}`;
  }
  return 'invalid valueFrom';
}

async function resolve(
  { factory }: CommandContext,
  object: Unstructured,
  { container, variable }: { container: Container; variable: EnvVar },
): Promise<string> {
  const from = variable.valueFrom ?? {};
  const { namespace } = await factory.namespace();
  const read = async (kind: string, name: string) => {
    const mapping = typedMapping('v1', kind);
    return (await factory.rest()).get(mapping, { namespace, name });
  };
  if (from.secretKeyRef) {
    const { name = '', key } = from.secretKeyRef;
    const data = (await read('Secret', name))['data'] as Record<string, string> | undefined;
    if (data?.[key] === undefined) throw new Error(`key ${key} not found in secret ${name}`);
    return Buffer.from(data[key], 'base64').toString('utf8');
  }
  if (from.configMapKeyRef) {
    const { name = '', key } = from.configMapKeyRef;
    const data = (await read('ConfigMap', name))['data'] as Record<string, string> | undefined;
    if (data?.[key] === undefined) throw new Error(`key ${key} not found in config map ${name}`);
    return data[key];
  }
  if (from.fieldRef) {
    const value = metadataFieldValue(object.metadata, from.fieldRef.fieldPath);
    if (value === undefined) throw new Error(`unsupported fieldPath: ${from.fieldRef.fieldPath}`);
    return value;
  }
  if (from.resourceFieldRef) return resourceFieldValue(container.resources, from.resourceFieldRef);
  throw new Error('invalid valueFrom');
}
