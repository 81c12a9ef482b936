// Lists: of which state, selection, pages.
// Called by: handler. Must not know: HTTP, output forms.
// Upstream: apiserver pkg/storage/interfaces.go ValidateListOptions, pkg/storage/cacher GetList, pkg/storage/etcd3/errors.go.
import { newBadRequest, newResourceExpired, newTimeout, StatusError } from '../machinery/status.ts';
import { groupResourceString, type KubeObject } from '../machinery/types.ts';
import { compareBytes } from '../storage/order.ts';
import { objectsAt } from '../storage/snapshot.ts';
import { decodeContinue, encodeContinue, NEWEST, type ContinueToken } from './continuetokens.ts';
import {
  parseResourceVersion,
  predicateFor,
  requestedName,
  requestedNamespace,
  type ListOptions,
} from './listoptions.ts';
import { readStored } from './registry.context.ts';
import type { Registry } from './registry.ts';
import type { ServedResource } from './scheme.ts';
import type { ListMeta } from './tables.ts';

export interface Page {
  /** In hub form, shared. */
  objects: readonly KubeObject[];
  metadata: ListMeta;
}

interface Place {
  /** 0 for the newest. */
  revision: number;
  token?: ContinueToken;
}

/** @throws StatusError for a token or a version that cannot be served. */
export function listPage(
  registry: Registry,
  served: ServedResource,
  asked: string | undefined,
  options: ListOptions,
): Page {
  const { definition } = served;
  const { store } = registry.context;
  // What is computed is in no state and comes whole.
  if (definition.virtual) return { objects: computed(registry, served, asked, options), metadata: {} };
  const namespace = asked ?? (definition.namespaced ? requestedNamespace(options) : undefined);
  const name = requestedName(options);
  const isSingle = name !== undefined && (namespace !== undefined || !definition.namespaced);
  const place = placeOf(options, { current: store.revision, isSingle });
  const metadata: ListMeta = { resourceVersion: String(place.revision || store.revision) };
  const predicate = predicateFor(served, options);
  if (isSingle && place.revision === 0) {
    const found = registry.find(definition, { namespace, name });
    return { objects: found && (!predicate || predicate(found)) ? [found] : [], metadata };
  }
  const candidates =
    place.revision === 0
      ? registry.list(definition, namespace)
      : objectsThen(registry, { definition, namespace, place });
  // What comes from the newest state in memory comes whole.
  const limit = options.resourceVersion === '0' ? 0 : Math.max(0, options.limit);
  const keyOf = keysIn(namespace);
  const start = place.token ? firstFrom(candidates, place.token.startKey, keyOf) : 0;
  if (limit === 0) {
    const rest = start === 0 ? candidates : candidates.slice(start);
    return { objects: predicate ? rest.filter(predicate) : rest, metadata };
  }
  const { objects, hasMore } = pageFrom(candidates, { start, limit, predicate });
  const last = objects.at(-1);
  if (!hasMore || !last) return { objects, metadata };
  const revision = place.revision || store.revision;
  metadata.continue = encodeContinue({ revision, startKey: `${keyOf(last)}\0` });
  if (!predicate) metadata.remainingItemCount = candidates.length - start - limit;
  return { objects, metadata };
}

function computed(
  registry: Registry,
  served: ServedResource,
  namespace: string | undefined,
  options: ListOptions,
): readonly KubeObject[] {
  const predicate = predicateFor(served, options);
  const objects = registry.list(served.definition, namespace);
  return predicate ? objects.filter(predicate) : objects;
}

function pageFrom(
  candidates: readonly KubeObject[],
  { start, limit, predicate }: { start: number; limit: number; predicate: ((o: KubeObject) => boolean) | undefined },
): { objects: KubeObject[]; hasMore: boolean } {
  const objects: KubeObject[] = [];
  for (let i = start; i < candidates.length; i++) {
    const candidate = candidates[i] as KubeObject;
    if (predicate && !predicate(candidate)) continue;
    objects.push(candidate);
    // Whether what is left is in the selection is not looked at.
    if (objects.length >= limit) return { objects, hasMore: i < candidates.length - 1 };
  }
  return { objects, hasMore: false };
}

// Which state the client wants to see.
function placeOf(options: ListOptions, { current, isSingle }: { current: number; isSingle: boolean }): Place {
  const { resourceVersion, resourceVersionMatch: match, limit, continueToken } = options;
  if (continueToken !== '' && !isSingle) {
    const token = decodeContinue(continueToken);
    if (resourceVersion !== '' && resourceVersion !== '0')
      throw newBadRequest('specifying resource version is not allowed when using continue');
    if (token.revision <= NEWEST) return { revision: 0, token };
    if (token.revision > current) throw tooLarge(token.revision, current, 0);
    return { revision: token.revision, token };
  }
  const wanted = parseResourceVersion(resourceVersion, (why) => newBadRequest(`invalid resource version: ${why}`));
  const isExact = match === 'Exact' || (match === '' && limit > 0 && wanted > 0 && !isSingle);
  if (wanted > current) throw tooLarge(wanted, current, isExact ? 0 : 1);
  return { revision: isExact ? wanted : 0 };
}

/** The 504 for a version that is yet to come. Upstream: storage.NewTooLargeResourceVersionError. */
export function tooLarge(wanted: number, current: number, retryAfterSeconds: number): StatusError {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return newTimeout(`Too large resource version: ${wanted}, current: ${current}`, retryAfterSeconds, causes);
}

function objectsThen(
  { context }: Registry,
  {
    definition,
    namespace,
    place,
  }: { definition: ServedResource['definition']; namespace: string | undefined; place: Place },
): readonly KubeObject[] {
  const { revision, token } = place;
  try {
    const objects = objectsAt(context.store, { resource: groupResourceString(definition.gvr), namespace, revision });
    return definition.custom ? objects.map((object) => readStored(definition, object)) : objects;
  } catch (error) {
    if (!(error instanceof StatusError) || error.status.reason !== 'Expired') throw error;
    throw token ? continueExpired(token) : newResourceExpired('The resourceVersion for the provided list is too old.');
  }
}

function continueExpired(token: ContinueToken): StatusError {
  const error = newResourceExpired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
      'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
      'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
      'deleted between the time the first chunk was returned and now may show up in the list.',
  );
  error.status.metadata = { continue: encodeContinue({ ...token, revision: NEWEST }) };
  return error;
}

// Keys as tokens have them: below the namespace of the list, if it is of one.
function keysIn(namespace: string | undefined): (object: KubeObject) => string {
  return ({ metadata }) =>
    namespace === undefined && metadata.namespace !== undefined
      ? `${metadata.namespace}/${metadata.name}`
      : metadata.name;
}

function firstFrom(objects: readonly KubeObject[], start: string, keyOf: (object: KubeObject) => string): number {
  let low = 0;
  let high = objects.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(keyOf(objects[middle] as KubeObject), start) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
