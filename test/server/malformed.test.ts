// Every request malformed on purpose is answered with a refusal, and harms nothing.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resourceDefinitions } from '../../src/resources/index.ts';
import { ask, askJson } from './client.ts';
import { serveCluster, type ServedCluster } from './fixture.ts';
import { badFrames, halfRequests, headerFlood, hiddenRequest, refusedBytes, type BadFrame } from './malformed.bytes.ts';
import { JSON_TYPE, type Malformed } from './malformed.places.ts';
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

/** What stands after an answer when the server did not end the connection. */
const STILL_OPEN = '\r\n(still open)';

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
    const timer = setTimeout(() => {
      answer += STILL_OPEN;
      socket.destroy();
    }, endsAfterMs);
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
  it.each(refusedBytes)('%s', async (_, bytes) => {
    const answer = await raw(bytes(served.credentials.token), { ends: true });
    expect(answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer) ? 'refused' : answer).toBe('refused');
  });

  it.each(halfRequests)('half of %s, and the end', async (_, bytes) => {
    expect(await raw(bytes(served.credentials.token), { ends: true })).not.toMatch(/^HTTP\/1\.1 (2|5)/);
  });

  it('a second request hidden in the body of the first is a body', async () => {
    const answer = await raw(hiddenRequest(served.credentials.token));
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
    const slow = halfRequests.flatMap(([, bytes]) =>
      Array.from({ length: 5 }, () => raw(bytes(served.credentials.token))),
    );
    expect((await ask(served, '/readyz')).status).toBe(200);
    const answers = await Promise.all(slow);
    expect(answers.filter((answer) => answer !== '' && !/^HTTP\/1\.1 4\d\d /.test(answer))).toEqual([]);
    expect(answers.filter((answer) => answer.endsWith(STILL_OPEN))).toEqual([]);
  });
  it('a flood of headers drowns none of them', async () => {
    const answer = await raw(headerFlood(served.credentials.token));
    expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 200 OK');
  });
  afterAll(isUnharmed);
});

describe('frames', () => {
  const answers = new Map<string, string>();
  beforeAll(async () => {
    const upgrade = (to: string, more: string, target: string): string =>
      `GET ${target} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${served.credentials.token}\r\n` +
      `connection: Upgrade\r\nupgrade: ${to}\r\n${more}\r\n`;
    const send = async ([what, to, headers, target, bytes]: BadFrame): Promise<void> => {
      const all = Buffer.concat([Buffer.from(upgrade(to, headers, target)), bytes]);
      answers.set(what, await raw(all, { endsAfterMs: 1000 }));
    };
    await Promise.all(badFrames.map(send));
  });
  it.each(badFrames)('%s end the connection or wait for more', (what) => {
    expect(answers.get(what)?.split('\r\n')[0]).toBe('HTTP/1.1 101 Switching Protocols');
  });
  afterAll(isUnharmed);
});

describe('nothing stays behind', () => {
  it('of memory', async () => {
    const huge: Malformed = {
      what: 'huge',
      method: 'POST',
      path: '/api/v1/namespaces/default/configmaps',
      headers: JSON_TYPE,
      body: Buffer.alloc(2 << 20, 0x5b),
    };
    const some = [...malformedRequests(45, SEED + 1), ...Array.from({ length: 5 }, () => huge)];
    expect(await inTurns(some, 6)).toEqual([]);
    // What is kept of requests grows with each turn; what Node warms up grows in some.
    const growths: number[] = [];
    let last = await usedBytes();
    for (let i = 0; i < 2; i += 1) {
      expect(await inTurns(some, 6)).toEqual([]);
      const used = await usedBytes();
      growths.push((used - last) / (1 << 20));
      last = used;
    }
    expect(Math.min(...growths)).toBeLessThan(1);
  });

  it('of connections', async () => {
    agent.destroy();
    const areOpen = (): boolean => process.getActiveResourcesInfo().includes('TCPSocketWrap');
    const untilMs = performance.now() + 10_000;
    while (areOpen() && performance.now() < untilMs) await new Promise((resolve) => setImmediate(resolve));
    expect(areOpen()).toBe(false);
  });
});

/** What is in use when the garbage is gone: what sockets let go of is garbage only some turns of the event loop later. */
async function usedBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let used = Number.POSITIVE_INFINITY; ;) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { heapUsed, external } = process.memoryUsage();
    if (heapUsed + external > used - (1 << 16)) return heapUsed + external;
    used = heapUsed + external;
  }
}
