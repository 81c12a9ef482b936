// The API server's door for programs: HTTP requests over the one function that answers them.
// Called by: main.serve.ts, tests. Must not know: kinds, the disk.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ApiRequest, ApiResponse } from '../apiserver/types.ts';
import { newBadRequest, newForbidden, newInternalError, newUnauthorized, StatusError } from '../machinery/status.ts';
import { sendAnswer, sendRefusal, type AnswerOptions } from './answers.ts';
import { anonymous, type UserInfo } from '../apiserver/user.ts';
import { createAuthenticator, isPublic, type AuthenticationOptions } from './authentication.ts';
import { readBody } from './bodies.ts';
import { Clients } from './clients.ts';
import type { Engine } from './engine.ts';
import { createFlowHeaders } from './flowcontrol.ts';
import { createHostCheck } from './hosts.ts';
import { streamLog } from './logs.ts';
import { PollDetector } from './polling.ts';
import { malformationOf, sendPlainRefusal, targetOf } from './targets.ts';
import { streamWatch } from './watches.ts';

export interface HttpServerOptions {
  engine: Engine;
  /** PEM texts; absent: plain HTTP. */
  tls?: { certificate: string; key: string; ca: string };
  authentication: AuthenticationOptions;
  /** Names by which the server may be asked besides the usual ones. */
  hosts: readonly string[];
  /** Answers what stands below /sandkube/, for this project's own commands; undefined: there is no such path. */
  control?(request: ApiRequest): Promise<ApiResponse | undefined>;
  /** How long clients may take to say what they want; default: PATIENCE. */
  patience?: { headersMs: number; requestMs: number };
  /** Told about our own bugs, in one line. */
  report(message: string): void;
}

/** One request, read off its head. */
export interface Incoming {
  head: IncomingMessage;
  request: ApiRequest;
}

/** What the parts of the server share. */
export interface ServerContext extends AnswerOptions {
  engine: Engine;
  report(message: string): void;
}

