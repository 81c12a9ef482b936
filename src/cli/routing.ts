// Which word of an argv is the command, when flags may stand anywhere.
// Called by: cli/findcommand.ts, cli/completion.ts. Must not know: any command. Upstream: cobra command.go stripFlags, argsMinusFirstX.
import type { CommandSpec } from './command.ts';
import { bareValue, lookupFlag, lookupShorthand, type FlagTable } from './flags.ts';

/** Returns the index of the first word that is neither a flag nor the value of one, from `start`; -1 when there is none. */
function indexOfWord(argv: readonly string[], table: FlagTable, isWanted: (word: string) => boolean): number {
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] ?? '';
    if (arg === '--') return -1;
    if (arg !== '' && !arg.startsWith('-')) {
      if (isWanted(arg)) return i;
    } else if (takesNext(arg, table)) i++;
  }
  return -1;
}

/** Whether the word is a flag whose value is the next word. */
export function takesNext(arg: string, table: FlagTable): boolean {
  if (arg.includes('=')) return false;
  if (arg.startsWith('--')) return needsValue(lookupFlag(table, arg.slice(2)));
  return arg.length === 2 && needsValue(lookupShorthand(table, arg.charAt(1)));
}

/** A flag that is not known counts as one with a value. */
function needsValue(spec: ReturnType<typeof lookupFlag>): boolean {
  return spec === undefined || bareValue(spec) === undefined;
}

/** Returns the first word that can be a command, or undefined. */
export function firstWord(argv: readonly string[], table: FlagTable): string | undefined {
  const at = indexOfWord(argv, table, () => true);
  return at < 0 ? undefined : argv[at];
}

/** Returns argv without the first such word. */
export function withoutWord(argv: readonly string[], table: FlagTable, word: string): string[] {
  const at = indexOfWord(argv, table, (candidate) => candidate === word);
  return argv.filter((_, i) => i !== at);
}

/** Returns the sub-command of that name or alias. */
export function findSubcommand(spec: CommandSpec, word: string): CommandSpec | undefined {
  return spec.commands?.find((c) => c.use.split(' ')[0] === word || c.aliases?.includes(word));
}
