// The shapes of the built-in types: fields, formats, enums, merge rules, which zero values are written.
// Called by: the strict decoder, patches, server-side apply, explain, OpenAPI. Must not know: what is served.
// The data is dist/generated, made by src/build/schemas.mjs and read on first use.
import { join } from 'node:path';
import type { GroupVersionKind } from './types.ts';

/** Set by the bundler to the expression __dirname; absent when run from source. */
declare const SANDKUBE_DIST: string;

export type SchemaType =
  | 'object'
  | 'array'
  | 'map'
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'int-or-string'
  | 'any';

export type SchemaFormat =
  | 'int32'
  | 'int64'
  | 'double'
  | 'byte'
  | 'date-time'
  | 'date-time-micro'
  | 'quantity'
  // A JSON schema, or something else.
  | 'schema-or-list'
  | 'schema-or-bool'
  | 'schema-or-names';

/** What Go's encoder does with a zero value, where the common rule does not hold (see dropZeroValues). */
export type ZeroRule = 'kept' | 'written' | 'null' | 'omitted';

/** One place in a type. Nodes of one definition are shared: never change them. */
export interface SchemaNode {
  readonly type: SchemaType;
  readonly format?: SchemaFormat | undefined;
  /** The definition an object follows: 'core.v1.Container'. An object without one may hold anything. */
  readonly definition?: string | undefined;
  /** What a list or a map holds; of an object with fields of its own, what its other fields hold. */
  readonly items?: SchemaNode | undefined;
  /** Fields of an object that follows no definition (custom resources). */
  readonly fields?: ReadonlyMap<string, SchemaNode> | undefined;
  /** What the server fills in (custom resources). */
  readonly default?: unknown;
  readonly isRequired: boolean;
  readonly enum?: readonly string[] | undefined;
  /** 'merge', 'replace', 'retainKeys': how a strategic merge patch treats the field. */
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey?: string | undefined;
  readonly listType?: 'atomic' | 'set' | 'map' | undefined;
  readonly listMapKeys?: readonly string[] | undefined;
  readonly mapType?: 'atomic' | 'granular' | undefined;
  readonly zero?: ZeroRule | undefined;
  /** Go's name of the type where JSON does not show it: 'v1.Protocol', 'v1.ResourceList'. */
  readonly goType?: string | undefined;
  /** The struct that Go embeds the field with: 'VolumeSource'. */
  readonly goEmbedded?: string | undefined;
}

interface RawDefinition {
  /** 'group/version/Kind' */
  k?: string;
  /** 1 when objects of it are applied as a whole. */
  a?: 1;
  f: Record<string, string>;
}
interface RawSchemas {
  release: string;
  definitions: Record<string, RawDefinition>;
}

let loaded: Map<string, RawDefinition> | undefined;
let builtInGroups: Set<string> | undefined;
let namesByKind: Map<string, string> | undefined;
let loadedDescriptions: Map<string, Record<string, string>> | undefined;
const fieldsOfDefinition = new Map<string, ReadonlyMap<string, SchemaNode>>();
const NO_FIELDS: ReadonlyMap<string, SchemaNode> = new Map();

