// What a kustomization file says: its fields, checked, with those of old moved to where they belong.
// Called by: kustomize/target.ts. Must not know: how anything is done. Upstream: kustomize api/types/kustomization.go.
import { yamlToJson } from '../../machinery/yaml.ts';
import type { KustomizationFolder } from './files.ts';

export interface GeneratorOptions {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  disableNameSuffixHash?: boolean;
  immutable?: boolean;
}
export interface GeneratorArgs {
  name?: string;
  namespace?: string;
  behavior?: string;
  literals?: string[];
  files?: string[];
  envs?: string[];
  env?: string;
  /** Of secrets. */
  type?: string;
  options?: GeneratorOptions;
}
export interface Selector {
  group?: string;
  version?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  labelSelector?: string;
  annotationSelector?: string;
}
export interface PatchArgs {
  path?: string;
  patch?: string;
  target?: Selector;
  options?: { allowNameChange?: boolean; allowKindChange?: boolean };
}
export interface LabelArgs {
  pairs?: Record<string, string>;
  includeSelectors?: boolean;
  includeTemplates?: boolean;
  fields?: { path: string; kind?: string; group?: string; version?: string; create?: boolean }[];
}
export interface ImageArgs {
  name: string;
  newName?: string;
  newTag?: string;
  tagSuffix?: string;
  digest?: string;
}
export interface ReplacementArgs {
  path?: string;
  source?: Selector & { fieldPath?: string; options?: FieldOptions };
  sourceValue?: string;
  targets?: { select?: Selector; reject?: Selector[]; fieldPaths?: string[]; options?: FieldOptions }[];
}
export interface FieldOptions {
  delimiter?: string;
  index?: number;
  create?: boolean;
}

export interface Kustomization {
  apiVersion?: string;
  kind?: string;
  namePrefix?: string;
  nameSuffix?: string;
  namespace?: string;
  commonLabels?: Record<string, string>;
  labels?: LabelArgs[];
  commonAnnotations?: Record<string, string>;
  patchesStrategicMerge?: string[];
  patchesJson6902?: PatchArgs[];
  patches?: PatchArgs[];
  images?: ImageArgs[];
  imageTags?: ImageArgs[];
  replacements?: ReplacementArgs[];
  replicas?: { name: string; count: number }[];
  sortOptions?: { order?: string; legacySortOptions?: { orderFirst?: string[]; orderLast?: string[] } };
  resources?: string[];
  bases?: string[];
  components?: string[];
  configMapGenerator?: GeneratorArgs[];
  secretGenerator?: GeneratorArgs[];
  generatorOptions?: GeneratorOptions;
}

type Shape = 'string' | 'object' | 'strings' | 'objects' | 'any';

const FIELDS: Readonly<Record<string, Shape>> = {
  apiVersion: 'string',
  kind: 'string',
  metadata: 'object',
  openapi: 'object',
  namePrefix: 'string',
  nameSuffix: 'string',
  namespace: 'string',
  commonLabels: 'object',
  labels: 'objects',
  commonAnnotations: 'object',
  patchesStrategicMerge: 'strings',
  patchesJson6902: 'objects',
  patches: 'objects',
  images: 'objects',
  imageTags: 'objects',
  replacements: 'objects',
  replicas: 'objects',
  vars: 'objects',
  sortOptions: 'object',
  resources: 'strings',
  components: 'strings',
  crds: 'strings',
  bases: 'strings',
  configMapGenerator: 'objects',
  secretGenerator: 'objects',
  helmGlobals: 'object',
  helmCharts: 'objects',
  helmChartInflationGenerator: 'objects',
  generatorOptions: 'object',
  configurations: 'strings',
  generators: 'strings',
  transformers: 'strings',
  validators: 'strings',
  buildMetadata: 'strings',
};
/** Fields that are understood by upstream only. */
const REFUSED = [
  'openapi',
  'vars',
  'crds',
  'helmCharts',
  'helmChartInflationGenerator',
  'configurations',
  'generators',
  'transformers',
  'validators',
];
const DEPRECATED: readonly (readonly [field: string, instead: string])[] = [
  ['bases', 'resources'],
  ['commonLabels', 'labels'],
  ['imageTags', 'images'],
  ['patchesJson6902', 'patches'],
  ['patchesStrategicMerge', 'patches'],
];
const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const COMPONENT = 'Component';

