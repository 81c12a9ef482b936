// The process's standard streams: output is held back until what it reports is durable, then written in order.
// Called by: main.ts. Must not know: commands, the state.
import fs from 'node:fs';
import type { InputStream, IOStreams, OutputStream } from './cli/command.ts';

/** Output beyond this many bytes is written out at once, after a commit. */
const FLUSH_BYTES = 1 << 16;
/** Exit code of a program that SIGPIPE ended. */
const SIGPIPE_EXIT_CODE = 141;

export interface ProcessStreams extends IOStreams {
  /** Writes what is held back. @returns false when the reader has gone. */
  flush(): boolean;
  /** Drops what is held back for stdout. */
  discard(): void;
}

/** Returns the streams of this process. `beforeFlush` is called before anything reaches a reader: the place to commit. */
export function openProcessStreams(beforeFlush: () => void): ProcessStreams {
  const held: { fd: number; bytes: Buffer }[] = [];
  let size = 0;
  const flush = (): boolean => {
    if (held.length === 0) return true;
    beforeFlush();
    size = 0;
    return held.splice(0).every(({ fd, bytes }) => writeWhole(fd, bytes));
  };
  const discard = (): void => {
    const kept = held.filter(({ fd }) => fd === 2);
    held.splice(0, held.length, ...kept);
  };
  const hold = (fd: number) => (text: string | Uint8Array) => {
    const bytes = Buffer.from(text as string);
    const last = held.at(-1);
    if (last?.fd === fd && last.bytes.length + bytes.length < 4096) last.bytes = Buffer.concat([last.bytes, bytes]);
    else held.push({ fd, bytes });
    size += bytes.length;
    if (size >= FLUSH_BYTES && !flush()) process.exit(SIGPIPE_EXIT_CODE);
  };
  return { in: processInput(), out: output(1, hold(1)), err: output(2, hold(2)), flush, discard };
}

function output(fd: 1 | 2, write: OutputStream['write']): OutputStream {
  return {
    write,
    get isTerminal() {
      return tty().isatty(fd);
    },
    get columns() {
      return (fd === 1 ? process.stdout : process.stderr).columns ?? 0;
    },
    get rows() {
      return (fd === 1 ? process.stdout : process.stderr).rows ?? 0;
    },
    onResize: (listener) => {
      process.stdout.on('resize', listener);
      return () => void process.stdout.removeListener('resize', listener);
    },
  };
}

function tty(): typeof import('node:tty') {
  return process.getBuiltinModule('node:tty');
}

/** Writes all bytes; waits where a pipe is full. @returns false when nobody reads any more. */
function writeWhole(fd: number, bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else if (code === 'EPIPE') return false;
      else throw error;
    }
  }
  return true;
}

function processInput(): InputStream {
  let iterator: AsyncIterator<Buffer> | undefined;
  const read = async (): Promise<Uint8Array | undefined> => {
    iterator ??= process.stdin[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const { done, value } = await iterator.next();
    return done ? undefined : value;
  };
  return {
    read,
    async readAll() {
      const chunks: Uint8Array[] = [];
      for (let chunk = await read(); chunk; chunk = await read()) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
    get isTerminal() {
      return tty().isatty(0);
    },
    setRawMode(isRaw) {
      if (process.stdin.isTTY) process.stdin.setRawMode(isRaw);
    },
  };
}
