// Why a server cannot be reached, in the words of Go's network packages.
// Called by: http.ts and its siblings; cli/errors.ts prints it. Must not know: commands. Upstream: Go's net, net/http.
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { tlsReason } from './http.errors.tls.ts';

/** The server cannot be reached. `host` is 'localhost:8080'; `reason` is Go's: 'dial tcp 127.0.0.1:1: connect: connection refused'. */
export class ConnectionError extends Error {
  readonly host: string;
  readonly reason: string;
  readonly isRefused: boolean;
  /** How a connection ended that was there. */
  readonly breakage: 'EOF' | 'reset' | 'timeout' | undefined;
  /** `request`: what was asked, as url.Error tells it: 'Get "https://127.0.0.1:1/api"'. */
  constructor(
    host: string,
    reason: string,
    isRefused: boolean,
    { request = '', breakage }: { request?: string; breakage?: ConnectionError['breakage'] } = {},
  ) {
    super(request === '' ? reason : `${request}: ${reason}`);
    this.name = 'ConnectionError';
    this.host = host;
    this.reason = reason;
    this.isRefused = isRefused;
    this.breakage = breakage;
  }
}

export interface NetworkError extends NodeJS.ErrnoException {
  address?: string;
  port?: number;
  hostname?: string;
  /** The server's, with which something is wrong. */
  certificate?: X509Certificate | undefined;
  host?: string;
  errors?: NetworkError[];
  /** 'Parse Error' of Node's: what the server sent. */
  rawPacket?: Buffer;
  /** The step of a proxy in which it happened. */
  through?: 'proxyconnect' | 'socks connect';
  destination?: { host: string; port: number };
  /** Of the connection on which it happened. */
  ends?: string;
}

interface Asked {
  method: string;
  url: string;
  /** Of the connection: '127.0.0.1:50000->127.0.0.1:6443'; '' when there was none yet. */
  ends?: string;
}

/** Returns the error of a request that did not get an answer. `method` and `url` are the request's. */
export function connectionError(thrown: unknown, { method, url, ends = '' }: Asked): ConnectionError {
  if (thrown instanceof ConnectionError) return thrown;
  const error = firstOf(thrown as NetworkError);
  const [, scheme = '', host = ''] = /^([a-z]+):\/\/([^/]*)/i.exec(url) ?? [];
  const request = `${method.charAt(0)}${method.slice(1).toLowerCase()} ${JSON.stringify(url)}`;
  const { reason, breakage } = breakOf(error, ends) ?? {
    reason: unusable(error, scheme, host) ?? reasonOf(error),
    breakage: undefined,
  };
  return new ConnectionError(host, through(error, reason), error.code === 'ECONNREFUSED', { request, breakage });
}

/** The time that the user allows is over. Upstream: net/http httpError with timeout. */
export function timeoutError(asked: Asked): ConnectionError {
  const place = asked.ends === '' ? ' while waiting for connection' : '';
  const reason = `net/http: request canceled${place} (Client.Timeout exceeded while awaiting headers)`;
  return connectionError(Object.assign(new Error(reason), { code: 'TIMEOUT' }), asked);
}

/** Returns the error with what went wrong before, if that was something else. Upstream: client-go wrapPreviousError. */
export function withPrevious(error: ConnectionError, previous: ConnectionError | undefined): Error {
  if (!previous || previous.message === error.message) return error;
  return new Error(`${error.message} - error from a previous attempt: ${previous.reason}`, { cause: error });
}

/** Returns why the body of an answer could not be read to its end. */
export function bodyReason(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNRESET' || error.code === 'Z_BUF_ERROR') return 'unexpected EOF';
  return error.message;
}

// A name with several addresses: the first refusal speaks for all.
function firstOf(error: NetworkError): NetworkError {
  const [first] = error.errors ?? [];
  return first ? Object.assign(first, { through: error.through, destination: error.destination }) : error;
}

