// Commands and ports over SPDY/3.1, which clients from before WebSockets upgrade to.
// Called by: upgrades.ts. Must not know: containers. Upstream: kubernetes pkg/kubelet/streaming/remotecommand/httpstream.go.
import type { Duplex } from 'node:stream';
import { boolParameter } from '../apiserver/parameters.ts';
import type { ApiResponse, StreamHandler } from '../apiserver/types.ts';
import { openSpdy, type SpdyConnection, type SpdyStream } from '../client/http.spdy.ts';
import { newBadRequest, type Status } from '../machinery/status.ts';
import type { ServerContext } from './http.ts';
import { servePorts } from './ports.ts';
import { ByteQueue, endingText, runRemoteCommand, sizeIn, type RemoteClient } from './remotecommand.ts';
import type { Upgrade } from './upgrades.ts';

const COMMAND_PROTOCOLS: readonly string[] = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
];
const PORT_PROTOCOLS: readonly string[] = ['portforward.k8s.io'];

/** Serves the connection to its end. @throws StatusError when there is no protocol that both sides know. */
export async function serveSpdy(
  context: ServerContext,
  upgrade: Upgrade,
  { stream, openPort }: ApiResponse,
): Promise<void> {
  const protocol = negotiate(upgrade, openPort ? PORT_PROTOCOLS : COMMAND_PROTOCOLS);
  const { socket, first, request } = upgrade;
  const head = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: SPDY/3.1'];
  if (protocol !== '') head.push(`X-Stream-Protocol-Version: ${protocol}`);
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  if (first.length > 0) socket.unshift(first);
  if (openPort) {
    upgrade.release();
    return servePorts(context, { pipe: socket, request, openPort });
  }
  if (stream) return serveCommand(context, { upgrade, handler: stream, protocol });
}

function negotiate({ request }: Upgrade, known: readonly string[]): string {
  const offered = (request.headers['x-stream-protocol-version'] ?? '').split(',').map((name) => name.trim());
  if (offered.every((name) => name === '')) return '';
  const chosen = offered.find((name) => known.includes(name));
  if (chosen !== undefined) return chosen;
  throw newBadRequest(
    `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${known.join(' ')}]`,
  );
}

interface Command {
  upgrade: Upgrade;
  handler: StreamHandler;
  protocol: string;
}

async function serveCommand(context: ServerContext, { upgrade, handler, protocol }: Command): Promise<void> {
  const { socket } = upgrade;
  const gone = new AbortController();
  const { connection, streams } = await collectStreams(socket, wantedStreams(upgrade, protocol), gone);
  if (!connection) return;
  const client: RemoteClient = {
    stdin: new ByteQueue(),
    size: undefined,
    writeStdout: (bytes) => void streams.get('stdout')?.write(bytes),
    writeStderr: (bytes) => void streams.get('stderr')?.write(bytes),
    signal: gone.signal,
  };
  const stdin = streams.get('stdin');
  stdin?.on('data', (bytes: Buffer) => client.stdin.push(bytes));
  stdin?.on('end', () => client.stdin.end());
  gone.signal.addEventListener('abort', () => client.stdin.end());
  streams.get('resize')?.on('data', (bytes: Buffer) => (client.size = sizeIn(bytes) ?? client.size));
  const status = await runRemoteCommand(context, upgrade, { handler, client });
  streams.get('error')?.write(endingOf(status, protocol));
  await connection.end();
}

function wantedStreams({ request }: Upgrade, protocol: string): Set<string> {
  const isOn = (parameter: string): boolean => boolParameter(request.query, parameter);
  const names = ['stdin', 'stdout', 'stderr'].filter((name) => isOn(name) && !(name === 'stderr' && isOn('tty')));
  const hasResize = isOn('tty') && /^v[345]/.test(protocol);
  return new Set(['error', ...names, ...(hasResize ? ['resize'] : [])]);
}

/** Resolves when the client has opened every stream, without a connection when it went before. */
async function collectStreams(socket: Duplex, wanted: ReadonlySet<string>, gone: AbortController) {
  const streams = new Map<string, SpdyStream>();
  let complete: () => void = () => undefined;
  const completed = new Promise<void>((resolve) => (complete = resolve));
  const connection: SpdyConnection = openSpdy(socket, {
    isServer: true,
    onClose: () => {
      gone.abort();
      complete();
    },
    onStream: (stream) => {
      const name = stream.headers['streamtype'] ?? '';
      if (!wanted.has(name) || streams.has(name)) return stream.reset();
      streams.set(name, stream);
      if (streams.size === wanted.size) complete();
    },
  });
  await completed;
  return { connection: streams.size === wanted.size ? connection : undefined, streams };
}

/** Until the fourth protocol success was silence, and failure a text. */
function endingOf(status: Status, protocol: string): string {
  if (/^v[45]/.test(protocol)) return endingText(status);
  return status.status === 'Success' ? '' : (status.message ?? '');
}
