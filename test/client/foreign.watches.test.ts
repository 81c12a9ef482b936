// Watches of a server of another make, which may end or break off at any time, as with genuine kubectl 1.35.2.
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type RunResult, type Sandbox } from '../harness.ts';
import {
  kubeconfig,
  podList,
  sendJson,
  sendText,
  serveForeign,
  status,
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

type Watching = (response: ServerResponse, query: URLSearchParams) => unknown;

async function run(line: string, answer: Answering): Promise<RunResult> {
  server = await serveForeign(answer);
  sandbox.write('config', kubeconfig(server.url));
  return sandbox.run(line, { env: { KUBECONFIG: 'config' } });
}

function pod(name: string, resourceVersion: string, isReady = false): object {
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', resourceVersion },
    status: { conditions },
  };
}

const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const begin = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'application/json' });

/** Answers lists with one pod, and each watch by the next of the functions; the last one stays. */
function watching(...watches: readonly Watching[]): Answering {
  let count = 0;
  return (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (!url.pathname.startsWith('/api/v1/namespaces/default/pods')) return false;
    if (url.pathname.endsWith('/a')) return sendJson(response, 200, pod('a', '10'));
    if (!url.searchParams.has('watch'))
      return sendJson(response, 200, { ...podList([], '10'), items: [pod('a', '10')] });
    watches[Math.min(count++, watches.length - 1)]?.(response, url.searchParams);
    return true;
  };
}

/** Versions at which watches began. */
const began = (): (string | null)[] =>
  (server?.asked ?? [])
    .map(({ url }) => new URL(url, 'http://localhost').searchParams)
    .filter((query) => query.has('watch'))
    .map((query) => query.get('resourceVersion'));

describe('get --watch', () => {
  const changed = event('MODIFIED', pod('a', '11'));
  it.each<[string, Watching, string]>([
    ['ends with the watch', (r) => begin(r).end(changed), 'pod/a\npod/a\n'],
    ['ends when it breaks off', (r) => begin(r).write(changed, () => r.destroy()), 'pod/a\npod/a\n'],
    ['ends in the middle of an event', (r) => begin(r).end(`${changed}{"type":`), 'pod/a\npod/a\n'],
    [
      'shows what went wrong as an event',
      (r) => begin(r).end(event('ERROR', status(410, 'Expired', 'too old'))),
      'pod/a\nstatus/<unknown>\n',
    ],
    ['shows what is no event as one', (r) => begin(r).end('hello\n'), 'pod/a\nstatus/<unknown>\n'],
    [
      'shows a bookmark, too',
      (r) => begin(r).end(event('BOOKMARK', pod('', '30')) + event('ADDED', pod('b', '31'))),
      'pod/a\npod/<unknown>\npod/b\n',
    ],
  ])('%s', async (_, watch, stdout) => {
    expect(await run('kubectl get pods -w -o name', watching(watch))).toEqual({ stdout, stderr: '', exitCode: 0 });
    expect(began()).toEqual(['10']);
  });

  it.each<[string, Watching, string]>([
    ['410', (r) => sendJson(r, 410, status(410, 'Expired', 'too old')), 'Error from server (Expired): too old\n'],
    [
      '403',
      (r) => sendJson(r, 403, status(403, 'Forbidden', 'no watching')),
      'Error from server (Forbidden): no watching\n',
    ],
    [
      'a page',
      (r) => sendText(r, 200, '<html>', { 'content-type': 'text/html' }),
      'error: no stream serializers registered for text/html\n',
    ],
  ])('is refused: %s', async (_, watch, stderr) => {
    expect(await run('kubectl get pods -w -o name', watching(watch))).toEqual({
      stdout: 'pod/a\n',
      stderr,
      exitCode: 1,
    });
  });

  it('ends with --request-timeout', async () => {
    const answer = watching((response) => begin(response).write(changed));
    expect(await run('kubectl get pods -w -o name --request-timeout=700ms', answer)).toEqual({
      stdout: 'pod/a\npod/a\n',
      stderr: '',
      exitCode: 0,
    });
  });
});

describe('wait', () => {
  const met: Watching = (response) => begin(response).write(event('MODIFIED', pod('a', '20', true)));
  const line = 'kubectl wait --for=condition=Ready pod/a --timeout=20s';
  it.each<[string, Watching, (string | null)[]]>([
    ['goes on where a watch ended', (r) => begin(r).end(event('MODIFIED', pod('a', '11'))), ['10', '11']],
    [
      'goes on where a watch broke off',
      (r) => begin(r).write(event('MODIFIED', pod('a', '12')), () => r.destroy()),
      ['10', '12'],
    ],
    ['goes on after a bookmark', (r) => begin(r).end(event('BOOKMARK', pod('', '15'))), ['10', '15']],
    [
      'lists again when that is too long ago',
      (r) => begin(r).end(event('ERROR', status(410, 'Expired', 'too old'))),
      ['10', '10'],
    ],
    ['lists again when that is refused', (r) => sendJson(r, 410, status(410, 'Expired', 'too old')), ['10', '10']],
    [
      'lists again when something went wrong',
      (r) => begin(r).end(event('ERROR', status(500, 'InternalError', 'boom'))),
      ['10', '10'],
    ],
  ])('%s', async (_, first, versions) => {
    expect(await run(line, watching(first, met))).toEqual({ stdout: 'pod/a condition met\n', stderr: '', exitCode: 0 });
    expect(began()).toEqual(versions);
  });
});

describe('logs -f', () => {
  it('ends when the stream breaks off, and says so', async () => {
    const result = await run('kubectl logs -f a', (request, response) => {
      if (!request.url?.includes('/log?')) {
        const spec = { containers: [{ name: 'c', image: 'i' }] };
        return request.url?.endsWith('/a') === true && sendJson(response, 200, { ...pod('a', '10'), spec });
      }
      response.writeHead(200, { 'content-type': 'text/plain' });
      return response.write('line\n', () => setImmediate(() => response.destroy()));
    });
    expect(result).toEqual({ stdout: 'line\n', stderr: 'error: unexpected EOF\n', exitCode: 1 });
  });
});
