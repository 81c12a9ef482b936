// A cluster's certificate authority: its own certificate, and those that it signs. The same input gives the same bytes.
// Called by: controllers (requests that are approved), server (its own certificates). Must not know: the API, files.
// Upstream: Go crypto/x509 CreateCertificate; kubeadm's authority `kubernetes`.
import type { KeyObject } from 'node:crypto';
import { SUBJECT_FIELDS, type AlternativeNames, type Subject } from './certificaterequests.ts';
import { EXTENDED_USAGES, KEY_USAGES } from './certificateusages.ts';
import { clusterKey } from './clusterkeys.ts';
import { pemText } from './pem.ts';
import type { Random } from './random.ts';
import { asn1, certificateShapes, toArrayBuffer, toDer, type X509 } from './x509.library.ts';

export interface CertificateAuthority {
  /** PEM. */
  certificate: string;
  key: KeyObject;
  /** Subject key identifier. */
  keyId: Buffer;
}

export interface CertificateProfile {
  subject: Partial<Subject>;
  names?: Partial<AlternativeNames>;
  /** SubjectPublicKeyInfo. */
  publicKey: Uint8Array;
  /** Key usages as the API of certificates names them: 'digital signature', 'client auth'. */
  usages: readonly string[];
  /** Sixteen bytes. */
  serial: Uint8Array;
  notBeforeMs: number;
  notAfterMs: number;
}

/** All clusters live in this time, whichever clock is theirs. */
export const AUTHORITY_LIFETIME = { notBeforeMs: Date.UTC(2000, 0, 1), notAfterMs: Date.UTC(2100, 0, 1) };
const AUTHORITY_NAME: Partial<Subject> = { commonName: 'kubernetes' };
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const DER_NULL = Uint8Array.of(5, 0);

/** An authority that need not be worked out to be told from others. */
export interface AuthoritySource {
  /** Serial number of its certificate, as Node writes it. */
  serial: string;
  open(): CertificateAuthority;
}

/** Returns the authority of a cluster. `secret` is what its key is drawn from beside the seed. */
export function authoritySource(random: Random, secret: string): AuthoritySource {
  const serial = Buffer.from(positive(authoritySerial(random, secret)))
    .toString('hex')
    .toUpperCase();
  return { serial, open: () => clusterAuthority(random, secret) };
}

function authoritySerial(random: Random, secret: string): Buffer {
  return random.bytes('serial', `${secret}\0authority`).subarray(0, 16);
}

/** Returns the authority of a cluster, worked out. `secret` is what its key is drawn from beside the seed. */
export function clusterAuthority(random: Random, secret: string): CertificateAuthority {
  const { createHash, createPublicKey } = process.getBuiltinModule('node:crypto');
  const key = clusterKey(random, secret, 'authority');
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha1').update(bitsOf(publicKey)).digest();
  const profile: CertificateProfile = {
    subject: AUTHORITY_NAME,
    names: { dnsNames: ['kubernetes'] },
    publicKey,
    usages: ['digital signature', 'key encipherment', 'cert sign'],
    serial: authoritySerial(random, secret),
    ...AUTHORITY_LIFETIME,
  };
  return { certificate: signed(profile, { key, keyId, isAuthority: true }), key, keyId };
}

/** Returns a certificate that the authority signs, as PEM. */
export function signCertificate({ key, keyId }: CertificateAuthority, profile: CertificateProfile): string {
  return signed(profile, { key, keyId, isAuthority: false });
}

function bitsOf(publicKey: Uint8Array): Buffer {
  const { SubjectPublicKeyInfo } = certificateShapes();
  return Buffer.from(asn1().AsnConvert.parse(publicKey, SubjectPublicKeyInfo).subjectPublicKey);
}

interface Signer {
  key: KeyObject;
  keyId: Buffer;
  isAuthority: boolean;
}

