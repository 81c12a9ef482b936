// Programs that use the network: wget, curl, nslookup, ping, nc.
// Called by: sh/tools.ts. Must not know: Services, DNS (the host answers).
import { bytesOf, textOf } from './bytes.ts';
import type { HttpAnswer, HttpCall, HttpFailure, Tool, ToolIO, Wait } from './host.ts';
import { parseOptions } from './options.ts';

type Steps = Generator<Wait, number, void>;

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    return undefined;
  }
}

/** Returns the answer after the time it takes, or the failure, at the latest when the time-out passes. */
function* exchange(
  { host }: ToolIO,
  call: HttpCall,
  timeoutMs: number,
): Generator<Wait, HttpAnswer | HttpFailure, void> {
  const answer = host.http(call);
  const tookMs = Math.min(answer.latencyMs, timeoutMs);
  if (tookMs > 0) yield { kind: 'until', atMs: host.nowMs() + tookMs };
  if (answer.latencyMs > timeoutMs) return { failure: 'timeout', address: answer.address, latencyMs: timeoutMs };
  return answer;
}

/** How long a connection attempt goes on when nobody says otherwise. */
const DEFAULT_TIMEOUT_MS = 900_000;

function* wget(io: ToolIO): Steps {
  const { operands, has, value } = parseOptions(io.args, {
    flags: 'qScNnv',
    valued: 'OTtUYP',
    long: {
      quiet: 'q',
      timeout: 'T',
      spider: 'c',
      'output-document': 'O',
      tries: 't',
      'no-check-certificate': 'n',
      'no-verbose': 'n',
      'server-response': 'S',
    },
  });
  const url = parseUrl(operands[0] ?? '');
  if (!url) {
    io.err(`wget: not an http or ftp url: ${operands[0] ?? ''}\n`);
    return 1;
  }
  const timeoutMs = value('T') === undefined ? DEFAULT_TIMEOUT_MS : Number(value('T')) * 1000;
  const headers = { Host: url.host, 'User-Agent': 'Wget', Connection: 'close' };
  const answer = yield* exchange(io, { method: 'GET', url, headers }, timeoutMs);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if ('failure' in answer) {
    if (answer.failure !== 'dns' && !has('q')) io.err(`Connecting to ${url.host} (${answer.address}:${port})\n`);
    io.err(wgetFailure(answer, url));
    return 1;
  }
  if (!has('q')) io.err(`Connecting to ${url.host} (${answer.address}:${port})\n`);
  if (answer.status >= 400) {
    io.err(`wget: server returned error: HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ''}\n`);
    return 1;
  }
  if (io.args.includes('--spider')) return 0;
  return save(io, { body: answer.body, url, target: value('O'), isQuiet: has('q') });
}

function wgetFailure({ failure, address }: HttpFailure, url: URL): string {
  switch (failure) {
    case 'dns':
      return `wget: bad address '${url.host}'\n`;
    case 'refused':
      return `wget: can't connect to remote host (${address}): Connection refused\n`;
    case 'unreachable':
      return `wget: can't connect to remote host (${address}): Host is unreachable\n`;
    default:
      return 'wget: download timed out\n';
  }
}

