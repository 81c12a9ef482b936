// Whom a command in the same process is for: the administrator, or whoever the kubeconfig's credentials stand for.
// Called by: main.runtime.ts. Must not know: commands, what is asked.
import fs from 'node:fs';
import path from 'node:path';
import type { ApiServer } from './apiserver/server.ts';
import { administrator, type UserInfo } from './apiserver/user.ts';
import type { ConnectionConfig } from './cli/runtime.ts';
import { openCredentials } from './client/http.credentials.ts';
import type { AuthoritySource } from './machinery/certificateauthority.ts';
import { credentialOptions, type ClientSurroundings } from './main.credentials.ts';
import { certifiedUser } from './server/certificateuser.ts';

export interface AuthenticationOptions {
  user: ConnectionConfig['user'];
  /** Where the administrator's token lies, and the authority's certificate if the cluster was ever served. */
  directory: string;
  authority(): Promise<AuthoritySource>;
  surroundings: ClientSurroundings;
}

/** Returns whom a server's requests are for, or undefined where the credentials are wrong. */
export type Authenticate = (server: AskedServer) => Promise<UserInfo | undefined>;

type AskedServer = Pick<ApiServer, 'authenticateToken' | 'registry'>;

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
    return tls.cert === undefined ? administrator : certificateUser(tls.cert, options, server);
  };
}

function tokenUser(
  authorization: string,
  { directory, server }: { directory: string; server: AskedServer },
): UserInfo | undefined {
  const token = /^Bearer (.+)$/.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  if (token === readFile(path.join(directory, 'token'))?.trim()) return administrator;
  const answer = server.authenticateToken(token);
  return answer && 'user' in answer ? answer.user : undefined;
}

async function certificateUser(
  text: string,
  { directory, authority }: AuthenticationOptions,
  { registry }: AskedServer,
): Promise<UserInfo | undefined> {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  try {
    const certificate = new X509Certificate(text);
    const { serial, open } = await authority();
    const keptText = readFile(path.join(directory, 'ca.crt'));
    const kept = keptText === undefined ? undefined : new X509Certificate(keptText);
    // What lies there is quick to read, but may be of a cluster that was reset.
    const own = kept?.serialNumber === serial ? kept : new X509Certificate(open().certificate);
    const found = certifiedUser(certificate, own);
    const nowMs = registry.context.clock.nowMs();
    return found && found.fromMs <= nowMs && nowMs <= found.toMs ? found.user : undefined;
  } catch {
    return undefined;
  }
}

function readFile(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