function signed(profile: CertificateProfile, signer: Signer): string {
  const { AlgorithmIdentifier, Certificate, SubjectPublicKeyInfo, TBSCertificate, Validity, Extensions } =
    certificateShapes();
  const { notBeforeMs, notAfterMs, publicKey, serial, subject } = profile;
  const algorithm = new AlgorithmIdentifier({ algorithm: SHA256_WITH_RSA, parameters: toArrayBuffer(DER_NULL) });
  const content = new TBSCertificate({
    version: 2,
    serialNumber: toArrayBuffer(positive(serial)),
    signature: algorithm,
    issuer: nameOf(AUTHORITY_NAME),
    validity: new Validity({ notBefore: wholeSeconds(notBeforeMs), notAfter: wholeSeconds(notAfterMs) }),
    subject: nameOf(subject),
    subjectPublicKeyInfo: asn1().AsnConvert.parse(publicKey, SubjectPublicKeyInfo),
    extensions: new Extensions(extensionsOf(profile, signer)),
  });
  const signature = process.getBuiltinModule('node:crypto').sign('sha256', toDer(content), signer.key);
  const certificate = new Certificate({
    tbsCertificate: content,
    signatureAlgorithm: algorithm,
    signatureValue: toArrayBuffer(signature),
  });
  return pemText('CERTIFICATE', toDer(certificate));
}

function wholeSeconds(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

/** An integer whose first bit is set would be negative; a leading zero would be one too many. */
function positive(serial: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(serial);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function nameOf(subject: Partial<Subject>): X509.Name {
  const { Name, RelativeDistinguishedName } = certificateShapes();
  const parts = Object.entries(SUBJECT_FIELDS).map(([oid, field]) => [oid, valuesOf(subject[field])] as const);
  const used = parts.filter(([, values]) => values.length > 0);
  return new Name(used.map(([oid, values]) => new RelativeDistinguishedName(inDerOrder(values, oid))));
}

function valuesOf(value: string | readonly string[] = []): readonly string[] {
  return typeof value === 'string' ? [value].filter(Boolean) : value;
}

/** The members of a set stand in the order of their bytes. */
function inDerOrder(values: readonly string[], type: string): X509.AttributeTypeAndValue[] {
  const { AttributeTypeAndValue, AttributeValue } = certificateShapes();
  const made = values.map((text) => {
    const isPlain = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text);
    const value = new AttributeValue(isPlain ? { printableString: text } : { utf8String: text });
    return new AttributeTypeAndValue({ type, value });
  });
  return made
    .map((value) => ({ value, der: toDer(value) }))
    .sort((a, b) => Buffer.compare(a.der, b.der))
    .map(({ value }) => value);
}

function extensionsOf(profile: CertificateProfile, { isAuthority, keyId }: Signer): X509.Extension[] {
  const shapes = certificateShapes();
  const { OctetString } = asn1();
  const extension = (extnID: string, value: object, critical = false): X509.Extension =>
    new shapes.Extension({ extnID, critical, extnValue: new OctetString(toDer(value)) });
  const bits = profile.usages.reduce((sum, usage) => sum | (KEY_USAGES[usage] ?? 0), 0);
  const purposes = EXTENDED_USAGES.filter(([usage]) => profile.usages.includes(usage)).map(([, oid]) => oid);
  const names = generalNames(profile.names ?? {});
  const isNameless = Object.values(profile.subject).every((value) => value.length === 0);
  const keyIdentifier = new shapes.KeyIdentifier(keyId);
  return [
    ...(bits > 0 ? [extension(shapes.id_ce_keyUsage, new shapes.KeyUsage(bits), true)] : []),
    ...(purposes.length > 0
      ? [extension(shapes.id_ce_extKeyUsage, new shapes.ExtendedKeyUsage([...new Set(purposes)]))]
      : []),
    extension(shapes.id_ce_basicConstraints, new shapes.BasicConstraints({ cA: isAuthority }), true),
    isAuthority
      ? extension(shapes.id_ce_subjectKeyIdentifier, new shapes.SubjectKeyIdentifier(keyId))
      : extension(shapes.id_ce_authorityKeyIdentifier, new shapes.AuthorityKeyIdentifier({ keyIdentifier })),
    ...(names.length > 0
      ? [extension(shapes.id_ce_subjectAltName, new shapes.SubjectAlternativeName(names), isNameless)]
      : []),
  ];
}

function generalNames(names: Partial<AlternativeNames>): X509.GeneralName[] {
  const { GeneralName } = certificateShapes();
  return [
    ...(names.dnsNames ?? []).map((dNSName) => new GeneralName({ dNSName })),
    ...(names.emailAddresses ?? []).map((rfc822Name) => new GeneralName({ rfc822Name })),
    ...(names.ipAddresses ?? []).map((iPAddress) => new GeneralName({ iPAddress })),
    ...(names.uris ?? []).map((uniformResourceIdentifier) => new GeneralName({ uniformResourceIdentifier })),
  ];
}
