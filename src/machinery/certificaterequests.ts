// Requests for certificates (PKCS #10): who asks, for which names, and whether the signature is right.
// Called by: resources (CertificateSigningRequest), admission, controllers. Must not know: who signs.
// Upstream: Go crypto/x509 ParseCertificateRequest, CheckSignature; kubernetes pkg/apis/certificates ParseCSR.
import type { KeyObject } from 'node:crypto';
import { pemBlocks } from './pem.ts';
import { asn1, certificateShapes, requestShapes, toDer, type Requests, type X509 } from './x509.library.ts';

/** The parts of a subject that Go keeps. */
export interface Subject {
  commonName: string;
  serialNumber: string;
  organization: string[];
  organizationalUnit: string[];
  country: string[];
  locality: string[];
  province: string[];
  streetAddress: string[];
  postalCode: string[];
}

/** The names that a certificate is good for besides its subject. */
export interface AlternativeNames {
  dnsNames: string[];
  emailAddresses: string[];
  ipAddresses: string[];
  uris: string[];
}

export interface CertificateRequest {
  subject: Subject;
  names: AlternativeNames;
  /** SubjectPublicKeyInfo. */
  publicKey: Buffer;
  /** Returns why the signature is wrong, in Go's words; undefined when it is right. */
  signatureError(): string | undefined;
}

/** By the identifier of the attribute, in the order in which Go writes them. Upstream: Go crypto/x509/pkix Name.ToRDNSequence. */
export const SUBJECT_FIELDS: Readonly<Record<string, keyof Subject>> = {
  '2.5.4.6': 'country',
  '2.5.4.10': 'organization',
  '2.5.4.11': 'organizationalUnit',
  '2.5.4.7': 'locality',
  '2.5.4.8': 'province',
  '2.5.4.9': 'streetAddress',
  '2.5.4.17': 'postalCode',
  '2.5.4.3': 'commonName',
  '2.5.4.5': 'serialNumber',
};
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};
const ED25519 = '1.3.101.112';

/** Returns the request in a PEM text, which comes in base64 as the API has it. @throws Error with Go's words. */
export function parseCertificateRequest(encoded: string): CertificateRequest {
  const [block] = pemBlocks(Buffer.from(encoded, 'base64').toString('latin1'));
  if (block?.type !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const { CertificationRequest } = requestShapes();
  let request: Requests.CertificationRequest;
  try {
    request = asn1().AsnConvert.parse(block.bytes, CertificationRequest);
  } catch {
    throw new Error('asn1: syntax error: sequence truncated');
  }
  const { subject, subjectPKInfo } = request.certificationRequestInfo;
  const publicKey = toDer(subjectPKInfo);
  return {
    subject: subjectOf(subject),
    names: namesOf(request),
    publicKey,
    signatureError: () => signatureError(request, publicKey),
  };
}

function subjectOf(name: X509.Name): Subject {
  const subject: Subject = {
    commonName: '',
    serialNumber: '',
    organization: [],
    organizationalUnit: [],
    country: [],
    locality: [],
    province: [],
    streetAddress: [],
    postalCode: [],
  };
  for (const { type, value } of name.flatMap((part) => [...part])) {
    const field = SUBJECT_FIELDS[type];
    if (field === 'commonName' || field === 'serialNumber') subject[field] = value.toString();
    else if (field) subject[field].push(value.toString());
  }
  return subject;
}

function namesOf({ certificationRequestInfo }: Requests.CertificationRequest): AlternativeNames {
  const { Extensions, SubjectAlternativeName } = certificateShapes();
  const { AsnConvert } = asn1();
  const names: AlternativeNames = { dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] };
  // Some leave the field out where there are none.
  const attributes = (certificationRequestInfo.attributes as Requests.Attributes | undefined) ?? [];
  const requested = [...attributes].filter(({ type }) => type === EXTENSION_REQUEST);
  const extensions = requested.flatMap(({ values }) =>
    values.flatMap((value) => [...AsnConvert.parse(value, Extensions)]),
  );
  const found = extensions.find(({ extnID }) => extnID === SUBJECT_ALTERNATIVE_NAME);
  for (const name of found ? AsnConvert.parse(found.extnValue, SubjectAlternativeName) : []) {
    if (name.dNSName !== undefined) names.dnsNames.push(name.dNSName);
    if (name.rfc822Name !== undefined) names.emailAddresses.push(name.rfc822Name);
    if (name.iPAddress !== undefined) names.ipAddresses.push(name.iPAddress);
    if (name.uniformResourceIdentifier !== undefined) names.uris.push(name.uniformResourceIdentifier);
  }
  return names;
}

function signatureError(request: Requests.CertificationRequest, publicKey: Buffer): string | undefined {
  const { createPublicKey, verify } = process.getBuiltinModule('node:crypto');
  const { algorithm } = request.signatureAlgorithm;
  const digest = DIGESTS[algorithm];
  if (digest === 'sha1') return 'x509: cannot verify signature: insecure algorithm SHA1-RSA';
  let key: KeyObject;
  try {
    key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  } catch {
    return 'x509: cannot verify signature: algorithm unimplemented';
  }
  if (digest === undefined && algorithm !== ED25519) return 'x509: cannot verify signature: algorithm unimplemented';
  const raw = request.certificationRequestInfoRaw;
  const signed = raw ? Buffer.from(raw) : toDer(request.certificationRequestInfo);
  if (verify(digest ?? null, signed, key, Buffer.from(request.signature))) return undefined;
  if (key.asymmetricKeyType === 'rsa') return 'crypto/rsa: verification error';
  return key.asymmetricKeyType === 'ed25519'
    ? 'x509: Ed25519 verification failure'
    : 'x509: ECDSA verification failure';
}
