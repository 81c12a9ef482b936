import https from 'node:https';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, askJson, openWatch } from './client.ts';
import { serveCluster, type ServedCluster } from './fixture.ts';

const pods = '/api/v1/namespaces/default/pods';
const configMaps = '/api/v1/namespaces/default/configmaps';
const json = { 'content-type': 'application/json' };

let served: ServedCluster;
beforeAll(async () => {
  served = await serveCluster();
});
afterAll(() => served.close());

function configMap(name: string, data: Record<string, string> = {}): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
}

describe('who may ask', () => {
  const unauthorized = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'Unauthorized',
    reason: 'Unauthorized',
    code: 401,
  };
  it.each([
    ['no credentials', pods, ''],
    ['a wrong token', pods, 'Bearer wrong'],
    ['another scheme', pods, 'Basic YWRtaW46YWRtaW4='],
    ['a wrong token, even where none is needed', '/healthz', 'Bearer wrong'],
  ])('refuses %s', async (_, path, authorization) => {
    const { status, text } = await ask(served, path, { headers: { authorization } });
    expect([status, JSON.parse(text)]).toEqual([401, unauthorized]);
  });

  it.each(['/healthz', '/livez', '/readyz', '/version'])('answers %s to everybody', async (path) => {
    expect((await ask(served, path, { headers: { authorization: '' } })).status).toBe(200);
  });

  it('takes the client certificate of its own authority', async () => {
    const { credentials, url } = served;
    const { certificate: cert, key } = credentials.client;
    const status = await new Promise((resolve, reject) => {
      https
        .get(`${url}${pods}`, { ca: credentials.ca, cert, key, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
        .on('error', reject);
    });
    expect(status).toBe(200);
  });

  it.each([
    ['evil.example.com', undefined],
    ['evil.example.com:6443', undefined],
    ['127.0.0.1', 'https://evil.example.com'],
  ])('refuses what was meant for another host: %s, from %s', async (host, origin) => {
    const { status, text } = await ask(served, pods, { headers: { host, ...(origin ? { origin } : {}) } });
    expect([status, (JSON.parse(text) as { reason: string }).reason]).toEqual([403, 'Forbidden']);
  });

  it.each(['localhost:1', '[::1]:6443', 'KUBERNETES.default.svc', '10.96.0.1'])('goes by the name %s', async (host) => {
    expect((await ask(served, pods, { headers: { host } })).status).toBe(200);
  });
});

describe('bodies', () => {
  it('creates from JSON and answers as Go writes JSON', async () => {
    const { status, headers, text } = await ask(served, configMaps, {
      method: 'POST',
      headers: json,
      body: configMap('a'),
    });
    expect([status, headers['content-type']]).toEqual([201, 'application/json']);
    expect(text.startsWith('{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"default",')).toBe(
      true,
    );
  });

  it('takes and gives YAML', async () => {
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {x: "1"}\n';
    const headers = { 'content-type': 'application/yaml', accept: 'application/yaml' };
    const answer = await ask(served, configMaps, { method: 'POST', headers, body });
    expect([answer.status, answer.headers['content-type']]).toEqual([201, 'application/yaml']);
    expect(answer.text).toMatch(/^apiVersion: v1\ndata:\n {2}x: "1"\nkind: ConfigMap\n/);
  });

  it('refuses another type', async () => {
    const headers = { 'content-type': 'text/csv' };
    expect((await ask(served, configMaps, { method: 'POST', headers, body: 'a,b' })).status).toBe(415);
  });

  it('indents for people', async () => {
    const { text } = await ask(served, '/version', { headers: { 'user-agent': 'curl/8' } });
    expect(text.startsWith('{\n  "major": "1",\n')).toBe(true);
  });

  it('takes 3 MiB, and says so of more', async () => {
    const body = configMap('large', { x: 'x'.repeat(3 * 1024 * 1024) });
    const { status, text } = await ask(served, configMaps, { method: 'POST', headers: json, body });
    expect([status, (JSON.parse(text) as { message: string }).message]).toEqual([
      413,
      'Request entity too large: limit is 3145728',
    ]);
  });

  it('says so, too, of a body that does not tell its length', async () => {
    const body = Buffer.alloc(4 * 1024 * 1024, 0x20);
    const headers = { ...json, 'transfer-encoding': 'chunked' };
    expect((await ask(served, configMaps, { method: 'POST', headers, body })).status).toBe(413);
  });

  it('warns in headers', async () => {
    const body = configMap('warned').replace('"data":{}', '"data":{},"dato":"ü"');
    const { status, headers } = await ask(served, `${configMaps}?fieldValidation=Warn`, {
      method: 'POST',
      headers: json,
      body,
    });
    expect([status, headers['warning']]).toEqual([201, '299 - "unknown field \\"dato\\""']);
  });
});

describe('watches', () => {
  it('send what is there, then what comes, and end with their timeout in real time: the manual clock stands', async () => {
    const before = served.engine.nowMs;
    const watch = openWatch(served, `${configMaps}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=seen`);
    const first = watch.next();
    await ask(served, configMaps, { method: 'POST', headers: json, body: configMap('seen') });
    expect(await first).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'seen' } } });
    await ask(served, `${configMaps}/seen`, { method: 'DELETE' });
    expect(await watch.next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'seen' } } });
    expect(await watch.next()).toBeUndefined();
    expect(served.engine.nowMs).toBe(before);
  });

  it('are refused with a Status', async () => {
    const { status, text } = await ask(served, `${configMaps}?watch=1&labelSelector=a%20b`);
    expect([status, (JSON.parse(text) as { reason: string }).reason]).toEqual([400, 'BadRequest']);
  });
});

describe('connections', () => {
  it('answer half of a request with nothing worse than an end', async () => {
    const { port } = new URL(served.url);
    const socket = net.connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /api');
    socket.end();
    await new Promise((resolve) => socket.on('close', resolve));
    expect(await askJson(served, '/version')).toMatchObject({ gitVersion: 'v1.35.2' });
  });

  it('answer exec without an upgrade with a Status', async () => {
    const path = '/api/v1/namespaces/kube-system/pods/etcd-control-plane/exec?command=ls&stdout=true';
    const { status, text } = await ask(served, path);
    expect([status, (JSON.parse(text) as { message: string }).message]).toEqual([400, 'Upgrade request required']);
  });
});
