// `kubectl config view`.
// Called by: commands/config.ts. Upstream: kubectl pkg/cmd/config/view.go, client-go/tools/clientcmd/api/helpers.go.
import type { Kubeconfig } from '../../../client/types.ts';
import { defineCommand } from '../../command.ts';
import { operationPrinter } from '../../commandprinter.ts';
import { UsageError } from '../../errors.ts';
import { printFlags } from '../../printers.ts';
import { readBase64 } from './files.ts';

type Entry = Record<string, unknown>;

/** Fields in the order of upstream's types. */
const CLUSTER_FIELDS = [
  'server',
  'tls-server-name',
  'insecure-skip-tls-verify',
  'certificate-authority',
  'certificate-authority-data',
  'proxy-url',
  'disable-compression',
  'extensions',
];
const USER_FIELDS = [
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
  'tokenFile',
  'as',
  'as-uid',
  'as-groups',
  'as-user-extra',
  'username',
  'password',
  'auth-provider',
  'exec',
  'extensions',
];
const CONTEXT_FIELDS = ['cluster', 'user', 'namespace', 'extensions'];
const OMITTED = 'DATA+OMITTED';

export const view = defineCommand({
  use: 'view [flags]',
  short: 'Print the kubeconfig, merged from all its files',
  long: `Prints the kubeconfig, merged from all its files.

--output jsonpath={...} takes out single values.`,
  example: `# Print the merged kubeconfig
kubectl config view

# Print it with certificates and secrets
kubectl config view --raw

# Print the password of the user e2e
kubectl config view -o jsonpath='{.users[?(@.name == "e2e")].user.password}'`,
  flags: [
    ...printFlags('yaml'),
    { name: 'merge', type: 'bool', default: 'true', usage: 'Merge all files of the kubeconfig.' },
    { name: 'raw', type: 'bool', default: 'false', usage: 'Print certificates and secrets too.' },
    {
      name: 'flatten',
      type: 'bool',
      default: 'false',
      usage: 'Put the contents of named files in, so that one file is enough.',
    },
    { name: 'minify', type: 'bool', default: 'false', usage: 'Leave out what the context in use does not need.' },
  ],
  async run(context) {
    const { args, flags, factory, streams, commandPath } = context;
    if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`, commandPath);
    const printer = operationPrinter(context, '', { isTyped: true });
    if (flags.changed('merge') && !flags.bool('merge') && flags.string('kubeconfig') === '')
      throw new Error('if merge==false a precise file must be specified');
    let config = factory.kubeconfig().load();
    if (flags.bool('minify')) config = minified(config, flags.string('context') || config.currentContext);
    if (flags.bool('flatten')) flatten(config, factory.cwd);
    else if (!flags.bool('raw')) redact(config);
    printer.print(externalForm(config), streams.out);
  },
});

function minified(config: Kubeconfig, name: string): Kubeconfig {
  if (name === '') throw new Error('current-context must exist in order to minify');
  const context = config.contexts.get(name);
  if (!context) throw new Error(`cannot locate context ${name}`);
  const only = (entries: ReadonlyMap<string, Entry>, word: string, key: unknown) => {
    if (typeof key !== 'string' || key === '') return new Map<string, Entry>();
    const entry = entries.get(key);
    if (!entry) throw new Error(`cannot locate ${word} ${key}`);
    return new Map([[key, entry]]);
  };
  return {
    ...config,
    currentContext: name,
    contexts: new Map([[name, context]]),
    clusters: only(config.clusters, 'cluster', context['cluster']),
    users: only(config.users, 'user', context['user']),
  };
}

function redact(config: Kubeconfig): void {
  const hide = (entries: Map<string, Entry>, fields: Record<string, string>) => {
    for (const [name, entry] of entries) {
      const copy = { ...entry };
      for (const [field, text] of Object.entries(fields)) if (copy[field]) copy[field] = text;
      entries.set(name, copy);
    }
  };
  hide(config.clusters, { 'certificate-authority-data': OMITTED });
  hide(config.users, {
    'client-certificate-data': OMITTED,
    'client-key-data': OMITTED,
    token: 'REDACTED',
    password: 'REDACTED',
  });
}

function flatten(config: Kubeconfig, cwd: string): void {
  const embed = (entries: Map<string, Entry>, fields: readonly string[]) => {
    for (const [name, entry] of entries) {
      const copy = { ...entry };
      for (const field of fields) {
        const file = copy[field];
        if (typeof file !== 'string' || file === '') continue;
        if (copy[`${field}-data`]) throw new Error('cannot have values for both path and contents');
        copy[`${field}-data`] = readBase64(cwd, file);
        delete copy[field];
      }
      entries.set(name, copy);
    }
  };
  embed(config.users, ['client-certificate', 'client-key']);
  embed(config.clusters, ['certificate-authority']);
}

/** clientcmd's v1.Config in the order of its fields; empty lists are null. */
function externalForm(config: Kubeconfig): object {
  const list = (entries: ReadonlyMap<string, Entry>, word: string, fields: readonly string[], always: Entry) => {
    if (entries.size === 0) return null;
    const names = [...entries.keys()].sort();
    return names.map((name) => ({ name, [word]: ordered({ ...always, ...entries.get(name) }, fields) }));
  };
  return {
    kind: 'Config',
    apiVersion: 'v1',
    ...(Object.keys(config.preferences).length > 0 ? { preferences: config.preferences } : {}),
    clusters: list(config.clusters, 'cluster', CLUSTER_FIELDS, { server: '' }),
    users: list(config.users, 'user', USER_FIELDS, {}),
    contexts: list(config.contexts, 'context', CONTEXT_FIELDS, { cluster: '', user: '' }),
    'current-context': config.currentContext,
  };
}

function ordered(entry: Entry, fields: readonly string[]): Entry {
  const known = fields.filter((field) => entry[field] !== undefined).map((field) => [field, entry[field]]);
  const others = Object.entries(entry).filter(([field]) => !fields.includes(field));
  return Object.fromEntries([...known, ...others]) as Entry;
}
