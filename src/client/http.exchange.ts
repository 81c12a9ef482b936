// One HTTP request to its answer's head, as Go's http.Client sends it: connections kept, redirects followed, in limited time.
// Called by: http.ts. Must not know: what is asked. Upstream: Go's net/http client.go, transport.go.
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { createAgent } from './http.connections.ts';
import type { Credentials } from './http.credentials.ts';
import { connectionError, endsOf, timeoutError } from './http.errors.ts';
import type { Proxy } from './http.proxies.ts';

/** Where a request goes, and with what. */
export interface HttpTarget {
  url: string;
  headers: Record<string, string | string[]>;
  agent: Agent;
  /** Whether the request line names the whole URL, for a proxy. */
  isWhole: boolean;
}

export interface Sending {
  method: string;
  target: HttpTarget;
  body: string | Uint8Array | undefined;
  /** Real ms until the request is given up, its answer's body included; 0 for never. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Sees the headers of every answer. */
  onAnswer?: ((headers: IncomingMessage['headers']) => void) | undefined;
}

/** Go's http.Client gives up after so many. */
const MAX_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Keeps connections; a new certificate of the client's needs new ones. */
export class Connections {
  readonly #isSecure: boolean;
  readonly #proxy: Proxy | undefined;
  #agent: Agent | undefined;
  #credentials: Credentials | undefined;

  constructor(serverUrl: string, proxy: Proxy | undefined) {
    this.#isSecure = /^https:/i.test(serverUrl);
    this.#proxy = proxy;
  }

  /** Returns the agent for requests with these credentials. */
  agent(credentials: Credentials): Agent {
    const isSame = this.#credentials?.tls.cert === credentials.tls.cert && this.#agent !== undefined;
    this.#credentials = credentials;
    if (this.#agent && isSame) return this.#agent;
    this.#agent?.destroy();
    this.#agent = createAgent(this.#isSecure, { tls: credentials.tls, proxy: this.#proxy });
    return this.#agent;
  }

  /** The proxy that requests are handed to as they are, undefined where they go through it or past it. */
  get proxy(): Proxy | undefined {
    return this.#isSecure || this.#proxy?.protocol.startsWith('socks') ? undefined : this.#proxy;
  }
}

/** Resolves with the head of the answer. @throws ConnectionError */
export async function send(sending: Sending): Promise<IncomingMessage> {
  let { method, body } = sending;
  let { url } = sending.target;
  for (let count = 0; ; count++) {
    const message = await sendOnce({ ...sending, method, body }, url);
    const { statusCode = 0 } = message;
    const { location } = message.headers;
    if (!REDIRECTS.has(statusCode) || location === undefined) return message;
    const keepsMethod = statusCode >= 307 || method === 'GET' || method === 'HEAD';
    message.resume();
    url = new URL(location, url).href;
    if (count + 1 >= MAX_REDIRECTS)
      throw connectionError(new Error(`stopped after ${MAX_REDIRECTS} redirects`), { method, url: location });
    if (!keepsMethod) [method, body] = ['GET', undefined];
  }
}

async function sendOnce(sending: Sending, url: string): Promise<IncomingMessage> {
  try {
    return await exchange(sending, url);
  } catch (error) {
    // The server closed a connection that was kept: the next one is new.
    if ((error as { isStale?: boolean }).isStale !== true) throw error;
    return exchange(sending, url);
  }
}

function exchange(sending: Sending, url: string): Promise<IncomingMessage> {
  const { method, target, body, timeoutMs, signal, onAnswer } = sending;
  const isSecure = url.startsWith('https:');
  const module = isSecure ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options: RequestOptions = { method, agent: target.agent, headers: { ...target.headers, ...length } };
  if (signal) options.signal = signal;
  if (target.isWhole) options.path = url;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let outgoing: ClientRequest;
    let answer: IncomingMessage | undefined;
    try {
      outgoing = module.request(url, options);
    } catch (error) {
      return reject(connectionError(error, { method, url }));
    }
    let ends = '';
    outgoing.on('socket', (socket) => (ends = endsOf(socket)));
    outgoing.on('response', (message) => {
      answer = message;
      onAnswer?.(message.headers);
      message.on('close', () => clearTimeout(timer));
      resolve(message);
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const failure = connectionError(error, { method, url, ends });
      const isStale = outgoing.reusedSocket && method === 'GET' && /^(ECONNRESET|EPIPE)$/.test(error.code ?? '');
      reject(isStale ? Object.assign(failure, { isStale }) : failure);
    });
    if (timeoutMs > 0)
      timer = setTimeout(() => {
        if (answer) return void answer.destroy(new Error(BODY_TIMEOUT));
        reject(timeoutError({ method, url, ends }));
        outgoing.destroy();
      }, timeoutMs);
    outgoing.end(body);
  });
}

const BODY_TIMEOUT = 'net/http: request canceled (Client.Timeout or context cancellation while reading body)';
