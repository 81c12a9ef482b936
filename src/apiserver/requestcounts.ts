// Counts requests as the server answers them.
// Called by: handler.ts, which counts; documents.metrics.ts, which shows. Must not know: HTTP, how counts are written.
// Upstream: apiserver pkg/endpoints/metrics MonitorRequest. Differs: a watch counts when it begins.
import { contentTypeOf } from './negotiation.ts';
import { APPLY_PATCH } from './patching.ts';
import type { RequestInfo } from './requestinfo.ts';
import type { ApiRequest, ApiResponse } from './types.ts';

export type Labels = Readonly<Record<string, string>>;

const VERBS: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
};
const CONNECTED: readonly string[] = ['exec', 'attach', 'portforward', 'proxy'];

export class RequestCounts {
  readonly #counts = new Map<string, { labels: Labels; count: number }>();

  add(info: RequestInfo, request: ApiRequest, { status }: ApiResponse): void {
    const labels = labelsOf(info, request, status);
    const key = JSON.stringify(labels);
    const found = this.#counts.get(key);
    if (found) found.count++;
    else this.#counts.set(key, { labels, count: 1 });
  }

  /** Returns the counts by the labels' text. */
  entries(): { labels: Labels; count: number }[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  }
}

function labelsOf(info: RequestInfo, request: ApiRequest, status: number): Labels {
  const { group, version, resource, subresource, name, namespace, verb, isResourceRequest } = info;
  const scope = name !== '' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster';
  const isApply = verb === 'patch' && contentTypeOf(request.headers) === APPLY_PATCH;
  const word = CONNECTED.includes(subresource) ? 'CONNECT' : isApply ? 'APPLY' : (VERBS[verb] ?? verb.toUpperCase());
  return {
    code: String(status),
    component: 'apiserver',
    dry_run: request.query.get('dryRun') ?? '',
    group,
    resource,
    scope: isResourceRequest ? scope : '',
    subresource: isResourceRequest ? subresource : `/${info.segments.join('/')}`,
    verb: isResourceRequest ? word : request.method,
    version,
  };
}
