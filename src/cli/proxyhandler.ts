// One HTTP request of a browser or curl, passed on to the API server; files of a folder beside it.
// Called by: commands/proxy.ts. Must not know: sockets. Upstream: kubectl pkg/proxy/proxy_server.go.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { posix } from 'node:path';
import { encodeBody } from '../client/encoding.ts';
import type { ApiRequest, ApiResponse, Transport, WatchEvent } from '../client/transport.ts';
import { StatusError } from '../machinery/status.ts';
import { toYaml } from '../machinery/yaml.ts';
import { serveFile } from './proxyfiles.ts';

export interface ProxyFilter {
  acceptHosts: readonly RegExp[];
  acceptPaths: readonly RegExp[];
  rejectPaths: readonly RegExp[];
  rejectMethods: readonly RegExp[];
}

export interface ProxyHandlerOptions {
  transport: Transport;
  /** Ends in a slash. */
  apiPrefix: string;
  /** undefined: every request is answered. */
  filter: ProxyFilter | undefined;
  /** Folder of files to serve; undefined for none. */
  www: string | undefined;
  wwwPrefix: string;
  /** Put in front of every path. */
  serverPath: string;
  /** Called when a request is answered: others may write again. */
  afterRequest(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Where the dashboard answers; the API server of old redirected there. */
const DASHBOARD = '/api/v1/namespaces/kube-system/services/kubernetes-dashboard/proxy/';
const YAML = 'application/yaml';
/** How long a watch may take to be refused before the client is told that it has begun. */
const REFUSAL_MS = 50;

/** Returns the function that answers requests. It never rejects for what the server refuses. */
export function createProxyHandler(options: ProxyHandlerOptions): Handler {
  let last: Promise<unknown> = Promise.resolve();
  // Requests work on the cluster one after another: each lets go of it when it is done.
  const exclusively: Exclusively = (work) => {
    const next = last.then(work).finally(options.afterRequest);
    last = next.catch(() => undefined);
    return next;
  };
  return async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const { www, wwwPrefix, apiPrefix, filter } = options;
    const isFolder = www !== undefined && `${pathname}/` === wwwPrefix;
    const asked = (request.url ?? '/').replace(/\?[^]*$/, '');
    const clean = `${posix.normalize(asked)}${isFolder ? '/' : ''}`;
    if (asked.startsWith('/') && clean !== asked) return sendElsewhere(request, response, clean + search);
    if (www !== undefined && pathname.startsWith(wwwPrefix) && wwwPrefix.length >= apiPrefix.length) {
      serveFile(response, { folder: www, path: pathname.slice(wwwPrefix.length), url: pathname });
      return;
    }
    const path = apiPath(pathname, apiPrefix);
    if (path === undefined) return sendText(response, 404, '404 page not found\n');
    if (filter && !isAccepted(filter, request, path)) return sendText(response, 403, 'Forbidden\n');
    if (path === '/ui' || path === '/ui/') {
      response.writeHead(307, { location: DASHBOARD }).end();
      return;
    }
    await forward(request, response, { ...options, path, exclusively });
  };
}

type Exclusively = <T>(work: () => Promise<T>) => Promise<T>;

/** Returns the path that the API server gets, undefined when the request is for somewhere else. */
function apiPath(pathname: string, prefix: string): string | undefined {
  if (!pathname.startsWith(prefix)) return undefined;
  if (prefix.startsWith('/api')) return pathname;
  const rest = pathname.slice(prefix.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function isAccepted(filter: ProxyFilter, { method = 'GET', headers }: IncomingMessage, path: string): boolean {
  const host = (headers.host ?? '').replace(/^\[(.*)\]:\d+$/, '$1').replace(/^([^:]*):\d+$/, '$1');
  const decoded = decodeURI(path);
  if (matchesAny(filter.rejectPaths, decoded) || matchesAny(filter.rejectMethods, method)) return false;
  return matchesAny(filter.acceptPaths, decoded) && matchesAny(filter.acceptHosts, host);
}

function matchesAny(patterns: readonly RegExp[], text: string): boolean {
  return patterns.some((pattern) => pattern.test(text));
}

/** Upstream: Go net/http ServeMux: paths are asked for in one form only. */
function sendElsewhere({ method }: IncomingMessage, response: ServerResponse, location: string): void {
  response.writeHead(301, { location, 'content-type': 'text/html; charset=utf-8' });
  response.end(method === 'GET' ? `<a href="${location.replaceAll('&', '&amp;')}">Moved Permanently</a>.\n\n` : '');
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

interface Forwarding extends ProxyHandlerOptions {
  path: string;
  exclusively: Exclusively;
}

async function forward(request: IncomingMessage, response: ServerResponse, options: Forwarding): Promise<void> {
  const { transport, exclusively } = options;
  const forwarded = await apiRequest(request, options);
  const isWatch = ['true', '1'].includes(forwarded.query.get('watch') ?? '') || /\/v\d\w*\/watch\//.test(options.path);
  if (isWatch && forwarded.method === 'GET') return streamWatch(response, forwarded, options);
  if (options.path.endsWith('/log') && ['true', '1'].includes(forwarded.query.get('follow') ?? ''))
    return streamLog(response, forwarded, options);
  const answer = await exclusively(() => transport.request(forwarded));
  sendAnswer(response, forwarded, answer);
}

async function apiRequest(request: IncomingMessage, { path, serverPath }: Forwarding): Promise<ApiRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const { searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && name !== 'host') headers[name] = Array.isArray(value) ? value.join(',') : value;
  const body = Buffer.concat(chunks);
  return {
    method: request.method ?? 'GET',
    path: serverPath.replace(/\/$/, '') + path,
    query,
    headers,
    ...(body.length > 0 ? { body } : {}),
  };
}

/** Headers of the connection to the server, which are not those of the one to the client. */
const OF_A_HOP = new Set(['connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding']);

function sendAnswer(response: ServerResponse, request: ApiRequest, answer: ApiResponse): void {
  const { status, headers, warnings, bytes } = answer;
  for (const [name, value] of Object.entries(headers)) if (!OF_A_HOP.has(name)) response.setHeader(name, value);
  if (warnings.length > 0)
    response.setHeader(
      'warning',
      warnings.map((w) => `299 - ${JSON.stringify(w)}`),
    );
  // What a server sent goes on as it came, whatever it is.
  const body = bytes === undefined ? answer.body : undefined;
  if (body === undefined) {
    response.writeHead(status);
    response.end(bytes ?? answer.text ?? '');
    return;
  }
  const isYaml = (request.headers['accept'] ?? '').startsWith(YAML);
  if (isYaml || !response.hasHeader('content-type'))
    response.setHeader('content-type', isYaml ? YAML : 'application/json');
  response.writeHead(status);
  response.end(isYaml ? toYaml(body) : encodeBody(body, { isPretty: isPretty(request) }));
}

/** People's clients get indented JSON. Upstream: apiserver pkg/endpoints/handlers/negotiation isPrettyPrint. */
function isPretty({ query, headers }: ApiRequest): boolean {
  const pretty = query.get('pretty');
  if (pretty !== null) return ['', '1', 'true'].includes(pretty);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(headers['user-agent'] ?? '');
}

async function streamWatch(response: ServerResponse, request: ApiRequest, options: Forwarding): Promise<void> {
  const controller = new AbortController();
  response.on('close', () => controller.abort());
  const events = options.transport.watch(request, controller.signal)[Symbol.asyncIterator]();
  let next = events.next();
  const begin = (): void => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  };
  const timer = setTimeout(begin, REFUSAL_MS);
  try {
    for (let result = await next; !result.done; result = await next) {
      begin();
      response.write(watchLine(result.value));
      await options.afterRequest();
      next = events.next();
    }
    begin();
    response.end();
  } catch (error) {
    if (!(error instanceof StatusError) || response.headersSent) throw error;
    const { status } = error;
    sendAnswer(response, request, { status: status.code ?? 500, headers: {}, warnings: [], body: status });
  } finally {
    clearTimeout(timer);
    await options.afterRequest();
  }
}

function watchLine({ type, object }: WatchEvent): string {
  return `{"type":${JSON.stringify(type)},"object":${encodeBody(object).trimEnd()}}\n`;
}

async function streamLog(response: ServerResponse, request: ApiRequest, options: Forwarding): Promise<void> {
  const controller = new AbortController();
  response.on('close', () => controller.abort());
  const write = (bytes: Uint8Array): void => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/plain' });
    response.write(bytes);
  };
  try {
    await options.transport.stream(request, { writeStdout: write, writeStderr: write, signal: controller.signal });
    response.end();
  } catch (error) {
    if (!(error instanceof StatusError) || response.headersSent) throw error;
    const { status } = error;
    sendAnswer(response, request, { status: status.code ?? 500, headers: {}, warnings: [], body: status });
  } finally {
    await options.afterRequest();
  }
}
