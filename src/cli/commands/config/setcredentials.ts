// `kubectl config set-credentials`.
// Called by: commands/config.ts. Upstream: kubectl pkg/cmd/config/set_credentials.go.
import { defineCommand, type FlagSpec, type Flags } from '../../command.ts';
import { parsePairs } from '../../pairs.ts';
import { refuseWithHelp } from './access.ts';
import { absolutePath, readBase64, requireFile } from './files.ts';

type Entry = Record<string, unknown>;

const flag = (name: string, type: FlagSpec['type'], usage: string): FlagSpec => ({
  name,
  type,
  default: type === 'bool' ? 'false' : type === 'string' ? '' : '[]',
  usage,
});

export const setCredentials = defineCommand({
  use: 'set-credentials NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--auth-provider=provider_name] [--auth-provider-arg=key=value] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value]',
  short: 'Change or add a user',
  long: `Changes a user of the kubeconfig, or adds one.

What is not given keeps its value. A token and a name with password exclude each other.`,
  example: `# Set the client key of the user cluster-admin
kubectl config set-credentials cluster-admin --client-key=~/.kube/admin.key

# Set name and password
kubectl config set-credentials cluster-admin --username=admin --password=uXFGweU9l35qcif`,
  flags: [
    flag('client-certificate', 'string', 'File with the client certificate.'),
    flag('client-key', 'string', 'File with the client key.'),
    flag('embed-certs', 'bool', 'Keep certificate and key themselves, not the names of their files.'),
    flag('token', 'string', 'Bearer token.'),
    flag('username', 'string', 'Name for basic authentication.'),
    flag('password', 'string', 'Password for basic authentication.'),
    flag('auth-provider', 'string', 'Authentication provider.'),
    flag('auth-provider-arg', 'stringSlice', "'key=value' arguments of the authentication provider."),
    flag('exec-command', 'string', 'Program that hands out credentials.'),
    flag('exec-api-version', 'string', 'API version that the program speaks.'),
    flag('exec-interactive-mode', 'string', 'Whether the program may ask: IfAvailable, Never or Always.'),
    flag('exec-provide-cluster-info', 'bool', 'Tell the program about the cluster.'),
    flag('exec-arg', 'stringSlice', 'Arguments of the program.'),
    flag('exec-env', 'stringArray', "'key=value' environment of the program."),
  ],
  async run(context) {
    const { args, flags, factory, streams } = context;
    const [name = ''] = args;
    if (args.length !== 1) await refuseWithHelp(context, `unexpected args: [${args.join(' ')}]`);
    validate(name, flags, factory.cwd);
    const access = factory.kubeconfig();
    const kubeconfig = access.load();
    const user = changedUser({ ...kubeconfig.users.get(name) }, flags, factory.cwd);
    changeProvider(user, flags);
    changeExec(user, flags);
    kubeconfig.users.set(name, user);
    access.save(kubeconfig);
    streams.out.write(`User ${JSON.stringify(name)} set.\n`);
  },
});

function validate(name: string, flags: Flags, cwd: string): void {
  if (name === '') throw new Error('you must specify a non-empty user name');
  if (flags.string('token') !== '' && (flags.string('username') !== '' || flags.string('password') !== ''))
    throw new Error(
      'you cannot specify more than one authentication method at the same time: --token, --username/--password',
    );
  if (flags.bool('embed-certs')) {
    const files = ['client-certificate', 'client-key'].filter((f) => flags.string(f) !== '');
    if (files.length === 0) throw new Error('you must specify a --client-certificate or --client-key to embed');
    for (const file of files) requireFile(cwd, file, flags.string(file));
  }
  const mode = flags.string('exec-interactive-mode');
  if (flags.changed('exec-interactive-mode') && !['IfAvailable', 'Always', 'Never'].includes(mode))
    throw new Error('invalid interactive mode type, can be only IfAvailable, Never, Always');
}

function changedUser(user: Entry, flags: Flags, cwd: string): Entry {
  const set = (field: string, value: string) => {
    if (value === '') delete user[field];
    else user[field] = value;
  };
  for (const field of ['client-certificate', 'client-key']) {
    if (!flags.changed(field)) continue;
    const file = flags.string(field);
    if (flags.bool('embed-certs')) {
      user[`${field}-data`] = readBase64(cwd, file);
      delete user[field];
    } else {
      set(field, absolutePath(cwd, file));
      delete user[`${field}-data`];
    }
  }
  for (const field of ['token', 'username', 'password']) if (flags.changed(field)) set(field, flags.string(field));
  const setsToken = flags.string('token') !== '';
  const setsBasic = flags.string('username') !== '' || flags.string('password') !== '';
  if (setsBasic) delete user['token'];
  if (setsToken) {
    delete user['username'];
    delete user['password'];
  }
  return user;
}

function changeProvider(user: Entry, flags: Flags): void {
  const before = user['auth-provider'] as { name?: string; config?: Record<string, string> } | undefined;
  const name = flags.changed('auth-provider') ? flags.string('auth-provider') : before?.name;
  if (name === undefined) return;
  const config = { ...(before?.name === name ? before.config : undefined) };
  const { added, removed } = parsePairs(flags.strings('auth-provider-arg'), 'auth-provider-arg', true);
  for (const key of removed) delete config[key];
  user['auth-provider'] = { name, config: { ...config, ...Object.fromEntries(added) } };
}

function changeExec(user: Entry, flags: Flags): void {
  let exec = user['exec'] as Entry | undefined;
  if (flags.changed('exec-command')) exec = { ...exec, command: flags.string('exec-command'), args: undefined };
  if (!exec) return;
  if (flags.changed('exec-api-version')) exec['apiVersion'] = flags.string('exec-api-version');
  const args = flags.strings('exec-arg');
  if (args.length > 0) exec['args'] = args;
  if (flags.changed('exec-interactive-mode')) exec['interactiveMode'] = flags.string('exec-interactive-mode');
  if (flags.changed('exec-provide-cluster-info')) exec['provideClusterInfo'] = flags.bool('exec-provide-cluster-info');
  const { added, removed } = parsePairs(flags.strings('exec-env'), 'exec-env', true);
  let env = ((exec['env'] ?? []) as { name: string; value: string }[]).filter((e) => !removed.includes(e.name));
  env = env.map((e) => ({ name: e.name, value: added.get(e.name) ?? e.value }));
  const names = new Set(env.map((e) => e.name));
  for (const [key, value] of added) if (!names.has(key)) env.push({ name: key, value });
  user['exec'] = { ...exec, env: env.length === 0 ? null : env };
}
