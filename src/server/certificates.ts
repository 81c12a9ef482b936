// Makes the pairs of keys and certificates that a served cluster shows, and those of its administrator.
// Called by: tls.ts, when some are missing. Must not know: files.
import { AUTHORITY_LIFETIME, signCertificate, type CertificateAuthority } from '../machinery/certificateauthority.ts';
import type { Subject } from '../machinery/certificaterequests.ts';

/** PEM texts. */
export interface KeyPair {
  certificate: string;
  key: string;
}

export interface Profile {
  subject: Partial<Subject>;
  usage: 'server' | 'client';
  /** Names and addresses. */
  hosts?: readonly string[];
  /** Default: the authority's first day, as clusters live in times of their own. */
  fromMs?: number;
}

const DAY_MS = 24 * 3600 * 1000;
const LIFETIME_MS = 3650 * DAY_MS;

/** Returns the authority's own pair. */
export function authorityPair({ certificate, key }: CertificateAuthority): KeyPair {
  return { certificate, key: key.export({ type: 'pkcs8', format: 'pem' }) as string };
}

/** Returns a new key with a certificate for it, good for ten years. */
export function signPair(
  authority: CertificateAuthority,
  { subject, usage, hosts = [], fromMs = AUTHORITY_LIFETIME.notBeforeMs }: Profile,
  nowMs: number,
): KeyPair {
  const { generateKeyPairSync, randomBytes } = process.getBuiltinModule('node:crypto');
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = signCertificate(authority, {
    subject,
    names: { dnsNames: hosts.filter((host) => !isAddress(host)), ipAddresses: hosts.filter(isAddress) },
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    usages: ['digital signature', 'key encipherment', `${usage} auth`],
    serial: randomBytes(16),
    notBeforeMs: fromMs,
    notAfterMs: nowMs + LIFETIME_MS,
  });
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

function isAddress(host: string): boolean {
  return process.getBuiltinModule('node:net').isIP(host) !== 0;
}
