// Why a server's certificate, or ours, is not taken, in the words of Go's packages.
// Called by: http.errors.ts. Must not know: requests. Upstream: Go's crypto/tls, crypto/x509.
import type { NetworkError } from './http.errors.ts';

const FAILED = 'tls: failed to verify certificate: x509: ';

/** What the other side sent before it hung up. Upstream: crypto/tls alert.go. */
const ALERTS: readonly (readonly [part: string, text: string])[] = [
  ['ALERT_CERTIFICATE_REQUIRED', 'certificate required'],
  ['ALERT_BAD_CERTIFICATE', 'bad certificate'],
  ['ALERT_UNKNOWN_CA', 'unknown certificate authority'],
  ['ALERT_CERTIFICATE_UNKNOWN', 'unknown certificate'],
  ['ALERT_CERTIFICATE_EXPIRED', 'expired certificate'],
  ['ALERT_CERTIFICATE_REVOKED', 'revoked certificate'],
  ['ALERT_UNSUPPORTED_CERTIFICATE', 'unsupported certificate'],
  ['ALERT_HANDSHAKE_FAILURE', 'handshake failure'],
  ['ALERT_PROTOCOL_VERSION', 'protocol version not supported'],
  ['ALERT_ACCESS_DENIED', 'access denied'],
  ['ALERT_INTERNAL_ERROR', 'internal error'],
  ['ALERT_UNRECOGNIZED_NAME', 'unrecognized name'],
  ['UNRECOGNIZED_NAME', 'unrecognized name'],
];

/** Returns Go's words; undefined for what has nothing to do with TLS. */
export function tlsReason(error: NetworkError): string | undefined {
  const { code = '', certificate, host = '' } = error;
  switch (code) {
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'INVALID_CA':
      return `${FAILED}certificate signed by unknown authority`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `${FAILED}certificate has expired or is not yet valid: ${expiry(certificate)}`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `${FAILED}${wrongName(certificate, host)}`;
    case 'TLS_HANDSHAKE_TIMEOUT':
      return 'net/http: TLS handshake timeout';
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'http: server gave HTTP response to HTTPS client';
    case 'ERR_OSSL_X509_KEY_VALUES_MISMATCH':
      return 'tls: private key does not match public key';
    default: {
      const alert = ALERTS.find(([part]) => code.startsWith('ERR_SSL_') && code.endsWith(part));
      return alert && `remote error: tls: ${alert[1]}`;
    }
  }
}

/** Upstream: crypto/x509 CertificateInvalidError, Expired. */
function expiry(certificate: NetworkError['certificate']): string {
  const nowMs = Date.now();
  const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const [from, to] = [Date.parse(certificate?.validFrom ?? ''), Date.parse(certificate?.validTo ?? '')];
  const isEarly = nowMs < from;
  return `current time ${stamp(nowMs)} is ${isEarly ? `before ${stamp(from)}` : `after ${stamp(to)}`}`;
}

/** Upstream: crypto/x509 HostnameError. */
function wrongName(certificate: NetworkError['certificate'], host: string): string {
  const { subjectAltName: alternatives = '', subject = '' } = certificate ?? {};
  const commonName = /^CN=(.*)$/m.exec(subject)?.[1];
  const isAddress = process.getBuiltinModule('node:net').isIP(host) !== 0;
  const wanted = isAddress ? 'IP Address:' : 'DNS:';
  if (alternatives === '' && !isAddress && commonName?.toLowerCase() === host.toLowerCase())
    return 'certificate relies on legacy Common Name field, use SANs instead';
  const names = alternatives.split(', ').filter((name) => name.startsWith(wanted));
  if (names.length > 0)
    return `certificate is valid for ${names.map((name) => name.slice(wanted.length)).join(', ')}, not ${host}`;
  return isAddress
    ? `cannot validate certificate for ${host} because it doesn't contain any IP SANs`
    : `certificate is not valid for any names, but wanted to match ${host}`;
}
