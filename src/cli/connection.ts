// From the kubeconfig and the global flags to who is asked, as whom, and in which namespace.
// Called by: cli/clientfactory.ts. Must not know: how a server is reached. Upstream: client-go/tools/clientcmd/client_config.go.
import path from 'node:path';
import type { Kubeconfig } from '../client/types.ts';
import { parseGoDuration } from '../machinery/duration.ts';
import { quote } from '../machinery/strconv.ts';
import type { Flags } from './command.ts';
import { clusterProblems, contextNotFound, serverNotFound, userProblems } from './connection.validation.ts';
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
export function resolveConnection(
  config: Kubeconfig,
  files: readonly string[],
  flags: Flags,
  cwd: string,
): ConnectionConfig {
  const requestTimeoutMs = parseTimeout(flags.string('request-timeout'));
  requireNamed(config, flags);
  const { contextName, cluster, user, impersonate } = confirmUsable(config, flags, cwd);
  return {
    serverUrl: serverUrl(text(cluster, 'server')),
    cluster: flags.bool('disable-compression') ? { ...cluster, 'disable-compression': true } : cluster,
    user: absolute(user, ['client-certificate', 'client-key'], cwd),
    impersonate,
    requestTimeoutMs,
    contextName,
    kubeconfigFiles: files,
  };
}

interface UsableConfig {
  contextName: string;
  user: Record<string, unknown>;
  cluster: Record<string, unknown>;
  impersonate: ConnectionConfig['impersonate'];
}

/** Returns the entries in use, with what the flags say. @throws ConfigurationError. Upstream: ConfirmUsable. */
function confirmUsable(config: Kubeconfig, flags: Flags, cwd: string): UsableConfig {
  const contextName = flags.string('context') || config.currentContext;
  const context = config.contexts.get(contextName) ?? {};
  const userName = flags.string('user') || text(context, 'user');
  const clusterName = flags.string('cluster') || text(context, 'cluster');
  const user = userWithFlags(config.users.get(userName), flags);
  const cluster = clusterWithFlags(config, clusterName, flags);
  const impersonate = impersonation(user, flags);
  const isMissing = flags.string('cluster') !== '' && !config.clusters.has(clusterName);
  const problems = [
    ...(contextName === '' || config.contexts.has(contextName) ? [] : [contextNotFound(contextName)]),
    ...userProblems(userName, user, { impersonate, cwd }),
    ...(isMissing ? [serverNotFound(clusterName)] : clusterProblems(clusterName, cluster, cwd)),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { contextName, cluster: absolute(cluster, ['certificate-authority'], cwd), user, impersonate };
}

/** Returns the entry with files that the command line names relative to its folder. */
function absolute(entry: Entry, names: readonly string[], cwd: string): Record<string, unknown> {
  const files = names.map((name) => [name, text(entry, name)]).filter(([, file]) => file);
  return { ...entry, ...Object.fromEntries(files.map(([name, file = '']) => [name, path.resolve(cwd, file)])) };
}

/** What the command line names has to be there. Upstream: getAuthInfo, getContext and getCluster of DirectClientConfig. */
function requireNamed(config: Kubeconfig, flags: Flags): void {
  const [user, context, cluster] = [flags.string('user'), flags.string('context'), flags.string('cluster')];
  if (user !== '' && !config.users.has(user)) throw new Error(`auth info ${quote(user)} does not exist`);
  if (context !== '' && !config.contexts.has(context)) throw new Error(`context ${quote(context)} does not exist`);
  if (cluster !== '' && !config.clusters.has(cluster)) throw new Error(`cluster ${quote(cluster)} does not exist`);
}

/** Returns the namespace to work in, and whether --namespace gave it. Upstream: DirectClientConfig.Namespace. */
export function resolveNamespace(
  config: Kubeconfig,
  flags: Flags,
  cwd: string,
): { namespace: string; isEnforced: boolean } {
  const given = flags.string('namespace');
  if (given !== '') return { namespace: given, isEnforced: true };
  const { contextName } = confirmUsable(config, flags, cwd);
  return { namespace: text(config.contexts.get(contextName) ?? {}, 'namespace') || 'default', isEnforced: false };
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

function userWithFlags(entry: Entry | undefined, flags: Flags): Record<string, unknown> {
  const user = overridden(entry, flags, USER_FLAGS);
  // The file of a token counts only where no token is given.
  if (flags.string('token') !== '') delete user['tokenFile'];
  return user;
}

function clusterWithFlags(config: Kubeconfig, name: string, flags: Flags): Record<string, unknown> {
  const cluster = overridden(config.clusters.get(name), flags, CLUSTER_FLAGS);
  if (flags.string('server') !== '' && flags.string('tls-server-name') === '') delete cluster['tls-server-name'];
  const isUnchecked = flags.bool('insecure-skip-tls-verify');
  const authority = flags.string('certificate-authority');
  if (isUnchecked || authority !== '') {
    cluster['insecure-skip-tls-verify'] = isUnchecked;
    cluster['certificate-authority'] = authority;
    delete cluster['certificate-authority-data'];
  }
  return cluster;
}

function impersonation(user: Entry, flags: Flags): ConnectionConfig['impersonate'] {
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
  return { user: as, uid, groups, extra };
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/**
 * A server may be named without a scheme; a path needs one.
 * @throws Error. Upstream: client-go rest/url_utils.go DefaultServerURL.
 */
function serverUrl(server: string): string {
  if (server === '') return DEFAULT_SERVER;
  const [, scheme = '', host = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)/i.exec(server) ?? [];
  const isWhole = scheme !== '' && host !== '' && !/^\[[^\]]*$/.test(host);
  if (isWhole) return server;
  const path = /^[^/]*(\/.*)$/.exec(server)?.[1] ?? '';
  if (path !== '' && path !== '/') throw new Error(`host must be a URL or a host:port pair: ${quote(server)}`);
  return `http://${server}`;
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
