// Makes and signs certificates.
// Called by: tls.ts, when some are missing. Must not know: files. The only file that knows @peculiar/x509.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import type { webcrypto } from 'node:crypto';

/** PEM texts. */
export interface KeyPair {
  certificate: string;
  key: string;
}

export interface Profile {
  /** 'O=system:masters, CN=kubernetes-admin' */
  subject: string;
  usage: 'server' | 'client';
  /** Names and addresses. */
  hosts?: readonly string[];
}

export interface Authority {
  pair: KeyPair;
  sign(profile: Profile): Promise<KeyPair>;
}

const DAY_MS = 24 * 3600 * 1000;
const LIFETIME_MS = 3650 * DAY_MS;
/** Clocks of clients may be behind. */
const HEAD_START_MS = DAY_MS;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Returns the authority of a kept pair, or a new one. */
export async function openAuthority({
  kept,
  nowMs,
}: {
  kept?: KeyPair | undefined;
  nowMs: number;
}): Promise<Authority> {
  const { subtle } = globalThis.crypto;
  x509.cryptoProvider.set(globalThis.crypto);
  const validity = { notBefore: new Date(nowMs - HEAD_START_MS), notAfter: new Date(nowMs + LIFETIME_MS) };
  let pair: KeyPair;
  let signingKey: webcrypto.CryptoKey;
  let certificate: x509.X509Certificate;
  if (kept) {
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
    pair = { certificate: pem(certificate), key: await exportKey(signingKey) };
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
    return { certificate: pem(issued), key: await exportKey(keys.privateKey) };
  };
  return { pair, sign };
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem').trim()}\n`;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = await globalThis.crypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY').trim()}\n`;
}

function isAddress(host: string): boolean {
  return process.getBuiltinModule('node:net').isIP(host) !== 0;
}
