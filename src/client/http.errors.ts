// Why a server cannot be reached, in the words of Go's network packages.
// Called by: http.ts and its siblings; cli/errors.ts prints it. Must not know: commands. Upstream: Go's net, net/http, crypto/tls.

/** The server cannot be reached. `host` is 'localhost:8080'; `reason` is Go's: 'dial tcp 127.0.0.1:1: connect: connection refused'. */
export class ConnectionError extends Error {
  readonly host: string;
  readonly reason: string;
  readonly isRefused: boolean;
  /** `request`: what was asked, as url.Error tells it: 'Get "https://127.0.0.1:1/api"'. */
  constructor(host: string, reason: string, isRefused: boolean, request = '') {
    super(request === '' ? reason : `${request}: ${reason}`);
    this.name = 'ConnectionError';
    this.host = host;
    this.reason = reason;
    this.isRefused = isRefused;
  }
}

interface NetworkError extends NodeJS.ErrnoException {
  address?: string;
  port?: number;
  hostname?: string;
  /** Of a certificate for other names. */
  cert?: { subjectaltname?: string; subject?: { CN?: string }; valid_from?: string; valid_to?: string };
  host?: string;
  errors?: NetworkError[];
}

/** Returns the error of a request that did not get an answer. `method` and `url` are the request's. */
export function connectionError(thrown: unknown, { method, url }: { method: string; url: string }): ConnectionError {
  const error = firstOf(thrown as NetworkError);
  const { host } = new URL(url);
  const request = `${method.charAt(0)}${method.slice(1).toLowerCase()} ${JSON.stringify(url)}`;
  return new ConnectionError(host, reasonOf(error), error.code === 'ECONNREFUSED', request);
}

/** The time that the user allows is over. Upstream: net/http httpError with timeout. */
export function timeoutError({ method, url }: { method: string; url: string }): ConnectionError {
  const reason = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  return connectionError(Object.assign(new Error(reason), { code: 'TIMEOUT' }), { method, url });
}

// A name with several addresses: the first refusal speaks for all.
function firstOf(error: NetworkError): NetworkError {
  return error.errors?.[0] ?? error;
}

function reasonOf(error: NetworkError): string {
  const { code = '', message, address = '', port = 0, hostname = '' } = error;
  const dial = `dial tcp ${address.includes(':') ? `[${address}]` : address}:${port}`;
  switch (code) {
    case 'ECONNREFUSED':
      return `${dial}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `${dial}: connect: no route to host`;
    case 'ENETUNREACH':
      return `${dial}: connect: network is unreachable`;
    case 'ETIMEDOUT':
      return `${dial}: i/o timeout`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${hostname}${resolver()}: no such host`;
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${hostname}${resolver()}: server misbehaving`;
    case 'ECONNRESET':
    case 'EPIPE':
      return 'EOF';
    default:
      return tlsReason(error) ?? message;
  }
}

function tlsReason({ code = '', message, cert, host = '' }: NetworkError): string | undefined {
  const failed = 'tls: failed to verify certificate: x509: ';
  switch (code) {
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `${failed}certificate signed by unknown authority`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `${failed}certificate has expired or is not yet valid`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `${failed}${wrongName(cert?.subjectaltname ?? '', host)}`;
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'http: server gave HTTP response to HTTPS client';
    case 'ERR_OSSL_X509_KEY_VALUES_MISMATCH':
      return 'tls: private key does not match public key';
    default:
      return code.startsWith('HPE_') ? `net/http: HTTP/1.x transport connection broken: ${message}` : undefined;
  }
}

/** Upstream: crypto/x509 HostnameError. */
function wrongName(alternatives: string, host: string): string {
  const isAddress = process.getBuiltinModule('node:net').isIP(host) !== 0;
  const wanted = isAddress ? 'IP Address:' : 'DNS:';
  const names = alternatives.split(', ').filter((name) => name.startsWith(wanted));
  if (names.length === 0 && isAddress)
    return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  return `certificate is valid for ${names.map((name) => name.slice(wanted.length)).join(', ')}, not ${host}`;
}

/** ' on 10.0.0.53:53': the resolver that Go asks. */
function resolver(): string {
  try {
    const text = process.getBuiltinModule('node:fs').readFileSync('/etc/resolv.conf', 'utf8');
    const server = /^nameserver\s+(\S+)/m.exec(text)?.[1];
    return server === undefined ? '' : ` on ${server.includes(':') ? `[${server}]` : server}:53`;
  } catch {
    return '';
  }
}
