// Connections that become something else than HTTP: WebSockets and SPDY, for commands in containers, ports and watches.
// Called by: http.ts. Must not know: what a container is. Upstream: apiserver pkg/util/wsstream, kubernetes pkg/kubelet/streaming.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiRequest, ApiResponse } from '../apiserver/types.ts';
import { newBadRequest } from '../machinery/status.ts';
import { encodeBody } from '../apiserver/encoding.ts';
import type { ServerContext } from './http.ts';
import { sendRawAnswer } from './refusals.ts';

export interface Upgrade {
  head: IncomingMessage;
  request: ApiRequest;
  socket: Duplex;
  first: Buffer;
  /** To be called when what comes from here on is the client's turn. */
  release(): void;
}

/** Serves the connection to its end. @throws StatusError for what cannot be upgraded: nothing was answered then. */
export async function serveUpgrade(context: ServerContext, upgrade: Upgrade): Promise<void> {
  const { request, socket } = upgrade;
  const protocol = request.headers['upgrade']?.toLowerCase() ?? '';
  const answer = await context.engine.exchange(request);
  if (!answer.watch && !answer.stream && !answer.openPort) {
    // Not every path has something to upgrade to: the plain answer does.
    const body = answer.body === undefined ? Buffer.from(answer.bytes ?? answer.text ?? '') : encodeBody(answer.body);
    return sendRawAnswer(socket, { status: answer.status, headers: answer.headers, body });
  }
  if (protocol === 'websocket') return serveWebSocket(context, upgrade, answer);
  if (protocol === 'spdy/3.1' && !answer.watch) {
    const { serveSpdy } = await import('./spdy.ts');
    return serveSpdy(context, upgrade, answer);
  }
  throw newBadRequest(`unable to upgrade: unexpected Upgrade header: ${request.headers['upgrade'] ?? ''}`);
}

async function serveWebSocket(context: ServerContext, upgrade: Upgrade, answer: ApiResponse): Promise<void> {
  const { watchOverWebSocket } = await import('./websocket.watch.ts');
  if (answer.watch) return watchOverWebSocket(context, upgrade, answer.watch);
  const { commandOverWebSocket, portOverWebSocket } = await import('./websocket.ts');
  if (answer.stream) return commandOverWebSocket(context, upgrade, answer.stream);
  if (answer.openPort) return portOverWebSocket(context, upgrade, answer.openPort);
}
