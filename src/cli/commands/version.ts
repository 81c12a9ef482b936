// kubectl version: which version this client models, and which one the server is.
// Called by: cli/commands/index.ts. Must not know: how the server is reached.
// Upstream: kubectl pkg/cmd/version/version.go.
import { marshalJson } from '../../machinery/gofmt.ts';
import { toYaml } from '../../machinery/yaml.ts';
import { defineCommand, type CommandContext } from '../command.ts';

interface VersionInfo {
  major: string;
  minor: string;
  gitVersion: string;
  [field: string]: string;
}
interface Versions {
  clientVersion: VersionInfo;
  kustomizeVersion: string;
  serverVersion?: VersionInfo;
}

/** Upstream: component-base/version, as the release that is modelled was built. */
const CLIENT: VersionInfo = {
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.2',
  gitCommit: 'fdc9d74cbf2da6754ebf81d56f80ae2948cd6425',
  gitTreeState: 'clean',
  buildDate: '2026-02-26T20:05:34Z',
  goVersion: 'go1.25.7',
  compiler: 'gc',
  platform: 'linux/amd64',
};
const KUSTOMIZE = 'v5.7.1';
const SUPPORTED_MINOR_SKEW = 1;

const ANY_JSON = 'application/json, */*';

export const version = defineCommand({
  use: 'version [flags]',
  short: 'Print the client and server version information',
  long: 'Print the versions of this client and of the server of the current context.',
  example: `  # Both versions
  kubectl version

  # Only the client's: no server is asked
  kubectl version --client`,
  flags: [
    { name: 'client', type: 'bool', default: 'false', usage: "Print the client's version only." },
    { name: 'output', shorthand: 'o', type: 'string', default: '', usage: "One of 'yaml' or 'json'." },
  ],
  run: runVersion,
});

async function runVersion({ args, flags, factory, streams }: CommandContext): Promise<void> {
  const output = flags.string('output');
  if (args.length > 0) throw new Error(`extra arguments: [${args.join(' ')}]`);
  if (!['', 'yaml', 'json'].includes(output)) throw new Error("--output must be 'yaml' or 'json'");
  const versions: Versions = { clientVersion: CLIENT, kustomizeVersion: KUSTOMIZE };
  let serverError: unknown;
  if (!flags.bool('client')) {
    try {
      versions.serverVersion = (await (await factory.rest()).document?.('/version', ANY_JSON)) as VersionInfo;
    } catch (error) {
      serverError = error;
    }
  }
  streams.out.write(versionsText(versions, output));
  const warning = versions.serverVersion && skewWarning(versions.serverVersion);
  if (warning && flags.bool('warnings-as-errors')) throw new Error(warning);
  if (warning) streams.err.write(`Warning: ${warning}\n`);
  if (serverError !== undefined) throw serverError;
}

function versionsText(versions: Versions, output: string): string {
  if (output === 'json') return `${marshalJson(versions, { indent: 2, keepsOrder: true })}\n`;
  if (output === 'yaml') return `${toYaml(versions)}\n`;
  const { clientVersion, kustomizeVersion, serverVersion } = versions;
  const server = serverVersion ? `Server Version: ${serverVersion.gitVersion}\n` : '';
  return `Client Version: ${clientVersion.gitVersion}\nKustomize Version: ${kustomizeVersion}\n${server}`;
}

/** Upstream: kubectl pkg/cmd/version/skew_warning.go. */
function skewWarning(server: VersionInfo): string | undefined {
  const [serverMajor = 0, serverMinor = 0] = server.gitVersion.replace(/^v/, '').split('.').map(Number);
  const [major, minor] = [Number(CLIENT.major), Number(CLIENT.minor)];
  if (major === serverMajor && Math.abs(minor - serverMinor) <= SUPPORTED_MINOR_SKEW) return undefined;
  return (
    `version difference between client (${major}.${minor}) and server (${serverMajor}.${serverMinor}) ` +
    `exceeds the supported minor version skew of +/-${SUPPORTED_MINOR_SKEW}`
  );
}
