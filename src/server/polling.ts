// Clients that wait by asking the same again and again, as drain does: on a jumping clock they move time, too.
// Called by: http.ts. Must not know: what is asked.
import type { Duplex } from 'node:stream';
import type { ApiRequest } from '../apiserver/types.ts';

interface Asked {
  atMs: number;
  revision: number;
}

/** People who repeat a command open a new connection; programs that poll leave this much time between two requests. */
const LEAST_INTERVAL_MS = 300;

/** Remembers what each connection asked last. */
export class PollDetector {
  readonly #asked = new WeakMap<Duplex, Map<string, Asked>>();

  /** Whether the connection asked the same before and nothing has happened since. `nowMs` is the wall clock's. */
  isPoll(
    socket: Duplex,
    { method, path, query }: ApiRequest,
    { nowMs, revision }: { nowMs: number; revision: number },
  ): boolean {
    if (method !== 'GET') return false;
    let asked = this.#asked.get(socket);
    if (!asked) this.#asked.set(socket, (asked = new Map()));
    const key = `${path}?${query.toString()}`;
    const last = asked.get(key);
    asked.set(key, { atMs: nowMs, revision });
    return last !== undefined && last.revision === revision && nowMs - last.atMs >= LEAST_INTERVAL_MS;
  }
}
