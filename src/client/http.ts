// The transport to a server of any make: HTTP and HTTPS requests, watches as they come.
// Called by: main.runtime.ts through client/transport.ts. Must not know: kinds, commands. This is an edge: it times requests out.
import type { IncomingMessage } from 'node:http';
import { formatGoDuration } from '../machinery/duration.ts';
import { unmarshalJson } from '../machinery/gojson.ts';
import { newInternalError, StatusError, type Status } from '../machinery/status.ts';
import { HttpResponse, unpacked } from './http.answers.ts';
import type { ClientLog, Credentials, CredentialSource } from './http.credentials.ts';
import { bodyReason, ConnectionError, connectionError } from './http.errors.ts';
import { Connections, send, type HttpTarget } from './http.exchange.ts';
import type { Proxy } from './http.proxies.ts';
import { sendWithRetries } from './http.retry.ts';
import { errorFrom } from './responses.ts';
import type {
  ApiRequest,
  ApiResponse,
  PortConnection,
  RequestManner,
  StreamIO,
  Transport,
  WatchEvent,
} from './transport.ts';

export interface HttpTransportOptions {
  /** 'https://127.0.0.1:6443', possibly with a path. */
  serverUrl: string;
  /** Called once, before the first request. @throws Error: told as it is. */
  credentials(): Promise<CredentialSource>;
  /** 0 for none. */
  requestTimeoutMs: number;
  /** undefined: straight to the server. */
  proxy?: Proxy | undefined;
  /** Whether answers may come packed. Default true. */
  allowsCompression?: boolean;
  /** Headers of every request. */
  headers?: Readonly<Record<string, string>>;
  /** Sees the headers of every answer. */
  onAnswer?(headers: Readonly<Record<string, string | string[] | undefined>>): void;
  /** Takes what client-go logs as an error, with the place in its source. */
  log?(entry: ClientLog): void;
}

/** How long requests may take, and which of them are sent again. */
interface Manner {
  timeoutMs: number;
  isRetryable(error: ConnectionError): boolean;
  signal?: AbortSignal | undefined;
}

const USER_AGENT = 'kubectl/v1.35.2 (linux/amd64) kubernetes/fdc9d74';
/** Discovery is given up after this, as by client-go's discovery client, which says so in the query. */
const DISCOVERY_TIMEOUT_MS = 32_000;
const UNAUTHORIZED = 401;

