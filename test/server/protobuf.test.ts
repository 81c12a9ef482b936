// Bodies in protobuf, as client-go's typed clients send them.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pemText } from '../../src/machinery/pem.ts';
import { askJson } from './client.ts';
import { serveCluster, type ServedCluster } from './fixture.ts';

/** A request for a certificate in the name CN=eve, O=dev. */
const DER =
  'MIHWMH4CAQAwHDEMMAoGA1UECgwDZGV2MQwwCgYDVQQDDANldmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ9wyVL4BG6bCP8' +
  'nH9OvNdU5cNuSaD3Bhu8+EzgYd0Tz/Jflo+U60O91wYhbCh/IBKKlEcB6iBVnfiu2mWfQoORoAAwCgYIKoZIzj0EAwIDSAAwRQIh' +
  'ANGMLa5hiN7rkkwrJd2Lxuy3M4/4+j5HEFIDbSrspF+wAiAMavslsQlYbHAWJSTxOAok4ZSIOZBmuWG3eZvrOSSPhA==';
const REQUEST = pemText('CERTIFICATE REQUEST', Buffer.from(DER, 'base64'));

let served: ServedCluster;
beforeAll(async () => {
  served = await serveCluster();
});
afterAll(() => served.close());

/** A field that holds bytes, a text or another message. */
function part(number: number, value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function whole(number: number, value: number): Buffer {
  return Buffer.concat([varint(number << 3), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}

function send<T>(path: string, method: string, [apiVersion, kind]: [string, string], message: Buffer): Promise<T> {
  const type = Buffer.concat([part(1, apiVersion), part(2, kind)]);
  const body = Buffer.concat([Buffer.from('k8s\0'), part(1, type), part(2, message)]);
  // Node sends the body of a DELETE without its length unless it is told.
  const headers = { 'content-type': 'application/vnd.kubernetes.protobuf', 'content-length': String(body.length) };
  return askJson<T>(served, path, { method, body, headers });
}

describe('a body in protobuf', () => {
  it('asks for a certificate', async () => {
    const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
    const signerName = 'kubernetes.io/kube-apiserver-client';
    const spec = [part(1, REQUEST), part(5, 'client auth'), part(7, signerName), whole(8, 3600)];
    const message = Buffer.concat([part(1, part(1, 'eve')), part(2, Buffer.concat(spec))]);
    expect(await send(path, 'POST', ['certificates.k8s.io/v1', 'CertificateSigningRequest'], message)).toMatchObject({
      metadata: { name: 'eve' },
      spec: {
        request: Buffer.from(REQUEST).toString('base64'),
        signerName,
        expirationSeconds: 3600,
        usages: ['client auth'],
        username: 'kubernetes-admin',
      },
      status: {},
    });
  });

  it('asks whether something is allowed', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const attributes = Buffer.concat([part(1, 'default'), part(2, 'get'), part(5, 'pods')]);
    const type: [string, string] = ['authorization.k8s.io/v1', 'SelfSubjectAccessReview'];
    expect(await send(path, 'POST', type, part(2, part(1, attributes)))).toMatchObject({
      spec: { resourceAttributes: { namespace: 'default', verb: 'get', resource: 'pods' } },
      status: { allowed: true },
    });
  });

  it('asks for a token', async () => {
    const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
    const spec = Buffer.concat([part(1, 'vault'), whole(4, 7200)]);
    expect(await send(path, 'POST', ['authentication.k8s.io/v1', 'TokenRequest'], part(2, spec))).toMatchObject({
      spec: { audiences: ['vault'], expirationSeconds: 7200 },
      status: { token: expect.stringMatching(/^ey/) as unknown },
    });
  });

  it('holds the options of a deletion', async () => {
    const path = '/api/v1/namespaces/default/configmaps/kube-root-ca.crt';
    const message = part(2, part(1, 'another'));
    expect(await send(path, 'DELETE', ['v1', 'DeleteOptions'], message)).toMatchObject({
      code: 409,
      message: expect.stringContaining('the UID in the precondition (another) does not match') as unknown,
    });
  });
});
