// The connections of a server's clients, and whether anything is still under way on one of them.
// Called by: http.ts; the engine asks before time jumps. Must not know: what is asked, the cluster.
import type { Socket } from 'node:net';
import type { ClientLook } from './engine.jumps.ts';
import { lookAtProcess, processBehind } from './clients.processes.ts';

/** A connection that has not asked anything yet is waited for this long. */
const FIRST_REQUEST_MS = 2_000;

interface Client {
  openedAtMs: number;
  hasAsked: boolean;
  /** undefined: not looked for yet; 0: unknown. */
  pid: number | undefined;
}

export class Clients {
  readonly #sockets = new Map<Socket, Client>();
  #changes = 0;

  /** Counts a connection until it closes. TLS over a counted connection takes its place. */
  track(socket: Socket): void {
    this.#changes += 1;
    const bare = [...this.#sockets.keys()].find((other) => other !== socket && isSame(other, socket));
    if (bare) this.#sockets.delete(bare);
    this.#sockets.set(socket, { openedAtMs: Date.now(), hasAsked: false, pid: undefined });
    socket.on('close', () => {
      this.#changes += 1;
      this.#sockets.delete(socket);
    });
  }

  /** Something was asked on the connection. */
  ask(socket: Socket): void {
    const client = this.#sockets.get(socket);
    if (client) client.hasAsked = true;
  }

  /** Ends all connections. */
  destroy(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  /** Looks at all of them. Where a client's process can be watched it has to sleep; others are given time. */
  look(): ClientLook {
    const pids = new Set<number>();
    let isQuiet = true;
    let isKnown = true;
    let bytes = 0;
    for (const [socket, client] of this.#sockets) {
      bytes += socket.bytesRead + socket.bytesWritten;
      if (socket.writableLength > 0) isQuiet = false;
      if (!client.hasAsked && Date.now() - client.openedAtMs < FIRST_REQUEST_MS) isQuiet = false;
      client.pid ??= processBehind(socket) ?? 0;
      if (client.pid === 0) isKnown = false;
      else pids.add(client.pid);
    }
    const marks: string[] = [];
    for (const pid of pids) {
      const seen = lookAtProcess(pid);
      if (!seen) continue;
      marks.push(seen.mark);
      if (!seen.isAsleep) isQuiet = false;
    }
    return { isQuiet, isKnown, mark: `${this.#changes} ${bytes} ${marks.join(' ')}` };
  }
}

function isSame(one: Socket, other: Socket): boolean {
  return one.remotePort === other.remotePort && one.remoteAddress === other.remoteAddress;
}
