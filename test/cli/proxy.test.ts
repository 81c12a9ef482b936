import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type RunResult, type Sandbox } from '../harness.ts';
import { LoopbackNetwork } from '../loopback.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  sandbox.write('www/page.html', '<p>page</p>');
  sandbox.write('www/sub/a.txt', 'a');
});
afterAll(() => sandbox.close());

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** A proxy that runs while `use` does. */
async function withProxy(
  flags: string,
  use: (get: (path: string, options?: http.RequestOptions & { body?: string }) => Promise<Answer>) => Promise<void>,
): Promise<RunResult> {
  const network = new LoopbackNetwork();
  const key = '127.0.0.1:8001';
  let stop = (): void => undefined;
  const interrupt = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const proxy = sandbox.run(`kubectl proxy ${flags}`, { network, interrupt });
  await network.opened(key);
  try {
    await use((path, options = {}) => request(network, { key, path, options }));
  } finally {
    stop();
  }
  return proxy;
}

function request(
  network: LoopbackNetwork,
  { key, path, options }: { key: string; path: string; options: http.RequestOptions & { body?: string } },
): Promise<Answer> {
  const headers = { host: 'localhost:8001', connection: 'close', ...options.headers };
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { ...options, path, headers, createConnection: () => network.connect(key) as never },
      (response) => {
        const chunks: Uint8Array[] = [];
        response.on('data', (chunk: Uint8Array) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode = 0, headers: got } = response;
          resolve({ status: statusCode, headers: got, body: Buffer.concat(chunks).toString() });
        });
      },
    );
    sent.on('error', reject);
    sent.end(options.body);
  });
}

const JSON_HEADERS = { 'content-type': 'application/json' };

describe('kubectl proxy', () => {
  it('serves the API until it is interrupted', async () => {
    const result = await withProxy('', async (get) => {
      const read = await get('/api/v1/namespaces/default');
      expect([read.status, read.headers['content-type']]).toEqual([200, 'application/json']);
      expect(JSON.parse(read.body)).toMatchObject({ kind: 'Namespace', metadata: { name: 'default' } });
      expect(read.body.endsWith('}\n')).toBe(true);
      const body = JSON.stringify({ metadata: { name: 'made' }, data: { a: 'b' } });
      const made = await get('/api/v1/namespaces/default/configmaps', { method: 'POST', headers: JSON_HEADERS, body });
      expect(made.status).toBe(201);
      expect(await sandbox.out('kubectl get cm made -o jsonpath={.data.a}')).toBe('b');
      const gone = await get('/api/v1/namespaces/default/configmaps/made', { method: 'DELETE' });
      expect([gone.status, JSON.parse(gone.body)]).toMatchObject([200, { status: 'Success' }]);
      const missing = await get('/api/v1/namespaces/default/configmaps/made');
      expect([missing.status, JSON.parse(missing.body)]).toMatchObject([404, { reason: 'NotFound' }]);
    });
    expect(result).toEqual({ stdout: 'Starting to serve on 127.0.0.1:8001\n', stderr: '', exitCode: 130 });
  });

  it('writes for people what people ask for', async () => {
    await withProxy('', async (get) => {
      const curl = { headers: { 'user-agent': 'curl/8.0' } };
      expect((await get('/api/v1/namespaces/default', curl)).body).toMatch(/^\{\n {2}"kind": "Namespace",\n/);
      expect((await get('/api/v1/namespaces/default?pretty=1')).body).toMatch(/^\{\n {2}"kind": "Namespace",\n/);
      expect((await get('/api/v1/namespaces/default?pretty=0', curl)).body).toMatch(/^\{"kind":"Namespace",/);
      const yaml = await get('/api/v1/namespaces/default', { headers: { accept: 'application/yaml' } });
      expect([yaml.headers['content-type'], yaml.body.split('\n')[0]]).toEqual(['application/yaml', 'apiVersion: v1']);
    });
  });

  it('streams watches', async () => {
    await withProxy('', async (get) => {
      const { body } = await get('/api/v1/namespaces?watch=true&timeoutSeconds=1&fieldSelector=metadata.name=default');
      const events = body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; object: { metadata: { name: string } } });
      expect(events.map(({ type, object }) => [type, object.metadata.name])).toEqual([['ADDED', 'default']]);
      const refused = await get('/api/v1/nope?watch=true');
      expect(refused.status).toBe(404);
    });
  });

  it.each([
    ['/api', {}, 200],
    ['/api', { host: 'evil.example.com' }, 403],
    ['/api/v1/namespaces/default/pods/x/exec', {}, 403],
    ['/api/v1/namespaces/default/pods/x/attach', {}, 403],
  ])('filters %s for %j', async (path, headers, status) => {
    await withProxy('', async (get) => {
      expect((await get(path, { headers })).status).toBe(status);
    });
  });

  it('filters what it is told to', async () => {
    await withProxy('--reject-methods=POST,DELETE --accept-paths=^/api', async (get) => {
      expect((await get('/version')).status).toBe(403);
      expect(await get('/api/v1/namespaces', { method: 'DELETE' })).toMatchObject({ status: 403, body: 'Forbidden\n' });
    });
  });

  it('serves the API below a prefix, and files beside it', async () => {
    await withProxy('--api-prefix=/custom --www=www', async (get) => {
      expect((await get('/custom/version')).status).toBe(200);
      expect(await get('/version')).toMatchObject({ status: 404, body: '404 page not found\n' });
      expect(await get('/static/page.html')).toMatchObject({
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: '<p>page</p>',
      });
      expect((await get('/static/sub/')).body).toContain('<a href="a.txt">a.txt</a>\n');
      expect((await get('/static/sub')).headers.location).toBe('sub/');
      expect(await get('/static/../../secret?x=1')).toMatchObject({
        status: 301,
        headers: { location: '/secret?x=1', 'content-type': 'text/html; charset=utf-8' },
        body: '<a href="/secret?x=1">Moved Permanently</a>.\n\n',
      });
      expect((await get('/static')).headers.location).toBe('/static/');
      expect((await get('/static/none')).status).toBe(404);
    });
  });

  it('leads to the dashboard', async () => {
    await withProxy('', async (get) => {
      const { status, headers } = await get('/ui');
      expect([status, headers.location]).toEqual([
        307,
        '/api/v1/namespaces/kube-system/services/kubernetes-dashboard/proxy/',
      ]);
    });
  });

  it.each([
    ['--port=9000 --unix-socket=x', 'error: cannot set --unix-socket and --port at the same time\n'],
    ['--port=9001', 'error: listen tcp 127.0.0.1:9001: bind: address already in use\n'],
  ])('refuses %s', async (flags, stderr) => {
    const network = new LoopbackNetwork();
    await network.listen({ network: 'tcp', address: '127.0.0.1', port: 9001 }, () => undefined);
    expect(await sandbox.run(`kubectl proxy ${flags}`, { network })).toEqual({ stdout: '', stderr, exitCode: 1 });
  });
});