/** Returns what the folder's kustomization file says. @throws Error with upstream's texts. */
export function readKustomization(folder: KustomizationFolder, warn: (text: string) => void): Kustomization {
  const found = NAMES.filter((name) => folder.has(name));
  const [name] = found;
  if (name === undefined)
    throw new Error(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${folder.root}'`,
    );
  if (found.length > 1) throw new Error(`Found multiple kustomization files under: ${folder.root}\n`);
  const read = decode(folder.readText(name));
  for (const [field, instead] of DEPRECATED)
    if (read[field as keyof Kustomization] !== undefined)
      warn(
        `# Warning: '${field}' is deprecated. Please use '${instead}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.`,
      );
  const { apiVersion: _, kind = '', ...rest } = read;
  if (!Object.values(rest).some((value) => !isEmpty(value))) throw new Error('kustomization.yaml is empty');
  checkType(read, folder.root);
  return {
    ...read,
    kind: kind || 'Kustomization',
    resources: [...(read.resources ?? []), ...(read.bases ?? [])],
    images: [...(read.images ?? []), ...(read.imageTags ?? [])],
  };
}

/** Whether the file describes a part that is taken into another kustomization. */
export function isComponent({ kind }: Kustomization): boolean {
  return kind === COMPONENT;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function decode(text: string): Kustomization {
  let value: unknown;
  try {
    value = yamlToJson(text) ?? {};
  } catch (error) {
    const reason = (error as Error).message.replace(/^error converting YAML to JSON: /, '');
    throw new Error(`invalid Kustomization: ${reason}`, { cause: error });
  }
  if (typeof value !== 'object' || Array.isArray(value) || value === null)
    throw new Error(
      `invalid Kustomization: json: cannot unmarshal ${jsonType(value)} into Go value of type types.Kustomization`,
    );
  for (const [field, content] of Object.entries(value)) {
    const shape = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (!shape) throw new Error(`invalid Kustomization: json: unknown field ${JSON.stringify(field)}`);
    if (REFUSED.includes(field))
      throw new Error(`invalid Kustomization: sandkube does not know the field ${JSON.stringify(field)}`);
    if (content !== null && !fits(content, shape))
      throw new Error(
        `invalid Kustomization: json: cannot unmarshal ${jsonType(content)} into Go struct field Kustomization.${field} of type ${GO_TYPES[shape]}`,
      );
  }
  const kustomization = value as Kustomization;
  checkTexts(kustomization.commonLabels, 'Kustomization.commonLabels');
  checkTexts(kustomization.commonAnnotations, 'Kustomization.commonAnnotations');
  for (const { pairs } of kustomization.labels ?? []) checkTexts(pairs, 'Label.labels.pairs');
  const { labels, annotations } = kustomization.generatorOptions ?? {};
  checkTexts(labels, 'GeneratorOptions.generatorOptions.labels');
  checkTexts(annotations, 'GeneratorOptions.generatorOptions.annotations');
  return kustomization;
}

/** Go's maps of texts take nothing else. */
function checkTexts(map: object | undefined, field: string): void {
  const wrong = Object.values(map ?? {}).find((value) => value !== null && typeof value !== 'string');
  if (wrong === undefined) return;
  throw new Error(
    `invalid Kustomization: json: cannot unmarshal ${jsonType(wrong)} into Go struct field ${field} of type string`,
  );
}

const GO_TYPES: Readonly<Record<Shape, string>> = {
  string: 'string',
  object: 'map[string]string',
  strings: '[]string',
  objects: '[]types.Patch',
  any: 'interface {}',
};

function fits(value: unknown, shape: Shape): boolean {
  const isObject = (v: unknown) => typeof v === 'object' && v !== null && !Array.isArray(v);
  if (shape === 'string') return typeof value === 'string';
  if (shape === 'object') return isObject(value);
  return Array.isArray(value) && value.every((v) => (shape === 'strings' ? typeof v === 'string' : isObject(v)));
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function checkType({ apiVersion = '', kind = '' }: Kustomization, root: string): void {
  const problems: string[] = [];
  if (!['', 'Kustomization', COMPONENT].includes(kind)) problems.push('kind should be Kustomization or Component');
  const wanted = `kustomize.config.k8s.io/${kind === COMPONENT ? 'v1alpha1' : 'v1beta1'}`;
  if (apiVersion !== '' && apiVersion !== wanted)
    problems.push(`apiVersion for ${kind || 'Kustomization'} should be ${wanted}`);
  if (problems.length > 0) throw new Error(`Failed to read kustomization file under ${root}:\n${problems.join('\n')}`);
}
