// Kubeconfigs that contradict themselves or name what is not there; texts are those of genuine kubectl 1.35.2.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signPair } from '../../src/server/certificates.ts';
import { createSandbox, type Sandbox } from '../harness.ts';
import {
  base64,
  createPki,
  kubeconfig,
  sendJson,
  serveForeign,
  withoutStamps,
  type Entries,
  type ForeignServer,
  type Pki,
} from './foreign.ts';

const V1 = 'client.authentication.k8s.io/v1';
const raw = 'kubectl get --raw /x';
const nowhere = 'https://127.0.0.1:1';
const refused = 'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n';

let sandbox: Sandbox;
let pki: Pki;
let server: ForeignServer;
beforeAll(async () => {
  [sandbox, pki] = await Promise.all([createSandbox({ start: null }), createPki()]);
  server = await serveForeign(
    (request, response) => {
      const { authorization = '' } = request.headers;
      const { subject } = (
        request.socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } }
      ).getPeerCertificate();
      return sendJson(response, 200, { authorization, name: subject?.CN ?? '' });
    },
    await pki.server(['127.0.0.1']),
  );
  const { certificate, key } = pki.client;
  sandbox.write('client.crt', certificate);
  sandbox.write('client.key', key);
  sandbox.write(
    'other.key',
    signPair(pki.authority, { subject: { commonName: 'x' }, usage: 'client' }, Date.now()).key,
  );
});
afterAll(async () => {
  await server.close();
  sandbox.close();
});

function run(line: string, url: string, { cluster = {}, user }: Entries, stdin = '') {
  const trusting = { 'certificate-authority-data': base64(pki.authority.certificate), ...cluster };
  sandbox.write('config', kubeconfig(url, { cluster: trusting, ...(user ? { user } : {}) }));
  return sandbox.run(line, { env: { KUBECONFIG: 'config' }, stdin });
}

