// Whom a client certificate stands for.
// Called by: authentication.ts, main.authentication.ts. Must not know: sockets. Upstream: apiserver pkg/authentication/request/x509.
import type { X509Certificate } from 'node:crypto';
import { ALL_AUTHENTICATED, type UserInfo } from '../apiserver/user.ts';

/** Returns the user: the common name is the name, organizations are groups. Undefined for a certificate without a name. */
export function certificateUser(certificate: X509Certificate): UserInfo | undefined {
  const attributes = certificate.subject.split('\n').map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  });
  const valuesOf = (name: string): string[] => attributes.filter(([key]) => key === name).map(([, value]) => value);
  const [name] = valuesOf('CN');
  if (!name) return undefined;
  const digest = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const extra = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${digest}`] };
  return { name, groups: [...valuesOf('O'), ALL_AUTHENTICATED], extra };
}
