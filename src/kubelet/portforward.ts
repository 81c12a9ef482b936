// A connection to a pod's port, byte by byte: HTTP/1.1 for programs that speak it, an echo for others.
// Called by: connector.ts. Must not know: who forwards. Node's own HTTP parser reads the bytes, over a stream without
// a socket.
import type { PortConnection } from '../apiserver/types.ts';
import type { SimulatedRequest, SimulatedResponse } from '../images/image.ts';
import type { Pod } from '../resources/pod.ts';
import { pod as podResource } from '../resources/pod.ts';
import type { ConnectorWorld } from './connector.ts';
import { listenerOf } from './podport.ts';
import { answerOnPort } from './scriptnetwork.ts';

type HttpModule = typeof import('node:http');
type Incoming = import('node:http').IncomingMessage;
type Outgoing = import('node:http').ServerResponse;

/** What a program sees as its client: port-forward comes through the pod's own loopback device. */
const LOCAL = '127.0.0.1';

/**
 * Opens one connection to a port of the pod.
 * @throws Error with the runtime's text when nothing listens.
 */
export function openPodPort(world: ConnectorWorld, pod: Pod, port: number): PortConnection {
  const listener = listenerOf(world, pod, port, world.clock.nowMs());
  if (!listener) throw new Error(refusal(world, pod, port));
  if (listener.protocol === 'tcp') return new EchoConnection();
  return new HttpConnection((request) => {
    const current = world.client.get(podResource, pod.metadata) ?? pod;
    return answerOnPort(world, current, { port, request, nowMs: world.clock.nowMs() });
  });
}

function refusal({ random }: ConnectorWorld, pod: Pod, port: number): string {
  const id = random.bytes('sandbox', pod.metadata.uid ?? '').toString('hex');
  const netns = random.uid('netns', pod.metadata.uid ?? '');
  return (
    `error forwarding port ${port} to pod ${id}, uid : failed to execute portforward in network namespace ` +
    `"/var/run/netns/cni-${netns}": failed to connect to localhost:${port} inside namespace "${id}", ` +
    `IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6 [::1]:${port}: connect: connection refused `
  );
}

class EchoConnection implements PortConnection {
  readonly isClosed = false;
  async send(bytes: Uint8Array): Promise<Uint8Array[]> {
    return [bytes];
  }
}

type Answer = (request: SimulatedRequest) => SimulatedResponse | undefined;

class HttpConnection implements PortConnection {
  isClosed = false;
  readonly #answer: Answer;
  #stream: import('node:stream').Duplex | undefined;
  #output: Uint8Array[] = [];
  /** Requests that have not been answered. */
  #open = 0;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  async send(bytes: Uint8Array): Promise<Uint8Array[]> {
    this.#stream ??= this.#connect();
    this.#stream.push(bytes.length > 0 ? bytes : null);
    // The parser works between turns of the event loop; a request that is whole is answered within a few.
    for (let turn = 0; turn < 4 || (this.#open > 0 && turn < 50); turn++) await nextTurn();
    const output = this.#output;
    this.#output = [];
    return output;
  }

  #connect(): import('node:stream').Duplex {
    const http: HttpModule = process.getBuiltinModule('node:http');
    const { Duplex } = process.getBuiltinModule('node:stream');
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Uint8Array, _encoding, done) => {
        this.#output.push(Buffer.from(chunk));
        done();
      },
      final: (done) => {
        this.isClosed = true;
        done();
      },
      destroy: (_error, done) => {
        this.isClosed = true;
        done(null);
      },
    });
    const server = http.createServer(
      { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 },
      (request, response) => {
        this.#open += 1;
        void this.#reply(request, response).finally(() => (this.#open -= 1));
      },
    );
    server.emit('connection', stream);
    return stream;
  }

  async #reply(message: Incoming, response: Outgoing): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part as Buffer);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(message.headers))
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    const { method = 'GET', url = '/' } = message;
    const answer = this.#answer({ method, path: url, headers, body: Buffer.concat(parts), remoteAddress: LOCAL });
    response.sendDate = false;
    if (!answer) {
      response.destroy();
      return;
    }
    const body = Buffer.from(answer.body);
    response.writeHead(answer.status, { ...answer.headers, 'Content-Length': body.length });
    response.end(method === 'HEAD' ? undefined : body);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
