// The other side of a serving process: our own commands go through it as long as it holds the cluster.
// Called by: main.runtime.ts, main.programs.ts. Must not know: the state on disk, beyond where the keys lie.
import type { ConnectionConfig } from './cli/runtime.ts';
import type { Simulator } from './cli/sandkube/simulator.ts';
import { HttpTransport, type HttpTransportOptions } from './client/http.ts';
import type { ApiRequest, StreamIO, Transport, WatchEvent } from './client/transport.ts';
import { CONTROL_PATH } from './main.serve.control.ts';
import type { ClusterIdentity, Clusters } from './main.clusters.ts';
import { credentialOptions, hasCredentials, type ClientSurroundings } from './main.credentials.ts';
import { openCredentials, type CredentialSource } from './client/http.credentials.ts';
import { parseProxyUrl, proxyFromEnvironment } from './client/http.proxies.ts';
import { readCredentials, type Credentials as ServerCredentials } from './server/tls.ts';

/** A way to a served cluster, with its clock. */
export interface ServedConnection {
  transport: Transport;
  clock: { nowMs(): number; sleep(ms: number): Promise<void> };
}

export interface ServedOptions {
  clusters: Clusters;
  identity: ClusterIdentity;
  /** Where the owner of the lock serves. */
  address: string;
}

/** How long a server that was told to stop may take to let go of the state. */
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

/** Returns the connection that a kubectl command uses. Credentials of the user's own choice count; else the administrator's. */
export function connectServed(
  options: ServedOptions,
  config: ConnectionConfig,
  surroundings: ClientSurroundings,
): ServedConnection {
  const clock = new ServedClock(options);
  const { user, requestTimeoutMs } = config;
  const transport = createTransport(options, {
    requestTimeoutMs,
    onAnswer: (headers) => clock.take(headers),
    credentials: (administrator) => {
      const names = hasCredentials(user);
      return openCredentials({
        ...credentialOptions(surroundings),
        serverUrl: options.address,
        cluster: administrator
          ? { 'certificate-authority-data': Buffer.from(administrator.ca).toString('base64') }
          : {},
        user: names ? user : { token: administrator?.token ?? '' },
      });
    },
  });
  return { transport: flushing(transport, () => options.clusters.leave()), clock };
}

/** Returns a transport to a server that is none of ours. @throws Error for what the kubeconfig says wrong of it. */
export async function connectForeign(config: ConnectionConfig, surroundings: ClientSurroundings): Promise<Transport> {
  const { serverUrl, cluster, user, requestTimeoutMs } = config;
  const { clusters, streams, env } = surroundings;
  const flush = (): void => clusters.leave();
  const proxyUrl = cluster['proxy-url'];
  const options = credentialOptions(surroundings);
  const prompt = async (): Promise<{ name: string; password: string }> => {
    const { promptForCredentials } = await import('./cli/credentialprompt.ts');
    return promptForCredentials(streams, flush);
  };
  const credentials = await openCredentials({ ...options, serverUrl, cluster, user, prompt });
  const transport = new HttpTransport({
    serverUrl,
    credentials: async () => credentials,
    requestTimeoutMs,
    proxy:
      typeof proxyUrl === 'string' && proxyUrl !== '' ? parseProxyUrl(proxyUrl) : proxyFromEnvironment(serverUrl, env),
    allowsCompression: cluster['disable-compression'] !== true,
    log: options.log,
  });
  return flushing(transport, flush);
}

interface TransportOptions extends Pick<HttpTransportOptions, 'requestTimeoutMs' | 'onAnswer'> {
  /** `administrator`: what the server made for its own programs, undefined when it serves plain HTTP. */
  credentials(administrator: ServerCredentials | undefined): Promise<CredentialSource>;
}

function createTransport({ clusters, identity, address }: ServedOptions, options: TransportOptions): HttpTransport {
  const { credentials, ...rest } = options;
  return new HttpTransport({
    serverUrl: address,
    headers: { 'sandkube-wait': 'simulated' },
    ...rest,
    credentials: () => credentials(readCredentials(clusters.credentialsFolder(identity))),
  });
}

/** Returns the administrator's own. */
async function administrators(given: ServerCredentials | undefined): Promise<CredentialSource> {
  const tls = { rejectUnauthorized: true, ...(given ? { ca: given.ca } : {}) };
  const credentials = { tls, authorization: given && `Bearer ${given.token}` };
  return { get: async () => credentials };
}

/** The clock of the serving process, as its last answer told it. */
class ServedClock {
  readonly #options: ServedOptions;
  #nowMs = 0;
  #toldAtMs = 0;
  #pace = 'real';
  #speed = 1;

  constructor(options: ServedOptions) {
    this.#options = options;
  }

