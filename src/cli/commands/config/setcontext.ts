// `kubectl config set-context`.
// Called by: commands/config.ts. Upstream: kubectl pkg/cmd/config/set_context.go.
import { defineCommand } from '../../command.ts';
import { refuseWithHelp } from './access.ts';

export const setContext = defineCommand({
  use: 'set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  short: 'Change or add a context',
  long: `Changes a context of the kubeconfig, or adds one.

What is not given keeps its value.`,
  example: `# Set the user of the context gce
kubectl config set-context gce --user=cluster-admin

# Work in another namespace from now on
kubectl config set-context --current --namespace=backend`,
  flags: [
    { name: 'current', type: 'bool', default: 'false', usage: 'Change the context in use.' },
    { name: 'cluster', type: 'string', default: '', usage: 'Cluster of the context.' },
    { name: 'user', type: 'string', default: '', usage: 'User of the context.' },
    { name: 'namespace', shorthand: 'n', type: 'string', default: '', usage: 'Namespace of the context.' },
  ],
  async run(context) {
    const { args, flags, factory, streams } = context;
    if (args.length > 1) await refuseWithHelp(context, `Unexpected args: [${args.join(' ')}]`);
    const isCurrent = flags.bool('current');
    let name = args[0] ?? '';
    if (name === '' && !isCurrent) throw new Error('you must specify a non-empty context name or --current');
    if (name !== '' && isCurrent) throw new Error('you cannot specify both a context name and --current');
    const access = factory.kubeconfig();
    const kubeconfig = access.load();
    if (isCurrent) {
      if (kubeconfig.currentContext === '') throw new Error('no current context is set');
      name = kubeconfig.currentContext;
    }
    const before = kubeconfig.contexts.get(name);
    const entry: Record<string, unknown> = { ...before };
    for (const field of ['cluster', 'user', 'namespace']) {
      if (!flags.changed(field)) continue;
      const value = flags.string(field);
      if (value === '') delete entry[field];
      else entry[field] = value;
    }
    kubeconfig.contexts.set(name, entry);
    access.save(kubeconfig);
    streams.out.write(`Context ${JSON.stringify(name)} ${before ? 'modified' : 'created'}.\n`);
  },
});
