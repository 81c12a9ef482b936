// Which command an argv means: follows its words from kubectl down to the deepest sub-command.
// Called by: cli/root.ts, cli/completion.ts, commands help and plugin. Must not know: any command. Upstream: cobra Command.Find.
import type { CommandSpec } from './command.ts';
import { findEntry } from './commands/index.ts';
import { flagTable, type FlagTable } from './flags.ts';
import { globalFlags, helpFlag } from './globalflags.ts';
import { findSubcommand, firstWord, withoutWord } from './routing.ts';

/** A command with the words that led to it. */
export interface Found {
  /** undefined for kubectl itself. */
  spec: CommandSpec | undefined;
  /** 'kubectl rollout undo' */
  path: string;
  parents: readonly CommandSpec[];
  /** What is left without those words. */
  argv: readonly string[];
}

/** Returns the flags that may stand beside a command. */
export function tableOf(spec: CommandSpec | undefined): FlagTable {
  return flagTable([helpFlag], spec?.flags, globalFlags);
}

/** Returns the first word that can be a command, or undefined. */
export function firstCommandWord(argv: readonly string[]): string | undefined {
  return firstWord(argv, tableOf(undefined));
}

/** Returns the command; undefined when the first word is none. */
export async function findCommand(argv: readonly string[]): Promise<Found | undefined> {
  const word = firstCommandWord(argv);
  if (word === undefined) return { spec: undefined, path: 'kubectl', parents: [], argv };
  const entry = findEntry(word);
  if (!entry) return undefined;
  let spec = await entry.load();
  let path = `kubectl ${entry.name}`;
  let rest = withoutWord(argv, tableOf(undefined), word);
  const parents: CommandSpec[] = [];
  for (;;) {
    const table = tableOf(spec);
    const next = firstWord(rest, table);
    const child = next === undefined ? undefined : findSubcommand(spec, next);
    if (!child || next === undefined) return { spec, path, parents, argv: rest };
    rest = withoutWord(rest, table, next);
    parents.push(spec);
    spec = child;
    path += ` ${child.use.split(' ')[0]}`;
  }
}