export interface HttpServer {
  /** @throws Error as Go words it: `listen tcp 127.0.0.1:6443: bind: address already in use`. */
  listen(port: number, address: string): Promise<AddressInfo>;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Clients that say nothing for this long are let go. */
const PATIENCE = { headersMs: 30_000, requestMs: 60_000 };
const KEEP_ALIVE_MS = 90_000;
/** Between two looks at a connection that is not read from. */
const PAUSED_LOOK_MS = 50;
/** As Go's http.DefaultMaxHeaderBytes. */
const MAX_HEADER_BYTES = 1 << 20;
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

export function createHttpServer(options: HttpServerOptions): HttpServer {
  return new ApiHttpServer(options);
}

class ApiHttpServer implements HttpServer {
  readonly #options: HttpServerOptions;
  readonly #authenticate: ReturnType<typeof createAuthenticator>;
  readonly #foreign: ReturnType<typeof createHostCheck>;
  readonly #context: ServerContext;
  readonly #server: Server;
  readonly #clients = new Clients();
  readonly #polls = new PollDetector();
  readonly #flowHeaders: ReturnType<typeof createFlowHeaders>;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#authenticate = createAuthenticator(options.authentication);
    this.#foreign = createHostCheck(options.hosts);
    const { engine, report } = options;
    const { state } = engine.session;
    this.#flowHeaders = createFlowHeaders(() => state.store, state.meta.seed ?? '');
    this.#context = { engine, report, common: () => commonHeaders(engine) };
    this.#server = createServer(options);
    // Their bytes are bounded. Of more than a number Node would forget some.
    this.#server.maxHeadersCount = 0;
    engine.lookAtClients = () => this.#clients.look();
    this.#server.on('connection', (socket: Socket) => this.#track(socket));
    this.#server.on('secureConnection', (socket: Socket) => this.#track(socket));
    this.#server.on('request', (head: IncomingMessage, response: ServerResponse) => void this.#serve(head, response));
    this.#server.on('upgrade', (head: IncomingMessage, socket: Duplex, first: Buffer) => {
      void this.#upgrade(head, socket, first);
    });
    this.#server.on('clientError', refuseMalformed);
  }

  async listen(port: number, address: string): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      const fail = ({ code, message }: NodeJS.ErrnoException): void => {
        const reasons: Record<string, string> = {
          EADDRINUSE: 'bind: address already in use',
          EACCES: 'bind: permission denied',
          EADDRNOTAVAIL: 'bind: cannot assign requested address',
          ENOTFOUND: `lookup ${address}: no such host`,
        };
        const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
        reject(new Error(`listen tcp ${place}: ${reasons[code ?? ''] ?? message}`));
      };
      this.#server.once('error', fail);
      this.#server.listen(port, address, () => {
        this.#server.removeListener('error', fail);
        resolve();
      });
    });
    return this.#server.address() as AddressInfo;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#clients.destroy();
    await closed;
  }

  #track(socket: Socket): void {
    this.#clients.track(socket);
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
  }

  async #serve(head: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => response.destroy());
    this.#clients.ask(head.socket);
    const wrong = malformationOf(head);
    if (wrong !== undefined) return sendPlainRefusal(response, wrong);
    response.setHeader('audit-id', head.headers['audit-id'] ?? process.getBuiltinModule('node:crypto').randomUUID());
    // Under way until it is answered, or waits.
    const release = this.#options.engine.hold();
    response.on('close', release);
    closeWhenEnded(head.socket);
    try {
      const user = this.#admit(head);
      const asked = toApiRequest(head, user);
      for (const [name, value] of Object.entries(this.#flowHeaders(user, asked.path))) response.setHeader(name, value);
      const body = await readBody(head);
      const request = await decoded(body ? { ...asked, body } : asked);
      await this.#answer({ head, request }, { response, release });
    } catch (error) {
      if (!response.headersSent) await sendRefusal(head, response, this.#asStatus(error), this.#context);
      else response.destroy();
    }
  }

  async #answer(
    { head, request }: Incoming,
    { response, release }: { response: ServerResponse; release(): void },
  ): Promise<void> {
    const { engine, control } = this.#options;
    if (request.path.startsWith('/sandkube/') && control) {
      release();
      const answer = await control(request);
      if (answer) return sendAnswer(response, request, answer, this.#context);
    }
    const { revision } = engine;
    if (engine.pace === 'jumping' && this.#polls.isPoll(head.socket, request, { nowMs: Date.now(), revision }))
      await engine.jump();
    const answer = await this.#exchange(request);
    if (answer.watch || answer.stream) setImmediate(release);
    if (answer.watch) return streamWatch(this.#context, { request, response, answer, cursor: answer.watch });
    if (answer.stream && answer.status === 200) return streamLog(this.#context, { request, response, answer });
    if (answer.stream || answer.openPort) throw newBadRequest('Upgrade request required');
    await sendAnswer(response, request, answer, this.#context);
  }

  async #exchange(request: ApiRequest): Promise<ApiResponse> {
    const { engine } = this.#options;
    const answer = await engine.exchange(request);
    if (!request.path.includes('kubernetes-dashboard')) return answer;
    const { withDashboard } = await import('./dashboard.ts');
    return withDashboard(request, answer, (read) => engine.exchange({ ...request, ...read }));
  }

  async #upgrade(head: IncomingMessage, socket: Duplex, first: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    this.#clients.ask(head.socket);
    const release = this.#options.engine.hold();
    socket.on('close', release);
    try {
      const { serveUpgrade } = await import('./upgrades.ts');
      if (malformationOf(head) !== undefined) throw newBadRequest('malformed request');
      const request = toApiRequest(head, this.#admit(head));
      await serveUpgrade(this.#context, { head, request, socket, first, release });
    } catch (error) {
      const { refuseUpgrade } = await import('./refusals.ts');
      refuseUpgrade(socket, this.#asStatus(error).status);
    }
  }

  /** @throws StatusError Forbidden for a request that is not meant for this server, Unauthorized without credentials. */
  #admit(head: IncomingMessage): UserInfo {
    const { headers, socket } = head;
    const foreign = this.#foreign(headers);
    if (foreign !== undefined) throw newForbidden({ group: '', resource: '' }, '', foreign);
    const user = this.#authenticate(headers, socket);
    if (user) return user;
    if (isPublic(targetOf(head).split('?')[0] ?? '') && headers.authorization === undefined) return anonymous;
    throw newUnauthorized();
  }

  #asStatus(error: unknown): StatusError {
    if (error instanceof StatusError) return error;
    const { message } = error as Error;
    this.#options.report(message);
    return newInternalError(message);
  }
}

/**
 * Node reads no further while much is being written; on a connection that is being ended it never does again, so that the rest
 * of the request does not come, nor the news that the client is gone.
 */
function closeWhenEnded(socket: Socket): void {
  if (!socket.isPaused()) return;
  const timer = setInterval(() => {
    if (socket.writableEnded && socket.writableLength === 0) socket.destroy();
    if (socket.destroyed || !socket.isPaused()) clearInterval(timer);
  }, PAUSED_LOOK_MS);
  timer.unref();
}

function createServer({ tls, patience = PATIENCE }: HttpServerOptions): Server {
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: patience.headersMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: patience.headersMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Refused in words of our own.
    requireHostHeader: false,
    noDelay: true,
  };
  if (!tls) return process.getBuiltinModule('node:http').createServer(limits);
  const { certificate: cert, key, ca } = tls;
  // A certificate of the client's is looked at when there is one; tokens are as good.
  return process
    .getBuiltinModule('node:https')
    .createServer({ ...limits, cert, key, ca, requestCert: true, rejectUnauthorized: false });
}

/** The clock goes with every answer, so that this project's own commands reckon ages and timeouts by it. */
function commonHeaders(engine: Engine): Record<string, string> {
  return {
    'cache-control': 'no-cache, private',
    'sandkube-clock': `${engine.nowMs};${engine.pace};${engine.speed}`,
  };
}

function toApiRequest(head: IncomingMessage, user: UserInfo): ApiRequest {
  const url = targetOf(head);
  const at = url.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(head.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  // Names may hold commas: of these each value is a line.
  for (const [name, values] of Object.entries(head.headersDistinct))
    if (values && name.startsWith('impersonate-')) headers[name] = values.join('\n');
  return {
    method: head.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
    headers,
    user,
  };
}

/** Returns the request with its body as a JSON value when it came in protobuf. */
async function decoded(request: ApiRequest): Promise<ApiRequest> {
  const { body, headers } = request;
  if (!(body instanceof Uint8Array) || headers['content-type']?.split(';')[0]?.trim() !== PROTOBUF) return request;
  const { decodeProtobuf } = await import('./protobuf.ts');
  return { ...request, body: decodeProtobuf(body), headers: { ...headers, 'content-type': 'application/json' } };
}

/** Answers what is no HTTP, or too slow, or too much of it. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`);
}
