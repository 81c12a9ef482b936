// Credential plugins: a program of the user's that says who the user is.
// Called by: http.credentials.ts. Must not know: requests. Upstream: client-go plugin/pkg/client/auth/exec/exec.go.
import { marshalJson } from '../machinery/gofmt.ts';
import { unmarshalJson } from '../machinery/gojson.ts';
import { quote } from '../machinery/strconv.ts';
import { yamlToJson } from '../machinery/yaml.ts';
import {
  checkPair,
  type CredentialOptions,
  type Credentials,
  type CredentialSource,
  type TlsOptions,
} from './http.credentials.ts';

/** clientcmd's ExecConfig. */
export interface ExecUser {
  apiVersion?: string;
  command?: string;
  args?: string[] | null;
  env?: { name: string; value: string }[] | null;
  installHint?: string;
  interactiveMode?: string;
  provideClusterInfo?: boolean;
}

/** What a plugin may use to talk to the user. */
export interface PluginTerminal {
  isTerminal: boolean;
  /** Whether something else reads standard input, and what: 'used by stdin resource manifest reader'. */
  usedBy?: string | undefined;
  /** Writes out what is held back: the plugin writes to the same terminal. */
  flush(): void;
}

interface ExecCredential {
  apiVersion?: string;
  kind?: string;
  status?: {
    token?: string;
    clientCertificateData?: string;
    clientKeyData?: string;
    expirationTimestamp?: string;
  };
}

const API_VERSIONS: readonly string[] = ['client.authentication.k8s.io/v1beta1', 'client.authentication.k8s.io/v1'];

