// What is said of a server of another make that cannot be reached, as genuine kubectl 1.35.2 says it.
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';
import {
  base64,
  createPki,
  kubeconfig,
  sendJson,
  serveForeign,
  withoutStamps,
  type Entries,
  type ForeignServer,
  type Pki,
} from './foreign.ts';

const YEARS_MS = 11 * 365 * 24 * 3600 * 1000;

let sandbox: Sandbox;
let pki: Pki;
const servers: ForeignServer[] = [];
const listeners: net.Server[] = [];
const sockets = new Set<net.Socket>();
beforeAll(async () => {
  [sandbox, pki] = await Promise.all([createSandbox({ start: null }), createPki()]);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of listeners) server.close();
  await Promise.all(servers.map((server) => server.close()));
  sandbox.close();
});

const ca = (): Entries => ({ cluster: { 'certificate-authority-data': base64(pki.authority.certificate) } });
const raw = 'kubectl get --raw /x';

async function told(
  line: string,
  server: string,
  entries?: Entries,
  env: Record<string, string> = {},
): Promise<string> {
  sandbox.write('config', kubeconfig(server, entries));
  const { stdout, stderr, exitCode } = await sandbox.run(line, { env: { KUBECONFIG: 'config', ...env } });
  expect([stdout.replace(/^(Client Version|Kustomize Version): \S+\n/gm, ''), exitCode]).toEqual(['', 1]);
  return withoutStamps(stderr);
}

async function start(options?: Parameters<typeof serveForeign>[1]): Promise<ForeignServer> {
  const server = await serveForeign((_, response) => sendJson(response, 200, {}), options);
  servers.push(server);
  return server;
}

/** A server that treats every connection in its own way. */
async function listen(take: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.add(socket);
    take(socket);
  });
  listeners.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as net.AddressInfo).port;
}

const refused = (host: string): string =>
  `The connection to the server ${host} was refused - did you specify the right host or port?\n`;
const failed = (what: string): string =>
  `E memcache.go:265] "Unhandled Error" err=${JSON.stringify(`couldn't get current server API group list: ${what}`)}\n`;
const asking = (host: string): string =>
  `Get "https://${host}/api?timeout=32s": dial tcp ${host}: connect: connection refused`;

describe('a server that is not there', () => {
  it.each([
    // How often discovery is tried, and so complained about, depends on how the words are looked up.
    ['get pods', 5],
    ['get pods,services', 6],
    ['get pod/a', 4],
    ['get deployments.v1.apps', 7],
    ['describe pod a', 5],
    ['delete pod a', 5],
    ['rollout status deploy/a', 4],
    ['exec a -- ls', 4],
    ['logs a', 4],
    ['port-forward a 80', 4],
    ['explain pods', 2],
    ['api-resources', 1],
    ['top nodes', 0],
    ['events', 0],
    ['version', 0],
    ['get --raw /healthz', 0],
  ])('kubectl %s', async (line, attempts) => {
    const host = '127.0.0.1:1';
    expect(await told(`kubectl ${line}`, `https://${host}`)).toBe(
      failed(asking(host)).repeat(attempts) + refused(host),
    );
  });

  it.each([
    [
      'create configmap a',
      'error: failed to create configmap: Post "https://127.0.0.1:1/api/v1/namespaces/default/configmaps?fieldManager=kubectl-create&fieldValidation=Strict": dial tcp 127.0.0.1:1: connect: connection refused\n',
    ],
    [
      'api-versions',
      `${failed(asking('127.0.0.1:1'))}error: couldn't get available api versions from server: ${asking('127.0.0.1:1')}\n`,
    ],
    ['cluster-info', `${failed(asking('127.0.0.1:1')).repeat(5)}${refused('127.0.0.1:1')}`],
  ])('kubectl %s', async (line, expected) => {
    sandbox.write('config', kubeconfig('https://127.0.0.1:1'));
    const { stderr } = await sandbox.run(`kubectl ${line}`, { env: { KUBECONFIG: 'config' } });
    expect(withoutStamps(stderr)).toBe(expected);
  });

  it('is told of while a manifest is validated, else when it is placed', async () => {
    sandbox.write('config', kubeconfig('https://127.0.0.1:1'));
    const manifest = {
      stdin: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}',
      env: { KUBECONFIG: 'config' },
    };
    expect((await sandbox.run('kubectl apply -f -', manifest)).stderr).toBe(
      'error: error validating "STDIN": error validating data: failed to download openapi: Get "https://127.0.0.1:1/openapi/v2?timeout=32s": ' +
        'dial tcp 127.0.0.1:1: connect: connection refused; if you choose to ignore these errors, turn validation off with --validate=false\n',
    );
    const { stderr } = await sandbox.run('kubectl apply -f - --validate=false', manifest);
    expect(withoutStamps(stderr)).toBe(
      `${failed(asking('127.0.0.1:1'))}error: unable to recognize "STDIN": ${asking('127.0.0.1:1')}\n`,
    );
  });

  it.each([
    ['https://localhost:1', refused('localhost:1')],
    ['127.0.0.1:1', refused('127.0.0.1:1')],
    ['https://127.0.0.3/k8s/clusters/c-1', refused('127.0.0.3')],
    ['https://[::1]:1', refused('[::1]:1')],
    ['https://127.0.0.1:99999', 'Unable to connect to the server: dial tcp: address 99999: invalid port\n'],
    ['ftp://127.0.0.1:9', 'Unable to connect to the server: unsupported protocol scheme "ftp"\n'],
    ['https://[::1', 'error: host must be a URL or a host:port pair: "https://[::1"\n'],
    ['https://', 'error: host must be a URL or a host:port pair: "https://"\n'],
    ['localhost:8080/path', 'error: host must be a URL or a host:port pair: "localhost:8080/path"\n'],
  ])('at %s', async (server, expected) => {
    expect(await told(raw, server)).toBe(expected);
  });
});

