// Opens connections as Go's Transport does: straight or through a proxy, in limited time, with TLS when asked.
// Called by: http.exchange.ts, http.websocket.ts. Must not know: requests. Upstream: Go's net/http transport.go, client-go transport/cache.go.
import type { X509Certificate } from 'node:crypto';
import type { Agent, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { endsOf } from './http.errors.ts';
import type { TlsOptions } from './http.credentials.ts';
import type { Proxy } from './http.proxies.ts';

export interface ConnectionOptions {
  tls: TlsOptions;
  /** undefined: straight to the server. */
  proxy: Proxy | undefined;
  dialTimeoutMs?: number;
  handshakeTimeoutMs?: number;
}

interface Destination {
  host: string;
  port: number;
}

type Taker = (error: Error | null, socket?: Socket) => void;

/** Upstream: client-go transport/cache.go: the dialer's timeout, tlsCache.get's TLSHandshakeTimeout. */
const DIAL_TIMEOUT_MS = 30_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Returns an agent that keeps connections for the next request, for 'http:' or 'https:' servers. */
export function createAgent(isSecure: boolean, options: ConnectionOptions): Agent {
  const https = process.getBuiltinModule('node:https');
  const http = process.getBuiltinModule('node:http');
  const agent = isSecure ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  const create = (wanted: RequestOptions, taken: Taker): undefined => {
    const { host = '', port = 0 } = wanted;
    const destination = { host: String(host).replace(/^\[|\]$/g, ''), port: Number(port) };
    connect(destination, isSecure, options).then(
      (socket) => taken(null, socket),
      (error: unknown) => taken(error as Error),
    );
    return undefined;
  };
  Object.assign(agent, { createConnection: create });
  return agent;
}

/** Opens one connection. @throws Error with the codes that http.errors.ts words. */
async function connect(destination: Destination, isSecure: boolean, options: ConnectionOptions): Promise<Socket> {
  const { proxy, tls } = options;
  // Plain requests go to the proxy as they are.
  if (!proxy) {
    const straight = await dial(destination, options);
    return isSecure ? startTls(straight, destination.host, { ...options, tls }) : straight;
  }
  const { openThroughProxy } = await import('./http.proxies.ts');
  const socket = await openThroughProxy(proxy, destination, isSecure, {
    dial: (place) => dial(place, options),
    secure: (bare, host) => startTls(bare, host, { ...options, tls: { rejectUnauthorized: tls.rejectUnauthorized } }),
  });
  return isSecure ? startTls(socket, destination.host, options) : socket;
}

export function dial(
  { host, port }: Destination,
  { dialTimeoutMs = DIAL_TIMEOUT_MS }: Pick<ConnectionOptions, 'dialTimeoutMs'>,
): Promise<Socket> {
  const socket = process.getBuiltinModule('node:net').connect({ host, port, autoSelectFamily: true });
  return settled(socket, 'connect', dialTimeoutMs, () =>
    Object.assign(new Error('i/o timeout'), { code: 'ETIMEDOUT', address: host, port }),
  );
}

async function startTls(socket: Socket, host: string, options: ConnectionOptions): Promise<TLSSocket> {
  const { tls, handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS } = options;
  const { rejectUnauthorized: isChecked, servername = host, ...pair } = tls;
  const isAddress = process.getBuiltinModule('node:net').isIP(servername) !== 0;
  const secure = process.getBuiltinModule('node:tls').connect({
    ...pair,
    socket,
    servername: isAddress ? '' : servername,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    // Looked at below, in the order in which Go finds fault.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  await settled(secure, 'secureConnect', handshakeTimeoutMs, () =>
    Object.assign(new Error('net/http: TLS handshake timeout'), { code: 'TLS_HANDSHAKE_TIMEOUT' }),
  );
  const certificate = secure.getPeerX509Certificate();
  const code = isChecked ? faultOf(secure, certificate, servername) : undefined;
  if (code === undefined) return secure;
  secure.destroy();
  throw Object.assign(new Error(code), { code, certificate, host: servername });
}

/** Returns Node's code for what is wrong with a server's certificate. Upstream: crypto/x509 Certificate.Verify. */
function faultOf(secure: TLSSocket, certificate: X509Certificate | undefined, host: string): string | undefined {
  if (!certificate) return 'UNABLE_TO_GET_ISSUER_CERT';
  const nowMs = Date.now();
  if (nowMs > Date.parse(certificate.validTo)) return 'CERT_HAS_EXPIRED';
  if (nowMs < Date.parse(certificate.validFrom)) return 'CERT_NOT_YET_VALID';
  const isAddress = process.getBuiltinModule('node:net').isIP(host) !== 0;
  const isNamed = isAddress ? certificate.checkIP(host) : certificate.checkHost(host, { subject: 'never' });
  if (isNamed === undefined) return 'ERR_TLS_CERT_ALTNAME_INVALID';
  return secure.authorized ? undefined : String(secure.authorizationError);
}

/** Resolves at the event; rejects at an error, at the end of the other side, or when the time is over. */
function settled<S extends Socket>(socket: S, event: string, timeoutMs: number, late: () => Error): Promise<S> {
  let ends = '';
  return new Promise((resolve, reject) => {
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      for (const [name, listener] of listeners) socket.removeListener(name, listener);
      if (!error) return resolve(socket);
      socket.on('error', () => undefined);
      socket.destroy();
      reject(Object.assign(error, ends === '' ? {} : { ends }));
    };
    if (!socket.connecting) ends = endsOf(socket);
    const timer = setTimeout(() => finish(late()), timeoutMs);
    const listeners: [string, (error?: Error) => void][] = [
      [event, () => finish()],
      ['error', (error) => finish(error)],
      ['close', () => finish(Object.assign(new Error('EOF'), { code: 'EOF' }))],
    ];
    for (const [name, listener] of listeners) socket.on(name, listener);
  });
}
