// `kubectl config use-context` and `rename-context`.
// Called by: commands/config.ts. Upstream: kubectl pkg/cmd/config/use_context.go, rename_context.go.
import { defineCommand } from '../../command.ts';
import { configFile, exactArgs } from './access.ts';

const quote = JSON.stringify;

export const useContext = defineCommand({
  use: 'use-context CONTEXT_NAME',
  aliases: ['use'],
  short: 'Choose the context to work in',
  example: `# Work in the cluster minikube
kubectl config use-context minikube`,
  async run(context) {
    const [name = ''] = await exactArgs(context, 1);
    const access = context.factory.kubeconfig();
    const kubeconfig = access.load();
    if (name === '') throw new Error('empty context names are not allowed');
    if (!kubeconfig.contexts.has(name)) throw new Error(`no context exists with the name: ${quote(name)}`);
    access.save({ ...kubeconfig, currentContext: name });
    context.streams.out.write(`Switched to context ${quote(name)}.\n`);
  },
});

export const renameContext = defineCommand({
  use: 'rename-context CONTEXT_NAME NEW_NAME',
  short: 'Give a context another name',
  long: `Gives a context of the kubeconfig another name.

The context in use stays in use under its new name.`,
  example: `# Call the context old-name new-name
kubectl config rename-context old-name new-name`,
  async run(context) {
    const [name = '', newName = ''] = await exactArgs(context, 2);
    if (newName === '') throw new Error('You must specify a new non-empty context name');
    const access = context.factory.kubeconfig();
    const kubeconfig = access.load();
    const file = configFile(access);
    const entry = kubeconfig.contexts.get(name);
    if (!entry) throw new Error(`cannot rename the context ${quote(name)}, it's not in ${file}`);
    if (kubeconfig.contexts.has(newName))
      throw new Error(
        `cannot rename the context ${quote(name)}, the context ${quote(newName)} already exists in ${file}`,
      );
    kubeconfig.contexts.set(newName, entry);
    kubeconfig.contexts.delete(name);
    const currentContext = kubeconfig.currentContext === name ? newName : kubeconfig.currentContext;
    access.save({ ...kubeconfig, currentContext });
    context.streams.out.write(`Context ${quote(name)} renamed to ${quote(newName)}.\n`);
  },
});