function save(
  io: ToolIO,
  { body, url, target, isQuiet }: { body: Uint8Array; url: URL; target: string | undefined; isQuiet: boolean },
): number {
  const name = target ?? (url.pathname.split('/').pop() || 'index.html');
  const progress = `${name.padEnd(20)} 100% |${'*'.repeat(32)}| ${String(body.length).padStart(5)}  0:00:00 ETA\n`;
  if (name === '-') {
    if (!isQuiet) io.err('writing to stdout\n');
    io.out(textOf(body));
    if (!isQuiet) io.err(`${progress.replace(/^\S+\s*/, '-'.padEnd(21))}written to stdout\n`);
    return 0;
  }
  const path = io.shell.path(name);
  if (path === '/dev/null') {
    if (!isQuiet) io.err(`saving to '${name}'\n${progress}'${name}' saved\n`);
    return 0;
  }
  if (target === undefined && io.host.fs.stat(path)) {
    io.err(`wget: can't open '${name}': File exists\n`);
    return 1;
  }
  io.host.fs.write(path, body);
  if (!isQuiet) io.err(`saving to '${name}'\n${progress}'${name}' saved\n`);
  return 0;
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

function headerBlock(answer: HttpAnswer): string {
  const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ''}\r\n${lines.join('')}\r\n`;
}

function* curl(io: ToolIO): Steps {
  const options = parseOptions(io.args, {
    flags: 'sSvkILfiNg46',
    valued: 'omXHdwAuTemr',
    long: {
      silent: 's',
      'show-error': 'S',
      insecure: 'k',
      head: 'I',
      location: 'L',
      fail: 'f',
      include: 'i',
      output: 'o',
      verbose: 'v',
      'max-time': 'm',
      'connect-timeout': 'm',
      request: 'X',
      header: 'H',
      data: 'd',
      'write-out': 'w',
      'user-agent': 'A',
      user: 'u',
    },
  });
  const text = options.operands[0];
  if (text === undefined) {
    io.err("curl: try 'curl --help' or 'curl --manual' for more information\n");
    return 2;
  }
  const url = parseUrl(text);
  if (!url) {
    io.err('curl: (3) URL rejected: Malformed input to a URL function\n');
    return 3;
  }
  const body = options.value('d');
  const headers: Record<string, string> = {
    Host: url.host,
    'User-Agent': options.value('A') ?? 'curl/8.14.1',
    Accept: '*/*',
  };
  for (const line of options.values('H')) {
    const [name = '', value = ''] = line.split(/:\s*(.*)/s);
    const existing = Object.keys(headers).find((h) => h.toLowerCase() === name.toLowerCase());
    headers[existing ?? name] = value;
  }
  const method = options.value('X') ?? (options.has('I') ? 'HEAD' : body === undefined ? 'GET' : 'POST');
  const timeoutMs = options.value('m') === undefined ? 130_000 : Number(options.value('m')) * 1000;
  const call: HttpCall = { method, url, headers, ...(body === undefined ? {} : { body: bytesOf(body) }) };
  const startMs = io.host.nowMs();
  const answer = yield* exchange(io, call, timeoutMs);
  if ('failure' in answer)
    return curlFailure(io, answer, url, options.has('s') && !options.has('S'), io.host.nowMs() - startMs);
  if (options.has('f') && answer.status >= 400) {
    if (!options.has('s') || options.has('S'))
      io.err(`curl: (22) The requested URL returned error: ${answer.status}\n`);
    return 22;
  }
  if (options.has('i') || options.has('I')) io.out(headerBlock(answer));
  const target = options.value('o');
  if (!options.has('I')) {
    if (target === undefined || target === '-') io.out(textOf(answer.body));
    else if (target !== '/dev/null') io.host.fs.write(io.shell.path(target), answer.body);
  }
  const format = options.value('w');
  if (format !== undefined)
    io.out(
      format
        .replaceAll('\\n', '\n')
        .replace(/%\{(http_code|response_code|time_total|size_download|remote_ip)\}/g, (_whole, name: string) =>
          written(name, answer),
        ),
    );
  return 0;
}

function written(name: string, answer: HttpAnswer): string {
  switch (name) {
    case 'time_total':
      return (answer.latencyMs / 1000).toFixed(6);
    case 'size_download':
      return String(answer.body.length);
    case 'remote_ip':
      return answer.address;
    default:
      return String(answer.status).padStart(3, '0');
  }
}

function curlFailure(
  io: ToolIO,
  { failure, address }: HttpFailure,
  url: URL,
  isSilent: boolean,
  tookMs: number,
): number {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const [code, message] =
    failure === 'dns'
      ? [6, `Could not resolve host: ${url.hostname}`]
      : failure === 'timeout'
        ? [28, `Connection timed out after ${tookMs} milliseconds`]
        : [7, `Failed to connect to ${url.hostname} port ${port} after ${tookMs} ms: Could not connect to server`];
  void address;
  if (!isSilent) io.err(`curl: (${code}) ${message}\n`);
  return code as number;
}

const nslookup: Tool = ({ args, out, err, host }) => {
  const names = args.filter((word) => !word.startsWith('-'));
  const name = names[0] ?? '';
  const server = names[1] ?? host.nameserver;
  const isBusybox = host.os !== 'debian';
  const answer = host.resolve(name);
  // This name is always there: who does not find it reaches no server.
  if (!answer && !host.resolve('example.com')) {
    out(';; connection timed out; no servers could be reached\n\n');
    return 1;
  }
  out(`Server:\t\t${server}\nAddress:\t${server}${isBusybox ? ':53' : '#53'}\n\n`);
  if (!answer) {
    const text = `** server can't find ${name}: NXDOMAIN\n\n`;
    if (isBusybox) out(text);
    else err(text);
    return 1;
  }
  if (answer.canonicalName !== undefined) out(`${answer.name}\tcanonical name = ${answer.canonicalName}\n`);
  for (const address of answer.addresses) out(`Name:\t${answer.canonicalName ?? answer.name}\nAddress: ${address}\n`);
  out('\n');
  return 0;
};

