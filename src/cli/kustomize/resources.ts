// The objects that a kustomization works on, with the names they have had on the way.
// Called by: the other files of this folder. Must not know: transformers. Upstream: kustomize api/resource, api/resmap, kyaml/resid.
import { parseGroupVersion, type GroupVersionKind, type Unstructured } from '../../machinery/types.ts';
import { matchesLabels, parseLabelSelector } from '../../machinery/selectors.ts';
import type { Selector } from './kustomization.ts';

export interface ResourceId extends GroupVersionKind {
  name: string;
  namespace: string;
}

const CLUSTER_SCOPED = new Set(
  (
    'Namespace Node PersistentVolume ClusterRole ClusterRoleBinding StorageClass PriorityClass CustomResourceDefinition ' +
    'APIService MutatingWebhookConfiguration ValidatingWebhookConfiguration CSIDriver CSINode VolumeAttachment ' +
    'RuntimeClass IngressClass FlowSchema PriorityLevelConfiguration CertificateSigningRequest ComponentStatus ' +
    'PodSecurityPolicy ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding'
  ).split(' '),
);
const NO_NAMESPACE = '_non_namespaceable_';

/** Returns the namespace to compare by: cluster-scoped kinds share one, none counts as 'default'. */
export function effectiveNamespace({ kind, namespace }: { kind: string; namespace: string }): string {
  if (CLUSTER_SCOPED.has(kind)) return NO_NAMESPACE;
  return namespace || 'default';
}

export function isClusterScoped(kind: string): boolean {
  return CLUSTER_SCOPED.has(kind);
}

/** 'ConfigMap.v1.[noGrp]/x.[noNs]' */
export function idText({ group, version, kind, name, namespace }: ResourceId): string {
  return `${kind || '[noKind]'}.${version || '[noVer]'}.${group || '[noGrp]'}/${name || '[noName]'}.${namespace || '[noNs]'}`;
}

export function isSameId(a: ResourceId, b: ResourceId): boolean {
  return (
    a.name === b.name &&
    a.kind === b.kind &&
    a.group === b.group &&
    a.version === b.version &&
    effectiveNamespace(a) === effectiveNamespace(b)
  );
}

/** Whether what is given of group, version and kind fits. */
export function isOfType(id: GroupVersionKind, wanted: Partial<GroupVersionKind>): boolean {
  const fits = (own: string, given: string | undefined) => !given || own === given;
  return fits(id.group, wanted.group) && fits(id.version, wanted.version) && fits(id.kind, wanted.kind);
}

/** One object, and who it was before. */
export class KustomizeResource {
  object: Unstructured;
  /** Ids it had, the first one first. */
  readonly previous: ResourceId[] = [];
  readonly prefixes: string[] = [];
  readonly suffixes: string[] = [];
  /** Generated: a hash of the content is added to the name. */
  needsHash = false;
  behavior = '';
  isDropped = false;

  constructor(object: Unstructured) {
    this.object = object;
  }

  get id(): ResourceId {
    const { apiVersion, kind, metadata } = this.object;
    return { ...parseGroupVersion(apiVersion), kind, name: metadata.name ?? '', namespace: metadata.namespace ?? '' };
  }
  get originalId(): ResourceId {
    return this.previous[0] ?? this.id;
  }
  get allIds(): ResourceId[] {
    return [...this.previous, this.id];
  }

  /** Notes the id before something changes it. */
  remember(): void {
    const { id } = this;
    const last = this.previous.at(-1);
    if (!last || idText(last) !== idText(id)) this.previous.push(id);
  }

  /** Whether both were given the same prefixes and suffixes, from the inner end; `allowsNone` lets those without any pass. */
  hasSameAffixes(other: KustomizeResource, allowsNone: boolean): boolean {
    const fits = (a: readonly string[], b: readonly string[]) =>
      (allowsNone && (a.length === 0 || b.length === 0)) || isSameEnding(a, b);
    return fits(this.prefixes, other.prefixes) && fits(this.suffixes, other.suffixes);
  }
}

function isSameEnding(a: readonly string[], b: readonly string[]): boolean {
  const count = Math.min(a.length, b.length);
  if (count === 0) return a.length === b.length;
  return a.slice(-count).every((word, i) => word === b.slice(-count)[i]);
}

/** Objects in order; no two have one id. */
export class ResourceList {
  items: KustomizeResource[] = [];

  /** @throws Error `may not add resource with an already registered id: …`. */
  add(resource: KustomizeResource): void {
    const { id } = resource;
    if (this.items.some((item) => isSameId(item.id, id)))
      throw new Error(`may not add resource with an already registered id: ${idText(id)}`);
    this.items.push(resource);
  }

  addAll(resources: readonly KustomizeResource[]): void {
    for (const resource of resources) this.add(resource);
  }

  byAnyId(isWanted: (id: ResourceId) => boolean): KustomizeResource[] {
    return this.items.filter((item) => item.allIds.some(isWanted));
  }

  /** Takes generated objects in: new ones, or on top of one that is there. @throws Error. Upstream: AbsorbAll. */
  absorb(resource: KustomizeResource): void {
    const { id, behavior } = resource;
    const isMerging = behavior === 'merge' || behavior === 'replace';
    const [old, ...more] = this.byAnyId((other) => isSameId(other, id));
    if (more.length > 0)
      throw new Error(`found multiple objects [${idText(id)}] that could accept merge of ${idText(id)}`);
    if (!old) {
      if (isMerging) throw new Error(`id ${idText(id)} does not exist; cannot merge or replace`);
      this.items.push(resource);
      return;
    }
    if (!isMerging) throw new Error(`id ${idText(id)} exists; behavior must be merge or replace`);
    const merged = resource.object;
    for (const field of ['labels', 'annotations'] as const) {
      const both = { ...old.object.metadata[field], ...merged.metadata[field] };
      if (Object.keys(both).length > 0) merged.metadata[field] = both;
    }
    merged.metadata.name = old.object.metadata.name;
    if (old.object.metadata.namespace !== undefined) merged.metadata.namespace = old.object.metadata.namespace;
    if (behavior === 'merge')
      for (const field of ['data', 'binaryData']) {
        const both = { ...(old.object[field] as object), ...(merged[field] as object) };
        if (Object.keys(both).length > 0) merged[field] = both;
      }
    old.object = merged;
    old.needsHash ||= resource.needsHash;
  }

  /** Returns what a patch or a replacement aims at. @throws Error for a broken selector. Upstream: ResMap.Select. */
  select(selector: Selector): KustomizeResource[] {
    const fits = (pattern: string | undefined, text: string) => !pattern || new RegExp(`^(?:${pattern})$`).test(text);
    const isSelected = (query: string | undefined, labels: Record<string, string> | undefined) =>
      !query || matchesLabels(parseLabelSelector(query), labels ?? {});
    return this.items.filter((item) => {
      const { id, originalId, object } = item;
      const candidates = [originalId, id];
      return (
        fits(selector.group, id.group) &&
        fits(selector.version, id.version) &&
        fits(selector.kind, id.kind) &&
        candidates.some(
          (c) => fits(selector.namespace, effectiveNamespace(c)) || fits(selector.namespace, c.namespace),
        ) &&
        item.allIds.some((c) => fits(selector.name, c.name)) &&
        isSelected(selector.labelSelector, object.metadata.labels) &&
        isSelected(selector.annotationSelector, object.metadata.annotations)
      );
    });
  }
}
