// A kind in one of the versions in which it is served, and an index of them.
// Called by: scheme. Must not know: the store, bodies.
import {
  groupVersionString,
  type GroupVersionKind,
  type GroupVersionResource,
  type KubeObject,
} from '../machinery/types.ts';
import type { ResourceDefinition, ScaleSpec, ServedVersion, Subresource, TableSpec } from '../resources/definition.ts';
import { codecOf, customCodecOf, type Codec } from './codec.ts';

/** A resource in one of the versions in which it is served. */
export interface ServedResource {
  definition: ResourceDefinition;
  gvr: GroupVersionResource;
  kind: string;
  listKind: string;
  /** Name in the built-in schemas; '' for custom resources. */
  schema: string;
  readonly codec: Codec;
  readonly table: TableSpec<KubeObject>;
  readonly scale: ScaleSpec | undefined;
  /** Field selectors beyond metadata.name and metadata.namespace, with their values. */
  readonly fieldLabels: ((object: KubeObject) => Record<string, string>) | undefined;
  /** Absent for the hub's own version. */
  version?: ServedVersion<KubeObject>;
  subresources: readonly Subresource[];
  verbs: readonly string[];
  readonly warning: string | undefined;
}

export const ALL_VERBS: readonly string[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** Served resources by resource, kind and group. */
export class ServedIndex {
  readonly #byResource = new Map<string, ServedResource>();
  readonly #byKind = new Map<string, ServedResource>();
  readonly #groups = new Map<string, Map<string, ServedResource[]>>();

  add(served: ServedResource): void {
    const { group, version, resource } = served.gvr;
    this.#byResource.set(`${group}/${version}/${resource}`, served);
    this.#byKind.set(`${group}/${version}/${served.kind}`, served);
    let versions = this.#groups.get(group);
    if (!versions) this.#groups.set(group, (versions = new Map<string, ServedResource[]>()));
    const list = versions.get(version);
    if (list) list.push(served);
    else versions.set(version, [served]);
  }

  served({ group, version, resource }: GroupVersionResource): ServedResource | undefined {
    return this.#byResource.get(`${group}/${version}/${resource}`);
  }

  servedKind({ group, version, kind }: GroupVersionKind): ServedResource | undefined {
    return this.#byKind.get(`${group}/${version}/${kind}`);
  }

  groups(): Iterable<string> {
    return this.#groups.keys();
  }

  versions(group: string): Iterable<string> {
    return this.#groups.get(group)?.keys() ?? [];
  }

  resources(group: string, version: string): readonly ServedResource[] {
    return this.#groups.get(group)?.get(version) ?? [];
  }
}

/** A kind in one version. What it consists of is looked at when it is used: most kinds are only named. */
class Served implements ServedResource {
  readonly definition: ResourceDefinition;
  readonly version?: ServedVersion<KubeObject>;
  readonly gvr: GroupVersionResource;
  readonly kind: string;
  readonly schema: string;

  constructor(definition: ResourceDefinition, version?: ServedVersion<KubeObject>) {
    this.definition = definition;
    if (version) this.version = version;
    this.gvr = (version ?? definition).gvr;
    this.kind = (version ?? definition).kind;
    this.schema = version?.schema ?? definition.schema;
  }

  get listKind(): string {
    return this.definition.custom?.listKind ?? `${this.kind}List`;
  }

  get codec(): Codec {
    const { custom } = this.definition;
    return custom ? customCodecOf(custom, groupVersionString(this.gvr)) : codecOf(this.schema);
  }

  get table(): TableSpec<KubeObject> {
    return this.version?.table ?? this.definition.table;
  }

  get scale(): ScaleSpec | undefined {
    return this.version?.scale ?? this.#hub?.scale;
  }

  get fieldLabels(): ((object: KubeObject) => Record<string, string>) | undefined {
    return this.version?.fieldLabels ?? this.#hub?.fieldLabels;
  }

  get subresources(): readonly Subresource[] {
    return this.version?.subresources ?? this.definition.subresources ?? [];
  }

  get verbs(): readonly string[] {
    return this.definition.verbs ?? ALL_VERBS;
  }

  get warning(): string | undefined {
    return this.version ? this.version.warning : this.definition.warning;
  }

  /** A version of a custom resource with ways of its own does not have those of the hub. */
  get #hub(): ResourceDefinition | undefined {
    return this.version && this.definition.custom ? undefined : this.definition;
  }
}

/** Returns a kind in the version in which it is stored. */
export function hubOf(definition: ResourceDefinition): ServedResource {
  return new Served(definition);
}

/** Returns a kind in a further version. */
export function versionOf(definition: ResourceDefinition, version: ServedVersion<KubeObject>): ServedResource {
  return new Served(definition, version);
}
