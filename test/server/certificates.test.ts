import 'reflect-metadata';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import { serveCluster, type ServedCluster } from './fixture.ts';
import { genuine, type GenuineResult } from './genuine.ts';

const kubectl = genuine('kubectl');
const describeGenuine = kubectl ? describe : describe.skip;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const UNAUTHORIZED = 'error: You must be logged in to the server (Unauthorized)\n';

let served: ServedCluster;
beforeAll(async () => {
  served = await serveCluster({ advancesOnWait: true });
});
afterAll(() => served.close());

async function run(line: string, options: { kubeconfig?: string; stdin?: string } = {}): Promise<GenuineResult> {
  if (!kubectl) throw new Error('no kubectl');
  return kubectl(line.split(' '), { kubeconfig: served.kubeconfig, ...options });
}

async function out(line: string, options: { kubeconfig?: string; stdin?: string } = {}): Promise<string> {
  const { stdout, stderr, exitCode } = await run(line, options);
  if (exitCode !== 0) throw new Error(`${line}: exit ${exitCode}\n${stderr}`);
  return stdout;
}

interface Made {
  request: string;
  key: string;
}

/** Makes a key, and a request for a certificate in a name. */
async function makeRequest(name: string): Promise<Made> {
  x509.cryptoProvider.set(globalThis.crypto);
  const keys = await globalThis.crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const made = await x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: ALGORITHM });
  const pkcs8 = await globalThis.crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { request: made.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

function manifest(name: string, request: string, expirationSeconds: number): string {
  return JSON.stringify({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: base64(request),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth', 'digital signature'],
      expirationSeconds,
    },
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Writes a kubeconfig of whoever the certificate stands for. */
function kubeconfigOf(name: string, certificate: string, key: string): string {
  const file = path.join(served.directory, `${name}.kubeconfig`);
  const cluster = { server: served.url, 'certificate-authority-data': base64(served.credentials.ca) };
  const user = { 'client-certificate-data': certificate, 'client-key-data': base64(key) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name, user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: name } }],
    'current-context': 'x',
  };
  fs.writeFileSync(file, JSON.stringify(config));
  return file;
}

describeGenuine('a certificate that the cluster signed', () => {
  it('lets its holder in, as the user and the groups in it, for as long as it lasts', async () => {
    const { request, key } = await makeRequest('CN=ann, O=dev, O=ops');
    await out('create -f -', { stdin: manifest('ann', request, 3600) });
    expect(await out('certificate approve ann')).toBe('certificatesigningrequest.certificates.k8s.io/ann approved\n');
    const certificate = await out('get csr ann -o jsonpath={.status.certificate}');
    const kubeconfig = kubeconfigOf('ann', certificate, key);
    expect(
      await out('auth whoami -o jsonpath={.status.userInfo.username}{.status.userInfo.groups}', { kubeconfig }),
    ).toBe('ann["dev","ops","system:authenticated"]');
    expect((await run('get pods', { kubeconfig })).stderr).toBe(
      'Error from server (Forbidden): pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the ' +
        'namespace "default"\n',
    );
    await out('create rolebinding devs --clusterrole=view --group=dev');
    expect((await run('get pods', { kubeconfig })).stderr).toBe('No resources found in default namespace.\n');
    const { engine } = served;
    await engine.perform('sandkube advance', ({ loop }) => loop.advanceTo(engine.nowMs + 3_700_000));
    expect(await run('get pods', { kubeconfig })).toEqual({ stdout: '', stderr: UNAUTHORIZED, exitCode: 1 });
  });

  it('is nothing when another authority signed it', async () => {
    const keys = await globalThis.crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=kubernetes-admin, O=system:masters',
      keys,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(0),
      notAfter: new Date(Date.UTC(2090, 0, 1)),
      extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
    });
    const pkcs8 = await globalThis.crypto.subtle.exportKey('pkcs8', keys.privateKey);
    const key = x509.PemConverter.encode(pkcs8, 'PRIVATE KEY');
    const kubeconfig = kubeconfigOf('eve', base64(made.toString('pem')), key);
    expect(await run('get pods', { kubeconfig })).toEqual({ stdout: '', stderr: UNAUTHORIZED, exitCode: 1 });
  });
});
