// ConfigMaps and Secrets that a kustomization makes of literals and files.
// Called by: kustomize/target.ts. Must not know: how others refer to them. Upstream: kustomize api/internal/generators, api/kv, api/hasher.
import { isUtf8 } from 'node:buffer';
import { marshalJson } from '../../machinery/gofmt.ts';
import type { Unstructured } from '../../machinery/types.ts';
import { contentHash } from '../contenthash.ts';
import type { KustomizationFolder } from './files.ts';
import type { GeneratorArgs, GeneratorOptions, Kustomization } from './kustomization.ts';
import { KustomizeResource } from './resources.ts';

const LINE = 70;

/** Returns what the generators of a kustomization make, ConfigMaps first. @throws Error with upstream's texts. */
export function generate(kustomization: Kustomization, folder: KustomizationFolder): KustomizeResource[] {
  const { configMapGenerator = [], secretGenerator = [], generatorOptions } = kustomization;
  return [
    ...configMapGenerator.map((args) => generateOne('ConfigMap', args, generatorOptions, folder)),
    ...secretGenerator.map((args) => generateOne('Secret', args, generatorOptions, folder)),
  ];
}

function generateOne(
  kind: 'ConfigMap' | 'Secret',
  args: GeneratorArgs,
  common: GeneratorOptions | undefined,
  folder: KustomizationFolder,
): KustomizeResource {
  const { name = '', namespace, behavior = '' } = args;
  if (name === '') throw new Error('a configmap must have a name');
  const options = mergedOptions(args.options, common);
  const data = readData(args, folder);
  const { labels, annotations } = options;
  const metadata = {
    ...(annotations ? { annotations } : {}),
    ...(labels ? { labels } : {}),
    name,
    ...(namespace ? { namespace } : {}),
  };
  const object: Unstructured = { apiVersion: 'v1', kind, metadata };
  if (options.immutable) object['immutable'] = true;
  if (kind === 'Secret') object['type'] = args.type || 'Opaque';
  const [text, binary]: [Record<string, string>, Record<string, string>] = [{}, {}];
  for (const [key, bytes] of data) {
    if (kind === 'Secret') text[key] = inLines(bytes.toString('base64'));
    else if (isUtf8(bytes)) text[key] = bytes.toString('utf8');
    else binary[key] = inLines(bytes.toString('base64'));
  }
  if (Object.keys(text).length > 0) object['data'] = text;
  if (Object.keys(binary).length > 0) object['binaryData'] = binary;
  const resource = new KustomizeResource(object);
  resource.needsHash = !options.disableNameSuffixHash;
  resource.behavior = behavior;
  if (!['', 'create', 'merge', 'replace', 'unspecified'].includes(behavior)) resource.behavior = '';
  return resource;
}

function mergedOptions(own: GeneratorOptions = {}, common: GeneratorOptions = {}): GeneratorOptions {
  const labels = { ...common.labels, ...own.labels };
  const annotations = { ...common.annotations, ...own.annotations };
  return {
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    disableNameSuffixHash: Boolean(own.disableNameSuffixHash) || Boolean(common.disableNameSuffixHash),
    immutable: Boolean(own.immutable) || Boolean(common.immutable),
  };
}

/** Long base64 is broken into lines. */
function inLines(base64: string): string {
  if (base64.length <= LINE) return base64;
  return (base64.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []).map((line) => `${line}\n`).join('');
}

function readData(
  { name = '', envs = [], env, literals = [], files = [] }: GeneratorArgs,
  folder: KustomizationFolder,
) {
  const data = new Map<string, Buffer>();
  const add = (key: string, value: Buffer): void => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) throw new Error(`${JSON.stringify(key)} is not a valid key name`);
    if (data.has(key)) throw new Error(`configmap ${name} illegally repeats the key \`${key}\``);
    data.set(key, value);
  };
  try {
    for (const file of [...envs, ...(env ? [env] : [])]) addEnvFile(folder.readText(file), add);
    for (const literal of literals) {
      const at = literal.indexOf('=');
      if (at <= 0) throw new Error(`literal sources: invalid literal source ${literal}, expected key=value`);
      add(literal.slice(0, at), Buffer.from(literal.slice(at + 1).replace(/^["']+|["']+$/g, '')));
    }
    for (const source of files) {
      const { key, file } = fileSource(source);
      add(key, folder.read(file));
    }
  } catch (error) {
    throw new Error(`loading KV pairs: ${(error as Error).message}`, { cause: error });
  }
  return new Map([...data].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function addEnvFile(text: string, add: (key: string, value: Buffer) => void): void {
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    const line = raw.replace(/\r$/, '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const at = line.indexOf('=');
    const key = at < 0 ? line : line.slice(0, at);
    add(key, Buffer.from(at < 0 ? '' : line.slice(at + 1)));
  }
}

function fileSource(source: string): { key: string; file: string } {
  const parts = source.split('=');
  const [first = '', second = ''] = parts;
  if (parts.length === 1) return { key: first.slice(first.lastIndexOf('/') + 1), file: first };
  if (parts.length > 2) throw new Error(`source ${JSON.stringify(source)} key name or file path contains '='`);
  if (first === '')
    throw new Error(`missing key name for file path ${JSON.stringify(second)} in source ${JSON.stringify(source)}`);
  if (second === '')
    throw new Error(`missing file path for key name ${JSON.stringify(first)} in source ${JSON.stringify(source)}`);
  return { key: first, file: second };
}

/** Adds the hash of what generated objects hold to their names. Upstream: HashTransformer, hasher.go. */
export function addHashes(resources: readonly KustomizeResource[]): void {
  for (const resource of resources) {
    if (!resource.needsHash) continue;
    const {
      kind,
      metadata,
      data = '',
      binaryData,
      stringData,
      type = '',
    } = resource.object as Unstructured & {
      data?: unknown;
      binaryData?: unknown;
      stringData?: unknown;
      type?: unknown;
    };
    // The name is meant to be part of it, but upstream looks for it in a field that there is not.
    const hashed =
      kind === 'ConfigMap'
        ? { kind, name: '', data, ...(binaryData ? { binaryData } : {}) }
        : { kind, name: '', data, type, ...(stringData ? { stringData } : {}) };
    resource.remember();
    metadata.name = `${metadata.name}-${contentHash(marshalJson(hashed))}`;
  }
}
