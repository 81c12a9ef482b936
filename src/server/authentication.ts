// Who asks: a client certificate of the cluster's authority, the administrator's token, a service account's token.
// Called by: http.ts, upgrades.ts. Must not know: what is asked. Upstream: apiserver pkg/authentication/request.
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { administrator, type UserInfo } from '../apiserver/user.ts';
import { certifiedUser, type CertifiedUser } from './certificateuser.ts';

export interface AuthenticationOptions {
  /** The administrator's bearer token. */
  token: string;
  /** Whether requests without credentials are the administrator's: plain HTTP on loopback, where kubectl sends none. */
  trustsAnonymous: boolean;
  /** Returns whom a service account's token stands for, undefined when it is not one of this cluster's. */
  serviceAccount(token: string): UserInfo | undefined;
  /** PEM of the authority that signs clients' certificates; absent where there is no TLS. */
  authority?: string;
  /** The cluster's time, which certificates are good in or not. */
  nowMs(): number;
}

/** Returns the user of a request, or undefined when its credentials are missing or wrong. */
export type Authenticator = (headers: IncomingHttpHeaders, socket: Socket) => UserInfo | undefined;

const WEBSOCKET_TOKEN = /(?:^|,)\s*base64url\.bearer\.authorization\.k8s\.io\.([\w-]+)/;

/** What may be asked without credentials. Upstream: the ClusterRole system:public-info-viewer. */
export function isPublic(path: string): boolean {
  return /^\/(healthz|livez|readyz|version)(\/|$)/.test(path);
}

/** Returns the function that tells users by their credentials. A wrong one counts, even where none is needed. */
export function createAuthenticator(options: AuthenticationOptions): Authenticator {
  const isAdministrators = tokenComparison(options.token);
  return (headers, socket) => {
    const token = bearerToken(headers);
    if (token !== undefined) {
      if (isAdministrators(token)) return administrator;
      return options.serviceAccount(token);
    }
    const subject = subjectOf(socket, options);
    if (subject) return subject;
    return options.trustsAnonymous && headers.authorization === undefined ? administrator : undefined;
  };
}

function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim();
  if (bearer !== undefined) return bearer;
  // Browsers cannot set headers of a WebSocket's request: the token comes as one of its protocols.
  const encoded = WEBSOCKET_TOKEN.exec(headers['sec-websocket-protocol'] ?? '')?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString();
}

/** Compares in a time that does not tell how much of a token was right. */
function tokenComparison(expected: string): (token: string) => boolean {
  const { createHash, timingSafeEqual } = process.getBuiltinModule('node:crypto');
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const wanted = digest(expected);
  return (token) => timingSafeEqual(digest(token), wanted);
}

const subjects = new WeakMap<Socket, CertifiedUser | false>();

/** Returns whom a connection's certificate stands for now. The certificate stays the same for as long as the connection lives. */
function subjectOf(socket: Socket, { authority, nowMs }: AuthenticationOptions): UserInfo | undefined {
  if (authority === undefined) return undefined;
  let subject = subjects.get(socket);
  if (subject === undefined) subjects.set(socket, (subject = certificateSubject(socket, authority) ?? false));
  return subject && subject.fromMs <= nowMs() && nowMs() <= subject.toMs ? subject.user : undefined;
}

/** Not what TLS says counts, which knows the machine's time only. */
function certificateSubject(socket: Socket, authority: string): CertifiedUser | undefined {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  const certificate = (socket as Partial<TLSSocket>).getPeerX509Certificate?.();
  return certificate && certifiedUser(certificate, new X509Certificate(authority));
}