function readGenerated(name: string): unknown {
  const dist = typeof SANDKUBE_DIST === 'string' ? SANDKUBE_DIST : join(import.meta.dirname, '..', '..', 'dist');
  const file = join(dist, 'generated', name);
  let text: string;
  try {
    text = process.getBuiltinModule('node:fs').readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${file} cannot be read: run "npm run build"`, { cause: error });
  }
  return JSON.parse(text);
}

function definitions(): Map<string, RawDefinition> {
  loaded ??= new Map(Object.entries((readGenerated('schemas.json') as RawSchemas).definitions));
  return loaded;
}

const LEAVES: Readonly<Record<string, { type: SchemaType; format?: SchemaFormat }>> = {
  s: { type: 'string' },
  b: { type: 'boolean' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  d: { type: 'number', format: 'double' },
  y: { type: 'string', format: 'byte' },
  t: { type: 'string', format: 'date-time' },
  u: { type: 'string', format: 'date-time-micro' },
  q: { type: 'string', format: 'quantity' },
  x: { type: 'int-or-string' },
  o: { type: 'object' },
  j: { type: 'any' },
  ja: { type: 'any', format: 'schema-or-list' },
  jb: { type: 'any', format: 'schema-or-bool' },
  js: { type: 'any', format: 'schema-or-names' },
};

const ZERO_RULES: Readonly<Record<string, ZeroRule>> = { zk: 'kept', zw: 'written', zn: 'null', zo: 'omitted' };

function nodeOfType(code: string): SchemaNode {
  const wrapper = code[0];
  const plain = { isRequired: false, patchStrategies: [] };
  if (wrapper === '[') return { type: 'array', items: nodeOfType(code.slice(1)), listType: 'atomic', ...plain };
  if (wrapper === '{') return { type: 'map', items: nodeOfType(code.slice(1)), ...plain };
  const leaf = LEAVES[code];
  if (leaf) return { ...leaf, ...plain };
  const isAtomic = definitions().get(code)?.a === 1;
  return { type: 'object', definition: code, ...(isAtomic ? { mapType: 'atomic' } : {}), ...plain };
}

function nodeOfField(entry: string): SchemaNode {
  const [code = '', ...attributes] = entry.split(';');
  const node = nodeOfType(code);
  if (attributes.length === 0) return node;
  const more: { -readonly [K in keyof SchemaNode]?: SchemaNode[K] } = {};
  for (const attribute of attributes) {
    const text = attribute.slice(2);
    if (attribute === 'r') more.isRequired = true;
    else if (attribute === 'a') more.mapType = 'atomic';
    else if (attribute === 'g') more.mapType = 'granular';
    else if (attribute.startsWith('e=')) more.enum = text.split('|');
    else if (attribute.startsWith('l=')) more.listType = text as 'set' | 'map';
    else if (attribute.startsWith('k=')) more.listMapKeys = text.split(',');
    else if (attribute.startsWith('p=')) more.patchStrategies = text.split(',');
    else if (attribute.startsWith('m=')) more.patchMergeKey = text;
    else if (attribute.startsWith('G=')) more.goType = text;
    else if (attribute.startsWith('E=')) more.goEmbedded = text;
    else more.zero = ZERO_RULES[attribute];
  }
  return { ...node, ...more };
}

/**
 * Returns the shape of a definition, 'core.v1.Pod' or 'io.k8s.api.core.v1.Pod', or undefined when there is none.
 * @throws Error when the program was not built.
 */
export function schemaFor(name: string): SchemaNode | undefined {
  const short = shortDefinitionName(name);
  return definitions().has(short) ? nodeOfType(short) : undefined;
}

/** Returns the name of the definition of a built-in kind: 'apps.v1.Deployment'. */
export function definitionOfKind({ group, version, kind }: GroupVersionKind): string | undefined {
  namesByKind ??= new Map([...definitions()].flatMap(([name, { k }]) => (k === undefined ? [] : [[k, name]])));
  return namesByKind.get(`${group}/${version}/${kind}`);
}

/** Returns whether the built-in types have kinds of the group. */
export function isBuiltInGroup(group: string): boolean {
  if (!builtInGroups) {
    const kinds = [...definitions().values()].flatMap(({ k }) => (k === undefined ? [] : [k]));
    builtInGroups = new Set(kinds.map((kind) => kind.slice(0, kind.indexOf('/'))));
  }
  return builtInGroups.has(group);
}

/** Returns the shape of a built-in kind, or undefined. */
export function schemaForKind(gvk: GroupVersionKind): SchemaNode | undefined {
  const name = definitionOfKind(gvk);
  return name === undefined ? undefined : schemaFor(name);
}

/** Returns the fields of an object in alphabetical order; none for what is no object of a known definition. */
export function fieldsOf(node: SchemaNode): ReadonlyMap<string, SchemaNode> {
  if (node.fields) return node.fields;
  if (node.type !== 'object' || node.definition === undefined) return NO_FIELDS;
  let fields = fieldsOfDefinition.get(node.definition);
  if (!fields) {
    const raw = definitions().get(node.definition)?.f ?? {};
    fields = new Map(Object.entries(raw).map(([field, entry]) => [field, nodeOfField(entry)]));
    fieldsOfDefinition.set(node.definition, fields);
  }
  return fields;
}

/** Returns the shape of one field of an object or of a map's values; undefined when it is unknown. */
export function fieldOf(node: SchemaNode, name: string): SchemaNode | undefined {
  return node.type === 'map' ? node.items : fieldsOf(node).get(name);
}

/** Returns the names of all definitions: 'core.v1.Pod', …, in alphabetical order. */
export function definitionNames(): string[] {
  return [...definitions().keys()];
}

/** Returns the kind of a definition when it is one, else undefined. */
export function kindOfDefinition(name: string): GroupVersionKind | undefined {
  const [group, version, kind] = definitions().get(shortDefinitionName(name))?.k?.split('/') ?? [];
  return group === undefined || !version || !kind ? undefined : { group, version, kind };
}

/** Returns the texts about a definition: under '' about itself, else about its fields. For explain and OpenAPI. */
export function descriptionsOf(name: string): Readonly<Record<string, string>> {
  loadedDescriptions ??= new Map(
    Object.entries(readGenerated('descriptions.json') as Record<string, Record<string, string>>),
  );
  return loadedDescriptions.get(shortDefinitionName(name)) ?? {};
}

const PREFIXES: readonly (readonly [short: string, full: string])[] = [
  ['meta.', 'io.k8s.apimachinery.pkg.apis.meta.'],
  ['version.', 'io.k8s.apimachinery.pkg.version.'],
  ['resource.Quantity', 'io.k8s.apimachinery.pkg.api.resource.Quantity'],
  ['intstr.', 'io.k8s.apimachinery.pkg.util.intstr.'],
  ['runtime.', 'io.k8s.apimachinery.pkg.runtime.'],
  ['apiextensions.', 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.'],
  ['apiregistration.', 'io.k8s.kube-aggregator.pkg.apis.apiregistration.'],
  ['metrics.', 'io.k8s.metrics.pkg.apis.metrics.'],
  ['', 'io.k8s.api.'],
];

/** Returns the name OpenAPI gives a definition: 'io.k8s.api.core.v1.Pod'. */
export function fullDefinitionName(name: string): string {
  const [short, full] = PREFIXES.find(([prefix]) => name.startsWith(prefix)) ?? ['', ''];
  return `${full}${name.slice(short.length)}`;
}

/** Returns the short name of a definition: 'core.v1.Pod'; one that is short already is returned as it is. */
export function shortDefinitionName(name: string): string {
  if (!name.startsWith('io.k8s.')) return name;
  const [short, full] = PREFIXES.find(([, prefix]) => name.startsWith(prefix)) ?? ['', ''];
  return `${short}${name.slice(full.length)}`;
}
