// REST over a transport: paths, queries and bodies of the API; refusals become StatusErrors.
// Called by: cli. Must not know: whether the server is in process. Upstream: cli-runtime pkg/resource/helper.go, client-go/rest.
import { unmarshalJson } from '../machinery/gojson.ts';
import { StatusError, type Status } from '../machinery/status.ts';
import { groupVersionString, type KubeObject, type Unstructured } from '../machinery/types.ts';
import { errorFrom, unstructuredError } from './responses.ts';
import type { ApiRequest, ApiResponse, PortConnection, StreamIO, Transport, WatchEvent } from './transport.ts';
import type { ListOptions, PatchType, RequestOptions, RestClient, RESTMapping, TableOrObject } from './types.ts';

export interface RestClientOptions {
  /** Takes the texts of `Warning:` headers, in order. */
  onWarning?: ((text: string) => void) | undefined;
  serverUrl?: string | undefined;
  /** 'kubectl/v1.35.2 (linux/amd64)'. */
  userAgent?: string | undefined;
  impersonate?:
    | { user: string; uid: string; groups: readonly string[]; extra: ReadonlyMap<string, readonly string[]> }
    | undefined;
}

interface Key {
  namespace?: string | undefined;
  name: string;
}
type IncludeObject = 'Metadata' | 'Object' | 'None';
interface FormOptions {
  asTable?: boolean | undefined;
  includeObject?: IncludeObject | undefined;
}

const JSON_TYPE = 'application/json';
// What the server takes for the field manager of writes that name none.
const USER_AGENT = 'kubectl/v1.35.2 (linux/amd64)';
const AS_TABLE =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

export function createRestClient(transport: Transport, options: RestClientOptions = {}): RestClient {
  return new TransportRestClient(transport, options);
}

class TransportRestClient implements RestClient {
  readonly serverUrl: string;
  readonly #transport: Transport;
  readonly #options: RestClientOptions;

  constructor(transport: Transport, options: RestClientOptions) {
    this.#transport = transport;
    this.#options = options;
    this.serverUrl = options.serverUrl ?? '';
  }

