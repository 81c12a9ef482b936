// Every request malformed on purpose is answered with a refusal, and harms nothing.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resourceDefinitions } from '../../src/resources/index.ts';
import { ask, askJson } from './client.ts';
import { serveCluster, type ServedCluster } from './fixture.ts';
import type { Malformed } from './malformed.places.ts';
import { malformedRequests } from './malformed.requests.ts';

const COUNT = 1200;
const SEED = 20261123;

let served: ServedCluster;
let agent: https.Agent;
let before: string;
beforeAll(async () => {
  served = await serveCluster({ patience: { headersMs: 1000, requestMs: 2000 } });
  agent = new https.Agent({ keepAlive: true, maxSockets: 6, ca: served.credentials.ca, servername: 'localhost' });
  before = await wholeState();
});
afterAll(async () => {
  agent.destroy();
  await served.close();
});

/** Every list as the server shows it, and every file of the state but the lock. */
async function wholeState(): Promise<string> {
  const hash = createHash('sha256');
  for (const { gvr, verbs } of resourceDefinitions) {
    if (verbs && !verbs.includes('watch')) continue;
    const root = gvr.group === '' ? `/api/${gvr.version}` : `/apis/${gvr.group}/${gvr.version}`;
    hash.update((await ask(served, `${root}/${gvr.resource}`)).text);
  }
  const files = fs.readdirSync(served.directory, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of files) {
    const file = path.join(served.directory, name);
    if (!/lock|pki/.test(name) && fs.statSync(file).isFile()) hash.update(name).update(fs.readFileSync(file));
  }
  return hash.digest('hex');
}

interface Answer {
  status: number;
  type: string;
  text: string;
}