  take(headers: Readonly<Record<string, string | string[] | undefined>>): void {
    const told = headers['sandkube-clock'];
    if (typeof told !== 'string') return;
    const [nowMs, pace = 'real', speed] = told.split(';');
    const standsMs = this.#pace === 'manual' ? Date.now() - this.#toldAtMs : 0;
    // On a standing clock timeouts are real time all the same.
    this.#nowMs = Math.max(Number(nowMs), pace === 'manual' ? this.#nowMs + standsMs : 0);
    this.#toldAtMs = Date.now();
    this.#pace = pace;
    this.#speed = Number(speed);
  }

  nowMs(): number {
    if (this.#toldAtMs === 0) return this.#options.clusters.session(this.#options.identity).targetMs();
    const passedMs = Date.now() - this.#toldAtMs;
    if (this.#pace === 'jumping') return this.#nowMs;
    return this.#nowMs + (this.#pace === 'real' ? passedMs * this.#speed : passedMs);
  }

  async sleep(ms: number): Promise<void> {
    this.#options.clusters.leave();
    if (this.#pace === 'jumping') {
      await askControl(this.#options, 'sleep', [ms]);
      this.#nowMs += ms;
    } else await pause(this.#pace === 'real' ? ms / this.#speed : ms);
  }
}

/** Returns the simulator of a served cluster: what it does happens in the serving process. */
export function createRemoteSimulator(options: ServedOptions, local: Simulator): Simulator {
  const ask = <T>(name: string, ...args: unknown[]): Promise<T> => askControl(options, name, args) as Promise<T>;
  const stop: Simulator['stop'] = async () => {
    const report = await ask<Awaited<ReturnType<Simulator['stop']>>>('stop');
    await untilFree(options);
    return report;
  };
  return {
    status: async () => ({
      ...(await ask<Awaited<ReturnType<Simulator['status']>>>('status')),
      servedAt: options.address,
    }),
    start: (start, changed) => ask('start', start, changed),
    stop,
    async reset() {
      await stop();
      return local.reset();
    },
    tick: () => ask('tick'),
    advance: (ms) => ask('advance', ms),
    settle: (maxMs) => ask('settle', maxMs),
    setNodeFault: (node, isFailed) => ask('setNodeFault', node, isFailed),
    runScenario: local.runScenario,
    showFirstLesson: local.showFirstLesson,
  };
}

async function askControl(options: ServedOptions, name: string, args: readonly unknown[]): Promise<unknown> {
  const transport = createTransport(options, { requestTimeoutMs: 0, credentials: administrators });
  const answer = await transport.request({
    method: 'POST',
    path: `${CONTROL_PATH}${name}`,
    query: new URLSearchParams(),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  const { result, error, message } = answer.body as { result?: unknown; error?: string; message?: string };
  if (answer.status !== 200) throw new Error(error ?? message ?? `the server answered ${answer.status}`);
  return result;
}

/** Waits until the serving process has let go of the state. */
async function untilFree({ clusters, identity }: ServedOptions): Promise<void> {
  const { state } = clusters.session(identity);
  const startMs = Date.now();
  while (state.lockOwner() !== undefined) {
    if (Date.now() - startMs > STOP_TIMEOUT_MS) throw new Error('the server does not end');
    await pause(POLL_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Output that is held back goes out before something far away is waited for. */
function flushing(transport: Transport, flush: () => void): Transport {
  const watch = async function* (request: ApiRequest, signal?: AbortSignal): AsyncIterable<WatchEvent> {
    const events = transport.watch(request, signal)[Symbol.asyncIterator]();
    try {
      for (;;) {
        flush();
        const { done, value } = await events.next();
        if (done) return;
        yield value;
      }
    } finally {
      await events.return?.();
    }
  };
  return {
    request: (request, manner) => {
      flush();
      return transport.request(request, manner);
    },
    watch,
    stream: (request, io) => {
      flush();
      return transport.stream(request, flushingIO(io, flush));
    },
    openPort: (request, port) => {
      flush();
      return transport.openPort(request, port);
    },
  };
}

function flushingIO(io: StreamIO, flush: () => void): StreamIO {
  const after =
    (write: (bytes: Uint8Array) => void) =>
    (bytes: Uint8Array): void => {
      write(bytes);
      flush();
    };
  return {
    ...(io.readStdin ? { readStdin: () => io.readStdin?.() ?? Promise.resolve(undefined) } : {}),
    writeStdout: after((bytes) => io.writeStdout(bytes)),
    writeStderr: after((bytes) => io.writeStderr(bytes)),
    ...(io.terminalSize ? { terminalSize: () => io.terminalSize?.() ?? { columns: 80, rows: 24 } } : {}),
    ...(io.onResize ? { onResize: (listener) => io.onResize?.(listener) ?? (() => undefined) } : {}),
    signal: io.signal,
  };
}
