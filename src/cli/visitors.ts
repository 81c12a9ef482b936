// Visitors: each hands infos to a function, or an error in place of one. They nest as upstream's do, since the shape of the
// aggregated error decides how it is printed.
// Called by: cli/resourcebuilder.ts. Must not know: arguments. Upstream: cli-runtime/pkg/resource/visitor.go, selector.go.
import type { RESTMapper, RESTMapping, RestClient } from '../client/types.ts';
import { clone } from '../machinery/meta.ts';
import { matchesLabels, type LabelSelector } from '../machinery/selectors.ts';
import { StatusError, isNotFound, reasonOf } from '../machinery/status.ts';
import { parseGroupVersion, type GroupVersionKind, type Unstructured } from '../machinery/types.ts';
import type { Info } from './builder.ts';
import { Aggregate, throwAggregate } from './errors.ts';
import { requireRegistered } from './registeredkinds.ts';

/** Gets an info or, instead of one, an error. */
export type VisitorFunc = (info: Info | undefined, error?: Error) => Promise<void>;
export interface Visitor {
  visit(fn: VisitorFunc): Promise<void>;
}

export interface VisitorContext {
  rest(): Promise<RestClient>;
  mapper(attempts?: number): Promise<RESTMapper>;
  isLocal: boolean;
  /** Tables instead of objects, where `get` asks for them. */
  asTable: boolean;
  /** Tables carry whole objects, not only their metadata. */
  includesObjects?: boolean;
  /** The scheme that objects must be of a type of; '' when any will do. */
  scheme: string;
}

const NAMESPACES: RESTMapping = {
  gvr: { group: '', version: 'v1', resource: 'namespaces' },
  gvk: { group: '', version: 'v1', kind: 'Namespace' },
  namespaced: false,
};

/**
 * Reads the object of the info from the server and returns it. @throws StatusError; for an object not found in a namespace
 * that is not there either, the error speaks of the namespace. Upstream: resource.Info.Get.
 */
export async function getInfo(
  rest: RestClient,
  info: Info,
  asTable = false,
  includesObjects = false,
): Promise<Unstructured> {
  const { mapping, namespace, name, subresource } = info;
  const includeObject = includesObjects ? ('Object' as const) : undefined;
  const options = { subresource: subresource || undefined, asTable: asTable || undefined, includeObject };
  try {
    info.object = await rest.get(mapping, { namespace: namespace || undefined, name }, options);
    return info.object;
  } catch (error) {
    if (isNotFound(error) && namespace !== '' && namespace !== 'default') await requireNamespaceExists(rest, namespace);
    throw error;
  }
}

async function requireNamespaceExists(rest: RestClient, namespace: string): Promise<void> {
  try {
    await rest.get(NAMESPACES, { name: namespace });
  } catch (error) {
    if (isNotFound(error)) throw error;
  }
}

/** One object named by arguments. */
export function infoVisitor(info: Info): Visitor {
  return { visit: (fn) => fn(info) };
}

/** One after another; the first error ends it. */
export function visitorList(visitors: readonly Visitor[]): Visitor {
  return {
    async visit(fn) {
      for (const visitor of visitors) await visitor.visit(fn);
    },
  };
}

/** One after another; errors are collected, and always come as an aggregate. */
export function eagerVisitorList(visitors: readonly Visitor[]): Visitor {
  return {
    async visit(fn) {
      const errors: Error[] = [];
      for (const visitor of visitors) await collect(errors, () => visitor.visit(collectingVisit(errors, fn)));
      throwAggregate(errors);
    },
  };
}

/** Errors are collected; a single one is thrown as it is. Upstream: ContinueOnErrorVisitor. */
export function continueOnErrorVisitor(visitor: Visitor): Visitor {
  return {
    async visit(fn) {
      const errors: Error[] = [];
      await collect(errors, () => visitor.visit(collectingVisit(errors, fn)));
      if (errors.length === 1 && errors[0]) throw errors[0];
      throwAggregate(errors);
    },
  };
}

function collectingVisit(errors: Error[], fn: VisitorFunc): VisitorFunc {
  return async (info, error) => {
    if (error) errors.push(error);
    else await collect(errors, () => fn(info));
  };
}

async function collect(errors: Error[], action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    errors.push(error as Error);
  }
}

