// Credential plugins: a program of the user's that says who the user is.
// Called by: http.credentials.ts. Must not know: requests. Upstream: client-go plugin/pkg/client/auth/exec/exec.go.
import type { CredentialOptions } from './http.credentials.ts';

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

export interface PluginCredentials {
  token?: string;
  /** PEM. */
  certificate?: string;
  key?: string;
}

interface ExecCredential {
  apiVersion?: string;
  kind?: string;
  status?: { token?: string; clientCertificateData?: string; clientKeyData?: string };
}

const NOT_INSTALLED = `It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`;

/** Runs the plugin and returns what it says. @throws Error: `getting credentials: exec: …`. */
export async function runCredentialPlugin(exec: ExecUser, options: CredentialOptions): Promise<PluginCredentials> {
  const { command = '', args, env = [], apiVersion = '' } = exec;
  const info = { kind: 'ExecCredential', apiVersion, spec: { ...clusterInfo(exec, options), interactive: false } };
  const environment: Record<string, string | undefined> = {
    ...options.env,
    ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
  const { spawn } = process.getBuiltinModule('node:child_process');
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn(command, args ?? [], {
      cwd: options.cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code !== 'ENOENT') return reject(failed(`exec: ${message}`));
      const hint = exec.installHint ? `\n\n${exec.installHint}` : '';
      reject(failed(`exec: executable ${command} not found\n\n${NOT_INSTALLED}${hint}`));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString());
      else reject(failed(`exec: executable ${command} failed with exit code ${code}`));
    });
  });
  return credentialsIn(output, apiVersion);
}

function clusterInfo({ provideClusterInfo }: ExecUser, { cluster, serverUrl }: CredentialOptions): object {
  if (provideClusterInfo !== true) return {};
  const authority = cluster['certificate-authority-data'];
  return {
    cluster: { server: serverUrl, ...(authority ? { 'certificate-authority-data': authority } : {}) },
  };
}

function credentialsIn(output: string, apiVersion: string): PluginCredentials {
  let credential: ExecCredential;
  try {
    credential = JSON.parse(output) as ExecCredential;
  } catch (error) {
    throw failed(`decoding stdout: ${(error as Error).message}`);
  }
  if (credential.apiVersion !== apiVersion)
    throw failed(
      `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${credential.apiVersion ?? ''}`,
    );
  const { token, clientCertificateData: certificate, clientKeyData: key } = credential.status ?? {};
  if (!credential.status) throw failed("exec plugin didn't return a status field");
  if (!token && !certificate && !key) throw failed("exec plugin didn't return a token or cert/key pair");
  if (!certificate !== !key) throw failed('exec plugin returned only certificate or key, not both');
  return { ...(token ? { token } : {}), ...(certificate && key ? { certificate, key } : {}) };
}

function failed(message: string): Error {
  return new Error(`getting credentials: ${message}`);
}