/** What Node says when the other side ended without an answer, or in the middle of a handshake. */
const HANG_UPS = /^socket hang up$|^Client network socket disconnected/;

/** The connection was there and broke off. */
function breakOf(
  error: NetworkError,
  known: string,
): { reason: string; breakage: 'EOF' | 'reset' | 'timeout' } | undefined {
  const { code, message, ends = known } = error;
  if (code === 'EOF' || (code === 'ECONNRESET' && HANG_UPS.test(message))) return { reason: 'EOF', breakage: 'EOF' };
  if (code === 'TIMEOUT') return { reason: message, breakage: 'timeout' };
  if (code !== 'ECONNRESET' && code !== 'EPIPE') return undefined;
  const isWrite = code === 'EPIPE' || error.syscall === 'write';
  const how = code === 'EPIPE' ? 'broken pipe' : 'connection reset by peer';
  const verb = isWrite ? 'write' : 'read';
  return { reason: `${verb} tcp ${ends}: ${verb}: ${how}`, breakage: 'reset' };
}

/** Returns '127.0.0.1:50000->127.0.0.1:6443'. */
export function endsOf({ localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${joined(localAddress, localPort)}->${joined(remoteAddress, remotePort)}`;
}

function joined(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function through({ through: step, destination }: NetworkError, reason: string): string {
  if (step === undefined) return reason;
  if (step === 'proxyconnect') return `proxyconnect tcp: ${reason}`;
  const { host = '', port = 0 } = destination ?? {};
  return `socks connect tcp ${joined(host, port)}: ${reason}`;
}

/** A URL that Node refuses and Go finds out about later. */
function unusable({ code }: NetworkError, scheme: string, host: string): string | undefined {
  if (code === 'ERR_INVALID_PROTOCOL') return `unsupported protocol scheme ${JSON.stringify(scheme)}`;
  if (code !== 'ERR_INVALID_URL') return undefined;
  return `dial tcp: address ${/:(\d+)$/.exec(host)?.[1] ?? host}: invalid port`;
}

function reasonOf(error: NetworkError): string {
  const { code = '', message, address = '', port = 0, hostname = '' } = error;
  const dial = `dial tcp ${joined(address, port)}`;
  switch (code) {
    case 'ECONNREFUSED':
      return `${dial}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `${dial}: connect: no route to host`;
    case 'ENETUNREACH':
      return `${dial}: connect: network is unreachable`;
    case 'ETIMEDOUT':
      return `${dial}: i/o timeout`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${hostname}${resolver()}: no such host`;
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${hostname}${resolver()}: server misbehaving`;
    default:
      if (code.startsWith('HPE_')) return `net/http: HTTP/1.x transport connection broken: ${malformed(error)}`;
      return tlsReason(error) ?? message;
  }
}

/** Upstream: net/http ReadResponse. */
function malformed({ rawPacket, message }: NetworkError): string {
  const [line = ''] = (rawPacket?.toString('latin1') ?? '').split(/\r?\n/);
  if (rawPacket === undefined) return message;
  const at = line.indexOf(' ');
  if (at < 0) return `malformed HTTP response ${JSON.stringify(line)}`;
  const [status = ''] = line
    .slice(at + 1)
    .trimStart()
    .split(' ');
  if (status.length !== 3 || !/^\d+$/.test(status)) return `malformed HTTP status code ${JSON.stringify(status)}`;
  const version = line.slice(0, at);
  if (!/^HTTP\/\d\.\d$/.test(version)) return `malformed HTTP version ${JSON.stringify(version)}`;
  return message;
}

/** ' on 10.0.0.53:53': the resolver that Go asks. */
function resolver(): string {
  try {
    const text = process.getBuiltinModule('node:fs').readFileSync('/etc/resolv.conf', 'utf8');
    const server = /^nameserver\s+(\S+)/m.exec(text)?.[1];
    return server === undefined ? '' : ` on ${server.includes(':') ? `[${server}]` : server}:53`;
  } catch {
    return '';
  }
}
