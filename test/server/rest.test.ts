// What only sockets show of the REST surface: headers, compression, targets, WebSocket watches.
import net from 'node:net';
import zlib from 'node:zlib';
import https from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { ask } from './client.ts';
import { serveCluster, type ServedCluster } from './fixture.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const json = { 'content-type': 'application/json' };
const UID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let served: ServedCluster;
beforeAll(async () => {
  served = await serveCluster();
});
afterAll(() => served.close());

describe('headers', () => {
  it('are those of every answer', async () => {
    const { headers } = await ask(served, `${configMaps}/kube-root-ca.crt`);
    expect(headers).toMatchObject({
      'audit-id': expect.stringMatching(UID),
      'cache-control': 'no-cache, private',
      'content-type': 'application/json',
      'x-kubernetes-pf-flowschema-uid': expect.stringMatching(UID),
      'x-kubernetes-pf-prioritylevel-uid': expect.stringMatching(UID),
      date: expect.any(String),
    });
  });
  it('tell the same flow for the same user, and no flow to whom nobody knows', async () => {
    const flow = async (options = {}): Promise<unknown> =>
      (await ask(served, '/version', options)).headers['x-kubernetes-pf-flowschema-uid'];
    expect(await flow()).toBe(await flow());
    expect(await flow({ headers: { authorization: '' } })).not.toBe(await flow());
    expect((await ask(served, configMaps, { headers: { authorization: '' } })).headers).not.toHaveProperty(
      'x-kubernetes-pf-flowschema-uid',
    );
  });
  it('repeat the audit id that a client chose', async () => {
    expect((await ask(served, '/healthz', { headers: { 'audit-id': 'mine' } })).headers['audit-id']).toBe('mine');
  });
  it('tell when to come back', async () => {
    expect((await ask(served, `${configMaps}?resourceVersion=999999`)).headers['retry-after']).toBe('1');
  });
});

describe('bodies', () => {
  beforeAll(async () => {
    const data = { x: 'x'.repeat(200_000) };
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' }, data });
    await ask(served, configMaps, { method: 'POST', headers: json, body });
  });
  it.each([
    ['gzip', `${configMaps}/large`, 'gzip', 'Accept-Encoding'],
    ['deflate, gzip', `${configMaps}/large`, 'gzip', 'Accept-Encoding'],
    ['identity', `${configMaps}/large`, undefined, undefined],
    ['gzip', `${configMaps}/kube-root-ca.crt`, undefined, undefined],
  ])('Accept-Encoding: %s, %s', async (encoding, path, contentEncoding, vary) => {
    const { headers } = await ask(served, path, { headers: { 'accept-encoding': encoding } });
    expect([headers['content-encoding'], headers['vary']]).toEqual([contentEncoding, vary]);
  });
  it('are the same compressed', async () => {
    const zipped = await new Promise<Buffer>((resolve, reject) => {
      const { url, credentials } = served;
      const headers = { authorization: `Bearer ${credentials.token}`, 'accept-encoding': 'gzip' };
      https
        .get(`${url}${configMaps}/large`, { ca: credentials.ca, headers, agent: false }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks)));
        })
        .on('error', reject);
    });
    expect(zlib.gunzipSync(zipped).toString()).toBe((await ask(served, `${configMaps}/large`)).text);
  });
  it.each([
    ['/version', {}, true],
    [configMaps, {}, false],
    [configMaps, { 'user-agent': 'curl/8.5.0' }, true],
    [configMaps, { 'user-agent': 'Mozilla/5.0 (X11)' }, true],
    [configMaps, { accept: 'application/json;pretty=1' }, true],
    [`${configMaps}?pretty=true`, {}, true],
    [`${configMaps}?pretty=false`, { 'user-agent': 'curl/8.5.0' }, false],
    [`${configMaps}?pretty=`, {}, false],
    [`${configMaps}/none`, { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }, true],
  ])('%s with %j is indented: %s', async (path, headers, isIndented) => {
    const { text } = await ask(served, path, { headers });
    expect(text.startsWith('{\n  "')).toBe(isIndented);
    expect(text.endsWith('\n')).toBe(!isIndented);
  });
  it('of HEAD are left out', async () => {
    const { status, text, headers } = await ask(served, '/healthz', { method: 'HEAD' });
    expect([status, text, headers['content-length']]).toEqual([200, '', '2']);
    expect((await ask(served, configMaps, { method: 'HEAD' })).status).toBe(405);
  });
});

/** Sends bytes as they are over TLS and returns all that comes back. */
function sendRaw(text: string): Promise<string> {
  const { port } = new URL(served.url);
  return new Promise((resolve, reject) => {
    const tls = process.getBuiltinModule('node:tls');
    const socket = tls.connect({
      port: Number(port),
      host: '127.0.0.1',
      ca: served.credentials.ca,
      servername: 'localhost',
    });
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.write(text);
  });
}

describe('targets', () => {
  const authorized = (): string => `authorization: Bearer ${served.credentials.token}\r\nconnection: close\r\n\r\n`;
  it.each([
    ['GET /api/v1/pods%zz HTTP/1.1\r\nhost: localhost\r\n', '400 Bad Request'],
    ['GET /api HTTP/1.1\r\n', '400 Bad Request: missing required Host header'],
  ])('%j is refused in plain text', async (head, text) => {
    const answer = await sendRaw(head + authorized());
    expect([answer.startsWith('HTTP/1.1 400 Bad Request\r\n'), answer.split('\r\n\r\n')[1]]).toEqual([true, text]);
  });
  it('may name the server', async () => {
    const answer = await sendRaw(`GET http://localhost/version HTTP/1.1\r\nhost: localhost\r\n${authorized()}`);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*"gitVersion": "v1.35.2"/);
  });
  it('take plain HTTP on the port of TLS for what it is', async () => {
    const { port } = new URL(served.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = net.connect(Number(port), '127.0.0.1');
      let text = '';
      socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
      socket.write('GET /api HTTP/1.1\r\nhost: localhost\r\n\r\n');
    });
    expect(['', 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n']).toContain(answer);
  });
});

describe('watches over WebSockets', () => {
  const open = (query: string, protocols: string[] = []): { messages: string[]; closed: Promise<number> } => {
    const { url, credentials } = served;
    const socket = new WebSocket(`${url.replace('https', 'wss')}${configMaps}?watch=1&${query}`, protocols, {
      ca: credentials.ca,
      headers: { authorization: `Bearer ${credentials.token}` },
    });
    const messages: string[] = [];
    socket.on('message', (data: Buffer, isBinary) => messages.push(`${isBinary ? 'binary ' : ''}${data.toString()}`));
    const closed = new Promise<number>((resolve, reject) => {
      socket.on('close', resolve);
      socket.on('error', reject);
    });
    return { messages, closed };
  };
  it.each([[[]], [['v1.anything.example']]])('send an event a message, as text: protocols %j', async (protocols) => {
    const { messages, closed } = open('timeoutSeconds=1&fieldSelector=metadata.name%3Dkube-root-ca.crt', protocols);
    expect(await closed).toBe(1000);
    expect(messages.map((text) => (JSON.parse(text) as { type: string }).type)).toEqual(['ADDED']);
    expect(messages[0]?.endsWith('}\n')).toBe(true);
  });
  it('are refused with a Status', async () => {
    await expect(open('labelSelector=a%20b').closed).rejects.toThrow('Unexpected server response: 400');
  });
});
