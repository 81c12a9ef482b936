// From the kubeconfig and the global flags to who is asked, as whom, and in which namespace.
// Called by: cli/clientfactory.ts. Must not know: how a server is reached. Upstream: client-go/tools/clientcmd/client_config.go.
import type { Kubeconfig, KubeconfigAccess } from '../client/types.ts';
import { parseGoDuration } from '../machinery/duration.ts';
import type { Flags } from './command.ts';
import { ConfigurationError } from './errors.ts';
import type { ConnectionConfig } from './runtime.ts';

/** What is asked when nothing names a server. */
const DEFAULT_SERVER = 'http://localhost:8080';

type Entry = Readonly<Record<string, unknown>>;

/** Flags that override fields of the cluster and of the user, by their names in the kubeconfig. */
const CLUSTER_FLAGS = ['server', 'tls-server-name', 'certificate-authority'] as const;
const USER_FLAGS = ['token', 'username', 'password', 'client-certificate', 'client-key'] as const;

/**
 * Returns the connection of the context in use, with the overrides of the command line.
 * @throws Error or ConfigurationError with clientcmd's texts. Upstream: DirectClientConfig.ClientConfig.
 */
export function resolveConnection(access: KubeconfigAccess, flags: Flags): ConnectionConfig {
  const config = access.load();
  const requestTimeoutMs = parseTimeout(flags.string('request-timeout'));
  const contextName = flags.string('context') || config.currentContext;
  const context = config.contexts.get(contextName) ?? {};
  const problems: string[] = [];
  if (contextName !== '' && !config.contexts.has(contextName))
    problems.push(`context was not found for specified context: ${contextName}`);
  const userName = flags.string('user') || text(context, 'user');
  const clusterName = flags.string('cluster') || text(context, 'cluster');
  const user = overridden(config.users.get(userName), flags, USER_FLAGS);
  const cluster = clusterWithFlags(config, clusterName, flags);
  problems.push(...userProblems(userName, user));
  if (problems.length > 0) throw new ConfigurationError(problems);
  if (flags.changed('cluster') && !config.clusters.has(clusterName) && text(cluster, 'server') === '')
    throw new Error(`no server found for cluster ${JSON.stringify(clusterName)}`);
  if (flags.changed('user') && !config.users.has(userName))
    throw new Error(`auth info ${JSON.stringify(userName)} does not exist`);
  return {
    serverUrl: serverUrl(text(cluster, 'server')),
    cluster,
    user,
    impersonate: impersonation(userName, user, flags),
    requestTimeoutMs,
    contextName,
    kubeconfigFiles: access.files,
  };
}

/** Returns the namespace to work in, and whether --namespace gave it. Upstream: DirectClientConfig.Namespace. */
export function resolveNamespace(access: KubeconfigAccess, flags: Flags): { namespace: string; isEnforced: boolean } {
  const given = flags.string('namespace');
  if (given !== '') return { namespace: given, isEnforced: true };
  const config = access.load();
  const contextName = flags.string('context') || config.currentContext;
  const context = config.contexts.get(contextName);
  if (!context && contextName !== '')
    throw new ConfigurationError([`context was not found for specified context: ${contextName}`]);
  return { namespace: text(context ?? {}, 'namespace') || 'default', isEnforced: false };
}

function text(entry: Entry, field: string): string {
  const value = entry[field];
  return typeof value === 'string' ? value : '';
}

function overridden(entry: Entry | undefined, flags: Flags, names: readonly string[]): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...entry };
  for (const name of names) {
    const value = flags.string(name);
    if (value === '') continue;
    merged[name] = value;
    delete merged[`${name}-data`];
  }
  return merged;
}

function clusterWithFlags(config: Kubeconfig, name: string, flags: Flags): Record<string, unknown> {
  const cluster = overridden(config.clusters.get(name), flags, CLUSTER_FLAGS);
  if (flags.string('server') !== '' && flags.string('tls-server-name') === '') delete cluster['tls-server-name'];
  if (flags.bool('insecure-skip-tls-verify')) {
    cluster['insecure-skip-tls-verify'] = true;
    delete cluster['certificate-authority'];
    delete cluster['certificate-authority-data'];
  }
  return cluster;
}

function userProblems(name: string, user: Entry): string[] {
  const problems: string[] = [];
  const has = (field: string) => text(user, field) !== '';
  const methods = [has('token') ? 'token' : '', has('username') || has('password') ? 'basicAuth' : ''];
  const hasCertificate = has('client-certificate') || has('client-certificate-data');
  if (hasCertificate && !has('client-key') && !has('client-key-data'))
    problems.push(
      `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
    );
  if (methods.every((m) => m !== ''))
    problems.push(
      `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
    );
  return problems;
}

function impersonation(userName: string, user: Entry, flags: Flags): ConnectionConfig['impersonate'] {
  const as = flags.string('as') || text(user, 'as');
  const uid = flags.string('as-uid') || text(user, 'as-uid');
  const groups = flags.strings('as-group').length > 0 ? flags.strings('as-group') : textsIn(user['as-groups']);
  const extra = new Map<string, string[]>();
  for (const [key, values] of Object.entries((user['as-user-extra'] ?? {}) as object)) extra.set(key, textsIn(values));
  for (const pair of flags.strings('as-user-extra')) {
    const at = pair.indexOf('=');
    const key = at < 0 ? pair : pair.slice(0, at);
    extra.set(key, [...(extra.get(key) ?? []), at < 0 ? '' : pair.slice(at + 1)]);
  }
  if (as === '' && (uid !== '' || groups.length > 0 || extra.size > 0))
    throw new Error(`requesting uid, groups or user-extra for ${userName} without impersonating a user`);
  return { user: as, uid, groups, extra };
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function serverUrl(server: string): string {
  if (server === '') return DEFAULT_SERVER;
  return /^https?:\/\//.test(server) ? server : `http://${server}`;
}

/** Returns milliseconds; 0 for none. Upstream: clientcmd.ParseTimeout. */
function parseTimeout(value: string): number {
  if (value === '' || value === '0') return 0;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  try {
    return parseGoDuration(value);
  } catch {
    throw new Error(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    );
  }
}
