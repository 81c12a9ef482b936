// A request to the API server and its answer, whatever door it came through.
// Called by: apiserver, client transports, server (sockets). Must not know: sockets.
import type { JsonObject, KubeObject } from '../machinery/types.ts';
import type { Status } from '../machinery/status.ts';
import type { UserInfo } from './user.ts';

export interface ApiRequest {
  /** Upper case: GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS. */
  method: string;
  /** Without the query: /api/v1/namespaces/default/pods. */
  path: string;
  query: URLSearchParams;
  /** Lower-case names. Of a header that is repeated, Impersonate-Group and the like, each value is a line. */
  headers: Record<string, string>;
  /** A decoded JSON value (in process) or the bytes as sent. */
  body?: unknown;
  /** Who asks; by default the administrator: a command in the same process. */
  user?: UserInfo;
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject | Status | JsonObject;
}

/**
 * The open end of a watch. `next` returns the events that are there now (maybe none) without waiting; time and other writers
 * make more. Ended when `isEnded`: the timeout passed in simulated time, or an ERROR event was returned.
 */
export interface WatchCursor {
  next(): WatchEvent[];
  readonly isEnded: boolean;
  /** Simulated instant at which the watch times out; undefined for none. */
  readonly endsAtMs: number | undefined;
  /** Simulated instant at which `next` tells how far the watch is even if nothing happened; undefined for none. */
  readonly bookmarkAtMs: number | undefined;
  /** Returns the bookmark that is due next, now: for clients whose time passes while simulated time stands. */
  bookmark(): WatchEvent[];
  /** From now on simulated time does not end the watch: the caller counts its timeout in real time. */
  outlast(): void;
  close(): void;
}

/** Where a streaming subresource (exec, attach, portforward, log -f) reads and writes. */
export interface StreamIO {
  /** Bytes from the client; undefined at end of input. Absent when stdin was not asked for. */
  readStdin?(): Promise<Uint8Array | undefined>;
  /** Waits for something outside the cluster, such as a key, and lets others work on the cluster meanwhile. */
  waitOutside?<T>(wait: Promise<T>): Promise<T>;
  writeStdout(bytes: Uint8Array): void;
  writeStderr(bytes: Uint8Array): void;
  /** Current terminal size, when there is a TTY. */
  terminalSize?(): { columns: number; rows: number };
  /** Calls the listener when the size has changed. @returns what takes it away. */
  onResize?(listener: () => void): () => void;
  /** Set when the client has gone. */
  readonly signal: AbortSignal;
}

/** A stream that the server opened: runs until the remote side ends, then returns the Status of the error channel. */
export type StreamHandler = (io: StreamIO) => Promise<Status>;

/** A port-forward: one connection to a container's port. Bytes in, bytes out, until either side ends. */
export interface PortConnection {
  /** Hands bytes from the client to the application and returns what the application answers. */
  send(bytes: Uint8Array): Promise<Uint8Array[]>;
  /** Of an application that answers in its own time: resolves with what came, undefined at its end. */
  received?(): Promise<Uint8Array[] | undefined>;
  /** True once the application closed the connection. */
  readonly isClosed: boolean;
}

export interface ApiResponse {
  status: number;
  headers: Record<string, string>;
  /** Texts of `Warning: 299 - "…"` headers, in order, without repetition. */
  warnings: string[];
  /** An object, list, Table or Status; absent for text, bytes, watches and streams. */
  body?: unknown;
  /** True for bodies that are indented whoever asks. */
  isIndented?: boolean;
  /** For /healthz, logs, /version and the like. */
  text?: string;
  bytes?: Uint8Array;
  watch?: WatchCursor;
  stream?: StreamHandler;
  /** For portforward: opens a connection to a port. @throws Error with kubelet's text when nothing listens. */
  openPort?: (port: number) => PortConnection;
}
