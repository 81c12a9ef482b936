// Reads the shapes of API types from two development dependencies and puts them together.
// kubernetes-models gives names, descriptions, references and enums; @kubernetes/client-node gives number formats
// and tells which fields 1.34 had. Called by: schemas.mjs. Must not know: how the result is written.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const modelsDir = dirname(require.resolve('kubernetes-models/package.json'));
const machineryDir = join(modelsDir, '..', '@kubernetes-models', 'apimachinery');
const clientDir = join(modelsDir, '..', '@kubernetes', 'client-node', 'dist', 'gen', 'models');

/** Types that hold one value: what upstream encodes by hand. Keys are definitions, values the codes of schemas.json. */
export const LEAVES = {
  'meta.v1.Time': 't',
  'meta.v1.MicroTime': 'u',
  'meta.v1.FieldsV1': 'o',
  'meta.v1.Patch': 'o',
  'resource.Quantity': 'q',
  'intstr.IntOrString': 'x',
  'runtime.RawExtension': 'o',
  'apiextensions.v1.JSON': 'j',
  'apiextensions.v1.JSONSchemaPropsOrArray': 'ja',
  'apiextensions.v1.JSONSchemaPropsOrBool': 'jb',
  'apiextensions.v1.JSONSchemaPropsOrStringArray': 'js',
};

/** Returns Map(definition → { description, fields: Map(name → { type, isRequired, description, enum }), gvk }). */
export function readModels(isWanted) {
  const files = [];
  for (const group of readdirSync(modelsDir, { withFileTypes: true })) {
    if (!group.isDirectory() || group.name.startsWith('_') || group.name === 'node_modules') continue;
    const groupDir = join(modelsDir, group.name);
    if (group.name === 'v1') files.push(...filesOf(groupDir, 'core', 'v1'));
    else
      for (const version of readdirSync(groupDir, { withFileTypes: true }))
        if (version.isDirectory())
          files.push(...filesOf(join(groupDir, version.name), group.name.split('.')[0], version.name));
  }
  files.push(...filesOf(join(machineryDir, 'apis', 'meta', 'v1'), 'meta', 'v1'));
  files.push(...filesOf(join(machineryDir, 'api', 'resource'), 'resource', ''));
  files.push(...filesOf(join(machineryDir, 'util', 'intstr'), 'intstr', ''));
  files.push(...filesOf(join(machineryDir, 'runtime'), 'runtime', ''));
  files.push(...filesOf(join(machineryDir, 'version'), 'version', ''));
  const sources = files
    .filter((file) => isWanted(file))
    .map((file) => ({ ...file, text: readFileSync(file.path, 'utf8') }));
  const aliases = new Map();
  for (const { text, definition } of sources) {
    const alias = /export type \{ \w+ as (IIoK8s\w+)/.exec(text);
    if (alias) aliases.set(alias[1], definition);
  }
  const definitions = new Map();
  for (const source of sources) definitions.set(source.definition, parseModel(source, aliases));
  return definitions;
}

function filesOf(dir, group, version) {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.d.ts') && name !== 'index.d.ts')
    .map((file) => {
      const name = file.slice(0, -'.d.ts'.length);
      const prefix = version === '' ? group : `${group}.${version}`;
      return { path: join(dir, file), group, version, name, definition: `${prefix}.${name}` };
    });
}

function parseModel({ text, name, definition }, aliases) {
  const start = new RegExp(
    String.raw`(?:/\*\*((?:(?!\*/)[^])*?)\*/\s*)?export interface I${name}(?: extends [^{]*)? \{\n([^]*?)(?<=\n)\}\n`,
  ).exec(text);
  const fields = new Map();
  if (!start || LEAVES[definition]) return { description: docText(/\/\*\*([^]*?)\*\//.exec(text)?.[1]), fields };
  const [, doc, body] = start;
  const pattern = /(?: {4}\/\*\*((?:(?!\*\/)[^])*?)\*\/\n)? {4}"([^"]+)"(\?)?: ((?:[^;{]|\{[^]*?\n {4}\})*);/g;
  for (const [, fieldDoc, field, optional, type] of body.matchAll(pattern))
    fields.set(field, {
      ...parseType(type, aliases),
      isRequired: optional === undefined,
      description: docText(fieldDoc),
    });
  const apiVersion = /^ {4}"apiVersion": "([^"]+)";/m.exec(body)?.[1];
  const kind = /^ {4}"kind": "([^"]+)";/m.exec(body)?.[1];
  if (apiVersion && kind) {
    // The models say these are required; to the API they are not.
    for (const field of ['apiVersion', 'kind']) Object.assign(fields.get(field), { isRequired: false, type: 's' });
    delete fields.get('apiVersion').enum;
    delete fields.get('kind').enum;
  }
  const slash = apiVersion?.lastIndexOf('/') ?? -1;
  const gvk =
    apiVersion && kind
      ? { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1), kind }
      : undefined;
  return { description: docText(doc), fields, gvk };
}

// Descriptions of models end in a list of the enum's meanings, as the official ones do.
function docText(comment) {
  if (comment === undefined) return '';
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}

function parseType(type, aliases) {
  const text = type.trim();
  const array = /^Array<([^]*)>$/.exec(text);
  if (array) {
    const item = parseType(array[1], aliases);
    return { ...item, type: `[${item.type}` };
  }
  const map = /^\{\s*\[key: string\]: ([^]*?);\s*\}$/.exec(text);
  if (map) return { type: `{${parseType(map[1], aliases).type}` };
  if (text === 'string') return { type: 's' };
  if (text === 'boolean') return { type: 'b' };
  if (text === 'number') return { type: 'n' };
  const literals = text.split('|').map((part) => /^"([^"]*)"$/.exec(part.trim())?.[1]);
  if (literals.every((literal) => literal !== undefined)) return { type: 's', enum: literals };
  const definition =
    aliases.get(text) ?? aliases.get(`IIoK8sApiextensionsApiserverPkgApisApiextensionsV1${text.slice(1)}`);
  if (definition) return { type: LEAVES[definition] ?? definition };
  return { type: '?' };
}

/** Returns a definition's fields in client-node: Map(name → { format, isRequired }); undefined when it has none. */
export function readClientModel(definition) {
  const [group, version, name] = definition.split('.');
  if (name === undefined) return undefined;
  const V = `${version[0].toUpperCase()}${version.slice(1)}`;
  const prefix = group[0].toUpperCase() + group.slice(1);
  const stem = [`${prefix}${V}${name}`, `${V}${name}`].find((stem) => existsSync(join(clientDir, `${stem}.js`)));
  if (!stem) return undefined;
  const [code, types] = ['.js', '.d.ts'].map((end) => readFileSync(join(clientDir, stem + end), 'utf8'));
  const required = new Set([...types.matchAll(/^ {4}'([^']+)': /gm)].map(([, property]) => property));
  const fields = new Map();
  const pattern = /"name": "([^"]+)",\s+"baseName": "([^"]+)",\s+"type": "[^"]*",\s+"format": "([^"]*)"/g;
  for (const [, property, field, format] of code.matchAll(pattern))
    fields.set(field, { format, isRequired: required.has(property) });
  return fields;
}

/** Returns the licence files of the packages that descriptions come from. */
export function readNotices() {
  return ['kubernetes-models', '@kubernetes/client-node'].map((name) => ({
    name,
    path: join(modelsDir, '..', name, 'LICENSE'),
  }));
}
