// The small changes of a kustomization: namespace, prefix, suffix, labels, annotations, replicas, images.
// Called by: kustomize/target.ts. Must not know: files. Upstream: kustomize api/internal/builtins.
import { changeField, isFor, metadataFields, selectorFields, type FieldSpec } from './fieldspecs.ts';
import type { ImageArgs, Kustomization, LabelArgs } from './kustomization.ts';
import { isClusterScoped, isOfType, isSameId, type KustomizeResource, type ResourceList } from './resources.ts';

type Values = Record<string, unknown>;

const UNPREFIXED = [
  { kind: 'CustomResourceDefinition' },
  { kind: 'APIService', group: 'apiregistration.k8s.io' },
  { kind: 'Namespace' },
];
const SCALED = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

/** Makes all of them, in upstream's order. Patches come before, JSON patches of old between (`between`). @throws Error */
export function transform(list: ResourceList, kustomization: Kustomization, between: () => void): void {
  setNamespaces(list, kustomization.namespace ?? '');
  addAffixes(list, kustomization.namePrefix ?? '', kustomization.nameSuffix ?? '');
  for (const args of kustomization.labels ?? []) addPairs(list, args.pairs ?? {}, labelFields(args));
  const everywhere = [...selectorFields(), ...metadataFields('labels')];
  addPairs(list, kustomization.commonLabels ?? {}, everywhere);
  addPairs(list, kustomization.commonAnnotations ?? {}, metadataFields('annotations'));
  between();
  for (const { name, count } of kustomization.replicas ?? []) setReplicas(list, name, count);
  for (const image of kustomization.images ?? []) for (const { object } of list.items) setImages(object, image);
}

function setNamespaces(list: ResourceList, namespace: string): void {
  if (namespace === '') return;
  for (const resource of list.items) {
    resource.remember();
    const { object } = resource;
    const { kind, apiVersion } = object;
    if (!isClusterScoped(kind)) object.metadata.namespace = namespace;
    else if (kind === 'Namespace' && apiVersion === 'v1') object.metadata.name = namespace;
    if (kind === 'APIService') changeField(object, { path: 'spec/service/namespace', create: true }, () => namespace);
    if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
      for (const subject of (object['subjects'] ?? []) as Values[])
        if (subject['name'] === 'default') subject['namespace'] = namespace;
    const same = list.items.filter((other) => isSameId(other.id, resource.id));
    if (same.length > 1) throw new Error(`namespace transformation produces ID conflict: ${conflictText(same)}`);
  }
}

function conflictText(resources: readonly KustomizeResource[]): string {
  return `[${resources.map(({ object }) => JSON.stringify(object)).join(' ')}]`;
}

function addAffixes(list: ResourceList, prefix: string, suffix: string): void {
  for (const resource of list.items) {
    if (UNPREFIXED.some((type) => isOfType(resource.originalId, type))) continue;
    const { metadata } = resource.object;
    if (prefix !== '') {
      resource.prefixes.push(prefix);
      resource.remember();
      metadata.name = prefix + metadata.name;
    }
    if (suffix !== '') {
      resource.suffixes.push(suffix);
      resource.remember();
      metadata.name += suffix;
    }
  }
}

function labelFields({ fields = [], includeSelectors, includeTemplates }: LabelArgs): FieldSpec[] {
  const more = includeSelectors
    ? [...selectorFields(), ...metadataFields('labels')]
    : includeTemplates
      ? metadataFields('labels')
      : [{ path: 'metadata/labels', create: true }];
  return [...fields, ...more];
}

function addPairs(list: ResourceList, pairs: Record<string, string>, specs: readonly FieldSpec[]): void {
  if (Object.keys(pairs).length === 0) return;
  for (const { object, id } of list.items)
    for (const spec of specs)
      if (isFor(spec, id)) changeField(object, spec, (old) => ({ ...(old as object | undefined), ...pairs }));
}

function setReplicas(list: ResourceList, name: string, count: number): void {
  const found = SCALED.flatMap((kind) => list.byAnyId((id) => id.name === name && id.kind === kind));
  if (found.length === 0) {
    const types = SCALED.map((kind) => `${kind}.[noVer].[noGrp]`);
    throw new Error(`resource with name ${name} does not match a config with the following GVK [${types.join(' ')}]`);
  }
  for (const { object } of found) changeField(object, { path: 'spec/replicas', create: true }, () => count);
}

/** Changes the images of all containers, wherever they stand, and of image volumes. */
function setImages(node: unknown, args: ImageArgs): void {
  if (Array.isArray(node)) for (const item of node) setImages(item, args);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if ((key === 'containers' || key === 'initContainers') && Array.isArray(value))
      for (const container of value as Values[])
        if (typeof container?.['image'] === 'string') container['image'] = changedImage(container['image'], args);
    if (key === 'volumes')
      changeField(node, { path: 'volumes/image/reference' }, (old) => changedImage(String(old), args));
    setImages(value, args);
  }
}

function changedImage(image: string, { name, newName, newTag, tagSuffix, digest }: ImageArgs): string {
  const parts = /^((?:[^/]*\/)?[^:@]*)(?::([^@]*))?(?:@(.*))?$/.exec(image);
  if (!parts || !isImageOf(image, name)) return image;
  let [, base = '', tag = '', hash = ''] = parts;
  if (newName) base = newName;
  if (newTag || digest) [tag, hash] = [newTag ?? '', digest ?? ''];
  else if (tagSuffix) [tag, hash] = [tag + tagSuffix, ''];
  return `${base}${tag === '' ? '' : `:${tag}`}${hash === '' ? '' : `@${hash}`}`;
}

function isImageOf(image: string, name: string): boolean {
  try {
    return new RegExp(`^${name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`).test(image);
  } catch {
    return false;
  }
}
