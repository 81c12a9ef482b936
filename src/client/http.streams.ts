// exec and attach over a WebSocket: stdin, stdout, stderr, the terminal's size and the command's end.
// Called by: http.ts. Must not know: commands. Upstream: client-go tools/remotecommand/websocket.go.
import type { WebSocket } from 'ws';
import { statusSuccess, type Status } from '../machinery/status.ts';
import { channels, closeMessage, message, parseMessage, sizeMessage, V4, V5 } from './http.channels.ts';
import type { HttpTarget } from './http.exchange.ts';
import { openWebSocket } from './http.websocket.ts';
import type { ApiRequest, StreamIO } from './transport.ts';

/** Runs a command's streams to its end and returns its Status. @throws StatusError, ConnectionError, Error when the connection breaks. */
export async function openRemoteCommand(target: HttpTarget, _request: ApiRequest, io: StreamIO): Promise<Status> {
  const socket = await openWebSocket(target, [V5, V4]);
  const ended = untilEnd(socket, io);
  io.signal.addEventListener('abort', () => socket.terminate());
  const tellSize = (): void => {
    if (io.terminalSize && socket.readyState === socket.OPEN)
      void send(socket, message(channels.resize, sizeMessage(io.terminalSize()))).catch(() => undefined);
  };
  tellSize();
  const forget = io.onResize?.(tellSize);
  void ended.finally(forget).catch(() => undefined);
  if (io.readStdin) void pump(socket, io).catch(() => socket.terminate());
  return ended;
}

function untilEnd(socket: WebSocket, io: StreamIO): Promise<Status> {
  return new Promise((resolve, reject) => {
    let status: Status | undefined;
    socket.on('message', (data: Buffer) => {
      const parsed = parseMessage(data);
      if (!parsed || parsed.payload.length === 0) return;
      if (parsed.channel === channels.stdout) io.writeStdout(parsed.payload);
      else if (parsed.channel === channels.stderr) io.writeStderr(parsed.payload);
      else if (parsed.channel === channels.error) status = JSON.parse(parsed.payload.toString()) as Status;
    });
    socket.on('error', reject);
    socket.on('close', (code) => {
      if (status) resolve(status);
      else if (code === 1000 || io.signal.aborted) resolve(statusSuccess());
      else reject(new Error(`websocket: close ${code} (abnormal closure): unexpected EOF`));
    });
  });
}

/** Sends what is typed, or comes through a pipe, until its end. */
async function pump(socket: WebSocket, io: StreamIO): Promise<void> {
  for (let bytes = await io.readStdin?.(); bytes; bytes = await io.readStdin?.()) {
    if (socket.readyState !== socket.OPEN) return;
    await send(socket, message(channels.stdin, bytes));
  }
  if (socket.readyState === socket.OPEN && socket.protocol === V5) await send(socket, closeMessage(channels.stdin));
}

function send(socket: WebSocket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
