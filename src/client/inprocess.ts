// The transport to a server in the same process: a function call, and watches that pull.
// Called by: main, tests. Must not know: kinds, who moves the clock.
import { clone } from '../machinery/meta.ts';
import { newInternalError, StatusError, statusSuccess, type Status } from '../machinery/status.ts';
import type { ApiRequest, ApiResponse, PortConnection, StreamIO, Transport, WatchEvent } from './transport.ts';

export interface InProcessOptions {
  /** Answers one request and, after a write, lets controllers run to rest. */
  request(request: ApiRequest): ApiResponse | Promise<ApiResponse>;
  /** Lets time pass until a watch may have something to show, at the latest until the instant at which it ends. */
  waitForEvent(endsAtMs: number | undefined, signal?: AbortSignal): Promise<void>;
  /** Called before something outside the cluster is waited for (a key, a line of stdin). */
  beforeWaitingOutside?(): void | Promise<void>;
  /** Called when it has come, before the cluster is worked on again. */
  afterWaitingOutside?(): void | Promise<void>;
}

export class InProcessTransport implements Transport {
  readonly #options: InProcessOptions;

  constructor(options: InProcessOptions) {
    this.#options = options;
  }

  /** Bodies are copies: what the store holds is shared. What is made for the request is handed over as it is. */
  async request(request: ApiRequest): Promise<ApiResponse> {
    const response = await this.#options.request(request);
    return isMadeForRequest(response.body) ? response : { ...response, body: clone(response.body) };
  }

  async *watch(request: ApiRequest, signal?: AbortSignal): AsyncIterable<WatchEvent> {
    const response = await this.#options.request(request);
    const cursor = response.watch;
    if (!cursor) throw new StatusError(statusOf(response));
    try {
      for (;;) {
        if (signal?.aborted) return;
        const events = cursor.next();
        yield* events;
        if (events.length > 0) continue;
        if (cursor.isEnded) return;
        await this.#options.waitForEvent(cursor.endsAtMs, signal);
      }
    } finally {
      cursor.close();
    }
  }

  async stream(request: ApiRequest, io: StreamIO): Promise<Status> {
    const response = await this.#options.request(request);
    if (!response.stream) {
      if (response.status >= 400) throw new StatusError(statusOf(response));
      const bytes = response.bytes ?? Buffer.from(response.text ?? '');
      if (bytes.length > 0) io.writeStdout(bytes);
      return statusSuccess();
    }
    return response.stream(this.#outside(io));
  }

  async openPort(request: ApiRequest, port: number): Promise<PortConnection> {
    const response = await this.#options.request(request);
    if (!response.openPort) throw new StatusError(statusOf(response));
    const connection = response.openPort(port);
    const send = async (bytes: Uint8Array): Promise<Uint8Array[]> => {
      await this.#options.afterWaitingOutside?.();
      return connection.send(bytes);
    };
    return {
      send,
      get isClosed() {
        return connection.isClosed;
      },
    };
  }

  #outside(io: StreamIO): StreamIO {
    if (!io.readStdin) return io;
    const { terminalSize, signal } = io;
    return {
      readStdin: () => io.readStdin?.() ?? Promise.resolve(undefined),
      waitOutside: async (wait) => {
        await this.#options.beforeWaitingOutside?.();
        const result = await wait;
        await this.#options.afterWaitingOutside?.();
        return result;
      },
      writeStdout: (bytes) => io.writeStdout(bytes),
      writeStderr: (bytes) => io.writeStderr(bytes),
      ...(terminalSize ? { terminalSize: () => terminalSize.call(io) } : {}),
      signal,
    };
  }
}

function isMadeForRequest(body: unknown): boolean {
  const kind = typeof body === 'object' && body !== null ? (body as { kind?: unknown }).kind : undefined;
  return kind === 'Table' || kind === 'APIGroupDiscoveryList';
}

function statusOf(response: ApiResponse): Status {
  const body = response.body as Partial<Status> | undefined;
  return body?.kind === 'Status' ? (body as Status) : newInternalError(response.text ?? 'no stream was opened').status;
}
