// A command's streams on their way between a container and any kind of connection.
// Called by: websocket.ts, spdy.ts. Must not know: frames. Upstream: kubernetes pkg/kubelet/streaming remotecommand.
import { boolParameter } from '../apiserver/parameters.ts';
import type { StreamHandler, StreamIO } from '../apiserver/types.ts';
import { newInternalError, type Status } from '../machinery/status.ts';
import type { ServerContext } from './http.ts';
import type { Upgrade } from './upgrades.ts';

/** Bytes that come when they come, taken one piece after another. */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = [];
  #isEnded = false;
  #wake: () => void = () => undefined;

  push(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#chunks.push(bytes);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** Resolves with what came, or undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#chunks.length > 0 ? Buffer.concat(this.#chunks.splice(0)) : undefined;
  }
}

/** The far side of a command: what the client sends, and where it hears of the process. */
export interface RemoteClient {
  stdin: ByteQueue;
  /** The last size that the client told. */
  size: { columns: number; rows: number } | undefined;
  writeStdout(bytes: Uint8Array): void;
  writeStderr(bytes: Uint8Array): void;
  signal: AbortSignal;
}

/** Runs the handler between the container and the client and returns the Status that the error channel tells. */
export async function runRemoteCommand(
  { engine, report }: ServerContext,
  { request, release }: Pick<Upgrade, 'request' | 'release'>,
  { handler, client }: { handler: StreamHandler; client: RemoteClient },
): Promise<Status> {
  const isOn = (parameter: string): boolean => boolParameter(request.query, parameter);
  const tty = isOn('tty');
  const io: StreamIO = {
    ...(isOn('stdin') ? { readStdin: () => client.stdin.read() } : {}),
    writeStdout: (bytes) => client.writeStdout(bytes),
    writeStderr: (bytes) => (tty ? client.writeStdout(bytes) : client.writeStderr(bytes)),
    ...(tty ? { terminalSize: () => client.size ?? { columns: 80, rows: 24 } } : {}),
    signal: client.signal,
  };
  try {
    const ended = engine.stream(`${request.method} ${request.path}`, handler, io);
    release();
    return await ended;
  } catch (error) {
    report((error as Error).message);
    return newInternalError((error as Error).message).status;
  }
}

/** Returns what the error channel tells of the end. Upstream: cri-streaming remotecommand v4WriteStatusFunc: no kind. */
export function endingText({ kind: _kind, apiVersion: _apiVersion, ...status }: Status): string {
  return JSON.stringify(status);
}

/** Takes a message of the resize channel; what is no size is ignored. */
export function sizeIn(bytes: Uint8Array): { columns: number; rows: number } | undefined {
  try {
    const { Width, Height } = JSON.parse(Buffer.from(bytes).toString()) as { Width?: number; Height?: number };
    return Width && Height ? { columns: Width, rows: Height } : undefined;
  } catch {
    return undefined;
  }
}
