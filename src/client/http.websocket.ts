// Opens WebSockets to a server, and tells a refusal from an opening.
// Called by: http.streams.ts, http.portforward.ts. Must not know: what they carry. With server/websockets.ts the only file that knows ws.
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { connectionError } from './http.errors.ts';
import type { HttpTarget } from './http.exchange.ts';
import { errorFrom } from './responses.ts';

const PROTOCOL = 'sec-websocket-protocol';

/** A name of Kubernetes' holds a slash, which the library takes for malformed. */
function alias(protocol: string): string {
  return protocol.replaceAll('/', '_');
}

/** Returns the open WebSocket. @throws StatusError when the server refuses, ConnectionError when it cannot be reached. */
export async function openWebSocket(target: HttpTarget, protocols: readonly string[]): Promise<WebSocket> {
  const { url, headers, agent } = target;
  const { accept: _accept, 'content-type': _type, ...own } = headers;
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols.map(alias), {
    headers: own as Record<string, string>,
    perMessageDeflate: false,
    agent,
    finishRequest: (request) => {
      request.setHeader(PROTOCOL, protocols.join(', '));
      request.prependListener('upgrade', ({ headers: answer }) => {
        const chosen = answer[PROTOCOL];
        if (chosen !== undefined) answer[PROTOCOL] = alias(chosen);
      });
      request.end();
    },
  });
  socket.binaryType = 'nodebuffer';
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', (error) => reject(connectionError(error, { method: 'GET', url })));
    socket.once('unexpected-response', (_request, response: IncomingMessage) => void refuse(response).then(reject));
  });
}

async function refuse(response: IncomingMessage): Promise<Error> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's page: told as it is.
  }
  return errorFrom({ status: response.statusCode ?? 0, headers: {}, warnings: [], body, text }, 'GET');
}
