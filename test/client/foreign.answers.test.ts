// What a server of another make may answer, and what comes of it, as with genuine kubectl 1.35.2.
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type RunResult, type Sandbox } from '../harness.ts';
import {
  kubeconfig,
  podList,
  sendJson,
  sendText,
  serveForeign,
  status,
  withoutStamps,
  type Answering,
  type ForeignServer,
} from './foreign.ts';

let sandbox: Sandbox;
let server: ForeignServer | undefined;
beforeAll(async () => {
  sandbox = await createSandbox({ start: null });
});
afterEach(() => server?.close());
afterAll(() => sandbox.close());

async function run(line: string, answer: Answering, cluster: Record<string, unknown> = {}): Promise<RunResult> {
  server = await serveForeign(answer);
  sandbox.write('config', kubeconfig(server.url, { cluster }));
  return sandbox.run(line, { env: { KUBECONFIG: 'config' } });
}

type Sending = (response: ServerResponse) => boolean;
const isPods = (url = ''): boolean => url.startsWith('/api/v1/namespaces/default/pods');
const pods =
  (send: Sending): Answering =>
  (request, response) =>
    isPods(request.url) && send(response);
const everything =
  (send: Sending): Answering =>
  (_, response) =>
    send(response);
const html = (response: ServerResponse, code: number, text: string): boolean =>
  sendText(response, code, text, { 'content-type': 'text/html' });

describe('an answer to discovery', () => {
  it.each<[string, Sending, string, string]>([
    [
      '401',
      (r) => sendJson(r, 401, status(401, 'Unauthorized', 'Unauthorized')),
      'the server has asked for the client to provide credentials',
      'error: You must be logged in to the server (the server has asked for the client to provide credentials)',
    ],
    [
      '403 with a Status',
      (r) => sendJson(r, 403, status(403, 'Forbidden', 'no way')),
      'unknown',
      'Error from server (Forbidden): unknown',
    ],
    ['403 in words', (r) => sendText(r, 403, 'no way\n'), 'no way', 'Error from server (Forbidden): no way'],
    [
      '500',
      (r) => sendText(r, 500, 'boom'),
      'an error on the server ("boom") has prevented the request from succeeding',
      'Error from server (InternalError): an error on the server ("boom") has prevented the request from succeeding',
    ],
    [
      '429',
      (r) => sendText(r, 429, 'slow'),
      'the server has received too many requests and has asked us to try again later',
      'Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later',
    ],
    [
      'a page',
      (r) => html(r, 200, '<html>'),
      "invalid character '<' looking for beginning of value",
      "error: invalid character '<' looking for beginning of value",
    ],
    ['nothing', (r) => sendJson(r, 204, ''), 'unexpected end of JSON input', 'error: unexpected end of JSON input'],
    [
      'a place elsewhere, again and again',
      (r) => sendText(r, 302, '', { location: '/login' }),
      'Get "/login": stopped after 10 redirects',
      'Unable to connect to the server: stopped after 10 redirects',
    ],
  ])('%s', async (_, send, logged, told) => {
    const { stdout, stderr, exitCode } = await run('kubectl get pods', everything(send));
    const line = `E memcache.go:265] "Unhandled Error" err=${JSON.stringify(`couldn't get current server API group list: ${logged}`)}\n`;
    expect([stdout, withoutStamps(stderr), exitCode]).toEqual(['', `${line.repeat(5)}${told}\n`, 1]);
  });
});