describe('a kubeconfig that cannot be used', () => {
  const exec = (more: object): object => ({
    exec: { apiVersion: V1, interactiveMode: 'Never', command: 'x', ...more },
  });
  const plugin = 'for u to use exec authentication plugin';
  it.each<[string, () => object, object, string]>([
    [
      'two ways to ask',
      () => ({ token: 't', username: 'a' }),
      {},
      'error: more than one authentication method found for u; found [token basicAuth], only one is allowed\n',
    ],
    [
      'no key',
      () => ({ 'client-certificate': 'client.crt' }),
      {},
      'error: client-key-data or client-key must be specified for u to use the clientCert authentication method.\n',
    ],
    [
      'files that are not there',
      () => ({ 'client-certificate': '/nosuch.crt', 'client-key': '/nosuch.key' }),
      {},
      'Error in configuration: \n* unable to read client-cert /nosuch.crt for u due to open /nosuch.crt: no such file or directory\n' +
        '* unable to read client-key /nosuch.key for u due to open /nosuch.key: no such file or directory\n',
    ],
    [
      'certificates twice',
      () => ({ 'client-certificate': 'client.crt', 'client-certificate-data': 'eA==', 'client-key': 'client.key' }),
      {},
      'error: client-cert-data and client-cert are both specified for u. client-cert-data will override.\n',
    ],
    [
      'keys twice',
      () => ({ 'client-certificate': 'client.crt', 'client-key-data': 'eA==', 'client-key': 'client.key' }),
      {},
      'error: client-key-data and client-key are both specified for u; client-key-data will override\n',
    ],
    [
      'another key',
      () => ({ 'client-certificate-data': base64(pki.client.certificate), 'client-key': 'other.key' }),
      {},
      'error: tls: private key does not match public key\n',
    ],
    [
      'no certificate',
      () => ({ 'client-certificate-data': base64('hello'), 'client-key': 'client.key' }),
      {},
      'error: tls: failed to find any PEM data in certificate input\n',
    ],
    [
      'both exchanged',
      () => ({ 'client-certificate-data': base64(pki.client.key), 'client-key': 'client.key' }),
      {},
      'error: tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched\n',
    ],
    [
      'a certificate for a key',
      () => ({ 'client-certificate': 'client.crt', 'client-key-data': base64(pki.client.certificate) }),
      {},
      'error: tls: found a certificate rather than a key in the PEM for the private key\n',
    ],
    [
      'no base64',
      () => ({ 'client-certificate-data': '***', 'client-key-data': 'abc' }),
      {},
      'error: error loading config file "config": illegal base64 data at input byte 0\n',
    ],
    ["no token's file", () => ({ tokenFile: '/nosuch' }), {}, 'error: open /nosuch: no such file or directory\n'],
    [
      'a lost provider',
      () => ({ 'auth-provider': { name: 'acme' } }),
      {},
      'error: no Auth Provider found for name "acme"\n',
    ],
    [
      'somebody without a name',
      () => ({ token: 't', 'as-groups': ['g'] }),
      {},
      'error: requesting uid, groups or user-extra for u without impersonating a user\n',
    ],
    ['no program', () => exec({ command: undefined }), {}, `error: command must be specified ${plugin}\n`],
    ['no version', () => exec({ apiVersion: undefined }), {}, `error: apiVersion must be specified ${plugin}\n`],
    [
      'an old version',
      () => exec({ apiVersion: `${V1}alpha1` }),
      {},
      `error: exec plugin: invalid apiVersion "${V1}alpha1"\n`,
    ],
    ['no mode', () => exec({ interactiveMode: undefined }), {}, `error: interactiveMode must be specified ${plugin}\n`],
    [
      'no such mode',
      () => exec({ interactiveMode: 'Sometimes' }),
      {},
      'error: invalid interactiveMode for u: "Sometimes"\n',
    ],
    [
      'a nameless variable',
      () => exec({ env: [{ name: '', value: 'x' }] }),
      {},
      `error: env variable name must be specified ${plugin}\n`,
    ],
    [
      'no authority',
      () => ({ token: 't' }),
      { 'certificate-authority-data': base64('hello') },
      'error: unable to load root certificates: unable to parse bytes as PEM block\n',
    ],
    [
      'half an authority',
      () => ({ token: 't' }),
      { 'certificate-authority-data': base64('-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n') },
      'error: unable to load root certificates: failed to parse certificate: x509: malformed certificate\n',
    ],
    [
      "no authority's file",
      () => ({ token: 't' }),
      { 'certificate-authority-data': '', 'certificate-authority': '/nosuch.crt' },
      'error: unable to read certificate-authority /nosuch.crt for c due to open /nosuch.crt: no such file or directory\n',
    ],
    [
      'an authority that is not to count',
      () => ({ token: 't' }),
      { 'insecure-skip-tls-verify': true },
      'error: specifying a root certificates file with the insecure flag is not allowed\n',
    ],
  ])('%s', async (_, user, cluster, expected) => {
    const entries = { user: user() as Record<string, unknown>, cluster: cluster as Record<string, unknown> };
    expect(await run(raw, nowhere, entries)).toEqual({ stdout: '', stderr: expected, exitCode: 1 });
  });

  it.each([
    ['--context=nosuch', 'error: context "nosuch" does not exist\n'],
    ['--cluster=nosuch', 'error: cluster "nosuch" does not exist\n'],
    ['--user=nosuch', 'error: auth info "nosuch" does not exist\n'],
    ['--as-uid=3', 'error: requesting uid, groups or user-extra for u without impersonating a user\n'],
    ['--insecure-skip-tls-verify', refused],
  ])('%s', async (flag, expected) => {
    expect((await run(`${raw} ${flag}`, nowhere, {})).stderr).toBe(expected);
  });

  it.each([
    ['--context=nosuch', 'Error in configuration: context was not found for specified context: nosuch\n'],
    ['--cluster=nosuch --user=nosuch', 'error: no server found for cluster "nosuch"\n'],
    ['--cluster=nosuch -n x', 'error: cluster "nosuch" does not exist\n'],
    ['--user=nosuch', 'error: auth info "nosuch" does not exist\n'],
  ])('%s, where a namespace is looked for first', async (flags, expected) => {
    expect((await run(`kubectl get pods ${flags}`, nowhere, {})).stderr).toBe(expected);
  });

  it('files that do not belong together are logged, and not sent', async () => {
    const user = { 'client-certificate': 'client.crt', 'client-key': 'other.key' };
    const { stdout, stderr } = await run(raw, server.url, { user });
    expect(JSON.parse(stdout)).toEqual({ authorization: '', name: '' });
    expect(withoutStamps(stderr)).toBe(
      'E cert_rotation.go:172] "Loading client cert failed" err="tls: private key does not match public key" key="key"\n',
    );
  });
});

describe('where nothing says who asks', () => {
  it.each([
    ['', 'Please enter Username: ', 'error: EOF\n'],
    ['bob\n', 'Please enter Username: Please enter Password: ', 'error: error reading input for Password\n'],
  ])('the user is asked, who says %j', async (stdin, stdout, stderr) => {
    expect(await run(raw, nowhere, { user: {} }, stdin)).toEqual({ stdout, stderr, exitCode: 1 });
  });

  it('nobody is, over plain HTTP', async () => {
    expect((await run(raw, 'http://127.0.0.1:1', { user: {} })).stderr).toBe(refused);
  });
});
