// What can be asked of a kind, path by path: the part that both versions of OpenAPI tell, each in its own form.
// Called by: openapi.ts, openapi.v2.ts. Must not know: documents' form, the store.
// Upstream: apiserver pkg/endpoints/installer.go, pkg/endpoints/openapi GetOperationIDAndTags.
import { definitionOfKind, fullDefinitionName, shortDefinitionName } from '../machinery/schema.ts';
import { groupVersionString, type GroupVersionKind } from '../machinery/types.ts';
import { subresourceKind, subresourceVerbs } from './discovery.ts';
import type { ServedResource } from './scheme.ts';

type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch';

export interface Operation {
  method: Method;
  /** get list post put patch delete deletecollection watch watchlist connect. */
  action: string;
  id: string;
  tag: string;
  description: string;
  gvk: GroupVersionKind;
  /** Names of query parameters. */
  query: readonly string[];
  /** Full name of the body's schema. */
  body?: string;
  /** That of the answer's; absent for a text. */
  answer?: string;
  /** Whether the answer may be a watch. */
  isStream: boolean;
}

export interface PathOperations {
  path: string;
  /** Names in braces, as they stand in the path. */
  inPath: readonly string[];
  /** Names of query parameters that all operations take. */
  query: readonly string[];
  operations: readonly Operation[];
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
export const PATCH_SCHEMA = `${META}Patch`;
const DELETE_OPTIONS = `${META}DeleteOptions`;
const STATUS = `${META}Status`;
const WATCH_EVENT = `${META}WatchEvent`;

/** Types that operations of every kind speak of. */
export const SHARED_TYPES: readonly string[] = [PATCH_SCHEMA, DELETE_OPTIONS, STATUS, WATCH_EVENT];

const SELECTING = [
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
];
const LISTING = ['allowWatchBookmarks', ...SELECTING, 'watch'];
const WRITING = ['dryRun', 'fieldManager', 'fieldValidation'];
const DELETING = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
];
const STREAMING = ['command', 'container', 'stderr', 'stdin', 'stdout', 'tty'];
const CONNECTING: Readonly<Record<string, readonly string[]>> = {
  exec: STREAMING,
  attach: STREAMING.filter((name) => name !== 'command'),
  portforward: ['ports'],
  proxy: ['path'],
};
const LOGGING = [
  'container',
  'follow',
  'insecureSkipTLSVerifyBackend',
  'limitBytes',
  'previous',
  'sinceSeconds',
  'stream',
  'tailLines',
  'timestamps',
];
const PROXY_METHODS: readonly Method[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

/** '{place}' is the group and version, '{kind}' the kind with where it is. 'own' stands for the kind's schema. */
interface Template {
  verb: string;
  method: Method;
  action: string;
  id: string;
  words: string;
  query?: readonly string[];
  body?: string;
  answer?: string;
  isStream?: boolean;
}

const COLLECTION: readonly Template[] = [
  {
    verb: 'list',
    method: 'get',
    action: 'list',
    id: 'list{place}{kind}',
    words: 'list or watch {kind}',
    query: LISTING,
    answer: 'ownList',
    isStream: true,
  },
  {
    verb: 'create',
    method: 'post',
    action: 'post',
    id: 'create{place}{kind}',
    words: 'create {kind}',
    query: WRITING,
    body: 'own',
    answer: 'own',
  },
  {
    verb: 'deletecollection',
    method: 'delete',
    action: 'deletecollection',
    id: 'delete{place}Collection{kind}',
    words: 'delete all selected {kind}',
    query: [...SELECTING, ...DELETING].sort(),
    body: DELETE_OPTIONS,
    answer: STATUS,
  },
];
const ITEM: readonly Template[] = [
  { verb: 'get', method: 'get', action: 'get', id: 'read{place}{kind}', words: 'read {kind}', answer: 'own' },
  {
    verb: 'update',
    method: 'put',
    action: 'put',
    id: 'replace{place}{kind}',
    words: 'replace {kind}',
    query: WRITING,
    body: 'own',
    answer: 'own',
  },
  {
    verb: 'patch',
    method: 'patch',
    action: 'patch',
    id: 'patch{place}{kind}',
    words: 'change parts of {kind}',
    query: [...WRITING, 'force'],
    body: PATCH_SCHEMA,
    answer: 'own',
  },
  {
    verb: 'delete',
    method: 'delete',
    action: 'delete',
    id: 'delete{place}{kind}',
    words: 'delete {kind}',
    query: DELETING,
    body: DELETE_OPTIONS,
    answer: STATUS,
  },
];
const CREATING = COLLECTION.filter(({ verb }) => verb === 'create');
const LISTING_ONLY = COLLECTION.filter(({ verb }) => verb === 'list');
const WATCHED = { verb: 'watch', method: 'get', answer: WATCH_EVENT, isStream: true } as const;
const WATCH_ITEM: readonly Template[] = [
  { ...WATCHED, action: 'watch', id: 'watch{place}{kind}', words: 'watch {kind}; a list can do it, too' },
];
const WATCH_LIST: readonly Template[] = [
  { ...WATCHED, action: 'watchlist', id: 'watch{place}{kind}List', words: 'watch {kind}; a list can do it, too' },
];

/** Returns the paths of a kind in one version. */
export function pathsOf(served: ServedResource): PathOperations[] {
  const { gvr, definition } = served;
  const root = gvr.group === '' ? `/api/${gvr.version}` : `/apis/${groupVersionString(gvr)}`;
  const across = `/${gvr.resource}`;
  const collection = definition.namespaced ? `/namespaces/{namespace}${across}` : across;
  const item = `${collection}/{name}`;
  const of = (path: string, operations: readonly Operation[], query: readonly string[] = []): PathOperations => ({
    path: root + path,
    inPath: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort(),
    query,
    operations,
  });
  const paths = [
    of(collection, made(served, COLLECTION)),
    of(item, made(served, ITEM)),
    of(`/watch${collection}`, made(served, WATCH_LIST), LISTING),
    of(`/watch${item}`, made(served, WATCH_ITEM), LISTING),
  ];
  if (definition.namespaced)
    paths.push(
      of(across, made(served, LISTING_ONLY, { isAcross: true })),
      of(`/watch${across}`, made(served, WATCH_LIST, { isAcross: true }), LISTING),
    );
  for (const name of served.subresources) {
    const query = name === 'log' ? LOGGING : (CONNECTING[name] ?? []);
    paths.push(of(`${item}/${name}`, madeOfPart(served, name), query));
    if (name === 'proxy') paths.push(of(`${item}/${name}/{path}`, madeOfPart(served, name, 'WithPath'), query));
  }
  return paths.filter(({ operations }) => operations.length > 0);
}

interface Shape {
  isAcross?: boolean;
  /** Of a subresource: its name, its kind. */
  part?: { name: string; gvk: GroupVersionKind };
}

function made(served: ServedResource, templates: readonly Template[], { isAcross = false, part }: Shape = {}) {
  const { gvr, kind, verbs, definition } = served;
  const having = part ? subresourceVerbs(part.name) : verbs;
  const own = (part && schemaOfKind(part.gvk)) ?? schemaNameOf(served);
  const schema = (name: string | undefined): string | undefined => name?.replace(/^own/, own);
  const place = `${groupName(gvr.group)}${upperFirst(gvr.version)}`;
  const subject = `${definition.namespaced && !isAcross ? 'Namespaced' : ''}${kind}`;
  const suffix = `${part ? upperFirst(part.name) : ''}${isAcross ? 'ForAllNamespaces' : ''}`;
  const about = part ? `${part.name} of a ${kind}` : kind;
  return templates
    .filter(({ verb }) => having.includes(verb))
    .map(({ method, action, id, words, query = [], body, answer, isStream = false }): Operation => {
      const [bodySchema, answerSchema] = [schema(body), schema(answer)];
      return {
        method,
        action,
        id: id.replace('{place}', place).replace('{kind}', subject) + suffix,
        tag: `${lowerFirst(groupName(gvr.group))}_${gvr.version}`,
        description: words.replace('{kind}', about),
        gvk: part?.gvk ?? { group: gvr.group, version: gvr.version, kind },
        query,
        isStream,
        ...(bodySchema === undefined ? {} : { body: bodySchema }),
        ...(answerSchema === undefined || part?.name === 'log' ? {} : { answer: answerSchema }),
      };
    });
}

function madeOfPart(served: ServedResource, name: string, suffix = ''): Operation[] {
  const gvk = subresourceKind(served, name);
  const part = { name, gvk };
  if (!(name in CONNECTING)) return made(served, [...ITEM, ...CREATING], { part });
  const { gvr, kind, definition } = served;
  const place = `${groupName(gvr.group)}${upperFirst(gvr.version)}`;
  const subject = `${definition.namespaced ? 'Namespaced' : ''}${kind}${upperFirst(name)}${suffix}`;
  const methods: readonly Method[] = name === 'proxy' ? PROXY_METHODS : ['get', 'post'];
  return methods.map((method) => ({
    method,
    action: 'connect',
    id: `connect${place}${upperFirst(method)}${subject}`,
    tag: `${lowerFirst(groupName(gvr.group))}_${gvr.version}`,
    description: `connect to ${name} of a ${kind} with ${method.toUpperCase()}`,
    gvk,
    query: [],
    isStream: false,
  }));
}

function schemaOfKind(gvk: GroupVersionKind): string | undefined {
  const name = definitionOfKind(gvk);
  return name === undefined ? undefined : fullDefinitionName(name);
}

/** Returns the name of a kind's schema: 'io.k8s.api.core.v1.Pod', 'com.example.stable.v1.CronTab'. */
export function schemaNameOf({ schema, definition, gvr, kind }: ServedResource): string {
  if (!definition.custom) return fullDefinitionName(shortDefinitionName(schema));
  return [...gvr.group.split('.').reverse(), gvr.version, kind].join('.');
}

/** 'rbac.authorization.k8s.io' → 'RbacAuthorization'. */
function groupName(group: string): string {
  if (group === '') return 'Core';
  return group
    .replace(/\.k8s\.io$/, '')
    .split('.')
    .map(upperFirst)
    .join('');
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
