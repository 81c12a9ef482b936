// Bytes that are no request, half of one, or nothing that a connection of another protocol may hold.
// Called by: malformed.test.ts.

/** What is wrong, and the bytes, for a bearer of a token. */
type BadBytes = [what: string, bytes: (token: string) => string];

const authorized = (token: string): string => `host: localhost\r\nauthorization: Bearer ${token}\r\n`;
const json = 'content-type: application/json\r\n';
const configMaps = '/api/v1/namespaces/default/configmaps';

/** Refused with an HTTP status, or with the end of the connection. */
export const refusedBytes: readonly BadBytes[] = [
  ['no HTTP', () => '\x16\x03\x01\x02\x00garbage\r\n\r\n'],
  ['HTTP/0.9', () => 'GET /\r\n\r\n'],
  ['HTTP/9.9', (token) => `GET /api HTTP/9.9\r\n${authorized(token)}\r\n`],
  ['HTTP/2 without saying so', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a header without a colon', (token) => `GET /api HTTP/1.1\r\n${authorized(token)}nonsense\r\n\r\n`],
  ['a NUL in a header', (token) => `GET /api HTTP/1.1\r\n${authorized(token)}x: a\0b\r\n\r\n`],
  ['a blank in a header name', (token) => `GET /api HTTP/1.1\r\n${authorized(token)}content-length : 0\r\n\r\n`],
  ['a folded header', (token) => `GET /api HTTP/1.1\r\n${authorized(token)}x: a\r\n b\r\nconnection: close\r\n\r\n`],
  [
    'two lengths',
    (token) =>
      `POST ${configMaps} HTTP/1.1\r\n${authorized(token)}${json}content-length: 2\r\ncontent-length: 5\r\n\r\n{}abc`,
  ],
  [
    'a length and chunks',
    (token) =>
      `POST ${configMaps} HTTP/1.1\r\n${authorized(token)}${json}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'an unknown coding',
    (token) => `POST ${configMaps} HTTP/1.1\r\n${authorized(token)}${json}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'a negative length',
    (token) => `POST ${configMaps} HTTP/1.1\r\n${authorized(token)}${json}content-length: -1\r\n\r\n`,
  ],
  [
    'a chunk of a strange size',
    (token) =>
      `POST ${configMaps} HTTP/1.1\r\n${authorized(token)}${json}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  ],
  ['a bare CR', (token) => `GET /api HTTP/1.1\r${authorized(token)}\r\r`],
  ['a path of control characters', (token) => `GET /api\x01\x02 HTTP/1.1\r\n${authorized(token)}\r\n`],
  ['two hosts', () => `GET /api HTTP/1.1\r\nhost: localhost\r\nhost: evil.example.com\r\nconnection: close\r\n\r\n`],
  ['no host', () => 'GET /api HTTP/1.1\r\n\r\n'],
  ['CONNECT', (token) => `CONNECT evil.example.com:443 HTTP/1.1\r\n${authorized(token)}\r\n`],
];

/** Whoever sends these ends the connection then, or sends no more. */
export const halfRequests: readonly BadBytes[] = [
  ['a request line', () => 'GET /api/v1/na'],
  ['headers', (token) => `GET /api HTTP/1.1\r\n${authorized(token)}`],
  [
    'a body',
    (token) =>
      `POST ${configMaps} HTTP/1.1\r\n${authorized(token)}${json}content-length: 1000\r\n\r\n{"kind":"ConfigMap","metadata":{"name":"half"}}`,
  ],
  [
    'a chunk',
    (token) =>
      `POST ${configMaps} HTTP/1.1\r\n${authorized(token)}${json}transfer-encoding: chunked\r\n\r\n40\r\n{"metadata":`,
  ],
];

/** A connection is upgraded to `to` with the headers, then these bytes come. */
export type BadFrame = [what: string, to: string, headers: string, target: string, bytes: Buffer];

const exec = '/api/v1/namespaces/kube-system/pods/etcd-control-plane/exec?command=cat&stdin=1&stdout=1';
const key = 'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const v5 = `${key}sec-websocket-protocol: v5.channel.k8s.io\r\n`;
const tunnel = `${key}sec-websocket-protocol: SPDY/3.1+portforward.k8s.io\r\n`;
const ports = '/api/v1/namespaces/kube-system/pods/etcd-control-plane/portforward';

export const badFrames: readonly BadFrame[] = [
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
  ['of noise in SPDY', 'SPDY/3.1', 'x-stream-protocol-version: v4.channel.k8s.io\r\n', exec, Buffer.alloc(4096, 0xa5)],
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
];

/** A request whose body is another one. */
export function hiddenRequest(token: string): string {
  const hidden = `POST ${configMaps} HTTP/1.1\r\n${authorized(token)}${json}content-length: 2\r\n\r\n{}`;
  return `POST ${configMaps} HTTP/1.1\r\n${authorized(token)}${json}connection: close\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`;
}

/** A request of more headers than anybody sends, the last of which says who asks. */
export function headerFlood(token: string): string {
  const headers = Array.from({ length: 3000 }, (_, i) => `x-${i}: ${i}\r\n`).join('');
  return `GET /api HTTP/1.1\r\n${headers}connection: close\r\n${authorized(token)}\r\n`;
}
