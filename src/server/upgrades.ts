// Connections that become something else than HTTP: WebSocket and SPDY.
// Called by: http.ts. Must not know: what a container is.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiRequest } from '../apiserver/types.ts';
import { newBadRequest } from '../machinery/status.ts';
import type { ServerContext } from './http.ts';

export interface Upgrade {
  head: IncomingMessage;
  request: ApiRequest;
  socket: Duplex;
  first: Buffer;
}

/** Serves the connection to its end. @throws StatusError for what cannot be upgraded: nothing was answered then. */
export async function serveUpgrade(_context: ServerContext, { request }: Upgrade): Promise<void> {
  throw newBadRequest(`unable to upgrade: unexpected Upgrade header: ${request.headers['upgrade'] ?? ''}`);
}
