// Whom a command in the same process is for: the administrator, or whoever the kubeconfig's credentials stand for.
// Called by: main.runtime.ts. Must not know: commands, what is asked.
import fs from 'node:fs';
import path from 'node:path';
import type { ApiServer } from './apiserver/server.ts';
import { administrator, type UserInfo } from './apiserver/user.ts';
import type { ConnectionConfig } from './cli/runtime.ts';
import { openCredentials } from './client/http.credentials.ts';
import { credentialOptions, type ClientSurroundings } from './main.credentials.ts';
import { certificateUser } from './server/certificateuser.ts';

export interface AuthenticationOptions {
  user: ConnectionConfig['user'];
  /** Where the cluster's authority and the administrator's token lie, if there are any. */
  directory: string;
  surroundings: ClientSurroundings;
}

/** Returns whom a server's requests are for, or undefined where the credentials are wrong. */
export type Authenticate = (server: Pick<ApiServer, 'authenticateToken'>) => Promise<UserInfo | undefined>;

/**
 * Returns what tells the user by what a kubeconfig's entry says, as a served cluster would. Without credentials it is the
 * administrator. @throws Error for credentials that cannot be read.
 */
export async function openAuthentication(options: AuthenticationOptions): Promise<Authenticate> {
  const { user, directory, surroundings } = options;
  const serverUrl = 'https://127.0.0.1';
  const source = await openCredentials({ ...credentialOptions(surroundings), serverUrl, cluster: {}, user });
  return async (server) => {
    const { authorization, tls } = await source.get();
    if (authorization !== undefined) return tokenUser(authorization, { directory, server });
    return tls.cert === undefined ? administrator : userOf(tls.cert, readFile(path.join(directory, 'ca.crt')));
  };
}

function tokenUser(
  authorization: string,
  { directory, server }: { directory: string; server: Pick<ApiServer, 'authenticateToken'> },
): UserInfo | undefined {
  const token = /^Bearer (.+)$/.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  if (token === readFile(path.join(directory, 'token'))?.trim()) return administrator;
  const answer = server.authenticateToken(token);
  return answer && 'user' in answer ? answer.user : undefined;
}

function userOf(text: string, authority: string | undefined): UserInfo | undefined {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  if (authority === undefined) return undefined;
  try {
    const certificate = new X509Certificate(text);
    const isGood = certificate.verify(new X509Certificate(authority).publicKey) && isInTime(certificate);
    return isGood ? certificateUser(certificate) : undefined;
  } catch {
    return undefined;
  }
}

function isInTime({ validFrom, validTo }: { validFrom: string; validTo: string }): boolean {
  const nowMs = Date.now();
  return Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo);
}

function readFile(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
