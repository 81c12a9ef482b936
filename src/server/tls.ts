// The cluster's own certificate authority, and what it signs: the server's certificate and the administrator's.
// Called by: main.serve.ts. Must not know: sockets, the kubeconfig. The only file that knows @peculiar/x509.
import type * as X509 from '@peculiar/x509';
import type { webcrypto } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { usualHosts } from './hosts.ts';

/** PEM texts. */
export interface KeyPair {
  certificate: string;
  key: string;
}

export interface Credentials {
  /** Certificate of the authority. */
  ca: string;
  server: KeyPair;
  /** Of the user kubernetes-admin. */
  client: KeyPair;
  /** The administrator's bearer token. */
  token: string;
}

export interface CredentialOptions {
  /** Where they lie; made when it is not there. */
  directory: string;
  /** Names and IP addresses that the server's certificate must hold besides the usual ones. */
  hosts: readonly string[];
  /** The token to use and keep; default the kept one, or a new one. */
  token?: string;
  /** Wall clock. */
  nowMs: number;
}

const DAY_MS = 24 * 3600 * 1000;
const LIFETIME_MS = 3650 * DAY_MS;
/** Clocks of clients may be behind. */
const HEAD_START_MS = DAY_MS;
const RENEWAL_MS = 30 * DAY_MS;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Returns the credentials that lie in the folder, making what is missing or about to end. Files get mode 0600. */
export async function openCredentials(options: CredentialOptions): Promise<Credentials> {
  const { directory, nowMs } = options;
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const hosts = [...new Set([...usualHosts, ...options.hosts])];
  let authority: Authority | undefined;
  const signed = async (name: string, profile: Profile): Promise<KeyPair> => {
    const kept = readPair(directory, name);
    if (kept && ca && isUsable(kept.certificate, { issuer: ca.certificate, hosts: profile.hosts ?? [], nowMs }))
      return kept;
    authority ??= await openAuthority(directory, nowMs);
    ca = authority.pair;
    const pair = await authority.sign(profile);
    writePair(directory, name, pair);
    return pair;
  };
  let ca = readPair(directory, 'ca');
  const server = await signed('apiserver', { subject: 'CN=kube-apiserver', usage: 'server', hosts });
  const client = await signed('admin', { subject: 'O=system:masters, CN=kubernetes-admin', usage: 'client' });
  return { ca: ca?.certificate ?? '', server, client, token: keepToken(directory, options.token) };
}

/** Returns what was made earlier, for clients; undefined when nothing was. */
export function readCredentials(directory: string): Credentials | undefined {
  const [ca, server, client] = [
    readPair(directory, 'ca'),
    readPair(directory, 'apiserver'),
    readPair(directory, 'admin'),
  ];
  const token = readFile(path.join(directory, 'token'));
  if (!ca || !server || !client || token === undefined) return undefined;
  return { ca: ca.certificate, server, client, token: token.trim() };
}

interface Profile {
  subject: string;
  usage: 'server' | 'client';
  hosts?: readonly string[];
}

interface Authority {
  pair: KeyPair;
  sign(profile: Profile): Promise<KeyPair>;
}

async function openAuthority(directory: string, nowMs: number): Promise<Authority> {
  // The library describes its structures through it.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { subtle } = globalThis.crypto;
  x509.cryptoProvider.set(globalThis.crypto);
  const kept = readPair(directory, 'ca');
  const validity = { notBefore: new Date(nowMs - HEAD_START_MS), notAfter: new Date(nowMs + LIFETIME_MS) };
  let pair: KeyPair;
  let signingKey: webcrypto.CryptoKey;
  let certificate: X509.X509Certificate;
  if (kept && isUsable(kept.certificate, { hosts: [], nowMs })) {
    pair = kept;
    certificate = new x509.X509Certificate(kept.certificate);
    const pkcs8 = x509.PemConverter.decodeFirst(kept.key);
    signingKey = await subtle.importKey('pkcs8', pkcs8, CURVE, false, ['sign']);
  } else {
    const keys = await subtle.generateKey(CURVE, true, ['sign', 'verify']);
    certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=kubernetes',
      keys,
      signingAlgorithm: CURVE,
      ...validity,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    signingKey = keys.privateKey;
    pair = { certificate: pem(certificate), key: await exportKey(x509, signingKey) };
    writePair(directory, 'ca', pair);
  }
  const sign = async ({ subject, usage, hosts = [] }: Profile): Promise<KeyPair> => {
    const keys = await subtle.generateKey(CURVE, true, ['sign', 'verify']);
    const names = hosts.map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value }));
    const purpose = usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
    const issued = await x509.X509CertificateGenerator.create({
      subject,
      issuer: certificate.subject,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: CURVE,
      ...validity,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        new x509.ExtendedKeyUsageExtension([purpose]),
        await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    });
    return { certificate: pem(issued), key: await exportKey(x509, keys.privateKey) };
  };
  return { pair, sign };
}

function pem(certificate: X509.X509Certificate): string {
  return `${certificate.toString('pem').trim()}\n`;
}

async function exportKey(x509: typeof X509, key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = await globalThis.crypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY').trim()}\n`;
}

function isUsable(text: string, expected: { issuer?: string; hosts: readonly string[]; nowMs: number }): boolean {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  try {
    const certificate = new X509Certificate(text);
    if (Date.parse(certificate.validTo) < expected.nowMs + RENEWAL_MS) return false;
    if (expected.issuer !== undefined && !certificate.verify(new X509Certificate(expected.issuer).publicKey))
      return false;
    return expected.hosts.every((host) =>
      isAddress(host) ? certificate.checkIP(host) !== undefined : certificate.checkHost(host) !== undefined,
    );
  } catch {
    // A file that somebody damaged is made anew.
    return false;
  }
}

function isAddress(host: string): boolean {
  return process.getBuiltinModule('node:net').isIP(host) !== 0;
}

function keepToken(directory: string, given: string | undefined): string {
  const file = path.join(directory, 'token');
  const kept = readFile(file)?.trim();
  if (given === undefined && kept) return kept;
  const token = given ?? process.getBuiltinModule('node:crypto').randomBytes(24).toString('base64url');
  if (token !== kept) writeFile(file, `${token}\n`);
  return token;
}

function readPair(directory: string, name: string): KeyPair | undefined {
  const certificate = readFile(path.join(directory, `${name}.crt`));
  const key = readFile(path.join(directory, `${name}.key`));
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

function writePair(directory: string, name: string, { certificate, key }: KeyPair): void {
  writeFile(path.join(directory, `${name}.key`), key);
  writeFile(path.join(directory, `${name}.crt`), certificate);
}

function readFile(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole or not at all: a reader never sees half a key. */
function writeFile(file: string, text: string): void {
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, text, { mode: 0o600 });
  fs.renameSync(aside, file);
}
