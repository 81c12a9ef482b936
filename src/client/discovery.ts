// Discovery and the RESTMapper: which words of the command line stand for which resources.
// Called by: cli/clientfactory.ts. Must not know: kinds. Upstream: client-go/restmapper, apimachinery pkg/api/meta.
import { groupVersionString, type GroupVersionKind } from '../machinery/types.ts';
import { NoMatchError, type APIResource, type RestClient, type RESTMapper, type RESTMapping } from './types.ts';

export interface MapperOptions {
  /** Takes what kubectl prints after `Warning: `. */
  onWarning?: ((text: string) => void) | undefined;
}

interface AggregatedResource {
  resource: string;
  responseKind?: { group: string; version: string; kind: string };
  scope: string;
  singularResource: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  subresources?: { subresource: string }[];
}
interface AggregatedList {
  kind?: string;
  items?: { metadata?: { name?: string }; versions: { version: string; resources?: AggregatedResource[] }[] }[];
}

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

/** Returns a mapper over what the server serves. @throws what the requests throw. */
export async function discoverMapper(rest: RestClient, options: MapperOptions = {}): Promise<RESTMapper> {
  return createRESTMapper(await discoverResources(rest), options);
}

/** Returns the resources of all groups in order of priority, each group's preferred version first. */
export async function discoverResources(rest: RestClient): Promise<APIResource[]> {
  const found: APIResource[] = [];
  for (const path of ['/api', '/apis']) {
    const document = rest.document
      ? await rest.document(path, AGGREGATED)
      : (JSON.parse(await rest.raw('GET', path)) as unknown);
    const list = document as AggregatedList;
    if (list.kind !== 'APIGroupDiscoveryList') found.push(...(await legacyResources(rest, path, document)));
    else
      for (const { metadata, versions } of list.items ?? [])
        for (const { version, resources } of versions)
          for (const resource of resources ?? []) found.push(fromAggregated(metadata?.name ?? '', version, resource));
  }
  return found;
}

function fromAggregated(group: string, version: string, resource: AggregatedResource): APIResource {
  return {
    name: resource.resource,
    singularName: resource.singularResource,
    namespaced: resource.scope === 'Namespaced',
    group,
    version,
    kind: resource.responseKind?.kind ?? '',
    verbs: resource.verbs,
    shortNames: resource.shortNames ?? [],
    categories: resource.categories ?? [],
    get subresources() {
      return (resource.subresources ?? []).map((s) => s.subresource);
    },
  };
}

interface LegacyResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  kind: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
}

// Servers without the aggregated form: one document a group version.
async function legacyResources(rest: RestClient, path: string, document: unknown): Promise<APIResource[]> {
  const groupVersions =
    path === '/api'
      ? ((document as { versions?: string[] }).versions ?? [])
      : ((document as { groups?: { versions: { groupVersion: string }[] }[] }).groups ?? []).flatMap((g) =>
          g.versions.map((v) => v.groupVersion),
        );
  const found: APIResource[] = [];
  for (const groupVersion of groupVersions) {
    const list = JSON.parse(await rest.raw('GET', `${path}/${groupVersion}`)) as { resources?: LegacyResource[] };
    const [group, version] = groupVersion.includes('/')
      ? (groupVersion.split('/') as [string, string])
      : ['', groupVersion];
    const resources = list.resources ?? [];
    for (const { name, singularName, namespaced, kind, verbs, shortNames = [], categories = [] } of resources) {
      if (name.includes('/')) continue;
      const subresources = resources
        .filter((r) => r.name.startsWith(`${name}/`))
        .map((r) => r.name.slice(name.length + 1));
      found.push({ name, singularName, namespaced, group, version, kind, verbs, shortNames, categories, subresources });
    }
  }
  return found;
}

/** Returns a mapper over resources in order of priority. */
export function createRESTMapper(resources: readonly APIResource[], options: MapperOptions = {}): RESTMapper {
  return new PriorityMapper(resources, options);
}

class PriorityMapper implements RESTMapper {
  readonly #resources: readonly APIResource[];
  readonly #options: MapperOptions;

  constructor(resources: readonly APIResource[], options: MapperOptions) {
    this.#resources = resources;
    this.#options = options;
  }

  resources(): readonly APIResource[] {
    return this.#resources;
  }

  groupVersions(): readonly string[] {
    return [...new Set(this.#resources.map(groupVersionString))];
  }

  category(word: string): readonly RESTMapping[] | undefined {
    const seen = new Set<string>();
    const members = this.#resources.filter(({ name, group, categories }) => {
      if (!categories.includes(word) || seen.has(`${name}.${group}`)) return false;
      seen.add(`${name}.${group}`);
      return true;
    });
    return members.length === 0 ? undefined : members.map(mappingOf);
  }

