// What in a kubeconfig's user or cluster contradicts itself or cannot be read.
// Called by: cli/connection.ts. Must not know: how a server is reached. Upstream: client-go/tools/clientcmd/validation.go.
import path from 'node:path';
import { goFileError } from '../machinery/goerrno.ts';
import { quote } from '../machinery/strconv.ts';
import type { ConnectionConfig } from './runtime.ts';

type Entry = Readonly<Record<string, unknown>>;

const INTERACTIVE_MODES: readonly string[] = ['Never', 'IfAvailable', 'Always'];
const PROXY_SCHEMES: readonly string[] = ['http', 'https', 'socks5'];

export function contextNotFound(name: string): string {
  return `context was not found for specified context: ${name}`;
}

export function serverNotFound(cluster: string): string {
  return `no server found for cluster ${quote(cluster)}`;
}

/** Returns what is wrong with a user. Upstream: validateAuthInfo. */
export function userProblems(
  name: string,
  user: Entry,
  { impersonate, cwd }: { impersonate: ConnectionConfig['impersonate']; cwd: string },
): string[] {
  const methods: string[] = [];
  if (has(user, 'token')) methods.push('token');
  if (has(user, 'username') || has(user, 'password')) methods.push('basicAuth');
  const problems = [...certificateProblems(name, user, cwd), ...pluginProblems(name, user)];
  if (methods.length > 1)
    problems.push(
      `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
    );
  const { user: as, uid, groups, extra } = impersonate;
  if (as === '' && (uid !== '' || groups.length > 0 || extra.size > 0))
    problems.push(`requesting uid, groups or user-extra for ${name} without impersonating a user`);
  return problems;
}

function certificateProblems(name: string, user: Entry, cwd: string): string[] {
  const [file, data] = [text(user, 'client-certificate'), text(user, 'client-certificate-data')];
  const [keyFile, keyData] = [text(user, 'client-key'), text(user, 'client-key-data')];
  if (file === '' && data === '') return [];
  const problems: string[] = [];
  if (file !== '' && data !== '')
    problems.push(`client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`);
  if (keyFile !== '' && keyData !== '')
    problems.push(`client-key-data and client-key are both specified for ${name}; client-key-data will override`);
  if (keyFile === '' && keyData === '')
    problems.push(
      `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
    );
  for (const [what, named] of [
    ['client-cert', file],
    ['client-key', keyFile],
  ] as const) {
    const reason = named === '' ? undefined : openProblem(named, cwd);
    if (reason !== undefined) problems.push(`unable to read ${what} ${named} for ${name} due to ${reason}`);
  }
  return problems;
}

function pluginProblems(name: string, user: Entry): string[] {
  const exec = user['exec'] as Entry | undefined;
  if (!exec) return [];
  const plugin = `for ${name} to use exec authentication plugin`;
  const problems: string[] = [];
  if (user['auth-provider'])
    problems.push(`authProvider cannot be provided in combination with an exec plugin for ${name}`);
  if (!has(exec, 'command')) problems.push(`command must be specified ${plugin}`);
  if (!has(exec, 'apiVersion')) problems.push(`apiVersion must be specified ${plugin}`);
  for (const entry of (exec['env'] ?? []) as Entry[])
    if (!has(entry, 'name')) problems.push(`env variable name must be specified ${plugin}`);
  // Versions before the first asked the user whenever they could.
  const mode = text(exec, 'interactiveMode') || (text(exec, 'apiVersion').endsWith('/v1beta1') ? 'IfAvailable' : '');
  if (mode === '') problems.push(`interactiveMode must be specified ${plugin}`);
  else if (!INTERACTIVE_MODES.includes(mode)) problems.push(`invalid interactiveMode for ${name}: ${quote(mode)}`);
  return problems;
}

/** Returns what is wrong with a cluster. Upstream: validateClusterInfo. */
export function clusterProblems(name: string, cluster: Entry, cwd: string): string[] {
  const problems: string[] = [];
  const proxy = text(cluster, 'proxy-url');
  const reason = proxy === '' ? undefined : proxyProblem(proxy);
  if (reason !== undefined) problems.push(`invalid 'proxy-url' ${quote(proxy)} for cluster ${quote(name)}: ${reason}`);
  const file = text(cluster, 'certificate-authority');
  if (file === '') return problems;
  if (has(cluster, 'certificate-authority-data'))
    problems.push(
      `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
    );
  const unread = openProblem(file, cwd);
  if (unread !== undefined) problems.push(`unable to read certificate-authority ${file} for ${name} due to ${unread}`);
  return problems;
}

/** Upstream: parseProxyURL. */
function proxyProblem(text: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return text.startsWith(':') ? `could not parse: ${text}` : unsupported('');
  return PROXY_SCHEMES.includes(scheme) ? undefined : unsupported(scheme);
}

function unsupported(scheme: string): string {
  return `unsupported scheme ${quote(scheme)}, must be http, https, or socks5`;
}

function openProblem(file: string, cwd: string): string | undefined {
  const fs = process.getBuiltinModule('node:fs');
  try {
    fs.closeSync(fs.openSync(path.resolve(cwd, file), 'r'));
    return undefined;
  } catch (error) {
    return goFileError('open', file, error);
  }
}

function has(entry: Entry, field: string): boolean {
  return text(entry, field) !== '';
}

function text(entry: Entry, field: string): string {
  const value = entry[field];
  return typeof value === 'string' ? value : '';
}
