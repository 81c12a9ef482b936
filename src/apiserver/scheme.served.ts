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
  warning?: string;
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

function codecFor({ custom }: ResourceDefinition, schema: string, gvr: GroupVersionResource): Codec {
  return custom ? customCodecOf(custom, groupVersionString(gvr)) : codecOf(schema);
}

/** Returns a kind in the version in which it is stored. What it consists of is looked at when it is used. */
export function hubOf(definition: ResourceDefinition): ServedResource {
  const { gvr, schema } = definition;
  return {
    definition,
    gvr,
    kind: definition.kind,
    listKind: definition.custom?.listKind ?? `${definition.kind}List`,
    schema,
    get codec() {
      return codecFor(definition, schema, gvr);
    },
    get table() {
      return definition.table;
    },
    get scale() {
      return definition.scale;
    },
    get fieldLabels() {
      return definition.fieldLabels;
    },
    subresources: definition.subresources ?? [],
    verbs: definition.verbs ?? ALL_VERBS,
    ...(definition.warning === undefined ? {} : { warning: definition.warning }),
  };
}

/** Returns a kind in a further version. */
export function versionOf(definition: ResourceDefinition, version: ServedVersion<KubeObject>): ServedResource {
  const schema = version.schema ?? definition.schema;
  // A version of a custom resource with ways of its own does not have those of the hub.
  const hub = definition.custom ? undefined : definition;
  return {
    definition,
    gvr: version.gvr,
    kind: version.kind,
    listKind: definition.custom?.listKind ?? `${version.kind}List`,
    schema,
    get codec() {
      return codecFor(definition, schema, version.gvr);
    },
    get table() {
      return version.table ?? definition.table;
    },
    get scale() {
      return version.scale ?? hub?.scale;
    },
    get fieldLabels() {
      return version.fieldLabels ?? hub?.fieldLabels;
    },
    version,
    subresources: version.subresources ?? definition.subresources ?? [],
    verbs: definition.verbs ?? ALL_VERBS,
    ...(version.warning === undefined ? {} : { warning: version.warning }),
  };
}
