// `kubectl config`: reads and changes the kubeconfig. No cluster is needed.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/config/config.go.
import { defineCommand } from '../command.ts';
import { deleteCluster, deleteContext, deleteUser } from './config/delete.ts';
import { currentContext, getClusters, getContexts, getUsers } from './config/get.ts';
import { renameContext, useContext } from './config/context.ts';
import { setProperty, unsetProperty } from './config/property.ts';
import { setCluster } from './config/setcluster.ts';
import { setContext } from './config/setcontext.ts';
import { setCredentials } from './config/setcredentials.ts';
import { view } from './config/view.ts';

export const config = defineCommand({
  use: 'config SUBCOMMAND',
  short: 'Change the kubeconfig',
  long: `Changes kubeconfig files with sub-commands, such as "kubectl config use-context my-context".

The files are looked for in this order:

  1.  --kubeconfig names the only file.
  2.  $KUBECONFIG is a list of files that are merged. A value is changed in the file that has it; a new one goes to the first file.
  3.  Otherwise the kubeconfig of the cluster's state folder is used.`,
  commands: [
    currentContext,
    deleteCluster,
    deleteContext,
    deleteUser,
    getClusters,
    getContexts,
    getUsers,
    renameContext,
    setProperty,
    setCluster,
    setContext,
    setCredentials,
    unsetProperty,
    useContext,
    view,
  ],
});