  mappingFor({ group, version, kind }: GroupVersionKind): RESTMapping {
    const ofKind = this.#resources.filter((r) => r.group === group && r.kind === kind);
    const found = version === '' ? ofKind[0] : ofKind.find((r) => r.version === version);
    if (found) return mappingOf(found);
    // Every version that is served has Lists, though discovery does not say so. Upstream: NewDiscoveryRESTMapper.
    if (kind === 'List' && this.#resources.some((r) => r.group === group && r.version === version)) {
      return { gvr: { group, version, resource: 'lists' }, gvk: { group, version, kind }, namespaced: false };
    }
    const where = version === '' ? '' : ` in version ${JSON.stringify(groupVersionString({ group, version }))}`;
    const subject = version === '' && group !== '' ? `${kind}.${group}` : kind;
    throw new NoMatchError(`no matches for kind ${JSON.stringify(subject)}${where}`, kind);
  }

  // A word is RESOURCE, RESOURCE.GROUP or RESOURCE.VERSION.GROUP; failing that KIND, KIND.GROUP or KIND.VERSION.GROUP.
  resourceFor(word: string): RESTMapping {
    const [first = '', second, ...rest] = word.split('.');
    const groupOnly = word.slice(first.length + 1);
    const found =
      (second !== undefined && rest.length > 0
        ? this.#resource(first, { version: second, group: rest.join('.') })
        : undefined) ??
      this.#resource(first, { group: groupOnly }) ??
      (second !== undefined && rest.length > 0
        ? this.#kind(first, { version: second, group: rest.join('.') })
        : undefined) ??
      this.#kind(first, { group: groupOnly });
    if (found) return mappingOf(found);
    throw new NoMatchError(`the server doesn't have a resource type ${JSON.stringify(first)}`, first);
  }

  #kind(kind: string, { group, version }: { group: string; version?: string }): APIResource | undefined {
    return this.#resources.find(
      (r) => r.kind === kind && r.group === group && (version === undefined || r.version === version),
    );
  }

  #resource(word: string, where: { group: string; version?: string }): APIResource | undefined {
    const { name, group } = this.#expandShortcut(word, where.group);
    // Names are matched without regard to case, short names are not.
    const wanted = name.toLowerCase();
    const named = this.#resources.filter((r) => r.name === wanted || singularOf(r) === wanted);
    const ofVersion = where.version === undefined ? named : named.filter((r) => r.version === where.version);
    if (group === '') return ofVersion[0];
    return ofVersion.find((r) => r.group === group) ?? ofVersion.find((r) => r.group.startsWith(group));
  }

  // Upstream: client-go/restmapper/shortcut.go expandResourceShortcut.
  #expandShortcut(word: string, group: string): { name: string; group: string } {
    const isNamed = (r: APIResource): boolean => r.name === word || singularOf(r) === word;
    const inGroup = (r: APIResource): boolean => group === '' || r.group === group;
    if (this.#resources.some((r) => inGroup(r) && isNamed(r))) return { name: word, group };
    const hits = this.#resources.filter((r) => r.shortNames.includes(word));
    const [chosen, ...others] = hits.filter(inGroup);
    if (chosen) {
      this.#warnAmbiguous(word, chosen, others);
      return { name: chosen.name, group: chosen.group };
    }
    if (group === '') return { name: word, group };
    const byPrefix = hits.find((r) => r.group.startsWith(group));
    return byPrefix ? { name: byPrefix.name, group: byPrefix.group } : { name: word, group };
  }

  #warnAmbiguous(word: string, chosen: APIResource, others: readonly APIResource[]): void {
    const warned = new Set<string>();
    for (const { name, group } of others) {
      const other = group === '' ? name : `${name}.${group}`;
      if ((name === chosen.name && group === chosen.group) || warned.has(other)) continue;
      warned.add(other);
      this.#options.onWarning?.(`short name ${JSON.stringify(word)} could also match lower priority resource ${other}`);
    }
  }
}

// Who has no singular is known by its kind. Upstream: NewDiscoveryRESTMapper.
function singularOf({ singularName, kind }: APIResource): string {
  return singularName || kind.toLowerCase();
}

function mappingOf({ name, group, version, kind, namespaced }: APIResource): RESTMapping {
  return { gvr: { group, version, resource: name }, gvk: { group, version, kind }, namespaced };
}