describe('an answer to a request', () => {
  it.each<[string, Sending, string]>([
    [
      '401 with a Status',
      (r) => sendJson(r, 401, status(401, 'Unauthorized', 'Unauthorized')),
      'error: You must be logged in to the server (Unauthorized)\n',
    ],
    [
      '401 in words',
      (r) => sendText(r, 401, 'who?'),
      'error: You must be logged in to the server (the server has asked for the client to provide credentials (get pods))\n',
    ],
    [
      '403 with a Status',
      (r) => sendJson(r, 403, status(403, 'Forbidden', 'pods is forbidden')),
      'Error from server (Forbidden): pods is forbidden\n',
    ],
    ['403 in words', (r) => sendText(r, 403, 'no way\n'), 'Error from server (Forbidden): no way (get pods)\n'],
    [
      '404',
      (r) => html(r, 404, '<html>'),
      'Error from server (NotFound): Unable to list "/v1, Resource=pods": the server could not find the requested resource (get pods)\n',
    ],
    [
      '502',
      (r) => html(r, 502, '<html>Bad Gateway</html>'),
      'Error from server (InternalError): an error on the server ("<html>Bad Gateway</html>") has prevented the request from succeeding (get pods)\n',
    ],
    [
      '503',
      (r) => sendText(r, 503, 'soon'),
      'Error from server (ServiceUnavailable): the server is currently unable to handle the request (get pods)\n',
    ],
    [
      '418',
      (r) => sendText(r, 418, 'teapot'),
      'Error from server (Unknown): the server responded with the status code 418 but did not return more information (get pods)\n',
    ],
    ['a page', (r) => html(r, 200, '<html>'), "serializer for text/html doesn't exist\n"],
    [
      'half of JSON',
      (r) => sendText(r, 200, '{"kind":', { 'content-type': 'application/json' }),
      'unexpected end of JSON input\n',
    ],
    ['nothing', (r) => sendText(r, 200, '', { 'content-type': 'application/json' }), 'unexpected end of JSON input\n'],
  ])('%s', async (_, send, expected) => {
    expect(await run('kubectl get pods', pods(send))).toEqual({ stdout: '', stderr: expected, exitCode: 1 });
  });

  it('that stops in the middle', async () => {
    const { stderr } = await run(
      'kubectl get pods',
      pods((response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"kind":"PodList"', () => response.destroy());
        return true;
      }),
    );
    expect(withoutStamps(stderr)).toBe(
      'E request.go:1196] "Unexpected error when reading response body" err="unexpected EOF"\n' +
        'unexpected error when reading response body. Please retry. Original error: unexpected EOF\n',
    );
  });

  it('that never ends, up to --request-timeout', async () => {
    const { stderr } = await run(
      'kubectl get pods --request-timeout=700ms',
      pods((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        return response.write('{"kind"');
      }),
    );
    expect(withoutStamps(stderr)).toContain(
      'Original error: net/http: request canceled (Client.Timeout or context cancellation while reading body)\n',
    );
    expect(server?.asked.map(({ url }) => url)).toContain('/api/v1/namespaces/default/pods?limit=500&timeout=700ms');
  });
});

describe('an answer that asks to come back', () => {
  it.each([429, 503])('%d with Retry-After: the request is sent again', async (code) => {
    let refusals = 2;
    const { stdout } = await run(
      'kubectl get pods -o name',
      pods((response) =>
        refusals-- > 0
          ? sendText(response, code, 'slow down', { 'retry-after': '0' })
          : sendJson(response, 200, podList(['a'])),
      ),
    );
    expect(stdout).toBe('pod/a\n');
    expect(server?.asked.filter(({ url }) => isPods(url))).toHaveLength(3);
  });

  it('a body is sent again, too', async () => {
    let refusals = 1;
    const { stdout } = await run('kubectl create configmap a', (request, response) =>
      request.method === 'POST' && refusals-- > 0
        ? sendText(response, 429, 'slow down', { 'retry-after': '0' })
        : request.method === 'POST' &&
          sendJson(response, 201, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
    );
    expect(stdout).toBe('configmap/a created\n');
    expect(new Set(server?.asked.map(({ body }) => body)).size).toBe(1);
  });

  it('for ever: ten times', async () => {
    const { stderr } = await run(
      'kubectl get pods',
      pods((response) => sendText(response, 429, 'slow down', { 'retry-after': '0' })),
    );
    expect(stderr).toMatch(/^Error from server \(TooManyRequests\): /);
    expect(server?.asked.filter(({ url }) => isPods(url))).toHaveLength(11);
  });
});

describe('connections', () => {
  it('are kept for the next request', async () => {
    await run(
      'kubectl get pods -o name',
      pods((response) => sendJson(response, 200, podList(['a']))),
    );
    expect([server?.asked.length, server?.connections()]).toEqual([4, 1]);
  });

  it('that were kept and are gone are opened anew', async () => {
    const gone = new Set<unknown>();
    const { stdout } = await run('kubectl get pods -o name', (request, response) => {
      if (!isPods(request.url)) {
        gone.add(request.socket);
        return false;
      }
      if (!gone.has(request.socket)) return sendJson(response, 200, podList(['a']));
      request.socket.destroy();
      return true;
    });
    expect([stdout, server?.connections()]).toEqual(['pod/a\n', 2]);
  });

  it('carry packed answers, unless that is not wanted', async () => {
    const answer: Answering = (request, response) => {
      if (!isPods(request.url)) return false;
      const text = JSON.stringify(podList([request.headers['accept-encoding'] ?? 'plain']));
      const isPacked = request.headers['accept-encoding'] === 'gzip';
      response.writeHead(200, {
        'content-type': 'application/json',
        ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
      });
      response.end(isPacked ? gzipSync(text) : text);
      return true;
    };
    expect((await run('kubectl get pods -o name', answer)).stdout).toBe('pod/gzip\n');
    await server?.close();
    expect((await run('kubectl get pods -o name', answer, { 'disable-compression': true })).stdout).toBe('pod/plain\n');
  });

  it('follow the server elsewhere', async () => {
    const { stdout } = await run('kubectl get --raw /old', (request, response) =>
      request.url === '/old'
        ? sendText(response, 307, '', { location: '/new' })
        : sendText(response, 200, `at ${request.url}`),
    );
    expect(stdout).toBe('at /new');
  });
});