describe("a server's certificate", () => {
  const unverified = (what: string): string =>
    `Unable to connect to the server: tls: failed to verify certificate: x509: ${what}\n`;
  it.each([
    ['of nobody known', ['127.0.0.1'], {}, 'certificate signed by unknown authority'],
    [
      'for other addresses',
      ['10.0.0.1', '10.0.0.2'],
      undefined,
      'certificate is valid for 10.0.0.1, 10.0.0.2, not 127.0.0.1',
    ],
    [
      'for names alone',
      ['example.com'],
      undefined,
      "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
    ],
    [
      'for another name',
      ['example.com', '*.example.org'],
      { 'tls-server-name': 'other.net' },
      'certificate is valid for example.com, *.example.org, not other.net',
    ],
    [
      'for no name',
      ['10.0.0.1'],
      { 'tls-server-name': 'other.net' },
      'certificate is not valid for any names, but wanted to match other.net',
    ],
  ])('%s', async (_, hosts, cluster, expected) => {
    const { url } = await start(await pki.server(hosts));
    const trusting = { ...ca().cluster, ...cluster };
    expect(await told(raw, url, { cluster: Object.keys(cluster ?? { a: 1 }).length === 0 ? {} : trusting })).toBe(
      unverified(expected),
    );
  });

  it('that has expired, or is not valid yet', async () => {
    for (const [nowMs, when] of [
      [Date.now() - YEARS_MS, 'after'],
      [Date.now() + YEARS_MS, 'before'],
    ] as const) {
      const other = await createPki(nowMs);
      const { url } = await start(await other.server(['127.0.0.1']));
      expect(await told(raw, url, ca())).toBe(
        unverified(`certificate has expired or is not yet valid: current time NOW is ${when} THEN`),
      );
    }
  });

  it.each([
    ['tls-server-name', ['example.com'], { 'tls-server-name': 'example.com' }],
    ['a wildcard', ['*.example.org'], { 'tls-server-name': 'a.example.org' }],
    ['no check', ['10.0.0.1'], { 'insecure-skip-tls-verify': true, 'certificate-authority-data': '' }],
  ])('is taken: %s', async (_, hosts, cluster) => {
    const { url } = await start(await pki.server(hosts));
    sandbox.write('config', kubeconfig(url, { cluster: { ...ca().cluster, ...cluster } }));
    expect(await sandbox.out(raw, { env: { KUBECONFIG: 'config' } })).toBe('{}');
  });

  it('and ours, which the server wants', async () => {
    const wanting = { ...(await pki.server(['127.0.0.1'])), rejectUnauthorized: true, maxVersion: 'TLSv1.2' as const };
    const { url } = await start(wanting);
    expect(await told(raw, url, ca())).toMatch(
      /^Unable to connect to the server: (EOF|remote error: tls: .*|(read|write) tcp .*)\n$/,
    );
  });
});

