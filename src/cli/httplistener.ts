// Speaks HTTP on connections that others accept. The door to node:http for servers of commands.
// Called by: commands/proxy.ts. Must not know: what is served. Loaded on first use.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Returns what takes connections, and what ends them. */
export function createHttpListener(handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>): {
  onConnection(connection: Duplex): void;
  close(): void;
} {
  const server = http.createServer((request, response) => {
    handler(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${error.message}\n`);
    });
  });
  return {
    onConnection: (connection) => void server.emit('connection', connection),
    close: () => server.closeAllConnections(),
  };
}
