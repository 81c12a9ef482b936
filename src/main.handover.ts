// The way of a command that began in process to the cluster that another process has begun to serve meanwhile.
// Called by: main.runtime.ts. Must not know: kinds, commands, how servers are reached.
import type { RequestManner, Transport, ApiRequest, StreamIO, WatchEvent } from './client/transport.ts';
import type { Status } from './machinery/status.ts';
import { ServedStateError } from './storage/lock.ts';

export interface HandoverOptions {
  inProcess: Transport;
  /** Returns the way to a server of the cluster. */
  connectTo(address: string): Promise<Transport>;
  /** Up to where the cluster was seen in process: the simulated instant, the revision. */
  seen(): { nowMs: number; revision: number };
}

/**
 * Asks the cluster in process, and from the moment at which the state belongs to a server, that server. What could not take
 * the lock has done nothing yet, so it is asked again; a watch goes on behind what it gave.
 */
export class HandoverTransport implements Transport {
  #transport: Transport;
  readonly #connectTo: HandoverOptions['connectTo'];
  readonly #seen: HandoverOptions['seen'];

  constructor({ inProcess, connectTo, seen }: HandoverOptions) {
    this.#transport = inProcess;
    this.#connectTo = connectTo;
    this.#seen = seen;
  }

  request(request: ApiRequest, manner?: RequestManner) {
    return this.#attempt(() => this.#transport.request(request, manner));
  }

  async *watch(request: ApiRequest, signal?: AbortSignal): AsyncIterable<WatchEvent> {
    try {
      yield* this.#transport.watch(request, signal);
    } catch (error) {
      await this.#handOver(error);
      yield* this.#transport.watch(behind(request, this.#seen().revision), signal);
    }
  }

  /** A log goes on where it broke off; a command that has begun cannot. */
  async stream(request: ApiRequest, io: StreamIO): Promise<Status> {
    let hasWritten = false;
    const noting =
      (write: (bytes: Uint8Array) => void) =>
      (bytes: Uint8Array): void => {
        hasWritten = true;
        write(bytes);
      };
    const { readStdin, terminalSize, onResize, signal } = io;
    const noted: StreamIO = {
      ...(readStdin ? { readStdin: () => readStdin.call(io) } : {}),
      writeStdout: noting((bytes) => io.writeStdout(bytes)),
      writeStderr: noting((bytes) => io.writeStderr(bytes)),
      ...(terminalSize ? { terminalSize: () => terminalSize.call(io) } : {}),
      ...(onResize ? { onResize: (listener) => onResize.call(io, listener) } : {}),
      signal,
    };
    try {
      return await this.#transport.stream(request, noted);
    } catch (error) {
      const isLog = request.path.endsWith('/log');
      if (hasWritten && !isLog) throw error;
      const rest = hasWritten ? sinceThen(request, this.#seen().nowMs) : request;
      await this.#handOver(error);
      return this.#transport.stream(rest, io);
    }
  }

  openPort(request: ApiRequest, port: number) {
    return this.#attempt(() => this.#transport.openPort(request, port));
  }

  async #attempt<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      await this.#handOver(error);
      return ask();
    }
  }

  async #handOver(error: unknown): Promise<void> {
    const address = error instanceof ServedStateError ? error.owner.address : undefined;
    if (address === undefined) throw error;
    this.#transport = await this.#connectTo(address);
  }
}

/** The same log from behind an instant on. */
function sinceThen(request: ApiRequest, seenMs: number): ApiRequest {
  const query = new URLSearchParams(request.query);
  for (const name of ['sinceSeconds', 'tailLines']) query.delete(name);
  query.set('sinceTime', new Date(seenMs + 1).toISOString());
  return { ...request, query };
}

/** The same watch from behind a revision on. */
function behind(request: ApiRequest, revision: number): ApiRequest {
  const query = new URLSearchParams(request.query);
  query.set('resourceVersion', String(revision));
  for (const name of ['sendInitialEvents', 'resourceVersionMatch']) query.delete(name);
  return { ...request, query };
}