describe('a connection that comes to nothing', () => {
  const unable = (what: string): string => `Unable to connect to the server: ${what}\n`;
  it.each([
    ['https', 'is ended', (socket: net.Socket) => socket.end(), 'EOF'],
    ['http', 'is ended', (socket: net.Socket) => socket.end(), 'EOF'],
    [
      'https',
      'is reset',
      (socket: net.Socket) => socket.once('data', () => socket.resetAndDestroy()),
      'read tcp 127.0.0.1:PORT->127.0.0.1:LISTEN: read: connection reset by peer',
    ],
    [
      'https',
      'speaks HTTP',
      (socket: net.Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'http: server gave HTTP response to HTTPS client',
    ],
    [
      'http',
      'speaks no HTTP',
      (socket: net.Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
      'net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-OpenSSH_9.2"',
    ],
    [
      'http',
      'has no status',
      (socket: net.Socket) => socket.end('hello world this\r\n\r\n'),
      'net/http: HTTP/1.x transport connection broken: malformed HTTP status code "world"',
    ],
  ])('over %s: %s', async (scheme, _, take, expected) => {
    const port = await listen(take);
    const text = await told(raw, `${scheme}://127.0.0.1:${port}`);
    expect(text.replace(String(port), 'LISTEN')).toBe(unable(expected));
  });

  it.each([
    ['http', 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)'],
    [
      'https',
      'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    ],
  ])('over %s: silence, up to --request-timeout', async (scheme, expected) => {
    const port = await listen(() => undefined);
    expect(await told(`${raw} --request-timeout=50ms`, `${scheme}://127.0.0.1:${port}`)).toBe(unable(expected));
  });
});

describe('proxies', () => {
  /** A proxy that opens tunnels, or refuses to. */
  function proxying(refusal?: string): Promise<number> {
    return listen((socket) => {
      socket.once('data', (bytes) => {
        const [, host = '', port = ''] = /^CONNECT ([^:]+):(\d+) /.exec(bytes.toString()) ?? [];
        if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
        const far = net.connect(Number(port), host.replace('example.invalid', '127.0.0.1'), () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          far.pipe(socket).pipe(far);
        });
        far.on('error', () => socket.destroy());
      });
    });
  }

  it('carry connections to a server that only they know', async () => {
    const { url } = await start(await pki.server(['example.invalid']));
    const place = url.replace('127.0.0.1', 'example.invalid');
    const proxy = `http://127.0.0.1:${await proxying()}`;
    sandbox.write('config', kubeconfig(place, { cluster: { ...ca().cluster, 'proxy-url': proxy } }));
    expect(await sandbox.out(raw, { env: { KUBECONFIG: 'config' } })).toBe('{}');
    sandbox.write('config', kubeconfig(place, ca()));
    expect(await sandbox.out(raw, { env: { KUBECONFIG: 'config', https_proxy: proxy } })).toBe('{}');
  });

  it('get plain requests whole', async () => {
    const seen: string[] = [];
    const proxy = await serveForeign((request, response) => {
      seen.push(request.url ?? '');
      return sendJson(response, 200, {});
    });
    servers.push(proxy);
    sandbox.write('config', kubeconfig('http://example.invalid:8080', { cluster: { 'proxy-url': proxy.url } }));
    expect(await sandbox.out(raw, { env: { KUBECONFIG: 'config' } })).toBe('{}');
    expect(seen).toEqual(['http://example.invalid:8080/x']);
  });

  it.each([
    ['http://127.0.0.1:2', {}, refused('example.invalid:6443')],
    ['socks5://127.0.0.1:2', {}, refused('example.invalid:6443')],
    [
      'ftp://x',
      {},
      'error: invalid \'proxy-url\' "ftp://x" for cluster "c": unsupported scheme "ftp", must be http, https, or socks5\n',
    ],
    ['::', {}, 'error: invalid \'proxy-url\' "::" for cluster "c": could not parse: ::\n'],
  ])('may be of no use: %s', async (proxy, env, expected) => {
    expect(await told(raw, 'https://example.invalid:6443', { cluster: { 'proxy-url': proxy } }, env)).toBe(expected);
  });

  it('may refuse', async () => {
    const proxy = `http://127.0.0.1:${await proxying('403 Forbidden')}`;
    expect(await told(raw, 'https://example.invalid:6443', { cluster: { 'proxy-url': proxy } })).toBe(
      'Unable to connect to the server: Forbidden\n',
    );
  });

  it('of the environment are passed by for this machine, and for what NO_PROXY names', async () => {
    const env = { HTTPS_PROXY: 'http://127.0.0.1:2', NO_PROXY: '.other.net,10.0.0.0/8,.invalid' };
    expect(await told(raw, 'https://127.0.0.1:1', {}, env)).toBe(refused('127.0.0.1:1'));
    expect(await told(raw, 'https://example.invalid:6443', {}, env)).toMatch(
      /^Unable to connect to the server: dial tcp: lookup example\.invalid/,
    );
  });
});