  async get(mapping: RESTMapping, key: Key, options: FormOptions & { subresource?: string | undefined } = {}) {
    const request = this.#request('GET', pathOf(mapping, key, options.subresource), formQuery(options));
    if (options.asTable) request.headers['accept'] = AS_TABLE;
    return (await this.#send(request, mapping, key.name)) as Unstructured;
  }

  async list(mapping: RESTMapping, namespace: string | undefined, options: ListOptions & FormOptions = {}) {
    const request = this.#request('GET', collectionOf(mapping, namespace), listQuery(options));
    if (options.asTable) request.headers['accept'] = AS_TABLE;
    return withItemKinds((await this.#send(request, mapping)) as TableOrObject);
  }

  async create(
    mapping: RESTMapping,
    namespace: string | undefined,
    object: object,
    options: RequestOptions & { name?: string | undefined } = {},
  ) {
    const path = options.name
      ? pathOf(mapping, { namespace, name: options.name }, options.subresource)
      : collectionOf(mapping, namespace);
    const request = this.#request('POST', path, writeQuery(options), object);
    return (await this.#send(request, mapping, options.name)) as Unstructured;
  }

  async update(mapping: RESTMapping, key: Key, object: object, options: RequestOptions = {}) {
    const request = this.#request('PUT', pathOf(mapping, key, options.subresource), writeQuery(options), object);
    return (await this.#send(request, mapping, key.name)) as Unstructured;
  }

  async patch(mapping: RESTMapping, key: Key, type: PatchType, patch: unknown, options: RequestOptions = {}) {
    const request = this.#request('PATCH', pathOf(mapping, key, options.subresource), writeQuery(options), patch);
    request.headers['content-type'] = type;
    return (await this.#send(request, mapping, key.name)) as Unstructured;
  }

  async delete(mapping: RESTMapping, key: Key, body: object = {}, options: RequestOptions = {}) {
    const dryRun = options.dryRun ? { dryRun: [options.dryRun] } : {};
    const deleteOptions = { kind: 'DeleteOptions', apiVersion: 'v1', ...body, ...dryRun };
    const request = this.#request('DELETE', pathOf(mapping, key), new URLSearchParams(), deleteOptions);
    return (await this.#send(request, mapping, key.name)) as KubeObject | Status;
  }

  async *watch(
    mapping: RESTMapping,
    namespace: string | undefined,
    options: ListOptions &
      FormOptions & {
        timeoutMs?: number | undefined;
        sendInitialEvents?: boolean | undefined;
        signal?: AbortSignal | undefined;
      },
  ): AsyncIterable<WatchEvent> {
    const query = listQuery(options);
    query.set('watch', 'true');
    if (options.timeoutMs !== undefined) query.set('timeoutSeconds', String(Math.ceil(options.timeoutMs / 1000)));
    if (options.sendInitialEvents !== undefined) {
      query.set('sendInitialEvents', String(options.sendInitialEvents));
      query.set('allowWatchBookmarks', 'true');
      query.set('resourceVersionMatch', 'NotOlderThan');
    }
    const request = this.#request('GET', collectionOf(mapping, namespace), query);
    if (options.asTable) request.headers['accept'] = AS_TABLE;
    yield* this.#transport.watch(request, options.signal);
  }

  async raw(method: string, pathAndQuery: string, body?: string | Uint8Array): Promise<string> {
    const at = pathAndQuery.indexOf('?');
    const path = at < 0 ? pathAndQuery : pathAndQuery.slice(0, at);
    const query = new URLSearchParams(at < 0 ? '' : pathAndQuery.slice(at + 1));
    const response = await this.#exchange(this.#request(method, path, query, body), { isStream: true });
    if (response.text !== undefined) return response.text;
    if (response.bytes !== undefined) return Buffer.from(response.bytes).toString();
    const { encodeBody } = await import('../apiserver/encoding.ts');
    return response.body === undefined ? '' : encodeBody(response.body, { isPretty: response.isIndented ?? false });
  }

  async document(path: string, accept: string): Promise<unknown> {
    const request = this.#request('GET', path, new URLSearchParams());
    request.headers['accept'] = accept;
    const response = await this.#exchange(request, { isUnstructured: true });
    const text = (): string => response.text ?? Buffer.from(response.bytes ?? []).toString();
    return response.bytes === undefined && response.body !== undefined ? response.body : unmarshalJson(text());
  }

  stream(path: string, query: URLSearchParams, io: StreamIO): Promise<Status> {
    const method = path.endsWith('/log') ? 'GET' : 'POST';
    return this.#transport.stream(this.#request(method, path, query), io);
  }

  openPort(namespace: string, pod: string, port: number): Promise<PortConnection> {
    return this.#transport.openPort(this.#portForward(namespace, pod), port);
  }

  /** What else a server may say of a request without an upgrade tells nothing. */
  async checkPortForward(namespace: string, pod: string): Promise<void> {
    const request = this.#portForward(namespace, pod);
    const response = await this.#transport.request(request);
    if ([401, 403, 404].includes(response.status)) throw errorFrom(response, request.method);
  }

  #portForward(namespace: string, pod: string): ApiRequest {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward`;
    return this.#request('POST', path, new URLSearchParams());
  }

  #request(method: string, path: string, query: URLSearchParams, body?: unknown): ApiRequest {
    const headers: Record<string, string> = { accept: JSON_TYPE };
    if (body !== undefined) headers['content-type'] = JSON_TYPE;
    headers['user-agent'] = this.#options.userAgent || USER_AGENT;
    impersonate(headers, this.#options.impersonate);
    return { method, path, query, headers, ...(body === undefined ? {} : { body }) };
  }

  async #exchange(
    request: ApiRequest,
    about: { subject?: { mapping: RESTMapping; name: string }; isUnstructured?: boolean; isStream?: boolean } = {},
  ): Promise<ApiResponse> {
    const response = await this.#transport.request(request, { isStream: about.isStream === true });
    for (const text of response.warnings) this.#options.onWarning?.(text);
    if (response.status >= 200 && response.status < 300) return response;
    const make = about.isUnstructured ? unstructuredError : errorFrom;
    throw make(response, request.method, about.subject);
  }

  async #send(request: ApiRequest, mapping: RESTMapping, name = ''): Promise<unknown> {
    const { body } = await this.#exchange(request, { subject: { mapping, name } });
    const status = body as Partial<Status> | undefined;
    if (status?.kind === 'Status' && status.status === 'Failure') throw new StatusError(status as Status);
    return body;
  }
}

function impersonate(headers: Record<string, string>, who: RestClientOptions['impersonate']): void {
  if (!who || who.user === '') return;
  headers['impersonate-user'] = who.user;
  if (who.uid !== '') headers['impersonate-uid'] = who.uid;
  if (who.groups.length > 0) headers['impersonate-group'] = who.groups.join('\n');
  for (const [key, values] of who.extra)
    headers[`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`] = values.join('\n');
}

/** Returns '/api/v1/namespaces/default/pods', or the path across namespaces. */
function collectionOf({ gvr, namespaced }: RESTMapping, namespace: string | undefined): string {
  const root = gvr.group === '' ? `/api/${gvr.version}` : `/apis/${groupVersionString(gvr)}`;
  return `${root}${namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : ''}/${gvr.resource}`;
}

function pathOf(mapping: RESTMapping, { namespace, name }: Key, subresource?: string): string {
  const tail = subresource ? `/${subresource}` : '';
  return `${collectionOf(mapping, namespace)}/${encodeURIComponent(name)}${tail}`;
}

function formQuery({ includeObject }: FormOptions): URLSearchParams {
  return new URLSearchParams(includeObject ? { includeObject } : {});
}

function listQuery(options: ListOptions & FormOptions): URLSearchParams {
  const query = formQuery(options);
  const { labelSelector, fieldSelector, limit, resourceVersion } = options;
  if (labelSelector) query.set('labelSelector', labelSelector);
  if (fieldSelector) query.set('fieldSelector', fieldSelector);
  if (limit) query.set('limit', String(limit));
  if (options.continue) query.set('continue', options.continue);
  if (resourceVersion !== undefined) query.set('resourceVersion', resourceVersion);
  return query;
}

function writeQuery({ dryRun, fieldManager, fieldValidation, force }: RequestOptions): URLSearchParams {
  const query = new URLSearchParams();
  if (dryRun) query.set('dryRun', dryRun);
  if (fieldManager) query.set('fieldManager', fieldManager);
  if (fieldValidation) query.set('fieldValidation', fieldValidation);
  if (force !== undefined) query.set('force', String(force));
  return query;
}

// Lists over HTTPS leave kind and apiVersion out of their items. Upstream: unstructured's list decoder puts them back.
function withItemKinds(list: TableOrObject): TableOrObject {
  const { kind, apiVersion, items } = list;
  const first = items?.[0];
  if (!first || first.kind || !kind.endsWith('List')) return list;
  const itemKind = kind.slice(0, -'List'.length);
  for (const item of items) {
    item.apiVersion ||= apiVersion;
    item.kind ||= itemKind;
  }
  return list;
}
