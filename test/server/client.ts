// A plain HTTP client for tests of the server: sends what it is told, returns all that comes back.
// Called by: test/server/*.test.ts.
import http from 'node:http';
import https from 'node:https';
import type { ServedCluster } from './fixture.ts';

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

export interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

/** Sends a request with the administrator's token, unless an `authorization` header is given ('' for none). */
export function ask(served: ServedCluster, path: string, options: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = open(served, path, options);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/** Returns the JSON of an answer. */
export async function askJson<T>(served: ServedCluster, path: string, options?: AskOptions): Promise<T> {
  return JSON.parse((await ask(served, path, options)).text) as T;
}

/** Opens a watch: `next` resolves with the next line as JSON, undefined at the end. */
export function openWatch(served: ServedCluster, path: string): { next(): Promise<unknown>; close(): void } {
  const outgoing = open(served, path, {});
  const lines = linesOf(outgoing);
  outgoing.end();
  return {
    next: async () => {
      const { done, value } = await lines.next();
      return done ? undefined : (JSON.parse(value) as unknown);
    },
    close: () => outgoing.destroy(),
  };
}

async function* linesOf(outgoing: http.ClientRequest): AsyncGenerator<string> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
  });
  let rest = '';
  for await (const chunk of response) {
    rest += String(chunk);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function open({ url, credentials }: ServedCluster, path: string, { method = 'GET', headers = {} }: AskOptions) {
  const { request } = url.startsWith('https') ? https : http;
  const all: Record<string, string> = { authorization: `Bearer ${credentials.token}`, ...headers };
  if (all['authorization'] === '') delete all['authorization'];
  return request(url, { method, path, ca: credentials.ca, servername: 'localhost', headers: all, agent: false });
}
