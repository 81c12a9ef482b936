// What a half-typed command line may go on with: commands, flags, their values, types and names in the cluster.
// Called by: cli/root.ts for `kubectl __complete`. Must not know: any shell. Upstream: cobra completions.go, kubectl pkg/util/completion.
import { ClientFactory } from './clientfactory.ts';
import type { FlagSpec } from './command.ts';
import { commandIndex } from './commands/index.ts';
import { completeArgument, completeFlagValue, NO_FILES, type Completion } from './completion.values.ts';
import { findCommand, tableOf, type Found } from './findcommand.ts';
import { lookupFlag, lookupShorthand, normalizeArgv, ParsedFlags, type FlagTable } from './flags.ts';
import { globalFlags } from './globalflags.ts';
import { parseArgv } from './parser.ts';
import { takesNext } from './routing.ts';
import type { KubectlRuntime } from './runtime.ts';

const NOTHING: Completion = { candidates: [], directive: NO_FILES };
/** The shell completes names of files. */
const FILES: Completion = { candidates: [], directive: 0 };

/**
 * Prints a candidate a line, with a tab and a description if it has one, then ':' and what the shell shall do: the sum of
 * 2 (no blank after it), 4 (no names of files) and 8 (files with the endings that the lines name).
 */
export async function printCompletions(words: readonly string[], runtime: KubectlRuntime): Promise<void> {
  const { candidates, directive } = await completionsOf(words, runtime);
  runtime.streams.out.write([...candidates, `:${directive}`].map((line) => `${line}\n`).join(''));
}

/** `words` are those of the line without 'kubectl'; the last is the one to complete and may be empty. */
async function completionsOf(words: readonly string[], runtime: KubectlRuntime): Promise<Completion> {
  const before = words.slice(0, -1);
  const word = words.at(-1) ?? '';
  const found = await findCommand(before);
  if (!found) return FILES;
  const table = tableOf(found.spec);
  if (before.includes('--')) return FILES;
  const last = before.at(-1) ?? '';
  if (last.startsWith('-') && last.length > 1 && takesNext(last, table))
    return valueOf(flagOf(last, table), word, { found, before: before.slice(0, -1), runtime });
  if (word.startsWith('--') && word.includes('=')) {
    const at = word.indexOf('=');
    return valueOf(lookupFlag(table, word.slice(2, at)), word.slice(at + 1), { found, before, runtime });
  }
  if (word.startsWith('-')) return { candidates: flagNames(table, before, word), directive: NO_FILES };
  return await argumentOf(word, { found, before, runtime });
}

interface Line {
  found: Found;
  before: readonly string[];
  runtime: KubectlRuntime;
}

function flagOf(word: string, table: FlagTable): FlagSpec | undefined {
  return word.startsWith('--') ? lookupFlag(table, word.slice(2)) : lookupShorthand(table, word.charAt(1));
}

/** Returns the flags that may still be given: lists may be repeated. */
function flagNames(table: FlagTable, before: readonly string[], word: string): string[] {
  const given = new Set(before.filter((w) => w.startsWith('-')).map((w) => flagOf(w.split('=')[0] ?? '', table)?.name));
  const lines: string[] = [];
  for (const spec of [...table.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const isList = spec.type === 'stringSlice' || spec.type === 'stringArray' || spec.type === 'stringToString';
    if (spec.isHidden || spec.deprecated !== undefined || (given.has(spec.name) && !isList)) continue;
    for (const name of [`--${spec.name}`, ...(spec.shorthand ? [`-${spec.shorthand}`] : [])])
      if (name.startsWith(word)) lines.push(`${name}\t${spec.usage.split('\n')[0]}`);
  }
  return lines;
}

async function valueOf(spec: FlagSpec | undefined, word: string, line: Line): Promise<Completion> {
  if (!spec) return FILES;
  const lookup = await lookupOf(line);
  return lookup ? completeFlagValue(lookup, spec, word) : FILES;
}

async function argumentOf(word: string, line: Line): Promise<Completion> {
  const { spec, path } = line.found;
  const named = (list: readonly { name: string; short: string }[]) =>
    list.filter(({ name }) => name.startsWith(word)).map(({ name, short }) => `${name}\t${short}`);
  const lookup = await lookupOf(line);
  if (!lookup) return FILES;
  if (!spec || path === 'kubectl help') {
    const commands = commandIndex.filter((entry) => !entry.isHidden);
    const sorted = [...commands].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { candidates: named(sorted), directive: NO_FILES };
  }
  const children = (spec.commands ?? []).map((child) => ({ name: child.use.split(' ')[0] ?? '', short: child.short }));
  if (children.length === 0 || lookup.args.length > 0) {
    const completion = await completeArgument(lookup, path.slice('kubectl '.length), word);
    return completion ?? (children.length > 0 ? NOTHING : FILES);
  }
  return { candidates: named(children.sort((a, b) => (a.name < b.name ? -1 : 1))), directive: NO_FILES };
}

/** Returns what stands before the word, read; undefined when that is no proper line. */
async function lookupOf({ found, before, runtime }: Line) {
  const table = tableOf(found.spec);
  try {
    const { argv } = (await findCommand(before)) ?? found;
    const normalized = normalizeArgv(table, argv);
    const { values, args } = await parseArgv(table, normalized.argv);
    const flags = new ParsedFlags(table, values, normalized.changed);
    return { factory: new ClientFactory(flags.only(globalFlags), runtime), args };
  } catch {
    return undefined;
  }
}
