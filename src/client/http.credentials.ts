// How a connection proves who it is and checks who answers: certificates, tokens, credential plugins of the kubeconfig.
// Called by: http.ts, main.serve.client.ts. Must not know: requests.
// Upstream: client-go rest/config.go, transport/transport.go, tools/clientcmd/client_config.go.
import { quote } from '../machinery/strconv.ts';
import type { ExecUser, PluginTerminal } from './http.exec.ts';

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

/** Says who asks, again when that has changed. */
export interface CredentialSource {
  /** @throws Error: a plugin failed, a file cannot be read. Told as a server that cannot be reached. */
  get(): Promise<Credentials>;
  /** The server did not take them. @throws Error as `get`. */
  refuse?(refused: Credentials): Promise<void>;
}

export interface CredentialOptions {
  serverUrl: string;
  cluster: Entry;
  user: Entry;
  /** For credential plugins. */
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  terminal: PluginTerminal;
  /** Wall clock. */
  nowMs(): number;
  /** Asks the user when nothing says who asks; absent: nobody can be asked. */
  prompt?(): Promise<{ name: string; password: string }>;
  /** Takes what client-go logs as an error, with the place in its source. */
  log?(entry: ClientLog): void;
}

export interface ClientLog {
  place: string;
  message: string;
  /** '' for a line that is only its message. */
  error: string;
  /** What else stands in the line: 'key="key"'. */
  values?: string;
}

/**
 * Returns what the entries of a kubeconfig say. Over plain HTTP nothing secret is sent, as upstream.
 * @throws Error with client-go's texts for what contradicts itself, cannot be read or is no certificate.
 */
export async function openCredentials(options: CredentialOptions): Promise<CredentialSource> {
  const { serverUrl, user } = options;
  if (!/^https:/i.test(serverUrl)) {
    const none = { tls: { rejectUnauthorized: true }, authorization: undefined };
    return { get: async () => none };
  }
  let authorization = authorizationOf(user) ?? providerToken(user);
  const hasCertificate = text(user, 'client-certificate') !== '' || text(user, 'client-certificate-data') !== '';
  const exec = user['exec'] as ExecUser | undefined;
  if (authorization === undefined && !hasCertificate && !exec && options.prompt) {
    const { name, password } = await options.prompt();
    authorization = basic(name, password);
  }
  const tls = tlsOf(options);
  if (!exec || authorization !== undefined || hasCertificate) {
    const given = { tls, authorization };
    return { get: async () => given };
  }
  const { openCredentialPlugin } = await import('./http.exec.ts');
  return openCredentialPlugin(exec, tls, options);
}

/** @throws Error for files that TLS cannot use, also where nothing is encrypted. Upstream: transport.TLSConfigFor. */
export function checkTlsFiles({ cluster, user }: Pick<CredentialOptions, 'cluster' | 'user'>): void {
  tlsOf({ cluster, user });
}

/** Upstream: transport.TLSConfigFor. */
function tlsOf({ cluster, user, log }: Pick<CredentialOptions, 'cluster' | 'user' | 'log'>): TlsOptions {
  const isUnchecked = cluster['insecure-skip-tls-verify'] === true;
  const hasAuthority =
    text(cluster, 'certificate-authority') !== '' || text(cluster, 'certificate-authority-data') !== '';
  if (isUnchecked && hasAuthority)
    throw new Error('specifying a root certificates file with the insecure flag is not allowed');
  const ca = pemOf(cluster, 'certificate-authority');
  const [cert, key] = [pemOf(user, 'client-certificate'), pemOf(user, 'client-key')];
  if (ca !== undefined) checkAuthorities(ca);
  const hasPair = cert !== undefined && key !== undefined && isPair(user, { cert, key, log });
  const servername = text(cluster, 'tls-server-name');
  return {
    rejectUnauthorized: !isUnchecked,
    ...(ca === undefined ? {} : { ca }),
    ...(hasPair ? { cert, key } : {}),
    ...(servername === '' ? {} : { servername }),
  };
}

/** Files are read again for every connection: what is wrong with them is logged, and no certificate is sent. */
function isPair(
  user: Entry,
  { cert, key, log }: { cert: string; key: string; log: CredentialOptions['log'] },
): boolean {
  const areFiles = text(user, 'client-certificate-data') === '' && text(user, 'client-key-data') === '';
  try {
    checkPair(cert, key);
    return true;
  } catch (error) {
    if (!areFiles) throw error;
    const { message } = error as Error;
    log?.({
      place: 'cert_rotation.go:172',
      message: 'Loading client cert failed',
      error: message,
      values: 'key="key"',
    });
    return false;
  }
}

