// What the server serves, as clients discover it: group lists, resource lists, and both at once (aggregated).
// Called by: documents.ts. Must not know: the store.
import { sha256 } from '../machinery/random.ts';
import { groupVersionString, type GroupVersionKind } from '../machinery/types.ts';
import type { ResourceDefinition, Subresource } from '../resources/definition.ts';
import type { Scheme, ServedResource } from './scheme.ts';

interface APIResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  group?: string;
  version?: string;
  kind: string;
  verbs: readonly string[];
  shortNames?: readonly string[];
  categories?: readonly string[];
  storageVersionHash?: string;
}

interface SubresourceShape {
  verbs: readonly string[];
  /** Kind in the group version of the parent when absent. */
  group?: string;
  version?: string;
  kind?: string;
}

const UPDATE_VERBS = ['get', 'patch', 'update'];
const PROXY_VERBS = ['create', 'delete', 'get', 'patch', 'update'];
const CONNECT_VERBS = ['create', 'get'];

const SUBRESOURCES: Readonly<Record<Subresource, SubresourceShape>> = {
  status: { verbs: UPDATE_VERBS },
  scale: { verbs: UPDATE_VERBS, group: 'autoscaling', version: 'v1', kind: 'Scale' },
  log: { verbs: ['get'] },
  exec: { verbs: CONNECT_VERBS, kind: 'PodExecOptions' },
  attach: { verbs: CONNECT_VERBS, kind: 'PodAttachOptions' },
  portforward: { verbs: CONNECT_VERBS, kind: 'PodPortForwardOptions' },
  proxy: { verbs: PROXY_VERBS },
  binding: { verbs: ['create'], kind: 'Binding' },
  eviction: { verbs: ['create'], group: 'policy', version: 'v1', kind: 'Eviction' },
  ephemeralcontainers: { verbs: UPDATE_VERBS },
  resize: { verbs: UPDATE_VERBS },
  token: { verbs: ['create'], group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  finalize: { verbs: ['update'] },
  approval: { verbs: UPDATE_VERBS },
};
const PROXY_KINDS: Readonly<Record<string, string>> = {
  pods: 'PodProxyOptions',
  services: 'ServiceProxyOptions',
  nodes: 'NodeProxyOptions',
};

/** Returns the verbs of a subresource, none for what is no subresource of any kind. */
export function subresourceVerbs(name: string): readonly string[] {
  return Object.hasOwn(SUBRESOURCES, name) ? SUBRESOURCES[name as Subresource].verbs : [];
}

/** Returns the kind that a subresource of a kind answers with. */
export function subresourceKind({ gvr, kind }: ServedResource, name: string): GroupVersionKind {
  const { group = gvr.group, version = gvr.version, kind: own = kind } = SUBRESOURCES[name as Subresource];
  return { group, version, kind: name === 'proxy' ? (PROXY_KINDS[gvr.resource] ?? kind) : own };
}

/** GET /api. */
export function coreVersions(serverAddress: string): object {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

/** GET /apis. */
export function groupList(scheme: Scheme): object {
  const groups = scheme.groups().filter((group) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((group) => apiGroup(scheme, group)) };
}

/** GET /apis/GROUP, or undefined. */
export function groupDocument(scheme: Scheme, group: string): object | undefined {
  if (group === '' || scheme.versions(group).length === 0) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(scheme, group) };
}

function apiGroup(scheme: Scheme, group: string) {
  const versions = scheme.versions(group).map((version) => ({
    groupVersion: groupVersionString({ group, version }),
    version,
  }));
  return { name: group, versions, preferredVersion: versions[0] };
}

/** GET /api/v1 and /apis/GROUP/VERSION, or undefined. */
export function resourceList(scheme: Scheme, group: string, version: string): object | undefined {
  const served = scheme.resources(group, version);
  if (served.length === 0) return undefined;
  const resources = [...served].sort(byResource).flatMap(apiResources);
  const groupVersion = groupVersionString({ group, version });
  return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources };
}

