// Who asks a server of another make, by every way in which a kubeconfig can say so; texts are those of genuine kubectl 1.35.2.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signPair } from '../../src/server/certificates.ts';
import { createSandbox, type Sandbox } from '../harness.ts';
import {
  base64,
  createPki,
  kubeconfig,
  sendJson,
  sendText,
  serveForeign,
  type Entries,
  type ForeignServer,
  type Pki,
} from './foreign.ts';

const V1 = 'client.authentication.k8s.io/v1';
const raw = 'kubectl get --raw /x';
const nowhere = 'https://127.0.0.1:1';

let sandbox: Sandbox;
let pki: Pki;
let server: ForeignServer;
/** Tokens that the server takes; undefined: it asks for none. */
let tokens: string[] | undefined;
beforeAll(async () => {
  [sandbox, pki] = await Promise.all([createSandbox({ start: null }), createPki()]);
  server = await serveForeign(
    (request, response) => {
      const { authorization = '', ...headers } = request.headers;
      if (tokens && !tokens.includes(authorization)) return sendText(response, 401, 'Unauthorized');
      const { subject } = (
        request.socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } }
      ).getPeerCertificate();
      const impersonated = Object.entries(headers).filter(([name]) => name.startsWith('impersonate-'));
      return sendJson(response, 200, { authorization, name: subject?.CN ?? '', ...Object.fromEntries(impersonated) });
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
  sandbox.write('token', '  from-file\n');
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

/** A plugin that says something and counts how often it was asked. */
function plugin(says: object | string, more: Record<string, unknown> = {}): Entries {
  const text = typeof says === 'string' ? says : JSON.stringify(says);
  sandbox.write('plugin.sh', `echo x >> "$(dirname "$0")/calls"\ncat <<'END'\n${text}\nEND\n`);
  fs.rmSync(path.join(sandbox.directory, 'calls'), { force: true });
  const command = { command: 'sh', args: ['plugin.sh'] };
  return { user: { exec: { apiVersion: V1, interactiveMode: 'Never', ...command, ...more } } };
}
const calls = (): number => fs.readFileSync(path.join(sandbox.directory, 'calls'), 'utf8').split('\n').length - 1;
const credential = (status: object): object => ({ apiVersion: V1, kind: 'ExecCredential', status });

describe('who asks', () => {
  it.each<[string, () => Record<string, unknown>, string, object]>([
    ['a token', () => ({ token: 't' }), '', { authorization: 'Bearer t' }],
    ["a token's file", () => ({ tokenFile: 'token' }), '', { authorization: 'Bearer from-file' }],
    ['a token before its file', () => ({ token: 't', tokenFile: 'nosuch' }), '', { authorization: 'Bearer t' }],
    ['--token', () => ({ token: 't' }), ' --token=flag', { authorization: 'Bearer flag' }],
    [
      'a name and a password',
      () => ({ username: 'al', password: 'p:w' }),
      '',
      { authorization: `Basic ${base64('al:p:w')}` },
    ],
    [
      'a certificate',
      () => ({ 'client-certificate-data': base64(pki.client.certificate), 'client-key-data': base64(pki.client.key) }),
      '',
      { name: 'alice' },
    ],
    [
      "a certificate's files",
      () => ({ 'client-certificate': 'client.crt', 'client-key': 'client.key' }),
      '',
      { name: 'alice' },
    ],
    [
      'flags',
      () => ({ username: 'al' }),
      ' --client-certificate=DIR/client.crt --client-key=DIR/client.key',
      { name: 'alice', authorization: `Basic ${base64('al:')}` },
    ],
    [
      'a certificate and a token',
      () => ({ token: 't', 'client-certificate': 'client.crt', 'client-key': 'client.key' }),
      '',
      { name: 'alice', authorization: 'Bearer t' },
    ],
    [
      'a token that client-go kept',
      () => ({ 'auth-provider': { name: 'oidc', config: { 'id-token': 'i' } } }),
      '',
      { authorization: 'Bearer i' },
    ],
    [
      'somebody else',
      () => ({
        token: 't',
        as: 'bob',
        'as-groups': ['g', 'h,i'],
        'as-uid': 'u',
        'as-user-extra': { 'Scopes/X': ['a', 'b'] },
      }),
      '',
      {
        authorization: 'Bearer t',
        'impersonate-user': 'bob',
        'impersonate-uid': 'u',
        'impersonate-group': 'g, h,i',
        'impersonate-extra-scopes%2fx': 'a, b',
      },
    ],
  ])('%s', async (_, user, flags, expected) => {
    tokens = undefined;
    const { stdout, stderr } = await run(raw + flags.replaceAll('DIR', sandbox.directory), server.url, {
      user: user(),
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ authorization: '', name: '', ...expected });
  });

  it('over plain HTTP nobody', async () => {
    const plain = await serveForeign((request, response) =>
      sendJson(response, 200, [request.headers.authorization ?? '']),
    );
    expect((await run(raw, plain.url, { user: { token: 't' } })).stdout).toBe('[""]');
    await plain.close();
  });
});

describe('a plugin', () => {
  it('says a token, once for many requests', async () => {
    tokens = undefined;
    const { stdout } = await run('kubectl api-versions', server.url, plugin(credential({ token: 'p' })));
    expect([stdout, calls()]).toEqual(['', 1]);
    expect(server.asked.slice(-2).map(({ headers }) => headers.authorization)).toEqual(['Bearer p', 'Bearer p']);
  });

  it('is asked again when its time is over', async () => {
    const status = { token: 'p', expirationTimestamp: '2020-01-01T00:00:00Z' };
    await run('kubectl api-versions', server.url, plugin(credential(status)));
    expect(calls()).toBe(2);
  });

  it('is asked again when the server refuses what it said: for the next request', async () => {
    tokens = ['Bearer good'];
    await run('kubectl auth whoami', server.url, plugin(credential({ token: 'bad' })));
    expect(calls()).toBe(2);
  });

  it('says a certificate', async () => {
    tokens = undefined;
    const { certificate, key } = pki.client;
    const says = credential({ clientCertificateData: certificate, clientKeyData: key });
    expect(JSON.parse((await run(raw, server.url, plugin(says))).stdout)).toMatchObject({ name: 'alice' });
  });

  it('may speak YAML', async () => {
    const says = `apiVersion: ${V1}\nkind: ExecCredential\nstatus: {token: p}`;
    expect(JSON.parse((await run(raw, server.url, plugin(says))).stdout)).toMatchObject({ authorization: 'Bearer p' });
  });

  it('is told what it is for', async () => {
    const cluster = {
      'tls-server-name': '127.0.0.1',
      'certificate-authority-data': base64(pki.authority.certificate),
      extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { b: 1, a: '<' } }],
    };
    const command = { command: 'sh', args: ['-c', 'printf %s "$KUBERNETES_EXEC_INFO$EXTRA" > info; echo {}'] };
    const { user } = plugin({}, { ...command, env: [{ name: 'EXTRA', value: 'e' }], provideClusterInfo: true });
    await run(raw, server.url, { cluster, ...(user ? { user } : {}) });
    const authority = cluster['certificate-authority-data'];
    expect(fs.readFileSync(path.join(sandbox.directory, 'info'), 'utf8')).toBe(
      `{"kind":"ExecCredential","apiVersion":"${V1}","spec":{"cluster":{"server":"${server.url}","tls-server-name":"127.0.0.1",` +
        `"certificate-authority-data":"${authority}","config":{"a":"\\u003c","b":1}},"interactive":false}}\ne`,
    );
  });

  it('does not count where something else says who asks', async () => {
    const { user } = plugin(credential({ token: 'p' }));
    const { stdout } = await run(`${raw} --token=mine`, server.url, user ? { user } : {});
    expect(JSON.parse(stdout)).toMatchObject({ authorization: 'Bearer mine' });
  });

  const notInstalled = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins

get it U+001B[31mthere`;
  const typeMeta =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  it.each<[string, object | string, Record<string, unknown>, string]>([
    ['fails', '', { command: 'false', args: [] }, 'exec: executable false failed with exit code 1'],
    [
      'is not there',
      '',
      { command: 'nosuchplugin', installHint: 'get it \u001b[31mthere' },
      `exec: executable nosuchplugin not found${notInstalled}`,
    ],
    [
      'is not at its place',
      '',
      { command: '/nosuch/plugin' },
      'exec: fork/exec /nosuch/plugin: no such file or directory',
    ],
    [
      'wants a terminal',
      '',
      { interactiveMode: 'Always' },
      'exec plugin cannot support interactive mode: standard input is not a terminal',
    ],
    [
      'says nothing',
      '',
      {},
      `exec plugin is configured to use API version ${V1}, plugin returned version client.authentication.k8s.io/__internal`,
    ],
    [
      'says a word',
      'hello',
      {},
      `decoding stdout: couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type ${typeMeta}`,
    ],
    [
      'says a list',
      [],
      {},
      `decoding stdout: couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type ${typeMeta}`,
    ],
    [
      'says half',
      '{"kind":',
      {},
      "decoding stdout: couldn't get version/kind; json parse error: unexpected end of JSON input",
    ],
    [
      'says something else',
      { apiVersion: 'v1', kind: 'Pod' },
      {},
      'decoding stdout: no kind "Pod" is registered for version "v1" in scheme "pkg/client/auth/exec/exec.go:64"',
    ],
    [
      'is of another version',
      { apiVersion: `${V1}beta1`, kind: 'ExecCredential', status: { token: 'p' } },
      {},
      `exec plugin is configured to use API version ${V1}, plugin returned version ${V1}beta1`,
    ],
    ['has no status', { apiVersion: V1, kind: 'ExecCredential' }, {}, "exec plugin didn't return a status field"],
    ['has an empty status', credential({}), {}, "exec plugin didn't return a token or cert/key pair"],
    [
      'has half a pair',
      credential({ clientKeyData: 'x' }),
      {},
      'exec plugin returned only certificate or key, not both',
    ],
    [
      'has no pair',
      credential({ clientCertificateData: 'x', clientKeyData: 'y' }),
      {},
      'failed parsing client key/certificate: tls: failed to find any PEM data in certificate input',
    ],
    [
      'has a number',
      credential({ token: 5 }),
      {},
      'decoding stdout: json: cannot unmarshal number into Go struct field ExecCredentialStatus.status.token of type string',
    ],
    [
      'knows no time',
      credential({ token: 'p', expirationTimestamp: 'yesterday' }),
      {},
      'decoding stdout: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
  ])('that %s', async (_, says, more, expected) => {
    const { stderr, exitCode } = await run(raw, nowhere, plugin(says, more));
    expect([stderr, exitCode]).toEqual([`Unable to connect to the server: getting credentials: ${expected}\n`, 1]);
  });
});
