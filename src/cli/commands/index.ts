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
    name: 'apply',
    group: ADVANCED,
    short: 'Apply a configuration from a file or stdin',
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    name: 'config',
    short: 'Change the kubeconfig',
    load: async () => (await import('./config.ts')).config,
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
