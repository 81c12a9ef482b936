// Whom a client certificate stands for.
// Called by: authentication.ts, main.authentication.ts. Must not know: sockets. Upstream: apiserver pkg/authentication/request/x509.
import type { X509Certificate } from 'node:crypto';
import { ALL_AUTHENTICATED, type UserInfo } from '../apiserver/user.ts';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';

/** A user, and the time in which the certificate is good. */
export interface CertifiedUser {
  user: UserInfo;
  fromMs: number;
  toMs: number;
}

/** Returns the user of a certificate that the authority signed for clients; undefined for any other. Its time is not looked at. */
export function certifiedUser(certificate: X509Certificate, authority: X509Certificate): CertifiedUser | undefined {
  const isSigned = certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  const usages = (certificate as { keyUsage?: string[] }).keyUsage ?? [];
  if (!isSigned || !usages.some((usage) => usage === CLIENT_AUTH || usage === ANY_USAGE)) return undefined;
  const user = certificateUser(certificate);
  return user && { user, fromMs: Date.parse(certificate.validFrom), toMs: Date.parse(certificate.validTo) };
}

/** Returns the user: the common name is the name, organizations are groups. Undefined for a certificate without a name. */
function certificateUser(certificate: X509Certificate): UserInfo | undefined {
  const subject = certificate.toLegacyObject().subject as unknown as Record<string, string | string[] | undefined>;
  const valuesOf = (name: string): string[] => [subject[name] ?? []].flat();
  const name = valuesOf('CN').at(-1);
  if (!name) return undefined;
  const digest = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const extra = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${digest}`] };
  return { name, groups: [...valuesOf('O'), ALL_AUTHENTICATED], extra };
}
