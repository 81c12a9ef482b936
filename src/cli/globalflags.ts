// The flags that every command takes.
// Called by: cli/root.ts, cli/help.ts (`kubectl options`). Must not know: what a command does with them.
// Upstream: cli-runtime/pkg/genericclioptions/config_flags.go, kubectl pkg/cmd/cmd.go.
import type { FlagSpec } from './command.ts';

export const globalFlags: readonly FlagSpec[] = [
  { name: 'as', type: 'string', default: '', usage: 'User to act as: a person or a service account.' },
  { name: 'as-group', type: 'stringArray', default: '[]', usage: 'Group to act as a member of; may be repeated.' },
  { name: 'as-uid', type: 'string', default: '', usage: 'UID to act as.' },
  {
    name: 'as-user-extra',
    type: 'stringArray',
    default: '[]',
    usage: 'Extra information of the user to act as, key=value; may be repeated, also for one key.',
  },
  { name: 'cache-dir', type: 'string', default: '', usage: 'Accepted for compatibility: nothing is cached on disk.' },
  { name: 'certificate-authority', type: 'string', default: '', usage: 'File with the certificate of the authority.' },
  { name: 'client-certificate', type: 'string', default: '', usage: 'File with the client certificate for TLS.' },
  { name: 'client-key', type: 'string', default: '', usage: 'File with the client key for TLS.' },
  { name: 'cluster', type: 'string', default: '', usage: 'Cluster of the kubeconfig to use.' },
  { name: 'context', type: 'string', default: '', usage: 'Context of the kubeconfig to use.' },
  { name: 'disable-compression', type: 'bool', default: 'false', usage: 'Ask the server for uncompressed answers.' },
  {
    name: 'insecure-skip-tls-verify',
    type: 'bool',
    default: 'false',
    usage: "Do not check the server's certificate. Connections are then insecure.",
  },
  { name: 'kubeconfig', type: 'string', default: '', usage: 'Kubeconfig file to use.' },
  { name: 'kuberc', type: 'string', default: '', usage: 'Accepted for compatibility: no preferences file is read.' },
  { name: 'log-flush-frequency', type: 'duration', default: '5s', usage: 'Longest time between two log flushes.' },
  {
    name: 'match-server-version',
    type: 'bool',
    default: 'false',
    usage: 'Refuse to work when server and client differ in version.',
  },
  { name: 'namespace', shorthand: 'n', type: 'string', default: '', usage: 'Namespace to work in.' },
  { name: 'password', type: 'string', default: '', usage: 'Password for basic authentication.' },
  { name: 'profile', type: 'string', default: 'none', usage: 'Accepted for compatibility: no profile is captured.' },
  {
    name: 'profile-output',
    type: 'string',
    default: 'profile.pprof',
    usage: 'Accepted for compatibility: no profile is written.',
  },
  {
    name: 'request-timeout',
    type: 'string',
    default: '0',
    usage: 'Time after which a request is given up, such as 1s, 2m or 3h. Zero: never.',
  },
  { name: 'server', shorthand: 's', type: 'string', default: '', usage: 'Address and port of the API server.' },
  {
    name: 'tls-server-name',
    type: 'string',
    default: '',
    usage: "Name to expect in the server's certificate, if it is not the one in its address.",
  },
  { name: 'token', type: 'string', default: '', usage: 'Bearer token for authentication.' },
  { name: 'user', type: 'string', default: '', usage: 'User of the kubeconfig to use.' },
  { name: 'username', type: 'string', default: '', usage: 'Name for basic authentication.' },
  { name: 'v', shorthand: 'v', type: 'int32', default: '0', usage: 'How much to log.' },
  {
    name: 'vmodule',
    type: 'stringToString',
    default: '',
    usage: 'How much to log for single files: pattern=N, separated by commas.',
  },
  {
    name: 'warnings-as-errors',
    type: 'bool',
    default: 'false',
    usage: 'Exit with a non-zero code when the server sends a warning.',
  },
];

/** `-h`, which every command has and no help shows. */
export const helpFlag: FlagSpec = {
  name: 'help',
  shorthand: 'h',
  type: 'bool',
  default: 'false',
  usage: 'Print the help of the command.',
  isHidden: true,
};