/** Runs the decorators on each info before the function sees it. */
export function decoratedVisitor(visitor: Visitor, decorators: readonly ((info: Info) => Promise<void>)[]): Visitor {
  return {
    visit: (fn) =>
      visitor.visit(async (info, error) => {
        if (error) throw error;
        if (!info) return;
        for (const decorate of decorators) await decorate(info);
        await fn(info);
      }),
  };
}

export function filteredVisitor(visitor: Visitor, selector: LabelSelector): Visitor {
  return {
    visit: (fn) =>
      visitor.visit(async (info, error) => {
        if (error) throw error;
        if (info && matchesLabels(selector, info.object?.metadata?.labels ?? {})) await fn(info);
      }),
  };
}

/** Returns true for a list as the API and manifests have it: an object with an array of items. */
export function isList(object: Unstructured | undefined): object is Unstructured & { items: unknown[] } {
  return object !== undefined && Array.isArray(object['items']);
}

/** Returns the items, lists in lists taken apart; items of a typed list get the kind its name tells. */
export function extractItems(list: Unstructured): Unstructured[] {
  if (!isList(list)) return [list];
  return list.items.flatMap((item) => {
    const object = item as Unstructured;
    if (object.kind !== undefined && object.kind !== '') return extractItems(object);
    const kind = list.kind.endsWith('List') ? list.kind.slice(0, -'List'.length) : list.kind;
    return extractItems({ ...object, apiVersion: list.apiVersion, kind });
  });
}

export function flattenVisitor(visitor: Visitor, context: VisitorContext): Visitor {
  return {
    visit: (fn) =>
      visitor.visit(async (info, error) => {
        if (error) throw error;
        if (!info) return;
        if (!isList(info.object)) {
          await fn(info);
          return;
        }
        const errors: Error[] = [];
        for (const item of extractItems(info.object))
          await collect(errors, async () => fn({ ...(await infoForObject(item, context)), source: info.source }));
        throwAggregate(errors);
      }),
  };
}

async function infoForObject(object: Unstructured, context: VisitorContext): Promise<Info> {
  const { name = '', namespace = '' } = object.metadata ?? {};
  const mapping = await mappingOf(object, context, (message) => new Error(`unable to recognize ${message}`));
  return { mapping, name, namespace, source: '', object, subresource: '' };
}

/** Returns the mapping of what a manifest calls itself; locally one that is made up from its kind. @throws what `fail` makes. */
export async function mappingOf(
  object: Unstructured,
  context: VisitorContext,
  fail: (message: string) => Error,
): Promise<RESTMapping> {
  const gvk = { ...parseGroupVersion(object.apiVersion ?? ''), kind: object.kind };
  if (context.isLocal) {
    const gvr = { group: gvk.group, version: gvk.version, resource: `${gvk.kind.toLowerCase()}s` };
    return { gvr, gvk, namespaced: (object.metadata?.namespace ?? '') !== '' };
  }
  const mapper = await context.mapper(0);
  try {
    return mapper.mappingFor(gvk);
  } catch (error) {
    const mapping = unservedKind(mapper, gvk);
    if (mapping) return mapping;
    throw fail((error as Error).message);
  }
}

/** Upstream's mapper also knows each kind in lower case, and its list; only the server refuses them. */
function unservedKind(mapper: RESTMapper, gvk: GroupVersionKind): RESTMapping | undefined {
  const found = mapper.resources().find((r) => {
    if (r.group !== gvk.group || r.version !== gvk.version) return false;
    return r.kind.toLowerCase() === gvk.kind || `${r.kind}List` === gvk.kind;
  });
  if (!found) return undefined;
  const resource = found.kind.toLowerCase() === gvk.kind ? found.name : `${gvk.kind.toLowerCase()}s`;
  return { gvr: { group: gvk.group, version: gvk.version, resource }, gvk, namespaced: found.namespaced };
}