/** Upstream: transport.rootCertPool. */
function checkAuthorities(pem: string): void {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  const blocks = pem.match(/-----BEGIN ([^-]+)-----[^]*?-----END \1-----/g) ?? [];
  if (blocks.length === 0) throw new Error('unable to load root certificates: unable to parse bytes as PEM block');
  for (const block of blocks) {
    if (!block.startsWith('-----BEGIN CERTIFICATE-----')) continue;
    try {
      void new X509Certificate(block);
    } catch {
      throw new Error('unable to load root certificates: failed to parse certificate: x509: malformed certificate');
    }
  }
}

/** @throws Error with the words of Go's tls.X509KeyPair. */
export function checkPair(cert: string, key: string): void {
  const { X509Certificate, createPrivateKey } = process.getBuiltinModule('node:crypto');
  checkBlocks(cert, key);
  let certificate: InstanceType<typeof X509Certificate>;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    throw new Error('x509: malformed certificate');
  }
  let isPair: boolean;
  try {
    isPair = certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new Error('tls: failed to parse private key');
  }
  if (!isPair) throw new Error('tls: private key does not match public key');
}

function checkBlocks(cert: string, key: string): void {
  const typesIn = (pem: string): string[] => [...pem.matchAll(/-----BEGIN ([^-]+)-----/g)].map((m) => m[1] ?? '');
  const isKey = (type: string): boolean => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY');
  const certTypes = typesIn(cert);
  const keyTypes = typesIn(key);
  if (certTypes.length === 0) throw new Error('tls: failed to find any PEM data in certificate input');
  if (!certTypes.includes('CERTIFICATE')) {
    const isSwitched = certTypes.length === 1 && isKey(certTypes[0] ?? '');
    throw new Error(
      isSwitched
        ? 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
        : `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${certTypes.join(' ')}]`,
    );
  }
  if (keyTypes.length === 0) throw new Error('tls: failed to find any PEM data in key input');
  if (keyTypes.some(isKey)) return;
  const isSwitched = keyTypes.length === 1 && keyTypes[0] === 'CERTIFICATE';
  throw new Error(
    isSwitched
      ? 'tls: found a certificate rather than a key in the PEM for the private key'
      : `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${keyTypes.join(' ')}]`,
  );
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
  return file === '' ? undefined : readFile(file);
}

/** A token's file is read for each command: whoever keeps it renews it. */
function authorizationOf(user: Entry): string | undefined {
  const [token, file] = [text(user, 'token'), text(user, 'tokenFile')];
  if (token !== '') return `Bearer ${token}`;
  const read = file === '' ? '' : readFile(file).trim();
  if (read !== '') return `Bearer ${read}`;
  const [name, password] = [text(user, 'username'), text(user, 'password')];
  return name === '' && password === '' ? undefined : basic(name, password);
}

/** Credentials that client-go once found by itself. Upstream: rest/plugin.go, plugin/pkg/client/auth. */
function providerToken(user: Entry): string | undefined {
  const provider = user['auth-provider'] as { name?: string; config?: Record<string, string> } | undefined;
  if (!provider) return undefined;
  const { name = '', config = {} } = provider;
  if (name === 'oidc' && config['id-token']) return `Bearer ${config['id-token']}`;
  const removed: Readonly<Record<string, readonly [plugin: string, url: string]>> = {
    gcp: [
      '"gke-gcloud-auth-plugin"',
      'https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke',
    ],
    azure: [
      'https://github.com/Azure/kubelogin',
      'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins',
    ],
  };
  const [plugin, url] = (Object.hasOwn(removed, name) ? removed[name] : undefined) ?? [];
  if (plugin === undefined) throw new Error(`no Auth Provider found for name ${quote(name)}`);
  throw new Error(
    `The ${name} auth plugin has been removed.\nPlease use the ${plugin} kubectl/client-go credential plugin instead.\nSee ${url} for further details`,
  );
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** @throws Error as Go words it: `open /x: no such file or directory`. */
function readFile(file: string): string {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new Error(`read ${file}: is a directory`, { cause: error });
    const reasons: Record<string, string> = { ENOENT: 'no such file or directory', EACCES: 'permission denied' };
    throw new Error(`open ${file}: ${reasons[code ?? ''] ?? message}`, { cause: error });
  }
}
