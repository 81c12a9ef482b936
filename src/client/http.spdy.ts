// SPDY/3.1 as Kubernetes uses it: several streams over one connection, told apart by their headers, without flow control.
// Called by: http.portforward.ts, server/*. Must not know: what the streams carry. The only file that knows spdy-transport.
//
// The library's own connection is for browsers: it wants a method and a path of every stream, and stops at a window that
// Go's spdystream never opens again. Its parser, framer and header compression are what is used here.
import library from 'spdy-transport';
import type * as Library from 'spdy-transport';
import { Duplex } from 'node:stream';

export interface SpdyOptions {
  isServer: boolean;
  /** Takes streams that the other side opens. */
  onStream?(stream: SpdyStream): void;
  onClose?(): void;
}

/** Larger data goes in several frames. */
const MAX_FRAME_BYTES = 32 * 1024;
const VERSION = 3.1;

/** Returns the connection over a socket or another pipe of bytes. */
export function openSpdy(pipe: Duplex, options: SpdyOptions): SpdyConnection {
  // The library's buffers are made in a way that Node warns of, on the stderr of whoever uses this.
  process.noDeprecation = true;
  return new SpdyConnection(pipe, options);
}

export class SpdyConnection {
  readonly #pipe: Duplex;
  readonly #options: SpdyOptions;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #framer: Library.Framer;
  #nextId: number;
  #isClosed = false;

  constructor(pipe: Duplex, options: SpdyOptions) {
    const { spdy } = library.protocol;
    this.#pipe = pipe;
    this.#options = options;
    this.#nextId = options.isServer ? 2 : 1;
    const window: Library.Window = {
      send: { update: (_delta, done) => done?.() },
      recv: { update: () => undefined },
    };
    const pair = spdy.compressionPool.create(true).get(VERSION);
    const parser = spdy.parser.create({ isServer: options.isServer, window });
    this.#framer = spdy.framer.create({ window, timeout: undefined });
    for (const part of [parser, this.#framer]) {
      part.setCompression(pair);
      part.setVersion(VERSION);
      part.on('error', () => this.close());
    }
    const { parseKVs } = parser;
    parser.parseKVs = (buffer, callback) =>
      parseKVs.call(parser, buffer, (error, headers) =>
        callback(error, headers && { ':method': 'POST', ':path': '/', ...headers }),
      );
    parser.on('data', (frame: Library.Frame) => this.#take(frame));
    pipe.on('error', () => this.close());
    pipe.on('close', () => this.close());
    pipe.on('end', () => this.close());
    pipe.pipe(parser);
    this.#framer.pipe(pipe);
  }

  /** Opens a stream. Resolves when the other side has taken it. @throws Error when it refuses. */
  open(headers: Readonly<Record<string, string>>): Promise<SpdyStream> {
    const stream = new SpdyStream(this.#nextId, headers, this.#framer);
    this.#nextId += 2;
    this.#streams.set(stream.id, stream);
    const request = { id: stream.id, method: 'POST', path: '/', host: 'localhost', headers };
    return new Promise((resolve, reject) => {
      stream.once('taken', () => resolve(stream));
      stream.once('close', () => reject(new Error('the stream was refused')));
      this.#framer.requestFrame(request);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stream of this.#streams.values()) stream.lose();
    this.#pipe.destroy();
    this.#options.onClose?.();
  }

  /** Ends every stream, and the connection once what was written has gone out. */
  async end(): Promise<void> {
    await Promise.all([...this.#streams.values()].map((stream) => stream.finish()));
    // The framer hands on what it holds in the next turn.
    setImmediate(() => this.#framer.push(null));
  }

  #take(frame: Library.Frame): void {
    const { type, id = 0, fin = false } = frame;
    if (type === 'PING' && frame.opaque && frame.ack !== true)
      return this.#framer.pingFrame({ opaque: frame.opaque, ack: true });
    if (type === 'GOAWAY') return this.close();
    const stream = this.#streams.get(id);
    if (type === 'HEADERS') return stream ? stream.confirm() : this.#accept(id, frame);
    if (!stream) return;
    if (type === 'DATA' && frame.data && frame.data.length > 0) stream.receive(frame.data);
    if (type === 'RST') {
      this.#streams.delete(id);
      stream.lose();
    } else if (fin) stream.receiveEnd();
  }

  #accept(id: number, { headers = {}, fin = false }: Library.Frame): void {
    const { onStream, isServer } = this.#options;
    if (!onStream || id % 2 === (isServer ? 0 : 1)) return this.#framer.rstFrame({ id, code: 'REFUSED_STREAM' });
    const stream = new SpdyStream(id, flattened(headers), this.#framer);
    this.#streams.set(id, stream);
    stream.on('close', () => this.#streams.delete(id));
    // Everything else follows the reply: Go's client reads no further while much comes on one stream and it waits for another.
    this.#framer.responseFrame({ id, status: 200, reason: 'OK', headers: {} }, () => {
      stream.confirm();
      onStream(stream);
    });
    if (fin) stream.receiveEnd();
  }
}

function flattened(headers: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]));
}

/** One stream: bytes both ways, either of which may end first. */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #framer: Library.Framer;
  #isConfirmed = false;

  constructor(id: number, headers: Readonly<Record<string, string>>, framer: Library.Framer) {
    super({ allowHalfOpen: true });
    this.id = id;
    this.headers = headers;
    this.#framer = framer;
    this.on('error', () => undefined);
  }

  /** The stream is there on both sides. */
  confirm(): void {
    if (this.#isConfirmed) return;
    this.#isConfirmed = true;
    this.emit('taken');
  }

  receive(bytes: Buffer): void {
    this.push(bytes);
  }

  receiveEnd(): void {
    this.push(null);
  }

  /** The connection is gone. */
  lose(): void {
    this.receiveEnd();
    this.destroy();
  }

  /** Ends what is written; resolves when all of it was handed to the connection. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      if (this.writableFinished || this.destroyed) return resolve();
      this.once('finish', () => resolve());
      this.once('close', () => resolve());
      if (!this.writableEnded) this.end();
    });
  }

  /** Refuses what else comes. */
  reset(): void {
    this.#framer.rstFrame({ id: this.id, code: 'CANCEL' });
    this.destroy();
  }

  override _read(): void {
    // Bytes are pushed as they come.
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#whenTaken(() => {
      const send = (at: number): void => {
        const next = at + MAX_FRAME_BYTES;
        this.#frame(bytes.subarray(at, next), { fin: false, done: next < bytes.length ? () => send(next) : done });
      };
      send(0);
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#whenTaken(() => this.#frame(Buffer.alloc(0), { fin: true, done }));
  }

  /** `done` is called when the frame is on its way: until then the connection has enough to send. */
  #frame(data: Buffer, { fin, done }: { fin: boolean; done: () => void }): void {
    this.#framer.dataFrame({ id: this.id, fin, priority: 0, data }, () => done());
  }

  #whenTaken(write: () => void): void {
    if (this.#isConfirmed) write();
    else this.once('taken', write);
  }
}
