// Lists: selection, pages, continue tokens.
// Called by: handler. Must not know: HTTP, output forms.
import { keyString } from '../machinery/meta.ts';
import { newBadRequest, newResourceExpired, newTimeout } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import { parseResourceVersion, predicateFor, requestedName, type ListOptions } from './listoptions.ts';
import type { Registry } from './registry.ts';
import type { ServedResource } from './scheme.ts';
import type { ListMeta } from './tables.ts';

export interface Page {
  /** In hub form, shared. */
  objects: readonly KubeObject[];
  metadata: ListMeta;
}

interface Token {
  v: string;
  rv: number;
  /** The key after which the next page starts. */
  start: string;
}

/** @throws StatusError for a token or a version that cannot be served. Upstream: apiserver pkg/storage/etcd3/store.go GetList. */
export function listPage(
  registry: Registry,
  { definition }: ServedResource,
  namespace: string | undefined,
  options: ListOptions,
): Page {
  const { revision } = registry.context.store;
  checkVersion(options, revision);
  const predicate = predicateFor(definition, options);
  const name = requestedName(options);
  const candidates =
    name !== undefined && (namespace !== undefined || !definition.namespaced) && !definition.virtual
      ? [registry.find(definition, { namespace, name })].filter((o) => o !== undefined)
      : registry.list(definition, namespace);
  const selected = predicate ? candidates.filter(predicate) : candidates;
  const token = options.continueToken === '' ? undefined : decodeToken(options.continueToken);
  const rest = token ? selected.slice(firstAfter(selected, token.start)) : selected;
  const metadata: ListMeta = { resourceVersion: String(token?.rv ?? revision) };
  if (options.limit <= 0 || rest.length <= options.limit) return { objects: rest, metadata };
  const objects = rest.slice(0, options.limit);
  const last = objects.at(-1) as KubeObject;
  metadata.continue = encodeToken({ v: 'meta.k8s.io/v1', rv: token?.rv ?? revision, start: keyString(last.metadata) });
  if (!predicate) metadata.remainingItemCount = rest.length - objects.length;
  return { objects, metadata };
}

function checkVersion({ resourceVersion, resourceVersionMatch }: ListOptions, current: number): void {
  const wanted = parseResourceVersion(resourceVersion);
  if (wanted > current) {
    const error = newTimeout(`Too large resource version: ${wanted}, current: ${current}`, 1);
    const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
    error.status.details = { ...error.status.details, causes };
    throw error;
  }
  // Only the newest state is kept as a whole.
  if (resourceVersionMatch === 'Exact' && wanted < current)
    throw newResourceExpired('The resourceVersion for the provided list is too old.');
}

function firstAfter(objects: readonly KubeObject[], start: string): number {
  const index = objects.findIndex((o) => keyString(o.metadata) === start);
  if (index >= 0) return index + 1;
  const next = objects.findIndex((o) => keyString(o.metadata) > start);
  return next < 0 ? objects.length : next;
}

function encodeToken(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function decodeToken(text: string): Token {
  let token: Partial<Token>;
  try {
    token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Token>;
  } catch {
    throw newBadRequest(`invalid continue token: continue key is not valid: invalid character in token`);
  }
  if (token.v !== 'meta.k8s.io/v1' || typeof token.start !== 'string' || typeof token.rv !== 'number')
    throw newBadRequest(
      'invalid continue token: continue key is not valid: server does not recognize this encoded version',
    );
  return { v: token.v, rv: token.rv, start: token.start };
}