function byResource(a: ServedResource, b: ServedResource): number {
  return a.gvr.resource < b.gvr.resource ? -1 : a.gvr.resource > b.gvr.resource ? 1 : 0;
}

/** A removed version is served under its full name only: its short names would make those of the current one ambiguous. */
function otherNames({ definition, version }: ServedResource): {
  shortNames: readonly string[];
  categories: readonly string[];
} {
  if (version?.isLegacy) return { shortNames: [], categories: [] };
  return { shortNames: definition.shortNames ?? [], categories: definition.categories ?? [] };
}

/** Of a kind whose definition is going, nothing is created or changed. */
function verbsOf({ definition, verbs }: ServedResource): readonly string[] {
  return definition.custom?.isTerminating ? verbs.filter((verb) => !WRITING.includes(verb)) : verbs;
}
const WRITING = ['create', 'patch', 'update'];

function apiResources(served: ServedResource): APIResource[] {
  const { definition, gvr, kind } = served;
  const verbs = verbsOf(served);
  const { singular, namespaced } = definition;
  const { shortNames, categories } = otherNames(served);
  const own: APIResource = {
    name: gvr.resource,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(definition.virtual ? {} : { storageVersionHash: storageVersionHash(definition) }),
  };
  return [own, ...apiSubresources(served)];
}

function apiSubresources(served: ServedResource): APIResource[] {
  const { gvr, kind } = served;
  const { namespaced } = served.definition;
  return subresourcesInOrder(served).map((name): APIResource => {
    const { verbs: subVerbs, group, version, kind: subKind } = SUBRESOURCES[name];
    return {
      name: `${gvr.resource}/${name}`,
      singularName: '',
      namespaced,
      ...(group === undefined ? {} : { group }),
      ...(version === undefined ? {} : { version }),
      kind: name === 'proxy' ? (PROXY_KINDS[gvr.resource] ?? kind) : (subKind ?? kind),
      verbs: subVerbs,
    };
  });
}

/** Alphabetical; those of custom resources are told by another hand: status first. */
function subresourcesInOrder({ subresources, definition }: ServedResource): readonly Subresource[] {
  return definition.custom ? subresources : [...subresources].sort();
}

/** Upstream: apiserver pkg/endpoints/discovery/storageversionhash.go. */
function storageVersionHash({ gvr, kind }: ResourceDefinition): string {
  return sha256(`${gvr.group}/${gvr.version}/${kind}`).subarray(0, 8).toString('base64');
}

/** GET /api or /apis with `as=APIGroupDiscoveryList`. Upstream: apidiscovery.k8s.io/v2. */
export function aggregatedDiscovery(scheme: Scheme, groups: readonly string[]): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: group === '' ? {} : { name: group },
      versions: scheme.versions(group).map((v) => aggregatedVersion(scheme, group, v)),
    })),
  };
}

function aggregatedVersion(scheme: Scheme, group: string, version: string): object {
  const resources = [...scheme.resources(group, version)].sort(byResource).map((served) => {
    const { definition, gvr, kind } = served;
    const verbs = verbsOf(served);
    const { singular, namespaced } = definition;
    const { shortNames, categories } = otherNames(served);
    const resource = {
      resource: gvr.resource,
      responseKind: { group, version, kind },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      singularResource: singular,
      verbs,
      ...(shortNames.length > 0 ? { shortNames } : {}),
      ...(categories.length > 0 ? { categories } : {}),
    };
    if (served.subresources.length === 0) return resource;
    // Who looks for names only never asks for them.
    return Object.defineProperty(resource, 'subresources', {
      enumerable: true,
      get: () =>
        apiSubresources(served).map((part) => ({
          subresource: part.name.slice(gvr.resource.length + 1),
          responseKind: { group: part.group ?? group, version: part.version ?? version, kind: part.kind },
          verbs: part.verbs,
        })),
    });
  });
  return { version, resources, freshness: 'Current' };
}