export class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions;
  readonly #connections: Connections;
  #source: Promise<CredentialSource> | undefined;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.#connections = new Connections(options.serverUrl, options.proxy);
  }

  async request(request: ApiRequest, { isStream = false }: RequestManner = {}): Promise<ApiResponse> {
    const isRead = request.method === 'GET' && !isStream;
    const isRetryable = ({ breakage }: ConnectionError): boolean =>
      isRead && (breakage === 'EOF' || breakage === 'reset');
    const message = await this.#open(request, { timeoutMs: this.#timeoutMs(request), isRetryable });
    return new HttpResponse(message, await this.#wholeOf(message));
  }

  async *watch(request: ApiRequest, signal?: AbortSignal): AsyncIterable<WatchEvent> {
    if (signal?.aborted) return;
    const isRetryable = ({ breakage }: ConnectionError): boolean => breakage === 'EOF' || breakage === 'timeout';
    let message: IncomingMessage;
    try {
      message = await this.#openStream(request, { isRetryable, signal });
    } catch (error) {
      // A watch that breaks off before it begins is one that saw nothing.
      if (signal?.aborted || (error instanceof ConnectionError && isRetryable(error))) return;
      throw error;
    }
    const type = message.headers['content-type'] ?? 'application/json';
    if (!type.startsWith('application/json')) throw new Error(`no stream serializers registered for ${type}`);
    const stop = (): void => void message.destroy();
    signal?.addEventListener('abort', stop);
    try {
      for await (const line of linesOf(message)) yield eventIn(line);
    } finally {
      signal?.removeEventListener('abort', stop);
      message.destroy();
    }
  }

  async stream(request: ApiRequest, io: StreamIO): Promise<Status> {
    if (!request.path.endsWith('/log')) {
      const { openRemoteCommand } = await import('./http.streams.ts');
      try {
        return await openRemoteCommand(await this.#target(request), request, io);
      } catch (error) {
        throw error instanceof StatusError ? await this.#secondRefusal(request, error) : error;
      }
    }
    const message = await this.#openStream(request, { isRetryable: () => false, signal: io.signal });
    try {
      for await (const chunk of unpacked(message) as AsyncIterable<Uint8Array>) io.writeStdout(chunk);
    } catch (error) {
      if (!io.signal.aborted) throw new Error(bodyReason(error as NodeJS.ErrnoException), { cause: error });
    }
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
  }

  async openPort(request: ApiRequest, port: number): Promise<PortConnection> {
    const { openRemotePort } = await import('./http.portforward.ts');
    return openRemotePort(await this.#target(request), request, port);
  }

  /** Where a WebSocket is refused, client-go tries the older protocol, with POST: what that is refused with is told. */
  async #secondRefusal(request: ApiRequest, first: StatusError): Promise<Error> {
    const response = await this.request({ ...request, method: 'POST' });
    return [401, 403, 404].includes(response.status) ? errorFrom(response, 'POST') : first;
  }

  /** Resolves with an answer that goes on. @throws StatusError when it is a refusal. */
  async #openStream(request: ApiRequest, manner: Omit<Manner, 'timeoutMs'>): Promise<IncomingMessage> {
    const message = await this.#open(request, { ...manner, timeoutMs: this.#options.requestTimeoutMs });
    if ((message.statusCode ?? 0) < 300) return message;
    throw errorFrom(new HttpResponse(message, await this.#wholeOf(message)), request.method);
  }

  /** Resolves with the head of the answer. @throws ConnectionError, or the last of several errors as one. */
  async #open(request: ApiRequest, { timeoutMs, isRetryable, signal }: Manner): Promise<IncomingMessage> {
    const { method } = request;
    const body = encodedBody(request.body);
    const { onAnswer } = this.#options;
    const sendNow = async (): Promise<IncomingMessage> => {
      const credentials = await this.#credentials(request);
      const target = await this.#target(request, credentials);
      const message = await send({ method, target, body, timeoutMs, signal, onAnswer });
      if (message.statusCode === UNAUTHORIZED) await this.#refuse(credentials);
      return message;
    };
    return sendWithRetries({ send: sendNow, isRetryable, signal });
  }

  #timeoutMs({ path }: ApiRequest): number {
    const { requestTimeoutMs } = this.#options;
    return requestTimeoutMs === 0 && isDiscovery(path) ? DISCOVERY_TIMEOUT_MS : requestTimeoutMs;
  }

  /** @throws ConnectionError when the credentials cannot be had: told as a server that cannot be reached. */
  async #credentials({ method, path, query }: ApiRequest): Promise<Credentials> {
    this.#source ??= this.#options.credentials();
    const source = await this.#source;
    try {
      return await source.get();
    } catch (error) {
      throw connectionError(error, { method, url: this.#urlOf({ path, query }) });
    }
  }

  /** Whoever made the credentials may make others, for what is asked next. */
  async #refuse(credentials: Credentials): Promise<void> {
    try {
      await (await this.#source)?.refuse?.(credentials);
    } catch (error) {
      const { message } = error as Error;
      this.#options.log?.({ place: 'exec.go:318', message: `refreshing credentials: ${message}`, error: '' });
    }
  }

  async #target(request: ApiRequest, given?: Credentials): Promise<HttpTarget> {
    const { headers, allowsCompression = true } = this.#options;
    const credentials = given ?? (await this.#credentials(request));
    const { authorization } = credentials;
    const { proxy } = this.#connections;
    return {
      url: this.#urlOf(request),
      agent: this.#connections.agent(credentials),
      isWhole: proxy !== undefined,
      headers: {
        'user-agent': USER_AGENT,
        ...(allowsCompression ? { 'accept-encoding': 'gzip' } : {}),
        ...repeated(request.headers),
        ...headers,
        ...(authorization === undefined ? {} : { authorization }),
        ...(proxy?.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
      },
    };
  }

  #urlOf({ path, query }: Pick<ApiRequest, 'path' | 'query'>): string {
    const { serverUrl, requestTimeoutMs } = this.#options;
    const base = serverUrl.replace(/\/+$/, '');
    const search = new URLSearchParams(query);
    const timeoutMs = requestTimeoutMs || (isDiscovery(path) ? DISCOVERY_TIMEOUT_MS : 0);
    if (timeoutMs > 0) search.set('timeout', formatGoDuration(timeoutMs));
    // Go sorts the query by key.
    search.sort();
    const text = search.toString();
    return `${base}${path}${text === '' ? '' : `?${text}`}`;
  }

  /** Returns the body. @throws Error in client-go's words when it breaks off. */
  async #wholeOf(message: IncomingMessage): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of unpacked(message) as AsyncIterable<Uint8Array>) chunks.push(chunk);
    } catch (error) {
      const reason = bodyReason(error as NodeJS.ErrnoException);
      const message = 'Unexpected error when reading response body';
      this.#options.log?.({ place: 'request.go:1196', message, error: reason });
      throw new Error(`unexpected error when reading response body. Please retry. Original error: ${reason}`, {
        cause: error,
      });
    }
    return Buffer.concat(chunks);
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

function isDiscovery(path: string): boolean {
  return /^\/(api|apis|version)\/?$|^\/openapi\/|^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)$/.test(path);
}

function encodedBody(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}

/** Upstream: apimachinery pkg/watch/streamwatcher.go: what cannot be read is an event, too. */
function eventIn(line: string): WatchEvent {
  try {
    return unmarshalJson(line) as WatchEvent;
  } catch (error) {
    const message = `unable to decode an event from the watch stream: ${(error as Error).message}`;
    return { type: 'ERROR', object: newInternalError(message).status };
  }
}

/** Yields lines until the other side ends, in whatever way: a watch that breaks off is one that is over. */
async function* linesOf(message: IncomingMessage): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  try {
    for await (const chunk of unpacked(message) as AsyncIterable<Buffer>) {
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
