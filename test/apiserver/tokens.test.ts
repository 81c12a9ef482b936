import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { TokenAuthority, type TokenAnswer } from '../../src/apiserver/tokens.ts';
import { pod } from '../../src/resources/pod.ts';
import { serviceAccount } from '../../src/resources/serviceaccount.ts';
import { createFixture, messageOf, type Fixture } from './fixture.ts';

const ACCOUNT = { namespace: 'default', name: 'default' };
const keyIdOf = (key: unknown): string => (key as { kid: string }).kid;
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

describe("a service account's token", () => {
  let fixture: Fixture;
  beforeEach(() => {
    fixture = createFixture();
    fixture.server.loopback.create(pod, {
      metadata: { name: 'web', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }], nodeName: 'n1' },
    });
  });

  const request = (spec: object = {}, more: object = {}) =>
    fixture.send('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { spec, ...more });
  const issued = (spec: object = {}): string => (request(spec).body as { status: { token: string } }).status.token;
  const answer = (token: string): TokenAnswer | undefined => fixture.server.authenticateToken(token);
  const nameOf = (token: string): string | undefined => {
    const found = answer(token);
    return found && ('user' in found ? found.user.name : found.error);
  };

  it('says who it is', () => {
    const uid = fixture.server.loopback.get(serviceAccount, ACCOUNT)?.metadata.uid;
    expect(answer(issued())).toEqual({
      audiences: [ISSUER],
      user: {
        name: 'system:serviceaccount:default:default',
        uid,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=/)] },
      },
    });
  });

  it('is the same for the same cluster at the same moment', () => {
    const token = issued();
    expect(issued()).toBe(token);
    fixture.clock.advanceTo(fixture.clock.nowMs() + 1000);
    expect(issued()).not.toBe(token);
  });

  it('is signed by the key that the server shows', () => {
    const token = issued();
    const { keys } = JSON.parse(fixture.send('GET', '/openid/v1/jwks').text ?? '') as { keys: JsonWebKey[] };
    const [head = '', claims = '', signature = ''] = token.split('.');
    const key = createPublicKey({ key: keys[0] as JsonWebKey, format: 'jwk' });
    expect(keys).toEqual([
      { use: 'sig', kty: 'RSA', kid: expect.any(String), alg: 'RS256', n: expect.any(String), e: 'AQAB' },
    ]);
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'RS256', kid: keyIdOf(keys[0]) });
    expect(nameOf(`${head}.${claims}.${signature.slice(0, -4)}AAAA`)).toBe('invalid signature');
  });

  it('is issued by whom the server names', () => {
    const { text = '', headers } = fixture.send('GET', '/.well-known/openid-configuration');
    expect(headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' });
    expect(text).toBe(
      `{"issuer":"${ISSUER}","jwks_uri":"https://127.0.0.1:6443/openid/v1/jwks","response_types_supported":["id_token"],` +
        '"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"]}',
    );
  });

  it('is checked with keys that lie where the server was asked', () => {
    const { text = '' } = fixture.send('GET', '/.well-known/openid-configuration', undefined, {
      host: 'localhost:7443',
    });
    expect((JSON.parse(text) as { jwks_uri: string }).jwks_uri).toBe('https://localhost:7443/openid/v1/jwks');
  });

  it('of a pod names it', () => {
    const token = issued({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web' } });
    expect(answer(token)).toMatchObject({
      user: {
        extra: {
          'authentication.kubernetes.io/pod-name': ['web'],
          'authentication.kubernetes.io/node-name': ['n1'],
        },
      },
    });
  });

  it.each<[string, (token: string) => void, string]>([
    [
      'its time is over',
      () => fixture.clock.advanceTo(fixture.clock.nowMs() + 3600_000),
      'service account token has expired',
    ],
    [
      'its account is gone',
      () => fixture.server.loopback.delete(serviceAccount, ACCOUNT),
      'serviceaccounts "default" not found',
    ],
    [
      'its pod is gone',
      () => fixture.server.loopback.delete(pod, { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 0 }),
      'service account token has been invalidated',
    ],
  ])('is good until %s', (_, end, why) => {
    const token = issued({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web' } });
    expect(nameOf(token)).toBe('system:serviceaccount:default:default');
    end(token);
    expect(nameOf(token)).toBe(why);
  });

  it('of an account made again is another', () => {
    const token = issued();
    fixture.server.loopback.delete(serviceAccount, ACCOUNT);
    fixture.server.loopback.create(serviceAccount, { metadata: ACCOUNT });
    expect(nameOf(token)).toMatch(/^service account UID \(\S+\) does not match claim \(\S+\)$/);
  });

  it.each<[string, (token: string) => string, string | undefined]>([
    ['changed claims', (token) => token.replace(/\.[^.]+\./, (body) => `.${forged(body)}.`), 'invalid signature'],
    ['a changed signature', (token) => `${token.slice(0, -4)}AAAA`, 'invalid signature'],
    ['another text', () => 'abc', undefined],
    ['a token of others', () => `a.${Buffer.from('{"iss":"x","aud":[]}').toString('base64url')}.b`, undefined],
  ])('is nothing with %s', (_, change, why) => expect(nameOf(change(issued()))).toBe(why));

  it('of another secret is none', () => {
    const { registry } = fixture.server;
    const others = new TokenAuthority(registry.context, 'secret');
    const account = registry.get(serviceAccount, ACCOUNT);
    const token = others.issue(account, { audiences: [ISSUER], expirationSeconds: 600, bound: {} }, '');
    expect(others.authenticate(token)).toHaveProperty('user');
    expect(nameOf(token)).toBe('invalid signature');
  });

  it('for others is not for the API server', () => {
    const token = issued({ audiences: ['vault'] });
    expect(nameOf(token)).toBe(`token audiences ["vault"] is invalid for the target audiences ["${ISSUER}"]`);
    const review = (spec: object) =>
      (fixture.send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec }).body as { status: unknown })
        .status;
    expect(review({ token, audiences: ['vault', 'x'] })).toMatchObject({ authenticated: true, audiences: ['vault'] });
    expect(review({ token })).toEqual({
      user: {},
      error: expect.stringMatching(/^\[invalid bearer token, token audiences/),
    });
    expect(review({ token: 'abc' })).toEqual({ user: {}, error: 'invalid bearer token' });
  });

  it.each<[string, object, object, string]>([
    [
      'a short time',
      { expirationSeconds: 60 },
      {},
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    ],
    [
      'too long a time',
      { expirationSeconds: 2 ** 33 },
      {},
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 8589934592: may not specify a duration larger than 2^32 seconds',
    ],
    [
      'another name',
      {},
      { metadata: { name: 'x' } },
      'TokenRequest.authentication.k8s.io "default" is invalid: metadata.name: Invalid value: "x": must match the service account name if specified',
    ],
    [
      'a pod that is not there',
      { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'x' } },
      {},
      'pods "x" not found',
    ],
    [
      'another pod of its name',
      { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'u' } },
      {},
      'Operation cannot be fulfilled on Pod "web": the UID in the bound object reference (u) does not match the UID in record. The object might have been deleted and then recreated',
    ],
    [
      'a kind that binds nothing',
      { boundObjectRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } },
      {},
      'cannot bind token to object of type apps/v1, Kind=Deployment',
    ],
  ])('is refused for %s', (_, spec, more, message) => expect(messageOf(request(spec, more))).toBe(message));
});

function forged(body: string): string {
  const claims = JSON.parse(Buffer.from(body.slice(1, -1), 'base64url').toString()) as { sub: string };
  claims.sub = 'system:serviceaccount:kube-system:namespace-controller';
  return Buffer.from(JSON.stringify(claims)).toString('base64url');
}
