// A loopback network in memory: what port-forward and proxy listen on in tests, without any socket.
// Called by: test/cli/*.test.ts.
import { Duplex } from 'node:stream';
import type { LocalNetwork } from '../src/cli/runtime.ts';

const FIRST_FREE_PORT = 40_000;

export class LoopbackNetwork implements LocalNetwork {
  readonly #listeners = new Map<string, (connection: Duplex) => void>();
  readonly #waiting = new Map<string, () => void>();
  #nextPort = FIRST_FREE_PORT;

  readonly listen: LocalNetwork['listen'] = async (place, onConnection) => {
    const port = place.network === 'unix' ? 0 : place.port || this.#nextPort++;
    const key = place.network === 'unix' ? place.path : `${place.address}:${port}`;
    if (this.#listeners.has(key)) throw new Error(`listen ${place.network} ${key}: bind: address already in use`);
    this.#listeners.set(key, onConnection);
    this.#waiting.get(key)?.();
    return { port, close: async () => void this.#listeners.delete(key) };
  };

  /** Resolves when something listens there. */
  async opened(key: string): Promise<void> {
    if (!this.#listeners.has(key)) await new Promise<void>((resolve) => this.#waiting.set(key, resolve));
  }

  /** Returns the near end of a new connection. @throws Error when nothing listens. */
  connect(key: string): Duplex {
    const onConnection = this.#listeners.get(key);
    if (!onConnection) throw new Error(`connect ${key}: connection refused`);
    const [near, far] = pair();
    onConnection(far);
    return near;
  }

  /** Sends bytes, and returns all that comes back until the far side ends. */
  async exchange(key: string, text: string): Promise<string> {
    const connection = this.connect(key);
    connection.end(text);
    const chunks: Uint8Array[] = [];
    for await (const chunk of connection as AsyncIterable<Uint8Array>) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }
}

/** Returns two ends of one connection. */
function pair(): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  const end = (other: 0 | 1): Duplex =>
    new Duplex({
      read: () => undefined,
      write(chunk: Uint8Array, _encoding, done) {
        ends[other]?.push(chunk);
        done();
      },
      final(done) {
        ends[other]?.push(null);
        done();
      },
      destroy(error, done) {
        // What is torn down in the middle is torn down for both.
        if (!this.readableEnded || !this.writableFinished) ends[other]?.destroy();
        done(error);
      },
    });
  const [near, far] = [end(1), end(0)];
  ends.push(near, far);
  return [near, far];
}