/** All objects of a type that match: one list a page. */
export function selectorVisitor(
  context: VisitorContext,
  source: { mapping: RESTMapping; namespace: string; labelSelector: string; fieldSelector: string; limit: number },
): Visitor {
  const { mapping, namespace, labelSelector, fieldSelector, limit } = source;
  return {
    async visit(fn) {
      const rest = await context.rest();
      let next: string | undefined;
      do {
        const list = await listPage(rest, next);
        if (context.scheme !== '') requireRegistered(list, context.scheme);
        next = (list.metadata as { continue?: string } | undefined)?.continue || undefined;
        await fn({ mapping, namespace, name: '', source: '', object: list, subresource: '' });
      } while (next !== undefined);
    },
  };

  async function listPage(rest: RestClient, token: string | undefined): Promise<Unstructured> {
    try {
      return await rest.list(mapping, namespace || undefined, {
        labelSelector: labelSelector || undefined,
        fieldSelector: fieldSelector || undefined,
        limit: limit > 0 ? limit : undefined,
        continue: token,
        asTable: context.asTable || undefined,
        includeObject: context.includesObjects ? 'Object' : undefined,
      });
    } catch (error) {
      throw enhanceListError(error as Error, source);
    }
  }
}

/** Upstream: resource.EnhanceListError. */
function enhanceListError(
  error: Error,
  source: { mapping: RESTMapping; labelSelector: string; fieldSelector: string },
): Error {
  const reason = reasonOf(error);
  if (!(error instanceof StatusError) || (reason !== 'BadRequest' && reason !== 'NotFound')) return error;
  const { group, version, resource } = source.mapping.gvr;
  const subject = JSON.stringify(`${group}/${version}, Resource=${resource}`);
  const selectors = `label selector ${JSON.stringify(source.labelSelector)}, field selector ${JSON.stringify(source.fieldSelector)}`;
  const head =
    source.labelSelector === '' && source.fieldSelector === ''
      ? `Unable to list ${subject}`
      : `Unable to find ${subject} that match ${selectors}`;
  return new StatusError({ ...error.status, message: `${head}: ${error.message}` });
}

/** Decorators. Upstream: SetNamespace, RequireNamespace, FilterNamespace, RetrieveLazy, RetrieveLatest. */
export function setNamespace(namespace: string) {
  return async (info: Info): Promise<void> => {
    if (info.mapping.namespaced && info.namespace === '') writeNamespace(info, namespace);
  };
}

export function requireNamespace(namespace: string) {
  return async (info: Info): Promise<void> => {
    if (!info.mapping.namespaced) return;
    if (info.namespace === '') writeNamespace(info, namespace);
    else if (info.namespace !== namespace)
      throw new Error(
        `the namespace from the provided object ${JSON.stringify(info.namespace)} does not match the namespace ` +
          `${JSON.stringify(namespace)}. You must pass '--namespace=${info.namespace}' to perform this operation.`,
      );
  };
}

export function filterNamespace(isLocal: boolean) {
  return async (info: Info): Promise<void> => {
    if (isLocal || info.mapping.namespaced) return;
    if (info.namespace !== '' || info.object?.metadata?.namespace !== undefined) writeNamespace(info, '');
  };
}

function writeNamespace(info: Info, namespace: string): void {
  info.namespace = namespace;
  if (!info.object || isList(info.object)) return;
  const object = clone(info.object);
  const { namespace: _, ...metadata } = object.metadata ?? { name: '' };
  info.object = { ...object, metadata: namespace === '' ? metadata : { ...metadata, namespace } };
}

export function retrieveLazy(context: VisitorContext) {
  return async (info: Info): Promise<void> => {
    if (info.object === undefined) await retrieve(info, context);
  };
}

export function retrieveLatest(context: VisitorContext) {
  return async (info: Info): Promise<void> => {
    if (isList(info.object))
      throw new Error(
        'watch is only supported on individual resources and resource collections, but a list of resources is found',
      );
    if (info.name === '') return;
    if (info.mapping.namespaced && info.namespace === '') {
      const { group, version, resource } = info.mapping.gvr;
      throw new Error(
        `no namespace set on resource ${group}/${version}, Resource=${resource} ${JSON.stringify(info.name)}`,
      );
    }
    await retrieve(info, context);
  };
}

async function retrieve(info: Info, { rest, asTable, includesObjects, scheme }: VisitorContext): Promise<void> {
  const object = await getInfo(await rest(), info, asTable, includesObjects);
  if (scheme !== '') requireRegistered(object, scheme);
}

/** Returns true when the error is an aggregate of nothing but errors of the given test. */
export function filterOut(error: unknown, isIgnored: (error: Error) => boolean): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  if (!(error instanceof Aggregate)) return isIgnored(error) ? undefined : error;
  const left = error.errors.map((e) => filterOut(e, isIgnored)).filter((e) => e !== undefined);
  return left.length === 0 ? undefined : new Aggregate(left);
}