function send({ method, path: target, headers, body }: Malformed): Promise<Answer> {
  const { port } = new URL(served.url);
  const isUpgrade = headers['upgrade'] !== undefined;
  return new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${served.credentials.token}`, ...headers };
    const options = { host: '127.0.0.1', port, method, path: target, headers: all, ca: served.credentials.ca };
    const outgoing = https.request({ ...options, servername: 'localhost', agent: isUpgrade ? false : agent });
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString(),
        }),
      );
      response.on('error', reject);
    });
    outgoing.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, type: '', text: '' });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Where upstream, too, answers 500: what its storage refuses has no code of its own. */
const UPSTREAMS_500 = /^resourceVersion: Invalid value: |^resourceVersion should not be set /;

/** Returns what is wrong with an answer; undefined for a refusal as it should be. */
function faultOf({ status, type, text }: Answer): string | undefined {
  if (status < 400) return `answered ${status}`;
  if (type.startsWith('text/plain'))
    return status === 404 || status === 400 ? undefined : `${status} in plain text: ${text}`;
  if (type !== 'application/json' && type !== 'application/yaml') return `${status} of type ${type}`;
  if (type === 'application/yaml') return /^kind: Status$/m.test(text) ? undefined : `no Status: ${text}`;
  const body = JSON.parse(text) as { kind?: string; status?: string; code?: number; message?: string };
  const isStatus =
    body.kind === 'Status' && body.status === 'Failure' && body.code === status && (body.message ?? '') !== '';
  if (!isStatus) return `no Status: ${text}`;
  return status >= 500 && status !== 504 && !UPSTREAMS_500.test(body.message ?? '') ? text : undefined;
}

async function inTurns(requests: readonly Malformed[], width: number): Promise<string[]> {
  const faults: string[] = [];
  const rest = [...requests];
  const work = async (): Promise<void> => {
    for (let next = rest.pop(); next; next = rest.pop()) {
      const { what, method, path: target } = next;
      const fault = await send(next).then(faultOf, (error: Error) => error.message);
      if (fault !== undefined) faults.push(`${what}: ${method} ${target.slice(0, 200)}: ${fault.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return faults.sort();
}

async function isUnharmed(): Promise<void> {
  expect(await askJson(served, '/version')).toMatchObject({ gitVersion: 'v1.35.2' });
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(await wholeState()).toBe(before);
}

it(`${COUNT} malformed requests are refused, and nothing has changed`, async () => {
  const requests = malformedRequests(COUNT, SEED);
  expect(requests.length).toBeGreaterThanOrEqual(COUNT);
  expect(await inTurns(requests, 6)).toEqual([]);
  await isUnharmed();
}, 120_000);

describe('too much', () => {
  const post = (body: Buffer, headers: Record<string, string>): Malformed => ({
    what: 'huge',
    method: 'POST',
    path: '/api/v1/namespaces/default/configmaps',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  it.each([
    ['with its length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('a body of 4 MiB, %s', async (_, headers) => {
    const { status, text } = await send(post(Buffer.alloc(4 << 20, 0x20), headers));
    expect([status, (JSON.parse(text) as { message: string }).message]).toEqual([
      413,
      'Request entity too large: limit is 3145728',
    ]);
  });
  it('a head of more than 1 MiB', async () => {
    const answer = await raw(`GET /api HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(1_100_000)}\r\n\r\n`);
    expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 431 Request Header Fields Too Large');
  });
  afterAll(isUnharmed);
});

/** Sends bytes over TLS as they are; resolves with what came back when the server ends the connection, or with the wait. */
function raw(bytes: string | Buffer, { endsAfterMs = 10_000, ends = false } = {}): Promise<string> {
  const { port } = new URL(served.url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = tls.connect({
      port: Number(port),
      host: '127.0.0.1',
      ca: served.credentials.ca,
      servername: 'localhost',
    });
    const timer = setTimeout(() => socket.destroy(), endsAfterMs);
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
    socket.write(bytes);
    if (ends) socket.end();
  });
}

describe('raw bytes', () => {
  const authorized = (): string => `host: localhost\r\nauthorization: Bearer ${served.credentials.token}\r\n`;
  const json = 'content-type: application/json\r\n';
  const configMaps = '/api/v1/namespaces/default/configmaps';
  it.each([
    ['no HTTP', () => '\x16\x03\x01\x02\x00garbage\r\n\r\n'],
    ['HTTP/0.9', () => 'GET /\r\n\r\n'],
    ['HTTP/9.9', () => `GET /api HTTP/9.9\r\n${authorized()}\r\n`],
    ['HTTP/2 without saying so', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a header without a colon', () => `GET /api HTTP/1.1\r\n${authorized()}nonsense\r\n\r\n`],
    ['a NUL in a header', () => `GET /api HTTP/1.1\r\n${authorized()}x: a\0b\r\n\r\n`],
    ['a blank in a header name', () => `GET /api HTTP/1.1\r\n${authorized()}content-length : 0\r\n\r\n`],
    ['a folded header', () => `GET /api HTTP/1.1\r\n${authorized()}x: a\r\n b\r\nconnection: close\r\n\r\n`],
    [
      'two lengths',
      () => `POST ${configMaps} HTTP/1.1\r\n${authorized()}${json}content-length: 2\r\ncontent-length: 5\r\n\r\n{}abc`,
    ],
    [
      'a length and chunks',
      () =>
        `POST ${configMaps} HTTP/1.1\r\n${authorized()}${json}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'an unknown coding',
      () => `POST ${configMaps} HTTP/1.1\r\n${authorized()}${json}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a negative length', () => `POST ${configMaps} HTTP/1.1\r\n${authorized()}${json}content-length: -1\r\n\r\n`],
    [
      'a chunk of a strange size',
      () =>
        `POST ${configMaps} HTTP/1.1\r\n${authorized()}${json}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    ],
    ['a bare CR', () => `GET /api HTTP/1.1\r${authorized()}\r\r`],
    ['a path of control characters', () => `GET /api\x01\x02 HTTP/1.1\r\n${authorized()}\r\n`],
    ['two hosts', () => `GET /api HTTP/1.1\r\nhost: localhost\r\nhost: evil.example.com\r\nconnection: close\r\n\r\n`],
    ['no host', () => 'GET /api HTTP/1.1\r\n\r\n'],
    ['CONNECT', () => `CONNECT evil.example.com:443 HTTP/1.1\r\n${authorized()}\r\n`],
  ])('%s', async (_, bytes) => {
    const answer = await raw(bytes(), { ends: true });
    expect(answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer) ? 'refused' : answer).toBe('refused');
  });

  it.each([
    ['a request line', () => 'GET /api/v1/na'],
    ['headers', () => `GET /api HTTP/1.1\r\n${authorized()}`],
    [
      'a body',
      () =>
        `POST ${configMaps} HTTP/1.1\r\n${authorized()}${json}content-length: 1000\r\n\r\n{"kind":"ConfigMap","metadata":{"name":"half"}}`,
    ],
    [
      'a chunk',
      () => `POST ${configMaps} HTTP/1.1\r\n${authorized()}${json}transfer-encoding: chunked\r\n\r\n40\r\n{"metadata":`,
    ],
  ])('half of %s, and the end', async (_, bytes) => {
    expect(await raw(bytes(), { ends: true })).not.toMatch(/^HTTP\/1\.1 (2|5)/);
  });

  it('a second request hidden in the body of the first is a body', async () => {
    const hidden = `POST ${configMaps} HTTP/1.1\r\n${authorized()}${json}content-length: 2\r\n\r\n{}`;
    const first = `POST ${configMaps} HTTP/1.1\r\n${authorized()}${json}connection: close\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`;
    const answer = await raw(first);
    expect([answer.match(/HTTP\/1\.1 \d+/g)]).toEqual([['HTTP/1.1 400']]);
  });

  it('bytes that are no TLS', async () => {
    const { port } = new URL(served.url);
    const closed = new Promise<void>((resolve) => {
      const socket = net.connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
      socket.write(Buffer.alloc(512, 0xa5));
    });
    await closed;
  });

  it('slow ones are let go, and hold nobody up', async () => {
    const { port } = new URL(served.url);
    const sockets = Array.from({ length: 20 }, () => {
      const socket = tls.connect({
        port: Number(port),
        host: '127.0.0.1',
        ca: served.credentials.ca,
        servername: 'localhost',
      });
      socket.on('error', () => undefined);
      socket.write('GET /api HTTP/1.1\r\nx: ');
      return socket;
    });
    expect((await ask(served, '/readyz')).status).toBe(200);
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.resume();
            socket.on('close', () => resolve());
          }),
      ),
    );
  });
  afterAll(isUnharmed);
});

describe('frames', () => {
  const exec = '/api/v1/namespaces/kube-system/pods/etcd-control-plane/exec?command=cat&stdin=1&stdout=1';
  const upgrade = (to: string, more: string, target = exec): string =>
    `GET ${target} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${served.credentials.token}\r\n` +
    `connection: Upgrade\r\nupgrade: ${to}\r\n${more}\r\n`;
  const key = 'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const v5 = `${key}sec-websocket-protocol: v5.channel.k8s.io\r\n`;
  const tunnel = `${key}sec-websocket-protocol: SPDY/3.1+portforward.k8s.io\r\n`;
  const ports = '/api/v1/namespaces/kube-system/pods/etcd-control-plane/portforward';
  it.each<[string, string, string, string, Buffer]>([
    ['without a mask', 'websocket', v5, exec, Buffer.from([0x82, 0x03, 0, 1, 2])],
    ['of an unknown kind', 'websocket', v5, exec, Buffer.from([0x8f, 0x80, 0, 0, 0, 0])],
    ['of reserved bits', 'websocket', v5, exec, Buffer.from([0xf2, 0x80, 0, 0, 0, 0])],
    [
      'of 2^63 bytes',
      'websocket',
      v5,
      exec,
      Buffer.from([0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]),
    ],
    ['that go on from nothing', 'websocket', v5, exec, Buffer.from([0x80, 0x80, 0, 0, 0, 0])],
    ['of bad text', 'websocket', v5, exec, Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
    ['of noise', 'websocket', v5, exec, Buffer.alloc(4096, 0xa5)],
    [
      'of noise in a tunnel',
      'websocket',
      tunnel,
      ports,
      Buffer.concat([Buffer.from([0x82, 0xfe, 0x04, 0, 0, 0, 0, 0]), Buffer.alloc(1024, 0xa5)]),
    ],
    [
      'of noise in SPDY',
      'SPDY/3.1',
      'x-stream-protocol-version: v4.channel.k8s.io\r\n',
      exec,
      Buffer.alloc(4096, 0xa5),
    ],
    [
      'of SPDY that are too long',
      'SPDY/3.1',
      'x-stream-protocol-version: portforward.k8s.io\r\n',
      ports,
      Buffer.from([0x80, 3, 0, 1, 0, 255, 255, 255, 1, 2, 3]),
    ],
    [
      'of a headers block that is none',
      'SPDY/3.1',
      'x-stream-protocol-version: portforward.k8s.io\r\n',
      ports,
      Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 14, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9]),
    ],
  ])('%s end the connection or wait for more', async (_, to, headers, target, bytes) => {
    const answer = await raw(Buffer.concat([Buffer.from(upgrade(to, headers, target)), bytes]), { endsAfterMs: 1000 });
    expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 101 Switching Protocols');
  });
  afterAll(isUnharmed);
});
