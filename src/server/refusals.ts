// Answers to clients that asked for another protocol: plain HTTP, then the end of the connection.
// Called by: http.ts, upgrades.ts. Must not know: why.
import type { Duplex } from 'node:stream';
import { encodeBody } from '../apiserver/encoding.ts';
import type { Status } from '../machinery/status.ts';

export interface RawAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}

/** Writes the Status as the answer to an upgrade and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: Status): void {
  const headers = { 'Content-Type': 'application/json' };
  sendRawAnswer(socket, { status: status.code ?? 500, headers, body: encodeBody(status) });
}

/** Writes an answer byte by byte: there is no ServerResponse for an upgrade. */
export function sendRawAnswer(socket: Duplex, { status, headers, body }: RawAnswer): void {
  if (!socket.writable) return void socket.destroy();
  const { STATUS_CODES } = process.getBuiltinModule('node:http');
  const bytes = Buffer.from(body as string);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, ' ')}`),
    `Content-Length: ${bytes.length}`,
    'Connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.end(bytes);
}
