// `kubectl config current-context`, `get-clusters`, `get-contexts` and `get-users`.
// Called by: commands/config.ts. Upstream: kubectl pkg/cmd/config/current_context.go, get_clusters.go, get_contexts.go, get_users.go.
import { getNewTabWriter } from '../../../machinery/table.ts';
import { defineCommand } from '../../command.ts';
import { throwAggregate } from '../../errors.ts';

export const currentContext = defineCommand({
  use: 'current-context [flags]',
  short: 'Print the name of the context in use',
  example: `# Print the context in use
kubectl config current-context`,
  async run({ factory, streams }) {
    const { currentContext: name } = factory.kubeconfig().load();
    if (name === '') throw new Error('current-context is not set');
    streams.out.write(`${name}\n`);
  },
});

export const getClusters = defineCommand({
  use: 'get-clusters [flags]',
  short: 'List the clusters of the kubeconfig',
  example: `# List the clusters that kubectl knows
kubectl config get-clusters`,
  async run({ factory, streams }) {
    const names = [...factory.kubeconfig().load().clusters.keys()];
    streams.out.write(['NAME', ...names].map((name) => `${name}\n`).join(''));
  },
});

export const getUsers = defineCommand({
  use: 'get-users [flags]',
  short: 'List the users of the kubeconfig',
  example: `# List the users that kubectl knows
kubectl config get-users`,
  async run({ factory, streams }) {
    const names = [...factory.kubeconfig().load().users.keys()].sort();
    streams.out.write(['NAME', ...names].map((name) => `${name}\n`).join(''));
  },
});

export const getContexts = defineCommand({
  use: 'get-contexts [(-o|--output=)name)]',
  short: 'List one or many contexts',
  example: `# List all contexts
kubectl config get-contexts

# Show one context
kubectl config get-contexts my-context`,
  flags: [
    { name: 'no-headers', type: 'bool', default: 'false', usage: 'Leave the headers out.' },
    { name: 'output', shorthand: 'o', type: 'string', default: '', usage: 'Output format. One of: (name).' },
  ],
  async run({ factory, flags, args, streams }) {
    const output = flags.string('output');
    if (output !== '' && output !== 'name')
      throw new Error(
        `--output ${output} is not available in kubectl config get-contexts; resetting to default output format`,
      );
    const config = factory.kubeconfig().load();
    const known = args.length === 0 ? [...config.contexts.keys()] : args.filter((name) => config.contexts.has(name));
    const missing = args.filter((name) => !config.contexts.has(name));
    const writer = getNewTabWriter(streams.out);
    if (output === '' && !flags.bool('no-headers')) writer.write('CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n');
    for (const name of known.sort()) {
      const { cluster = '', user = '', namespace = '' } = config.contexts.get(name) ?? {};
      const mark = config.currentContext === name ? '*' : ' ';
      writer.write(output === 'name' ? `${name}\n` : `${mark}\t${name}\t${cluster}\t${user}\t${namespace}\n`);
    }
    writer.flush();
    throwAggregate(missing.map((name) => new Error(`context ${name} not found`)));
  },
});
