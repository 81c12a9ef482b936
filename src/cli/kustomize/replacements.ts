// Replacements: a value of one object, copied into fields of others.
// Called by: kustomize/target.ts. Must not know: other transformers. Upstream: kustomize api/filters/replacement.
import { parseYamlDocuments } from '../../machinery/yaml.ts';
import type { KustomizationFolder } from './files.ts';
import type { FieldOptions, ReplacementArgs } from './kustomization.ts';
import { effectiveNamespace, isOfType, type KustomizeResource, type ResourceList } from './resources.ts';

type Values = Record<string, unknown>;

/** Makes one entry of the field `replacements`, or those of the file it names. @throws Error with upstream's texts. */
export function applyReplacement(list: ResourceList, args: ReplacementArgs, folder: KustomizationFolder): void {
  if (args.path !== undefined) {
    for (const document of parseYamlDocuments(folder.readText(args.path)))
      for (const each of [document].flat() as ReplacementArgs[]) applyReplacement(list, each, folder);
    return;
  }
  const { source, sourceValue, targets } = args;
  if (!source && sourceValue === undefined)
    throw new Error('replacements must specify a source and at least one target');
  if (!targets) throw new Error('replacements must specify a source and at least one target');
  const value = source ? sourceValueOf(list, source) : sourceValue;
  for (const { select, reject = [], fieldPaths = ['metadata.name'], options } of targets) {
    if (!select) throw new Error('target must specify resources to select');
    const rejected = new Set(reject.flatMap((selector) => chosen(list, selector)));
    for (const resource of chosen(list, select)) {
      if (rejected.has(resource)) continue;
      for (const path of fieldPaths) {
        const count = write(resource.object as unknown as Values, splitPath(path), value, options ?? {});
        if (count === 0) throw new Error(`unable to find field ${JSON.stringify(path)} in replacement target`);
      }
    }
  }
}

function chosen(list: ResourceList, { group, version, kind, name, namespace }: NonNullable<ReplacementArgs['source']>) {
  const type = { ...(group ? { group } : {}), ...(version ? { version } : {}), ...(kind ? { kind } : {}) };
  return list.items.filter((item: KustomizeResource) =>
    item.allIds.some(
      (id) =>
        isOfType(id, type) &&
        (!name || id.name === name) &&
        (!namespace || effectiveNamespace(id) === namespace || id.namespace === namespace),
    ),
  );
}

function sourceValueOf(list: ResourceList, source: NonNullable<ReplacementArgs['source']>): unknown {
  const found = chosen(list, source);
  const text = [source.kind ?? '[noKind]', source.version ?? '[noVer]', source.group ?? '[noGrp]'].join('.');
  const id = `${text}/${source.name ?? '[noName]'}.${source.namespace ?? '[noNs]'}`;
  if (found.length > 1) throw new Error(`multiple matches for selector ${id}`);
  const [resource] = found;
  if (!resource) throw new Error(`nothing selected by ${id}:`);
  const path = source.fieldPath || 'metadata.name';
  const values = read(resource.object, splitPath(path));
  if (values.length === 0) throw new Error(`fieldPath \`${path}\` is missing for replacement source ${id}`);
  const [value] = values;
  const { delimiter, index = 0 } = source.options ?? {};
  if (!delimiter) return value;
  const part = String(value).split(delimiter)[index];
  if (part === undefined) throw new Error(`options.index ${index} is out of bounds for value ${String(value)}`);
  return part;
}

/** 'spec.containers.[name=web].image' */
function splitPath(path: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (let i = 0; i < path.length; i++) {
    const char = path.charAt(i);
    if (char === '\\' && path.charAt(i + 1) === '.') part += path.charAt(++i);
    else if (char === '.' && depth === 0) {
      parts.push(part);
      part = '';
    } else {
      if (char === '[') depth++;
      if (char === ']') depth--;
      part += char;
    }
  }
  return [...parts, part];
}

/** Returns the indexes of a list that '0', '*', '-' or '[key=value]' means. */
function indexesOf(list: readonly unknown[], part: string): number[] {
  const query = /^\[([^=]+)=(.*)\]$/.exec(part);
  if (part === '*') return list.map((_, i) => i);
  if (query) return list.flatMap((item, i) => (String((item as Values)[query[1] ?? '']) === query[2] ? [i] : []));
  const index = Number(part);
  return Number.isInteger(index) && index < list.length ? [index] : [];
}

function read(node: unknown, path: readonly string[]): unknown[] {
  const [part, ...rest] = path;
  if (part === undefined) return node === undefined ? [] : [node];
  if (Array.isArray(node)) return indexesOf(node, part).flatMap((i) => read(node[i], rest));
  return typeof node === 'object' && node !== null ? read((node as Values)[part], rest) : [];
}

/** Returns how many fields were written. */
function write(node: Values | unknown[], path: readonly string[], value: unknown, options: FieldOptions): number {
  const [part = '', ...rest] = path;
  const places: (string | number)[] = Array.isArray(node) ? indexesOf(node, part) : [part];
  let count = 0;
  for (const place of places) {
    const values = node as Record<string | number, unknown>;
    if (rest.length === 0) {
      if (values[place] === undefined && !options.create) continue;
      values[place] = replaced(values[place], value, options);
      count++;
      continue;
    }
    if (values[place] === undefined && options.create) values[place] = {};
    const next = values[place];
    if (typeof next === 'object' && next !== null) count += write(next as Values, rest, value, options);
  }
  return count;
}

function replaced(old: unknown, value: unknown, { delimiter, index = 0 }: FieldOptions): unknown {
  if (!delimiter) return value;
  const parts = String(old).split(delimiter);
  if (index < 0) parts.unshift(String(value));
  else if (index >= parts.length) parts.push(String(value));
  else parts[index] = String(value);
  return parts.join(delimiter);
}
