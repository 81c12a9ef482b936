// A kustomization and those it takes in, built: resources, generators, components, transformers.
// Called by: commands/kustomize.ts, cli/kustomizevisitor.ts. Must not know: the command line.
// Upstream: kustomize api/internal/target/kusttarget.go, api/krusty/kustomizer.go.
import type { Unstructured } from '../../machinery/types.ts';
import { parseYamlDocuments, toYaml } from '../../machinery/yaml.ts';
import { KustomizationFolder } from './files.ts';
import { addHashes, generate } from './generators.ts';
import { isComponent, readKustomization, type Kustomization } from './kustomization.ts';
import { ordered } from './order.ts';
import { applyMergePatch, applyPatch } from './patches.ts';
import { fixReferences } from './references.ts';
import { applyReplacement } from './replacements.ts';
import { KustomizeResource, ResourceList } from './resources.ts';
import { transform } from './transformers.ts';

const LOCAL = 'config.kubernetes.io/local-config';

export interface BuildOptions {
  cwd: string;
  /** Takes what upstream prints on stderr about old fields. */
  warn(text: string): void;
}

/** Returns the objects that the kustomization in a folder makes. @throws Error with upstream's texts. */
export function buildKustomization(folder: string, options: BuildOptions): Unstructured[] {
  const root = KustomizationFolder.open(folder, options.cwd);
  const kustomization = readKustomization(root, options.warn);
  const list = accumulate(kustomization, root, options, new ResourceList());
  addHashes(list.items);
  fixReferences(list.items);
  const kept = list.items.filter(({ object }) => object.metadata.annotations?.[LOCAL] !== 'true');
  return ordered(kept, kustomization).map(({ object }) => object);
}

/** Returns the objects as `kubectl kustomize` prints them. */
export function kustomizationText(objects: readonly Unstructured[]): string {
  return objects.map((object) => toYaml(object)).join('---\n');
}

function accumulate(
  kustomization: Kustomization,
  folder: KustomizationFolder,
  options: BuildOptions,
  into: ResourceList,
): ResourceList {
  for (const path of kustomization.resources ?? []) {
    try {
      addResource(into, path, folder, options);
    } catch (error) {
      throw new Error(`accumulating resources: ${(error as Error).message}`, { cause: error });
    }
  }
  for (const resource of generate(kustomization, folder)) {
    try {
      into.absorb(resource);
    } catch (error) {
      throw new Error(`merging from generator: ${(error as Error).message}`, { cause: error });
    }
  }
  let list = into;
  for (const path of kustomization.components ?? []) list = addComponent(list, path, folder, options);
  for (const entry of kustomization.patchesStrategicMerge ?? []) applyMergePatch(list, entry, folder);
  for (const patch of kustomization.patches ?? []) applyPatch(list, patch, folder);
  transform(list, kustomization, () => {
    for (const patch of kustomization.patchesJson6902 ?? []) applyPatch(list, patch, folder);
  });
  for (const args of kustomization.replacements ?? []) applyReplacement(list, args, folder);
  return list;
}

/** The text is broken: what else the path could be needs no mention. */
class MalformedYamlError extends Error {}

/** A file, else a folder with a kustomization of its own. */
function addResource(list: ResourceList, path: string, folder: KustomizationFolder, options: BuildOptions): void {
  let asFile: Error;
  try {
    addFile(list, path, folder);
    return;
  } catch (error) {
    asFile = error as Error;
  }
  let inner: KustomizationFolder;
  try {
    inner = folder.enter(path);
  } catch (error) {
    if (asFile instanceof MalformedYamlError) throw asFile;
    throw new Error(`accumulation err='${asFile.message}': ${(error as Error).message}`, { cause: error });
  }
  try {
    addFolder(list, inner, options);
  } catch (error) {
    throw new Error(`accumulation err='${asFile.message}': ${(error as Error).message}`, { cause: error });
  }
}

function addFile(list: ResourceList, path: string, folder: KustomizationFolder): void {
  let resources: KustomizeResource[];
  try {
    resources = readResources(folder.readText(path), path);
  } catch (error) {
    const message = `accumulating resources from '${path}': ${(error as Error).message}`;
    throw error instanceof MalformedYamlError ? new MalformedYamlError(message) : new Error(message, { cause: error });
  }
  try {
    list.addAll(resources);
  } catch (error) {
    throw new Error(`merging resources from '${path}': ${(error as Error).message}`, { cause: error });
  }
}

function readResources(text: string, file: string): KustomizeResource[] {
  let documents: unknown[];
  try {
    documents = [...parseYamlDocuments(text)];
  } catch (error) {
    const reason = (error as Error).message.replace(/^error converting YAML to JSON: /, '');
    throw new MalformedYamlError(`MalformedYAMLError: ${reason} in File: ${file}`);
  }
  return documents
    .filter((document) => document !== null && document !== undefined)
    .flatMap(itemsOf)
    .map(asResource);
}

/** Lists become their items. */
function itemsOf(document: unknown): unknown[] {
  const { kind = '', items } = document as { kind?: string; items?: unknown };
  return String(kind).endsWith('List') && Array.isArray(items) ? items.flatMap(itemsOf) : [document];
}

function asResource(document: unknown): KustomizeResource {
  const object = document as Unstructured;
  const { kind, metadata } = object;
  if (!kind) throw new Error(`missing metadata.kind in object ${JSON.stringify(object)}`);
  if (!metadata?.name && !metadata?.generateName)
    throw new Error(`missing metadata.name in object ${JSON.stringify(object)}`);
  return new KustomizeResource(object);
}

function addFolder(list: ResourceList, folder: KustomizationFolder, options: BuildOptions): void {
  const kustomization = readInner(folder, options);
  if (isComponent(kustomization)) throw new Error(`expected kind != 'Component' for path '${folder.root}'`);
  let inner: ResourceList;
  try {
    inner = accumulate(kustomization, folder, options, new ResourceList());
  } catch (error) {
    throw new Error(`recursed accumulation of path '${folder.root}': ${(error as Error).message}`, { cause: error });
  }
  try {
    list.addAll(inner.items);
  } catch (error) {
    throw new Error(`recursed merging from path '${folder.root}': ${(error as Error).message}`, { cause: error });
  }
}

function addComponent(
  list: ResourceList,
  path: string,
  folder: KustomizationFolder,
  options: BuildOptions,
): ResourceList {
  const where = 'accumulating components: ';
  let inner: KustomizationFolder;
  try {
    inner = folder.enter(path);
  } catch (error) {
    throw new Error(`${where}loader.New ${JSON.stringify((error as Error).message)}`, { cause: error });
  }
  try {
    const kustomization = readInner(inner, options);
    if (!isComponent(kustomization))
      throw new Error(`expected kind 'Component' for path '${inner.root}' but got '${kustomization.kind ?? ''}'`);
    return accumulate(kustomization, inner, options, list);
  } catch (error) {
    throw new Error(`${where}accumulateDirectory: ${JSON.stringify((error as Error).message)}`, { cause: error });
  }
}

function readInner(folder: KustomizationFolder, { warn }: BuildOptions): Kustomization {
  try {
    return readKustomization(folder, warn);
  } catch (error) {
    throw new Error(`couldn't make target for path '${folder.root}': ${(error as Error).message}`, { cause: error });
  }
}
