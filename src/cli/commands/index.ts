// The ordered index of commands: what the root looks words up in, and what `kubectl --help` lists without loading any of them.
// Called by: cli/root.ts, cli/help.ts. Must not know: any command's inside. Upstream: kubectl pkg/cmd/cmd.go NewKubectlCommand.
import type { CommandSpec } from '../command.ts';

export interface CommandEntry {
  name: string;
  aliases?: readonly string[];
  /** Heading in the help; undefined stands under 'Other Commands:'. */
  group?: string;
  /** One line; '' keeps the command out of the help. */
  short: string;
  isHidden?: boolean;
  load(): Promise<CommandSpec>;
}

const BEGINNER = 'Basic Commands (Beginner):';
const INTERMEDIATE = 'Basic Commands (Intermediate):';
const DEPLOY = 'Deploy Commands:';
const CLUSTER = 'Cluster Management Commands:';
const TROUBLE = 'Troubleshooting and Debugging Commands:';
const ADVANCED = 'Advanced Commands:';
const SETTINGS = 'Settings Commands:';

/** In kubectl's order, which is also the order of suggestions. */
export const commandIndex: readonly CommandEntry[] = [
  {
    name: 'create',
    group: BEGINNER,
    short: 'Create a resource from a file or from stdin',
    load: async () => (await import('./create.ts')).create,
  },
  {
    name: 'expose',
    group: BEGINNER,
    short: 'Make a workload reachable through a new Service',
    load: async () => (await import('./expose.ts')).expose,
  },
  {
    name: 'run',
    group: BEGINNER,
    short: 'Run an image in a pod',
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'set',
    group: BEGINNER,
    short: 'Change single features of objects',
    load: async () => (await import('./set.ts')).setCommand,
  },
  {
    name: 'explain',
    group: INTERMEDIATE,
    short: 'Show the documentation of a resource',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'get',
    group: INTERMEDIATE,
    short: 'List one or many resources',
    load: async () => (await import('./get.ts')).get,
  },
  {
    name: 'edit',
    group: INTERMEDIATE,
    short: 'Edit a resource with an editor',
    load: async () => (await import('./edit.ts')).edit,
  },
  {
    name: 'delete',
    group: INTERMEDIATE,
    short: 'Delete resources by file, name or selector',
    load: async () => (await import('./delete.ts')).deleteCommand,
  },
  {
    name: 'rollout',
    group: DEPLOY,
    short: 'Look at and steer the rollout of a resource',
    load: async () => (await import('./rollout.ts')).rollout,
  },
  {
    name: 'scale',
    group: DEPLOY,
    short: 'Set the number of replicas of a workload',
    load: async () => (await import('./scale.ts')).scale,
  },
  {
    name: 'autoscale',
    group: DEPLOY,
    short: 'Let the number of replicas follow the load',
    load: async () => (await import('./autoscale.ts')).autoscale,
  },
  {
    name: 'certificate',
    group: CLUSTER,
    short: 'Decide on requests for certificates',
    load: async () => (await import('./certificate.ts')).certificate,
  },
  {
    name: 'cluster-info',
    group: CLUSTER,
    short: 'Show where the cluster is reached',
    load: async () => (await import('./clusterinfo.ts')).clusterInfo,
  },
  {
    name: 'top',
    group: CLUSTER,
    short: 'Show CPU and memory in use',
    load: async () => (await import('./top.ts')).top,
  },
  {
    name: 'cordon',
    group: CLUSTER,
    short: 'Mark a node as unschedulable',
    load: async () => (await import('./cordon.ts')).cordon,
  },
  {
    name: 'uncordon',
    group: CLUSTER,
    short: 'Mark a node as schedulable',
    load: async () => (await import('./cordon.ts')).uncordon,
  },
  {
    name: 'drain',
    group: CLUSTER,
    short: 'Empty a node before maintenance',
    load: async () => (await import('./drain.ts')).drain,
  },
  {
    name: 'taint',
    group: CLUSTER,
    short: 'Change the taints of nodes',
    load: async () => (await import('./taint.ts')).taint,
  },
  {
    name: 'describe',
    group: TROUBLE,
    short: 'Show details of a resource or a group of resources',
    load: async () => (await import('./describe.ts')).describe,
  },
  {
    name: 'logs',
    group: TROUBLE,
    short: 'Print the logs of a container',
    load: async () => (await import('./logs.ts')).logs,
  },
  {
    name: 'attach',
    group: TROUBLE,
    short: 'Attach to a running container',
    load: async () => (await import('./attach.ts')).attach,
  },
  {
    name: 'exec',
    group: TROUBLE,
    short: 'Run a command in a container',
    load: async () => (await import('./exec.ts')).exec,
  },
  {
    name: 'port-forward',
    group: TROUBLE,
    short: 'Forward local ports to a pod',
    load: async () => (await import('./portforward.ts')).portForward,
  },
  {
    name: 'proxy',
    group: TROUBLE,
    short: 'Serve the Kubernetes API on this machine',
    load: async () => (await import('./proxy.ts')).proxy,
  },
  {
    name: 'cp',
    group: TROUBLE,
    short: 'Copy files to and from containers',
    load: async () => (await import('./cp.ts')).cp,
  },
  {
    name: 'auth',
    group: TROUBLE,
    short: 'Ask what is allowed',
    load: async () => (await import('./auth.ts')).auth,
  },
  {
    name: 'debug',
    group: TROUBLE,
    short: 'Look around in pods and on nodes with a container of your own',
    load: async () => (await import('./debug.ts')).debug,
  },
  {
    name: 'events',
    group: TROUBLE,
    short: 'List events',
    load: async () => (await import('./events.ts')).events,
  },
  {
    name: 'diff',
    group: ADVANCED,
    short: 'Compare what is there with what an apply would make of it',
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    name: 'apply',
    group: ADVANCED,
    short: 'Apply a configuration from a file or stdin',
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    name: 'patch',
    group: ADVANCED,
    short: 'Change fields of a resource',
    load: async () => (await import('./patch.ts')).patch,
  },
  {
    name: 'replace',
    group: ADVANCED,
    short: 'Replace a resource by what a file or stdin says',
    load: async () => (await import('./replace.ts')).replace,
  },
  {
    name: 'wait',
    group: ADVANCED,
    short: 'Wait until resources meet a condition',
    load: async () => (await import('./wait.ts')).wait,
  },
  {
    name: 'kustomize',
    group: ADVANCED,
    short: 'Build the manifests of a kustomization',
    load: async () => (await import('./kustomize.ts')).kustomize,
  },
  {
    name: 'label',
    group: SETTINGS,
    short: 'Change the labels of a resource',
    load: async () => (await import('./label.ts')).label,
  },
  {
    name: 'annotate',
    group: SETTINGS,
    short: 'Change the annotations of a resource',
    load: async () => (await import('./annotate.ts')).annotate,
  },
  {
    name: 'completion',
    group: SETTINGS,
    short: 'Print the code that completes words in a shell (bash, zsh, fish or powershell)',
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: 'config',
    short: 'Change the kubeconfig',
    load: async () => (await import('./config.ts')).config,
  },
  {
    name: 'plugin',
    short: 'Work with plugins',
    load: async () => (await import('./plugin.ts')).plugin,
  },
  {
    name: 'version',
    short: 'Print the versions of client and server',
    load: async () => (await import('./version.ts')).version,
  },
  {
    name: 'api-versions',
    short: 'Print the API versions that the server has, as "group/version"',
    load: async () => (await import('./apiversions.ts')).apiVersions,
  },
  {
    name: 'api-resources',
    short: 'Print the resources that the server has',
    load: async () => (await import('./apiresources.ts')).apiResources,
  },
  {
    name: 'options',
    short: '',
    isHidden: true,
    load: async () => (await import('./options.ts')).options,
  },
  {
    name: 'help',
    short: '',
    isHidden: true,
    load: async () => (await import('./help.ts')).help,
  },
];

/** Returns the command of that name or alias. */
export function findEntry(word: string): CommandEntry | undefined {
  return commandIndex.find((e) => e.name === word || e.aliases?.includes(word));
}

/** Returns the commands that a mistyped word may have meant, in the order of the index. Upstream: cobra SuggestionsFor. */
export function suggestionsFor(word: string): string[] {
  const typed = word.toLowerCase();
  return commandIndex
    .filter((e) => !e.isHidden && (distance(typed, e.name) <= 2 || e.name.startsWith(typed)))
    .map((e) => e.name);
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
