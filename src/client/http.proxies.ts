// Proxies between a client and its server: which one, and how a connection is opened through it.
// Called by: http.ts, http.connections.ts. Must not know: requests.
// Upstream: Go's net/http transport.go, golang.org/x/net http/httpproxy and internal/socks; clientcmd parseProxyURL.
import type { Socket } from 'node:net';

export interface Proxy {
  protocol: 'http:' | 'https:' | 'socks5:' | 'socks5h:';
  host: string;
  port: number;
  /** 'Basic …' for the proxy itself; undefined for none. */
  authorization: string | undefined;
  user: { name: string; password: string } | undefined;
}

interface Destination {
  host: string;
  port: number;
}

interface Opening {
  dial(place: Destination): Promise<Socket>;
  secure(socket: Socket, host: string): Promise<Socket>;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'socks5:': 1080,
  'socks5h:': 1080,
};

/** Returns the proxy that a URL names. @throws Error as clientcmd words it. */
export function parseProxyUrl(text: string): Proxy {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`could not parse: ${text}`);
  }
  if (!Object.hasOwn(DEFAULT_PORTS, url.protocol))
    throw new Error(`unsupported scheme ${JSON.stringify(url.protocol.slice(0, -1))}, must be http, https, or socks5`);
  const [name, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const user = name === '' ? undefined : { name, password };
  return {
    protocol: url.protocol as Proxy['protocol'],
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (DEFAULT_PORTS[url.protocol] ?? 80),
    user,
    authorization: user && `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
  };
}

/** Returns the proxy that the environment names for a server; undefined for none. */
export function proxyFromEnvironment(
  serverUrl: string,
  env: Readonly<Record<string, string | undefined>>,
): Proxy | undefined {
  if (!URL.canParse(serverUrl)) return undefined;
  const { protocol, hostname, port } = new URL(serverUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  const named = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  const text = named(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (text === '' || isExempt({ host, port }, named('NO_PROXY'))) return undefined;
  return parseProxyUrl(/^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`);
}

/** Servers on this machine are never asked through a proxy that the environment names. */
function isExempt({ host, port }: { host: string; port: string }, exceptions: string): boolean {
  const { BlockList, isIP } = process.getBuiltinModule('node:net');
  if (host === 'localhost' || host.startsWith('127.') || host === '::1') return true;
  return exceptions.split(',').some((entry) => {
    const rule = entry.trim().toLowerCase();
    if (rule === '') return false;
    if (rule === '*') return true;
    const [address = '', bits] = rule.split('/');
    if (bits !== undefined && isIP(address) !== 0) {
      if (isIP(host) !== isIP(address)) return false;
      const list = new BlockList();
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      list.addSubnet(address, Number(bits), family);
      return list.check(host, family);
    }
    const [, name = rule, rulePort] = /^(.*?)(?::(\d+))?$/.exec(rule) ?? [];
    if (rulePort !== undefined && rulePort !== port) return false;
    const suffix = name.startsWith('*.') ? name.slice(1) : name;
    return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
  });
}

/** Returns a connection to the destination, or to the proxy itself where plain requests are handed to it whole. */
export async function openThroughProxy(
  proxy: Proxy,
  destination: Destination,
  isTunnel: boolean,
  opening: Opening,
): Promise<Socket> {
  let socket: Socket;
  try {
    socket = await opening.dial(proxy);
    if (proxy.protocol === 'https:') socket = await opening.secure(socket, proxy.host);
  } catch (error) {
    const isSocks = proxy.protocol.startsWith('socks');
    throw Object.assign(error as Error, { through: isSocks ? 'socks connect' : 'proxyconnect', destination });
  }
  if (proxy.protocol.startsWith('socks')) await greetSocks(socket, proxy, destination);
  else if (isTunnel) await askForTunnel(socket, proxy, destination);
  return socket;
}

async function askForTunnel(socket: Socket, { authorization }: Proxy, { host, port }: Destination): Promise<void> {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const lines = [`CONNECT ${place} HTTP/1.1`, `Host: ${place}`, 'User-Agent: Go-http-client/1.1'];
  if (authorization !== undefined) lines.push(`Proxy-Authorization: ${authorization}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let head = '';
  while (!head.includes('\r\n\r\n')) head += (await readSome(socket, 1)).toString('latin1');
  const [, status = '', words = ''] = /^HTTP\/1\.\d (\d+)(?: ([^\r\n]*))?/.exec(head) ?? [];
  if (status === '200') return;
  socket.destroy();
  throw new Error(words || `malformed HTTP response ${JSON.stringify(head.split('\r\n')[0])}`);
}

const SOCKS_VERSION = 5;
const BY_NAME = 0;
const BY_PASSWORD = 2;
const SOCKS_REASONS: readonly string[] = [
  'succeeded',
  'general SOCKS server failure',
  'connection not allowed by ruleset',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
];

/** Upstream: RFC 1928, RFC 1929. */
async function greetSocks(socket: Socket, { user }: Proxy, { host, port }: Destination): Promise<void> {
  socket.write(Buffer.from(user ? [SOCKS_VERSION, 2, BY_NAME, BY_PASSWORD] : [SOCKS_VERSION, 1, BY_NAME]));
  const [version, method] = await readSome(socket, 2);
  const refuse = (reason: string): never => {
    socket.destroy();
    throw Object.assign(new Error(reason), { through: 'socks connect', destination: { host, port } });
  };
  if (version !== SOCKS_VERSION) refuse(`unexpected protocol version ${version}`);
  if (method === BY_PASSWORD && user) {
    const [name, password] = [Buffer.from(user.name), Buffer.from(user.password)];
    socket.write(Buffer.concat([Buffer.of(1, name.length), name, Buffer.of(password.length), password]));
    const [, result] = await readSome(socket, 2);
    if (result !== 0) refuse('username/password authentication failed');
  } else if (method !== BY_NAME) refuse('no acceptable authentication methods');
  const name = Buffer.from(host);
  socket.write(Buffer.concat([Buffer.of(SOCKS_VERSION, 1, 0, 3, name.length), name, Buffer.of(port >> 8, port & 255)]));
  const [, code = 1, , kind] = await readSome(socket, 4);
  if (code !== 0) refuse(`unknown error ${SOCKS_REASONS[code] ?? `unknown code: ${code}`}`);
  const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await readSome(socket, 1))[0] ?? 0);
  await readSome(socket, length + 2);
}

/** Resolves with that many bytes; what comes after them stays in the socket. */
function readSome(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const finish = (error?: Error, bytes?: Buffer): void => {
      socket.removeListener('readable', take);
      socket.removeListener('error', finish);
      socket.removeListener('end', end);
      if (bytes) resolve(bytes);
      else reject(error ?? new Error('EOF'));
    };
    const take = (): void => {
      const bytes = socket.read(count) as Buffer | null;
      if (bytes) finish(undefined, bytes);
    };
    const end = (): void => finish(Object.assign(new Error('EOF'), { code: 'EOF' }));
    socket.on('readable', take);
    socket.on('error', finish);
    socket.on('end', end);
    take();
  });
}
