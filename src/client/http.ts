// The transport to a server of any make: HTTP and HTTPS requests, watches as they come.
// Called by: main.runtime.ts through client/transport.ts. Must not know: kinds, commands. This is an edge: it times requests out.
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { unmarshalJson } from '../machinery/gojson.ts';
import type { Status } from '../machinery/status.ts';
import type { Credentials } from './http.credentials.ts';
import { connectionError, timeoutError } from './http.errors.ts';
import { errorFrom } from './responses.ts';
import type { ApiRequest, ApiResponse, PortConnection, StreamIO, Transport, WatchEvent } from './transport.ts';

export interface HttpTransportOptions {
  /** 'https://127.0.0.1:6443', possibly with a path. */
  serverUrl: string;
  /** Called once, before the first request. */
  credentials(): Promise<Credentials>;
  /** 0 for none. */
  requestTimeoutMs: number;
  /** Headers of every request. */
  headers?: Readonly<Record<string, string>>;
  /** Sees the headers of every answer. */
  onAnswer?(headers: Readonly<Record<string, string | string[] | undefined>>): void;
}

/** What the parts of the transport share. */
export interface HttpTarget {
  url: string;
  headers: Record<string, string | string[]>;
  credentials: Credentials;
}

const USER_AGENT = 'kubectl/v1.35.2 (linux/amd64) kubernetes/fdc9d74';
/** Discovery is given up after this, as by client-go's discovery client, which says so in the query. */
const DISCOVERY_TIMEOUT = '32s';

export class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions;
  #credentials: Promise<Credentials> | undefined;
  #agent: RequestOptions['agent'];

  constructor(options: HttpTransportOptions) {
    this.#options = options;
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    const target = await this.#target(request);
    const message = await this.#open(request, target, this.#options.requestTimeoutMs);
    const bytes = await wholeOf(message, request, target.url);
    return new HttpResponse(message, bytes);
  }

  async *watch(request: ApiRequest, signal?: AbortSignal): AsyncIterable<WatchEvent> {
    if (signal?.aborted) return;
    const target = await this.#target(request);
    const message = await this.#open(request, target, 0, signal);
    const { statusCode = 0 } = message;
    if (statusCode >= 300) {
      const bytes = await wholeOf(message, request, target.url);
      throw errorFrom(new HttpResponse(message, bytes), request.method);
    }
    const stop = (): void => void message.destroy();
    signal?.addEventListener('abort', stop);
    try {
      for await (const line of linesOf(message)) yield JSON.parse(line) as WatchEvent;
    } finally {
      signal?.removeEventListener('abort', stop);
      message.destroy();
    }
  }

  async stream(request: ApiRequest, io: StreamIO): Promise<Status> {
    const target = await this.#target(request);
    if (!request.path.endsWith('/log')) {
      const { openRemoteCommand } = await import('./http.streams.ts');
      return openRemoteCommand(target, request, io);
    }
    const message = await this.#open(request, target, 0, io.signal);
    if ((message.statusCode ?? 0) >= 300) {
      const bytes = await wholeOf(message, request, target.url);
      throw errorFrom(new HttpResponse(message, bytes), request.method);
    }
    try {
      for await (const chunk of message as AsyncIterable<Uint8Array>) io.writeStdout(chunk);
    } catch (error) {
      if (!io.signal.aborted) throw connectionError(error, { method: request.method, url: target.url });
    }
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
  }

  async openPort(request: ApiRequest, port: number): Promise<PortConnection> {
    const { openRemotePort } = await import('./http.portforward.ts');
    return openRemotePort(await this.#target(request), request, port);
  }

  /** @throws Error when the credentials cannot be had: told as a server that cannot be reached. */
  async #target(request: ApiRequest): Promise<HttpTarget> {
    const { serverUrl, headers } = this.#options;
    const url = urlOf(serverUrl, request);
    this.#credentials ??= this.#options.credentials();
    let credentials: Credentials;
    try {
      credentials = await this.#credentials;
    } catch (error) {
      throw connectionError(error, { method: request.method, url });
    }
    const { authorization } = credentials;
    return {
      url,
      credentials,
      headers: {
        'user-agent': USER_AGENT,
        ...repeated(request.headers),
        ...headers,
        ...(authorization === undefined ? {} : { authorization }),
      },
    };
  }

  /** Resolves with the head of the answer. @throws ConnectionError */
  #open(request: ApiRequest, target: HttpTarget, timeoutMs: number, signal?: AbortSignal): Promise<IncomingMessage> {
    const { method } = request;
    const { url, headers, credentials } = target;
    const isSecure = url.startsWith('https:');
    const https = process.getBuiltinModule('node:https');
    const http = process.getBuiltinModule('node:http');
    this.#agent ??= isSecure
      ? new https.Agent({ keepAlive: true, ...credentials.tls })
      : new http.Agent({ keepAlive: true });
    const body = encodedBody(request.body);
    const options: RequestOptions = {
      method,
      agent: this.#agent,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      ...(signal ? { signal } : {}),
    };
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const outgoing: ClientRequest = (isSecure ? https : http).request(url, options, (message) => {
        clearTimeout(timer);
        this.#options.onAnswer?.(message.headers);
        resolve(message);
      });
      outgoing.on('error', (error) => {
        clearTimeout(timer);
        reject(connectionError(error, { method, url }));
      });
      if (timeoutMs > 0)
        timer = setTimeout(() => {
          reject(timeoutError({ method, url }));
          outgoing.destroy();
        }, timeoutMs);
      outgoing.end(body);
    });
  }
}

