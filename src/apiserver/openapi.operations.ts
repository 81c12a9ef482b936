// What can be asked of a kind, path by path: the part that both versions of OpenAPI tell, each in its own form.
// Called by: openapi.ts, openapi.v2.ts. Must not know: documents' form, the store.
// Upstream: apiserver pkg/endpoints/installer.go, pkg/endpoints/openapi GetOperationIDAndTags.
import { definitionOfKind, fullDefinitionName, shortDefinitionName } from '../machinery/schema.ts';
import { groupVersionString, type GroupVersionKind } from '../machinery/types.ts';
import { subresourceKind, subresourceVerbs } from './discovery.ts';
import { CUSTOM_MEDIA_TYPES, MEDIA_TYPES, STREAM_TYPES } from './negotiation.ts';
import { CUSTOM_PATCHES, PATCH_TYPES } from './patching.ts';
import {
  CODES,
  COLLECTION,
  CONNECTING,
  CREATING,
  CUSTOM_COLLECTION,
  CUSTOM_ITEM,
  ITEM,
  LISTING,
  LISTING_ONLY,
  LOGGING,
  OK,
  PATCH_SCHEMA,
  PROXY_METHODS,
  WATCH_ITEM,
  WATCH_LIST,
  type Method,
  type Template,
} from './openapi.templates.ts';
import type { ServedResource } from './scheme.ts';

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
  /** Media types of the body and of the answer. */
  consumes: readonly string[];
  produces: readonly string[];
  /** What codes of success mean. */
  codes: Readonly<Record<string, string>>;
}

export interface PathOperations {
  path: string;
  /** Names in braces, as they stand in the path. */
  inPath: readonly string[];
  /** Names of query parameters that all operations take. */
  query: readonly string[];
  operations: readonly Operation[];
}

/** Returns the paths of a kind in one version. */
export function pathsOf(served: ServedResource): PathOperations[] {
  const { gvr, definition } = served;
  const isCustom = definition.custom !== undefined;
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
    of(collection, made(served, isCustom ? CUSTOM_COLLECTION : COLLECTION)),
    of(item, made(served, isCustom ? CUSTOM_ITEM : ITEM)),
  ];
  if (definition.namespaced) paths.push(of(across, made(served, LISTING_ONLY, { isAcross: true })));
  if (!isCustom) {
    paths.push(
      of(`/watch${collection}`, made(served, WATCH_LIST), LISTING),
      of(`/watch${item}`, made(served, WATCH_ITEM), LISTING),
    );
    if (definition.namespaced) paths.push(of(`/watch${across}`, made(served, WATCH_LIST, { isAcross: true }), LISTING));
  }
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
  const isCustom = definition.custom !== undefined;
  const ownKind = { group: gvr.group, version: gvr.version, kind };
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
        gvk: isCustom ? ownKind : (part?.gvk ?? ownKind),
        query,
        ...mediaOf(bodySchema, { isCustom, isStream }),
        codes: (isCustom && action === 'patch' ? undefined : CODES[action]) ?? OK,
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
    consumes: ['*/*'],
    produces: ['*/*'],
    codes: OK,
  }));
}

function mediaOf(body: string | undefined, { isCustom, isStream }: { isCustom: boolean; isStream: boolean }) {
  const types = isCustom ? CUSTOM_MEDIA_TYPES : MEDIA_TYPES;
  const patches = isCustom ? CUSTOM_PATCHES : PATCH_TYPES;
  return {
    consumes: body === PATCH_SCHEMA ? patches : isCustom ? types : ['*/*'],
    produces: isStream && !isCustom ? [...types, ...STREAM_TYPES] : types,
  };
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
