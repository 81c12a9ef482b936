// A connection to a pod's port over a server: SPDY's frames inside a WebSocket, as client-go tunnels them.
// Called by: http.ts. Must not know: local sockets. Upstream: client-go tools/portforward/tunneling_dialer.go.
import { createWebSocketStream } from 'ws';
import { openSpdy, type SpdyStream } from './http.spdy.ts';
import type { HttpTarget } from './http.exchange.ts';
import { openWebSocket } from './http.websocket.ts';
import type { ApiRequest, PortConnection } from './transport.ts';

const TUNNEL = 'SPDY/3.1+portforward.k8s.io';

/** Opens one connection to a port. @throws StatusError, ConnectionError; Error with the kubelet's text when nothing listens. */
export async function openRemotePort(target: HttpTarget, _request: ApiRequest, port: number): Promise<PortConnection> {
  const socket = await openWebSocket(target, [TUNNEL]);
  const connection = openSpdy(createWebSocketStream(socket), { isServer: false });
  const common = { port: String(port), requestid: '0' };
  const errors = await connection.open({ ...common, streamtype: 'error' });
  errors.end();
  const data = await connection.open({ ...common, streamtype: 'data' });
  return new RemotePort(data, errors, () => connection.close());
}

class RemotePort implements PortConnection {
  isClosed = false;
  readonly #data: SpdyStream;
  readonly #close: () => void;
  #received: Uint8Array[] = [];
  #failure = '';
  #wake: () => void = () => undefined;

  constructor(data: SpdyStream, errors: SpdyStream, close: () => void) {
    this.#data = data;
    this.#close = close;
    data.on('data', (bytes: Uint8Array) => {
      this.#received.push(bytes);
      this.#wake();
    });
    for (const end of ['end', 'close'])
      data.on(end, () => {
        this.isClosed = true;
        this.#wake();
      });
    errors.on('data', (bytes: Uint8Array) => (this.#failure += Buffer.from(bytes).toString()));
    errors.on('end', () => this.#wake());
  }

  /** What comes of it is told by `received`. An empty piece is the end. */
  async send(bytes: Uint8Array): Promise<Uint8Array[]> {
    if (this.#failure !== '') throw new Error(this.#failure);
    if (bytes.length > 0) this.#data.write(bytes);
    else this.#data.end();
    return [];
  }

  async received(): Promise<Uint8Array[] | undefined> {
    while (this.#received.length === 0 && this.#failure === '' && !this.isClosed)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#failure !== '') throw new Error(this.#failure);
    if (this.#received.length > 0) return this.#received.splice(0);
    this.#close();
    return undefined;
  }
}
