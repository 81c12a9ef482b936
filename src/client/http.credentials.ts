// How a connection proves who it is and checks who answers: certificates, tokens, credential plugins of the kubeconfig.
// Called by: http.ts. Must not know: requests. Upstream: client-go rest/config.go, transport/config.go.
import type { ExecUser } from './http.exec.ts';

/** clientcmd's Cluster and AuthInfo, by their names in the kubeconfig. */
export type Entry = Readonly<Record<string, unknown>>;

export interface TlsOptions {
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  rejectUnauthorized: boolean;
}

export interface Credentials {
  tls: TlsOptions;
  /** 'Bearer …', 'Basic …'; undefined for none. */
  authorization: string | undefined;
}

export interface CredentialOptions {
  serverUrl: string;
  cluster: Entry;
  user: Entry;
  /** For credential plugins. */
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

/**
 * Returns what the entries of a kubeconfig say. Over plain HTTP nothing secret is sent, as upstream.
 * @throws Error with client-go's texts for files that cannot be read and plugins that fail.
 */
export async function readCredentials(options: CredentialOptions): Promise<Credentials> {
  const { serverUrl, cluster, user } = options;
  if (!serverUrl.startsWith('https:')) return { tls: { rejectUnauthorized: true }, authorization: undefined };
  const isUnchecked = cluster['insecure-skip-tls-verify'] === true;
  const ca = isUnchecked ? undefined : pemOf(cluster, 'certificate-authority');
  let cert = pemOf(user, 'client-certificate');
  let key = pemOf(user, 'client-key');
  let authorization = authorizationOf(user);
  const { exec } = user;
  if (exec && authorization === undefined && cert === undefined) {
    const { runCredentialPlugin } = await import('./http.exec.ts');
    const given = await runCredentialPlugin(exec as ExecUser, options);
    cert = given.certificate;
    key = given.key;
    authorization = given.token === undefined ? undefined : `Bearer ${given.token}`;
  }
  const servername = text(cluster, 'tls-server-name');
  return {
    tls: {
      rejectUnauthorized: !isUnchecked,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(servername === '' ? {} : { servername }),
    },
    authorization,
  };
}

function text(entry: Entry, field: string): string {
  const value = entry[field];
  return typeof value === 'string' ? value : '';
}

/** The data of a field, else what lies in the file of the other field. */
function pemOf(entry: Entry, field: string): string | undefined {
  const data = text(entry, `${field}-data`);
  if (data !== '') return Buffer.from(data, 'base64').toString();
  const file = text(entry, field);
  return file === '' ? undefined : readFile(file, field === 'certificate-authority' ? 'certificate-authority' : field);
}

/** A token's file is read for each command: whoever keeps it renews it. */
function authorizationOf(user: Entry): string | undefined {
  const file = text(user, 'tokenFile');
  const token = file === '' ? text(user, 'token') : readFile(file, 'tokenFile').trim();
  if (token !== '') return `Bearer ${token}`;
  const [name, password] = [text(user, 'username'), text(user, 'password')];
  if (name === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

function readFile(file: string, field: string): string {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'no such file or directory',
      EACCES: 'permission denied',
      EISDIR: 'is a directory',
    };
    throw new Error(`unable to read ${field} ${file}: open ${file}: ${reasons[code ?? ''] ?? message}`, {
      cause: error,
    });
  }
}