/** Values that stand on lines of their own are headers of their own. */
function repeated(headers: Record<string, string>): Record<string, string | string[]> {
  if (!('impersonate-user' in headers)) return headers;
  const lines = Object.entries(headers).map(([name, value]) => [
    name,
    value.includes('\n') ? value.split('\n') : value,
  ]);
  return Object.fromEntries(lines) as Record<string, string | string[]>;
}

class HttpResponse implements ApiResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly warnings: string[];
  readonly bytes: Uint8Array;

  constructor(message: IncomingMessage, bytes: Buffer) {
    this.status = message.statusCode ?? 0;
    this.headers = {};
    for (const [name, value] of Object.entries(message.headers))
      if (typeof value === 'string') this.headers[name] = value;
    this.warnings = warningsIn(message);
    this.bytes = bytes;
  }

  /** @throws Error with the words of Go's decoder when an answer that should be JSON is not. */
  get body(): unknown {
    if (this.bytes.length === 0) return undefined;
    const isJson = (this.headers['content-type'] ?? '').startsWith('application/json');
    if (!isJson && this.status >= 300) return undefined;
    return unmarshalJson(Buffer.from(this.bytes).toString());
  }

  get text(): string {
    return Buffer.from(this.bytes).toString();
  }
}

/** Upstream: apimachinery pkg/util/net ParseWarningHeaders. */
function warningsIn({ rawHeaders }: IncomingMessage): string[] {
  const found: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'warning') continue;
    const text = /^299 \S+ "((?:[^"\\]|\\.)*)"/.exec(rawHeaders[at + 1] ?? '')?.[1];
    if (text !== undefined) found.push(Buffer.from(text.replace(/\\(.)/g, '$1'), 'latin1').toString());
  }
  return found;
}

function urlOf(serverUrl: string, { path, query }: ApiRequest): string {
  const base = serverUrl.replace(/\/+$/, '');
  const search = new URLSearchParams(query);
  if (/^\/(api|apis|version)\/?$|^\/openapi\//.test(path)) search.set('timeout', DISCOVERY_TIMEOUT);
  // Go sorts the query by key.
  search.sort();
  const text = search.toString();
  return `${base}${path}${text === '' ? '' : `?${text}`}`;
}

function encodedBody(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}

async function wholeOf(message: IncomingMessage, { method }: ApiRequest, url: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of message as AsyncIterable<Uint8Array>) chunks.push(chunk);
  } catch (error) {
    throw connectionError(error, { method, url });
  }
  return Buffer.concat(chunks);
}

/** Yields lines until the other side ends, in whatever way: a watch that breaks off is one that is over. */
async function* linesOf(message: IncomingMessage): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        parts.push(chunk.subarray(from, end));
        const line = Buffer.concat(parts).toString();
        parts = [];
        from = end + 1;
        if (line !== '') yield line;
      }
      parts.push(chunk.subarray(from));
    }
  } catch {
    return;
  }
}
