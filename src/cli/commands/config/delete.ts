// `kubectl config delete-cluster`, `delete-context` and `delete-user`.
// Called by: commands/config.ts. Upstream: kubectl pkg/cmd/config/delete_cluster.go, delete_context.go, delete_user.go.
import { defineCommand, type CommandContext } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { configFile } from './access.ts';

async function oneNameOrHelp(context: CommandContext): Promise<string | undefined> {
  const [name] = context.args;
  if (context.args.length === 1) return name;
  context.streams.out.write(await context.help());
  return undefined;
}

function remove(context: CommandContext, what: 'clusters' | 'contexts' | 'users', word: string, name: string): void {
  const access = context.factory.kubeconfig();
  const kubeconfig = access.load();
  const file = configFile(access);
  if (!kubeconfig[what].has(name)) throw new Error(`cannot delete ${word} ${name}, not in ${file}`);
  if (what === 'contexts' && kubeconfig.currentContext === name)
    context.streams.err.write(
      'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
    );
  kubeconfig[what].delete(name);
  access.save(kubeconfig);
  context.streams.out.write(`deleted ${word} ${name} from ${file}\n`);
}

export const deleteCluster = defineCommand({
  use: 'delete-cluster NAME',
  short: 'Delete a cluster of the kubeconfig',
  example: `# Delete the cluster minikube
kubectl config delete-cluster minikube`,
  async run(context) {
    const name = await oneNameOrHelp(context);
    if (name !== undefined) remove(context, 'clusters', 'cluster', name);
  },
});

export const deleteContext = defineCommand({
  use: 'delete-context NAME',
  short: 'Delete a context of the kubeconfig',
  example: `# Delete the context of the cluster minikube
kubectl config delete-context minikube`,
  async run(context) {
    const name = await oneNameOrHelp(context);
    if (name !== undefined) remove(context, 'contexts', 'context', name);
  },
});

export const deleteUser = defineCommand({
  use: 'delete-user NAME',
  short: 'Delete a user of the kubeconfig',
  example: `# Delete the user minikube
kubectl config delete-user minikube`,
  async run(context) {
    const [name] = context.args;
    if (context.args.length !== 1 || name === undefined)
      throw new UsageError('user to delete is required', context.commandPath);
    remove(context, 'users', 'user', name);
  },
});
