// The parts of spdy-transport that are used, which brings no types of its own.
// Called by: http.spdy.ts.
declare module 'spdy-transport' {
  import type { Duplex } from 'node:stream';

  export interface Frame {
    type: string;
    id?: number;
    fin?: boolean;
    headers?: Record<string, string | string[]>;
    data?: Buffer;
    opaque?: Buffer;
    ack?: boolean;
  }
  export type Callback = (error?: Error | null, frame?: Frame) => void;
  export interface Window {
    send: { update(delta: number, done?: () => void): void };
    recv: { update(delta: number): void };
  }
  export interface Compression {
    compress: unknown;
    decompress: unknown;
  }
  export interface Parser extends Duplex {
    setVersion(version: number): void;
    setCompression(pair: Compression): void;
    parseKVs(buffer: unknown, callback: (error: Error | null, headers?: Record<string, unknown>) => void): void;
  }
  export interface Framer extends Duplex {
    setVersion(version: number): void;
    setCompression(pair: Compression): void;
    requestFrame(
      frame: { id: number; path: string; method: string; host: string; headers: object },
      done?: Callback,
    ): void;
    responseFrame(frame: { id: number; status: number; reason: string; headers: object }, done?: Callback): void;
    dataFrame(frame: { id: number; fin: boolean; priority: number; data: Uint8Array }, done?: Callback): void;
    rstFrame(frame: { id: number; code: string }, done?: Callback): void;
    pingFrame(frame: { opaque: Buffer; ack: boolean }, done?: Callback): void;
  }
  const library: { protocol: Protocols };
  export { library as default };
  export interface Protocols {
    spdy: {
      parser: { create(options: { isServer: boolean; window: Window }): Parser };
      framer: { create(options: { window: Window; timeout: undefined }): Framer };
      compressionPool: { create(isCompressed: boolean): { get(version: number): Compression } };
    };
  }
}
