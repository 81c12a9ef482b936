// The sockets of this machine, with Go's words for what goes wrong. The door to node:net.
// Called by: commands port-forward and proxy, when the runtime brings no network of its own. Loaded on first use.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { LocalListener, LocalNetwork } from './runtime.ts';

/** Returns the network of this machine. */
export function createLocalNetwork(): LocalNetwork {
  return { listen };
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'bind: address already in use',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
  EACCES: 'bind: permission denied',
  EAFNOSUPPORT: 'socket: address family not supported by protocol',
  ENOENT: 'bind: no such file or directory',
};

const MAX_PORT = 65535;

const listen: LocalNetwork['listen'] = async (place, onConnection) => {
  if (place.network !== 'unix' && (place.port < 0 || place.port > MAX_PORT))
    throw new Error(`listen ${place.network}: address ${place.port}: invalid port`);
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    onConnection(socket);
  });
  const open = new Set<net.Socket>();
  return new Promise<LocalListener>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = place.network === 'unix' ? place.path : joinHostPort(place.address, place.port);
      // Node's library takes a folder that is not there for one that is closed to it.
      const hasNoFolder = place.network === 'unix' && !fs.existsSync(path.dirname(place.path));
      const reason = REASONS[hasNoFolder ? 'ENOENT' : (error.code ?? '')] ?? error.message;
      reject(new Error(`listen ${place.network} ${where}: ${reason}`));
    });
    const done = (): void => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, close: () => close(server, open) });
    };
    if (place.network === 'unix') server.listen(place.path, done);
    else server.listen({ host: place.address, port: place.port, ipv6Only: place.network === 'tcp6' }, done);
  });
};

function close(server: net.Server, open: ReadonlySet<net.Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of open) socket.destroy();
  });
}

/** Returns '127.0.0.1:80' or '[::1]:80'. Upstream: Go net.JoinHostPort. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
