// port-forward over the channels of a WebSocket: two channels a port, the first for data, the second for errors.
// Called by: websocket.ts. Must not know: what listens. Upstream: kubernetes pkg/kubelet/streaming/portforward/websocket.go.
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { message, parseMessage } from '../client/http.channels.ts';
import { newBadRequest } from '../machinery/status.ts';
import type { ServerContext } from './http.ts';
import { carry, type OpenPort } from './ports.ts';
import type { Upgrade } from './upgrades.ts';

/** Serves the ports that the query names until the client goes. @throws StatusError BadRequest for what is no port. */
export async function portsOverChannels(
  context: ServerContext,
  { upgrade, socket, openPort }: { upgrade: Upgrade; socket: WebSocket; openPort: OpenPort },
): Promise<void> {
  const ports = upgrade.request.query
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .map(portNumber);
  if (ports.length === 0) throw newBadRequest('query parameter "ports" is required');
  const streams = ports.flatMap((port, place) => {
    const data = new ChannelStream(socket, place * 2);
    const error = new ChannelStream(socket, place * 2 + 1);
    // Each channel begins with its port.
    const head = Buffer.alloc(2);
    head.writeUInt16LE(port);
    data.write(head);
    error.write(head);
    void carry(context, { request: upgrade.request, open: () => openPort(port), data, error });
    return [data, error];
  });
  socket.on('message', (bytes: Buffer) => {
    const parsed = parseMessage(bytes);
    if (parsed) streams[parsed.channel]?.push(parsed.payload);
  });
  await new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  for (const stream of streams) stream.push(null);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) throw newBadRequest(`port ${JSON.stringify(text)} is invalid`);
  return port;
}

class ChannelStream extends Duplex {
  readonly #socket: WebSocket;
  readonly #channel: number;

  constructor(socket: WebSocket, channel: number) {
    super();
    this.#socket = socket;
    this.#channel = channel;
    this.on('error', () => undefined);
  }

  override _read(): void {
    // Bytes are pushed as they come.
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(message(this.#channel, bytes));
    done();
  }
}
