// Patches of a kustomization: strategic merges and JSON patches, in files or in place.
// Called by: kustomize/target.ts. Must not know: other transformers. Upstream: kustomize api/internal/builtins/PatchTransformer.go, kyaml/yaml/merge2.
import { applyJsonPatch, type JsonPatchOperation } from '../../machinery/patch.ts';
import { fieldOf, schemaForKind, type SchemaNode } from '../../machinery/schema.ts';
import type { Unstructured } from '../../machinery/types.ts';
import { parseYamlDocuments, toYaml } from '../../machinery/yaml.ts';
import type { KustomizationFolder } from './files.ts';
import type { PatchArgs } from './kustomization.ts';
import { idText, isSameId, KustomizeResource, type ResourceList } from './resources.ts';

type Values = Record<string, unknown>;

/** Makes one patch of the field `patches` or `patchesJson6902`. @throws Error with upstream's texts. */
export function applyPatch(list: ResourceList, args: PatchArgs, folder: KustomizationFolder): void {
  const { documents, source } = configured(args, () => {
    const { text, source: from } = patchText(args, folder);
    return { documents: readDocuments(text, from), source: from };
  });
  const operations = documents.length === 1 && Array.isArray(documents[0]) ? documents[0] : undefined;
  if (operations) {
    applyOperations(list, operations as JsonPatchOperation[], args, source);
    return;
  }
  const patches = documents.filter((document) => typeof document === 'object' && document !== null) as Unstructured[];
  if (patches.some((patch) => !patch.kind || !patch.metadata?.name))
    throw new Error(`unable to parse SM or JSON patch from ${source}`);
  if (!args.target) {
    for (const patch of patches) mergeInto(targetOf(list, patch), patch, args);
  } else {
    if (patches.length > 1)
      throw new Error(
        `Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${source}`,
      );
    const [patch] = patches;
    if (patch) for (const target of list.select(args.target)) mergeInto(target, patch, args);
  }
  list.items = list.items.filter((item) => !item.isDropped);
}

/** Makes one entry of `patchesStrategicMerge`: a file, or the patch itself. */
export function applyMergePatch(list: ResourceList, entry: string, folder: KustomizationFolder): void {
  const isFile = !entry.includes('\n') && folder.has(entry);
  applyPatch(list, isFile ? { path: entry } : { patch: entry }, folder);
}

/** Upstream says with which configuration a transformer could not be made. */
function configured<T>(args: PatchArgs, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(
      `trouble configuring builtin PatchTransformer with config: \`\n${toYaml(args)}\`: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function patchText({ path = '', patch = '', ...rest }: PatchArgs, folder: KustomizationFolder) {
  const inline = patch.trim();
  const shown = () => JSON.stringify({ path, patch: inline, ...rest });
  if (inline === '' && path === '') throw new Error(`must specify one of patch and path in\n${shown()}`);
  if (inline !== '' && path !== '') throw new Error(`patch and path can't be set at the same time\n${shown()}`);
  if (inline !== '') return { text: inline, source: `[patch: ${JSON.stringify(inline)}]` };
  try {
    return { text: folder.readText(path), source: `[path: ${JSON.stringify(path)}]` };
  } catch (error) {
    throw new Error(`failed to get the patch file from path(${path}): ${(error as Error).message}`, { cause: error });
  }
}

function readDocuments(text: string, source: string): unknown[] {
  try {
    return [...parseYamlDocuments(text)];
  } catch (error) {
    throw new Error(`unable to parse SM or JSON patch from ${source}`, { cause: error });
  }
}

function applyOperations(
  list: ResourceList,
  operations: readonly JsonPatchOperation[],
  { target }: PatchArgs,
  source: string,
): void {
  if (!target) throw new Error(`must specify a target for JSON patch ${source}`);
  for (const resource of list.select(target)) {
    resource.remember();
    resource.object = applyJsonPatch(resource.object, operations) as Unstructured;
  }
}

function targetOf(list: ResourceList, patch: Unstructured): KustomizeResource {
  const { id } = new KustomizeResource(patch);
  const found = list.byAnyId((other) => isSameId(other, id));
  const [target] = found;
  if (target && found.length === 1) return target;
  const text = idText(id);
  const why = `${found.length > 1 ? 'multiple matches' : 'no matches'} for Id ${text}; failed to find unique target for patch ${text}`;
  throw new Error(`no resource matches strategic merge patch ${JSON.stringify(text)}: ${why}`);
}

function mergeInto(target: KustomizeResource, patch: Unstructured, { options = {} }: PatchArgs): void {
  const { apiVersion, kind, metadata } = target.object;
  const before = { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
  const merged = merge(target.object as Values, patch as Values, schemaForKind(target.id));
  if (merged === undefined) {
    target.isDropped = true;
    return;
  }
  target.remember();
  target.object = merged as Unstructured;
  if (!options.allowKindChange) Object.assign(target.object, { apiVersion: before.apiVersion, kind: before.kind });
  if (!options.allowNameChange) target.object.metadata.name = before.name;
  if (before.namespace === undefined) delete target.object.metadata.namespace;
  else target.object.metadata.namespace = before.namespace;
}

/** Returns `undefined` for `$patch: delete`. Lists merge by the keys of strategic merge patches; what the patch names comes first. */
function merge(original: Values, patch: Values, node: SchemaNode | undefined): Values | undefined {
  const { $patch: directive, ...fields } = patch;
  if (directive === 'delete') return undefined;
  if (directive === 'replace') return fields;
  const merged: Values = { ...original };
  for (const [key, value] of Object.entries(fields)) {
    const field = node && fieldOf(node, key);
    const next = value === null ? undefined : mergeValue(merged[key], value, field);
    if (next === undefined) delete merged[key];
    else merged[key] = next;
  }
  return merged;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergeValue(original: unknown, patch: unknown, field: SchemaNode | undefined): unknown {
  if (isObject(patch)) return merge(isObject(original) ? original : {}, patch, field);
  if (!Array.isArray(patch) || !field?.patchStrategies.includes('merge')) return patch;
  const items = Array.isArray(original) ? original : [];
  const { patchMergeKey } = field;
  if (patchMergeKey !== undefined) return mergeList(items as Values[], patch as Values[], patchMergeKey, field.items);
  return [...new Set([...patch, ...items])];
}

function mergeList(original: Values[], patch: readonly Values[], key: string, node: SchemaNode | undefined): Values[] {
  if (patch.some((item) => item['$patch'] === 'replace' && item[key] === undefined))
    return patch.filter((item) => item['$patch'] !== 'replace');
  const named = patch.flatMap((item) => {
    const next = merge(original.find((old) => old[key] === item[key]) ?? {}, item, node);
    return next ? [next] : [];
  });
  const rest = original.filter((old) => !patch.some((item) => item[key] === old[key]));
  return [...named, ...rest];
}