function* ping(io: ToolIO): Steps {
  const { operands, value } = parseOptions(io.args, { flags: 'qn46', valued: 'ciWws' });
  const name = operands[0] ?? '';
  const answer = /^\d+\.\d+\.\d+\.\d+$/.test(name) ? { addresses: [name] } : io.host.resolve(name);
  const address = answer?.addresses[0];
  if (address === undefined) {
    io.err(`ping: bad address '${name}'\n`);
    return 1;
  }
  const isThere = io.host.connect(address, 0) !== 'unreachable' && io.host.connect(address, 0) !== 'timeout';
  const count = value('c') === undefined ? Number.POSITIVE_INFINITY : Number(value('c'));
  io.out(`PING ${name} (${address}): 56 data bytes\n`);
  for (let i = 0; i < count; i++) {
    if (isThere)
      io.out(
        `64 bytes from ${address}: seq=${i} ttl=63 time=0.${100 + Math.floor(io.host.fraction(`ping/${i}`) * 99)} ms\n`,
      );
    if (i < count - 1) yield { kind: 'until', atMs: io.host.nowMs() + 1000 };
  }
  const received = isThere ? count : 0;
  if (!isThere) yield { kind: 'until', atMs: io.host.nowMs() + 10_000 };
  io.out(
    `\n--- ${name} ping statistics ---\n${count} packets transmitted, ${received} packets received, ${isThere ? 0 : 100}% packet loss\n`,
  );
  if (isThere) io.out('round-trip min/avg/max = 0.100/0.140/0.198 ms\n');
  return isThere ? 0 : 1;
}

function* nc(io: ToolIO): Steps {
  const { operands, has, value } = parseOptions(io.args, { flags: 'zvnul', valued: 'wp' });
  if (has('l')) {
    yield { kind: 'forever' };
    return 0;
  }
  const [name = '', portText = ''] = operands;
  const port = Number(portText);
  const address = /^[\d.]+$/.test(name) ? name : io.host.resolve(name)?.addresses[0];
  if (address === undefined) {
    io.err(`nc: bad address '${name}'\n`);
    return 1;
  }
  const state = io.host.connect(address, port);
  if (state === 'open') {
    if (has('v')) io.err(`${name} (${address}:${port}) open\n`);
    return 0;
  }
  if (state === 'refused') {
    if (has('v') || !has('z')) io.err(`nc: ${name} (${address}:${port}): Connection refused\n`);
    return 1;
  }
  yield { kind: 'until', atMs: io.host.nowMs() + Number(value('w') ?? 130) * 1000 };
  io.err(`nc: ${name} (${address}:${port}): Connection timed out\n`);
  return 1;
}

export const netTools: Readonly<Record<string, Tool>> = { wget, curl, nslookup, ping, ping6: ping, nc, telnet: nc };
