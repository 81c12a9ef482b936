// A server of another make for tests: answers discovery like an old API server, and whatever else a test tells it.
// Called by: test/client/foreign.*.test.ts.
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { clusterAuthority, type CertificateAuthority } from '../../src/machinery/certificateauthority.ts';
import { Random } from '../../src/machinery/random.ts';
import { signPair, type KeyPair } from '../../src/server/certificates.ts';

export interface Asked {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Answers a request; returns false to leave it to discovery. */
export type Answering = (request: http.IncomingMessage, response: http.ServerResponse) => boolean;

export interface ForeignServer {
  url: string;
  port: number;
  /** What was asked, in order. */
  asked: Asked[];
  connections(): number;
  close(): Promise<void>;
}

const RESOURCES = [
  {
    name: 'pods',
    singularName: 'pod',
    namespaced: true,
    kind: 'Pod',
    verbs: ['get', 'list', 'watch'],
    shortNames: ['po'],
  },
  { name: 'configmaps', singularName: 'configmap', namespaced: true, kind: 'ConfigMap', verbs: ['get', 'create'] },
];
const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: RESOURCES },
};

export function sendJson(response: http.ServerResponse, code: number, body: unknown, headers = {}): true {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
  return true;
}

export function sendText(response: http.ServerResponse, code: number, text: string, headers = {}): true {
  response.writeHead(code, { 'content-type': 'text/plain', ...headers });
  response.end(text);
  return true;
}

export function status(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

export function pod(name: string, resourceVersion = '10'): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', resourceVersion } };
}

export function podList(names: readonly string[], resourceVersion = '10'): object {
  return { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion }, items: names.map((name) => pod(name)) };
}

/** Starts a server on a free port. */
export async function serveForeign(answer: Answering, tls?: https.ServerOptions): Promise<ForeignServer> {
  const asked: Asked[] = [];
  let connections = 0;
  const serve = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      if (answer(request, response)) return;
      const document = DISCOVERY[url.split('?')[0] ?? ''];
      if (document) sendJson(response, 200, document);
      else sendJson(response, 404, status(404, 'NotFound', 'the server could not find the requested resource'));
    });
  };
  const server = tls ? https.createServer(tls, serve) : http.createServer(serve);
  server.on(tls ? 'secureConnection' : 'connection', () => (connections += 1));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    asked,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface Pki {
  authority: CertificateAuthority;
  /** Of a server that these names and addresses are right for. */
  server(hosts: readonly string[]): Promise<https.ServerOptions>;
  client: KeyPair;
}

/** Returns an authority and what it signs. `nowMs` is when it was made: a certificate lasts ten years. */
export async function createPki(nowMs = Date.now()): Promise<Pki> {
  const authority = clusterAuthority(new Random(randomUUID()), '');
  const sign = async (hosts: readonly string[]): Promise<https.ServerOptions> => {
    const profile = {
      subject: { commonName: 'server' },
      usage: 'server',
      hosts,
      fromMs: nowMs - 24 * 3600 * 1000,
    } as const;
    const { certificate, key } = signPair(authority, profile, nowMs);
    return { cert: certificate, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false };
  };
  const subject = { organization: ['team'], commonName: 'alice' };
  const client = signPair(authority, { subject, usage: 'client' }, nowMs);
  return { authority, server: sign, client };
}

export interface Entries {
  cluster?: Record<string, unknown>;
  user?: Record<string, unknown>;
  context?: Record<string, unknown>;
}

/** Returns a kubeconfig's text; the user has a token unless another is given. */
export function kubeconfig(
  server: string,
  { cluster = {}, user = { token: 't' }, context = {} }: Entries = {},
): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
    'current-context': 'x',
  });
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Returns klog's lines without time and process, and the client's ports without their number. */
export function withoutStamps(text: string): string {
  return text
    .replace(/^([EW])\d{4} [\d:.]+ +\d+ /gm, '$1 ')
    .replace(/(127\.0\.0\.1):\d+->/g, '$1:PORT->')
    .replace(/current time \S+ is (before|after) \S+/, 'current time NOW is $1 THEN');
}
