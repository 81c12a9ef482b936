// Commands and ports over WebSockets: the channel protocols, and SPDY tunnelled in a WebSocket.
// Called by: upgrades.ts. Must not know: containers. With client/http.websocket.ts the only file that knows ws.
// Upstream: apiserver pkg/util/wsstream/conn.go, apiserver pkg/util/proxy/streamtunnel.go.
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';
import type { StreamHandler } from '../apiserver/types.ts';
import { channels, message, parseMessage, V4, V5 } from '../client/http.channels.ts';
import { newBadRequest, type Status } from '../machinery/status.ts';
import type { ServerContext } from './http.ts';
import { servePorts, type OpenPort } from './ports.ts';
import { ByteQueue, endingText, runRemoteCommand, sizeIn, type RemoteClient } from './remotecommand.ts';
import type { Upgrade } from './upgrades.ts';

const TUNNEL = 'SPDY/3.1+portforward.k8s.io';
const TUNNEL_PREFIX = 'SPDY/3.1+';
/** Best first. The older ones tell failures as text. */
const COMMAND_PROTOCOLS: readonly string[] = [
  V5,
  V4,
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'base64.channel.k8s.io',
];

/** Finishes the handshake with the best protocol of those that both sides know. @throws StatusError BadRequest when there is none. */
export async function acceptWebSocket(upgrade: Upgrade, protocols: readonly string[]): Promise<WebSocket> {
  const offered = (upgrade.request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const chosen = protocols.find((protocol) => offered.includes(protocol));
  const hasOffer = offered.some((name) => name !== '' && !name.startsWith('base64url.bearer.'));
  if (hasOffer && chosen === undefined)
    throw newBadRequest(
      `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${protocols.join(' ')}]`,
    );
  const { head, socket, first } = upgrade;
  // A name of ours holds a slash, which the library takes for malformed.
  if (chosen !== undefined) head.headers['sec-websocket-protocol'] = 'chosen';
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: () => chosen ?? false,
  });
  return new Promise((resolve, reject) => {
    server.on('wsClientError', ({ message: why }) => reject(newBadRequest(`unable to upgrade: ${why}`)));
    server.handleUpgrade(head, socket, first, (webSocket) => {
      webSocket.binaryType = 'nodebuffer';
      webSocket.on('error', () => webSocket.terminate());
      resolve(webSocket);
    });
  });
}

/** Runs a command's streams over the channels of a WebSocket. */
export async function commandOverWebSocket(
  context: ServerContext,
  upgrade: Upgrade,
  handler: StreamHandler,
): Promise<void> {
  const socket = await acceptWebSocket(upgrade, COMMAND_PROTOCOLS);
  const isBase64 = socket.protocol.includes('base64');
  const gone = new AbortController();
  const send = (channel: number, bytes: Uint8Array): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(isBase64 ? `${channel}${Buffer.from(bytes).toString('base64')}` : message(channel, bytes));
  };
  const client: RemoteClient = {
    stdin: new ByteQueue(),
    size: undefined,
    writeStdout: (bytes) => send(channels.stdout, bytes),
    writeStderr: (bytes) => send(channels.stderr, bytes),
    signal: gone.signal,
  };
  socket.on('message', (data: Buffer) => take(client, isBase64 ? fromBase64(data) : data));
  socket.on('close', () => {
    client.stdin.end();
    gone.abort();
  });
  const status = await runRemoteCommand(context, upgrade, { handler, client });
  const ending = endingOf(status, socket.protocol);
  if (ending !== undefined) send(channels.error, Buffer.from(ending));
  socket.close(1000);
}

function take(client: RemoteClient, data: Buffer): void {
  const parsed = parseMessage(data);
  if (!parsed) return;
  const { channel, payload } = parsed;
  if (channel === channels.stdin) client.stdin.push(payload);
  else if (channel === channels.resize) client.size = sizeIn(payload) ?? client.size;
  else if (channel === channels.close && payload[0] === channels.stdin) client.stdin.end();
}

function fromBase64(data: Buffer): Buffer {
  const text = data.toString();
  return Buffer.concat([Buffer.of(Number(text[0] ?? 0)), Buffer.from(text.slice(1), 'base64')]);
}

/** Until the fourth protocol success was silence, and failure a text. */
function endingOf(status: Status, protocol: string): string | undefined {
  if (protocol === V5 || protocol.startsWith('v4.')) return endingText(status);
  return status.status === 'Success' ? undefined : (status.message ?? '');
}

/** Carries connections to ports of a pod: a tunnel of SPDY, or channels, two a port. */
export async function portOverWebSocket(context: ServerContext, upgrade: Upgrade, openPort: OpenPort): Promise<void> {
  const socket = await acceptWebSocket(upgrade, [TUNNEL, V4, 'portforward.k8s.io']);
  upgrade.release();
  if (!socket.protocol.startsWith(TUNNEL_PREFIX)) {
    const { portsOverChannels } = await import('./websocket.ports.ts');
    return portsOverChannels(context, { upgrade, socket, openPort });
  }
  const pipe = createWebSocketStream(socket);
  await servePorts(context, { pipe, request: upgrade.request, openPort });
}