const NOT_INSTALLED = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`;

/** Returns what runs the plugin when its credentials are wanted, have run out, or were refused. @throws Error for an unknown version. */
export function openCredentialPlugin(exec: ExecUser, tls: TlsOptions, options: CredentialOptions): CredentialSource {
  const { apiVersion = '' } = exec;
  if (!API_VERSIONS.includes(apiVersion)) throw new Error(`exec plugin: invalid apiVersion ${quote(apiVersion)}`);
  return new CredentialPlugin(exec, tls, options);
}

class CredentialPlugin implements CredentialSource {
  readonly #exec: ExecUser;
  readonly #tls: TlsOptions;
  readonly #options: CredentialOptions;
  #given: Credentials | undefined;
  #expiresAtMs = Number.POSITIVE_INFINITY;
  #running: Promise<Credentials> | undefined;

  constructor(exec: ExecUser, tls: TlsOptions, options: CredentialOptions) {
    this.#exec = exec;
    this.#tls = tls;
    this.#options = options;
  }

  async get(): Promise<Credentials> {
    if (this.#given && this.#options.nowMs() <= this.#expiresAtMs) return this.#given;
    try {
      return await this.#refresh();
    } catch (error) {
      throw new Error(`getting credentials: ${(error as Error).message}`, { cause: error });
    }
  }

  async refuse(refused: Credentials): Promise<void> {
    if (refused === this.#given) await this.#refresh();
  }

  /** A plugin may ask the user: it runs once at a time. */
  #refresh(): Promise<Credentials> {
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run(): Promise<Credentials> {
    const { command = '', args, env, apiVersion = '' } = this.#exec;
    const { terminal, cwd } = this.#options;
    const interactive = isInteractive(this.#exec, terminal);
    const spec = { ...clusterInfo(this.#exec, this.#options), interactive };
    const info = { kind: 'ExecCredential', apiVersion, spec };
    const environment: Record<string, string | undefined> = {
      ...this.#options.env,
      ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: `${marshalJson(info, { keepsOrder: true })}\n`,
    };
    terminal.flush();
    const path = process.getBuiltinModule('node:path').normalize(command);
    const output = await run(path, { args: args ?? [], cwd, env: environment, interactive }, this.#exec.installHint);
    const status = statusIn(output, this.#exec);
    const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
    if (cert && key) checkPluginPair(cert, key);
    this.#expiresAtMs = expirationTimestamp ? Date.parse(expirationTimestamp) : Number.POSITIVE_INFINITY;
    this.#given = {
      tls: cert && key ? { ...this.#tls, cert, key } : this.#tls,
      authorization: token ? `Bearer ${token}` : undefined,
    };
    return this.#given;
  }
}

function isInteractive({ interactiveMode }: ExecUser, { isTerminal, usedBy }: PluginTerminal): boolean {
  const cannot = 'exec plugin cannot support interactive mode: standard input is';
  switch (interactiveMode) {
    case 'Always':
      if (!isTerminal) throw new Error(`${cannot} not a terminal`);
      if (usedBy !== undefined) throw new Error(`${cannot} unavailable: ${usedBy}`);
      return true;
    case 'IfAvailable':
      return isTerminal && usedBy === undefined;
    default:
      return false;
  }
}

interface Running {
  args: readonly string[];
  cwd: string;
  env: Record<string, string | undefined>;
  interactive: boolean;
}

function run(command: string, { args, cwd, env, interactive }: Running, hint = ''): Promise<string> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = { EACCES: 'permission denied' };
      const isMissing = code === 'ENOENT' && !command.includes('/');
      if (isMissing) return reject(new Error(`exec: executable ${command} not found${NOT_INSTALLED}${hinted(hint)}`));
      const reason = code === 'ENOENT' ? 'no such file or directory' : (reasons[code ?? ''] ?? message);
      reject(new Error(`exec: fork/exec ${command}: ${reason}`));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString());
      else reject(new Error(`exec: executable ${command} failed with exit code ${code ?? -1}`));
    });
  });
}

/** What is no text is named, not sent to the terminal. Upstream: clientcmd cleanANSIEscapeCodes. */
function hinted(hint: string): string {
  if (hint === '') return '';
  const code = (char: string): string => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return `\n\n${hint.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\t-\r]/gu, code)}`;
}

/** Upstream: client-go rest/exec.go ConfigToExecCluster. */
function clusterInfo({ provideClusterInfo }: ExecUser, { cluster, serverUrl }: CredentialOptions): object {
  if (provideClusterInfo !== true) return {};
  const authority = authorityOf(cluster);
  const extensions = (cluster['extensions'] ?? []) as { name?: string; extension?: unknown }[];
  const config = extensions.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension;
  const given = (field: string): object => (cluster[field] ? { [field]: cluster[field] } : {});
  return {
    cluster: {
      server: serverUrl,
      ...given('tls-server-name'),
      ...given('insecure-skip-tls-verify'),
      ...(authority === '' ? {} : { 'certificate-authority-data': authority }),
      ...given('proxy-url'),
      ...given('disable-compression'),
      // Its keys come sorted, as from YAML.
      config: config === undefined ? null : (JSON.parse(marshalJson(config)) as unknown),
    },
  };
}

function authorityOf(cluster: CredentialOptions['cluster']): string {
  const [data, file] = [cluster['certificate-authority-data'], cluster['certificate-authority']];
  if (typeof data === 'string' && data !== '') return data;
  if (typeof file !== 'string' || file === '') return '';
  return process.getBuiltinModule('node:fs').readFileSync(file).toString('base64');
}

function statusIn(output: string, { apiVersion = '' }: ExecUser): NonNullable<ExecCredential['status']> {
  const credential = decoded(output);
  const { apiVersion: version = INTERNAL_VERSION, status } = credential;
  if (version !== apiVersion)
    throw new Error(`exec plugin is configured to use API version ${apiVersion}, plugin returned version ${version}`);
  if (!status) throw new Error("exec plugin didn't return a status field");
  const { token, clientCertificateData: certificate, clientKeyData: key } = status;
  if (!token && !certificate && !key) throw new Error("exec plugin didn't return a token or cert/key pair");
  if (!certificate !== !key) throw new Error('exec plugin returned only certificate or key, not both');
  return status;
}

/** What says no version is taken for what it is to become. */
const INTERNAL_VERSION = 'client.authentication.k8s.io/__internal';
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** Upstream: the universal decoder, which takes JSON and YAML. */
function decoded(output: string): ExecCredential {
  const fail = (reason: string): never => {
    throw new Error(`decoding stdout: ${reason}`);
  };
  let value: unknown;
  try {
    value = output.trimStart().startsWith('{') ? unmarshalJson(output) : yamlToJson(output);
  } catch (error) {
    return fail(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
  if (value === null || value === undefined) value = {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return fail(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type ${TYPE_META}`,
    );
  }
  const credential = value as ExecCredential;
  const { apiVersion, kind } = credential;
  const isKnown = (kind ?? 'ExecCredential') === 'ExecCredential' && API_VERSIONS.includes(apiVersion ?? 'v1');
  if (apiVersion !== undefined && !isKnown)
    return fail(
      `no kind ${quote(kind ?? '')} is registered for version ${quote(apiVersion)} in scheme "pkg/client/auth/exec/exec.go:64"`,
    );
  checkTypes(credential, fail);
  return credential;
}

function checkTypes({ status }: ExecCredential, fail: (reason: string) => never): void {
  for (const field of ['token', 'clientCertificateData', 'clientKeyData', 'expirationTimestamp'] as const) {
    const value: unknown = status?.[field];
    if (value === undefined || value === null || typeof value === 'string') continue;
    const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    fail(`json: cannot unmarshal ${what} into Go struct field ExecCredentialStatus.status.${field} of type string`);
  }
  const stamp = status?.expirationTimestamp;
  if (!stamp || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(stamp)) return;
  const layout = '2006-01-02T15:04:05Z07:00';
  const first = /^\d{4}/.test(stamp) ? [stamp.slice(4), '-'] : [stamp, '2006'];
  fail(
    `parsing time ${quote(stamp)} as ${quote(layout)}: cannot parse ${quote(first[0] ?? '')} as ${quote(first[1] ?? '')}`,
  );
}

function checkPluginPair(cert: string, key: string): void {
  try {
    checkPair(cert, key);
  } catch (error) {
    throw new Error(`failed parsing client key/certificate: ${(error as Error).message}`, { cause: error });
  }
}
