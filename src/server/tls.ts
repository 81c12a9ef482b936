// What a served cluster is known by: its certificate authority, the server's certificate, the administrator's, a token.
// Called by: main.serve.ts, main.serve.client.ts. Must not know: sockets, the kubeconfig, how certificates are made.
import fs from 'node:fs';
import path from 'node:path';
import type { AuthoritySource, CertificateAuthority } from '../machinery/certificateauthority.ts';
import type { KeyPair, Profile } from './certificates.ts';
import { usualHosts } from './hosts.ts';

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
  /** The cluster's authority, opened when something is missing. */
  authority: AuthoritySource;
}

/** A certificate that ends sooner is made anew. */
const RENEWAL_MS = 30 * 24 * 3600 * 1000;

/** Returns the credentials that lie in the folder, making what is missing or about to end. Files get mode 0600. */
export async function openCredentials(options: CredentialOptions): Promise<Credentials> {
  const { directory, nowMs } = options;
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const hosts = [...new Set([...usualHosts, ...options.hosts])];
  let ca = readPair(directory, 'ca');
  // What lies there may be of a cluster that was reset.
  if (ca && !isOfCluster(ca, options)) ca = undefined;
  let authority: CertificateAuthority | undefined;
  const signed = async (name: string, profile: Profile): Promise<KeyPair> => {
    const kept = readPair(directory, name);
    if (kept && ca && isUsable(kept.certificate, { issuer: ca.certificate, hosts: profile.hosts ?? [], nowMs }))
      return kept;
    const { authorityPair, signPair } = await import('./certificates.ts');
    authority ??= options.authority.open();
    if (ca?.certificate !== authority.certificate) writePair(directory, 'ca', (ca = authorityPair(authority)));
    const pair = signPair(authority, profile, nowMs);
    writePair(directory, name, pair);
    return pair;
  };
  const server = await signed('apiserver', { subject: { commonName: 'kube-apiserver' }, usage: 'server', hosts });
  const administrator = { organization: ['system:masters'], commonName: 'kubernetes-admin' };
  const client = await signed('admin', { subject: administrator, usage: 'client' });
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

function isOfCluster({ certificate }: KeyPair, { authority, nowMs }: CredentialOptions): boolean {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  if (!isUsable(certificate, { hosts: [], nowMs })) return false;
  return new X509Certificate(certificate).serialNumber === authority.serial;
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
