// Watches over HTTP: one line of JSON an event, for as long as the client and the timeout allow.
// Called by: http.ts, upgrades.ts. Must not know: kinds. Upstream: apiserver pkg/endpoints/handlers/watch.go.
import type { ServerResponse } from 'node:http';
import { partsOf } from '../apiserver/encoding.ts';
import type { ApiRequest, ApiResponse, WatchCursor, WatchEvent } from '../apiserver/types.ts';
import { warningHeader } from './answers.ts';
import type { Engine } from './engine.ts';
import type { ServerContext } from './http.ts';

export interface WatchAnswer {
  request: ApiRequest;
  response: ServerResponse;
  answer: ApiResponse;
  cursor: WatchCursor;
}

/** client-go looks only so often whether its caches are filled, and acts upon what it was sent after that. */
const SET_UP_MS = 150;
/** How far in simulated time a program's watch goes on over what recurs: past the progress deadline of Deployments. */
const PATIENCE_MS = 15 * 60_000;
/** A client that has not read this much is not sent more. */
const HIGH_WATER_BYTES = 1 << 20;

/** Sends events until the watch ends or the client goes. Resolves then. */
export async function streamWatch(context: ServerContext, watch: WatchAnswer): Promise<void> {
  const { request, response, answer, cursor } = watch;
  const headers = { ...context.common(), ...answer.headers, ...warningHeader(answer.warnings) };
  response.writeHead(200, headers);
  response.flushHeaders();
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  await followWatch(context.engine, {
    cursor,
    request,
    signal: gone.signal,
    isReady: () => response.writableLength < HIGH_WATER_BYTES,
    onReady: (callback) => response.on('drain', callback),
    send: (event) => response.write(watchLine(event)),
  });
  response.end();
}

export interface FollowedWatch {
  cursor: WatchCursor;
  request: ApiRequest;
  signal: AbortSignal;
  /** Whether the client keeps up. */
  isReady(): boolean;
  onReady(callback: () => void): void;
  send(event: WatchEvent): void;
}

/** Calls `send` with every event until the watch ends or the signal fires. */
export async function followWatch(engine: Engine, watch: FollowedWatch): Promise<void> {
  const { cursor, request, signal, send } = watch;
  const { endsAtMs } = cursor;
  const isOurs = waitsInSimulatedTime(request);
  const release = engine.wait(
    isOurs
      ? { endsAtMs, jumpsToEnd: true }
      : { endsAtMs, setUpMs: SET_UP_MS, patientUntilMs: isForPeople(request) ? undefined : engine.nowMs + PATIENCE_MS },
  );
  // Jumps are no time that others wait: their watches would end, and begin anew, all the while.
  if (!isOurs && engine.pace === 'jumping') cursor.outlast();
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const flush = (): void => {
    // What is not durable yet is told of when it is: by the listener.
    if (signal.aborted || !watch.isReady() || !engine.isDurable) return;
    const events = cursor.next();
    for (const event of events) send(event);
    if (cursor.isEnded) end();
  };
  const removeListener = engine.onChange(flush);
  watch.onReady(flush);
  signal.addEventListener('abort', end);
  const stopClock = watchTheClock(engine, { ...watch, flush, end });
  try {
    if (signal.aborted) return;
    flush();
    await ended;
  } finally {
    stopClock();
    removeListener();
    release();
    cursor.close();
  }
}

/** Upstream: kube-apiserver --min-request-timeout; a watch that does not say ends after one to two times as long. */
const MIN_REQUEST_TIMEOUT_MS = 1_800_000;

interface ClockedWatch extends FollowedWatch {
  flush(): void;
  end(): void;
}

/** What a client waits for at most, and how often it hears of a watch, is real time, too, when simulated time stands. */
function watchTheClock(engine: Engine, { cursor, isReady, send, flush, end }: ClockedWatch): () => void {
  const { endsAtMs } = cursor;
  const longestMs = MIN_REQUEST_TIMEOUT_MS * (1 + Math.random());
  const ending = setTimeout(end, endsAtMs === undefined ? longestMs : engine.realMsUntil(endsAtMs));
  let marking: NodeJS.Timeout | undefined;
  let isStopped = false;
  const plan = (): void => {
    const { bookmarkAtMs } = cursor;
    if (bookmarkAtMs !== undefined && !isStopped)
      marking = setTimeout(() => void mark().catch(() => undefined), engine.realMsUntil(bookmarkAtMs));
  };
  const mark = async (): Promise<void> => {
    const dueMs = cursor.bookmarkAtMs;
    await engine.perform('clock', () => undefined);
    flush();
    // Where simulated time stands nothing is due by it.
    if (cursor.bookmarkAtMs === dueMs && isReady()) for (const event of cursor.bookmark()) send(event);
    plan();
  };
  plan();
  return () => {
    isStopped = true;
    clearTimeout(ending);
    clearTimeout(marking);
  };
}

/** This project's own commands count their timeouts in simulated time. */
export function waitsInSimulatedTime({ headers }: ApiRequest): boolean {
  return headers['sandkube-wait'] === 'simulated';
}

const END_OF_LINE = Buffer.from('}\n');

/** Returns an event as a line. */
export function watchLine({ type, object }: WatchEvent): Buffer {
  return Buffer.concat([Buffer.from(`{"type":${JSON.stringify(type)},"object":`), ...partsOf(object), END_OF_LINE]);
}

/** Whoever asks for rows looks on; programs that wait for a state ask for objects. */
function isForPeople({ headers }: ApiRequest): boolean {
  return headers['accept']?.includes('as=Table') ?? false;
}
