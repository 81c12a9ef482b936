// Refusals to clients that asked for another protocol: plain HTTP, then the end.
// Called by: http.ts. Must not know: why.
import type { Duplex } from 'node:stream';
import { encodeBody } from '../apiserver/encoding.ts';
import type { Status } from '../machinery/status.ts';

/** Writes the Status as the answer to an upgrade and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: Status): void {
  if (!socket.writable) return void socket.destroy();
  const { STATUS_CODES } = process.getBuiltinModule('node:http');
  const code = status.code ?? 500;
  const body = encodeBody(status);
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
