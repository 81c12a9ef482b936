// `kubectl create configmap`.
// Called by: commands/create.ts. Upstream: kubectl pkg/cmd/create/create_configmap.go.
import { marshalJson } from '../../../machinery/gofmt.ts';
import { isConfigMapKey } from '../../../machinery/validation.ts';
import { addEnvFiles, addFiles, addLiterals, dataFlags, requireOneSource } from './datasources.ts';
import { contentHash } from '../../contenthash.ts';
import { compact, generatorCommand } from './generator.ts';

export const createConfigMap = generatorCommand({
  use: 'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  aliases: ['cm'],
  short: 'Create a config map from files or values',
  long: `Creates a config map from files, folders or literal values.

A file's key is its name and its value its content, unless another key is given. A folder stands for the files in it whose names can be keys.`,
  example: `# From the files of a folder
kubectl create configmap my-config --from-file=path/to/bar

# From a file, under another key
kubectl create configmap my-config --from-file=key1=/path/to/bar/file1.txt

# From literal values
kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2

# From a file with lines key=value
kubectl create configmap my-config --from-env-file=path/to/foo.env`,
  flags: dataFlags('config map'),
  failure: 'failed to create configmap: ',
  build(context, name) {
    const { flags, factory } = context;
    if (name === '') throw new Error('name must be specified');
    requireOneSource(context);
    const data: Record<string, string> = {};
    const binaryData: Record<string, string> = {};
    const add = (key: string, value: Buffer) => {
      requireNewKey(name, key, data, binaryData);
      const text = value.toString('utf8');
      if (Buffer.from(text, 'utf8').equals(value)) data[key] = text;
      else binaryData[key] = value.toString('base64');
    };
    addFiles(flags.strings('from-file'), factory.cwd, add);
    addLiterals(flags.strings('from-literal'), add);
    addEnvFiles(flags.strings('from-env-file'), context, 'config', add);
    const hasBinary = Object.keys(binaryData).length > 0;
    const hashed = { kind: 'ConfigMap', name, data, ...(hasBinary ? { binaryData } : {}) };
    const suffix = flags.bool('append-hash') ? `-${contentHash(marshalJson(hashed))}` : '';
    return compact({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: `${name}${suffix}` },
      data: Object.keys(data).length > 0 ? sorted(data) : undefined,
      binaryData: hasBinary ? sorted(binaryData) : undefined,
    });
  },
});

function requireNewKey(name: string, key: string, data: object, binaryData: object): void {
  const problems = isConfigMapKey(key);
  if (problems.length > 0)
    throw new Error(`${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${problems.join(',')}`);
  for (const [field, map] of [['Data', data] as const, ['BinaryData', binaryData] as const]) {
    if (Object.hasOwn(map, key))
      throw new Error(
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in ${field} for ConfigMap ${JSON.stringify(name)}`,
      );
  }
}

/** Go prints maps with sorted keys. */
export function sorted<T>(map: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
