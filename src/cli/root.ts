// From argv to an exit code: finds the command, reads its flags, runs it, prints what went wrong.
// Called by: main.ts and tests. Must not know: any command. Upstream: kubectl pkg/cmd/cmd.go, github.com/spf13/cobra command.go.
import { ClientFactory } from './clientfactory.ts';
import type { CommandContext, CommandSpec } from './command.ts';
import { commandIndex, findEntry, suggestionsFor } from './commands/index.ts';
import { describeFailure, ExitError, UsageError } from './errors.ts';
import { FlagError, flagTable, normalizeArgv, ParsedFlags, type FlagTable } from './flags.ts';
import { globalFlags, helpFlag } from './globalflags.ts';
import { parseArgv } from './parser.ts';
import { findSubcommand, firstWord, withoutWord } from './routing.ts';
import type { KubectlRuntime } from './runtime.ts';

/** A command with the words that led to it. */
interface Found {
  spec: CommandSpec | undefined;
  /** 'kubectl rollout undo' */
  path: string;
  parents: readonly CommandSpec[];
  argv: readonly string[];
}

/** Runs one command line (without 'kubectl' itself) and returns its exit code. Never throws. */
export async function runKubectl(argv: readonly string[], runtime: KubectlRuntime): Promise<number> {
  try {
    return await execute(argv, runtime);
  } catch (error) {
    const { text, exitCode } = describeFailure(error);
    if (text !== '') runtime.streams.err.write(text);
    return exitCode;
  }
}

async function execute(argv: readonly string[], runtime: KubectlRuntime): Promise<number> {
  const found = await findCommand(argv, runtime);
  if (found === 'done') return 0;
  const { spec, path } = found;
  const table = flagTable([helpFlag], spec?.flags, globalFlags);
  const { flags, args, argsLenAtDash, deprecations, flagWords } = await readFlags(table, found);
  for (const line of deprecations) runtime.streams.err.write(`${line}\n`);
  if (!spec || flags.bool('help')) {
    runtime.streams.out.write(await helpText(found));
    return 0;
  }
  if (spec.deprecated !== undefined)
    runtime.streams.out.write(`Command ${JSON.stringify(path.split(' ').at(-1))} is deprecated, ${spec.deprecated}\n`);
  requireFlags(spec, flags);
  if (!spec.run) return await runGroup(found, args, runtime);
  const factory = new ClientFactory(flags.only(globalFlags), runtime);
  const context: CommandContext = {
    factory,
    flags,
    streams: runtime.streams,
    args,
    argsLenAtDash,
    commandPath: path,
    recordText: [path, ...args, ...flagWords].join(' '),
    help: () => helpText(found),
  };
  await spec.run(context);
  if (flags.bool('warnings-as-errors') && factory.warningCount > 0)
    throw new Error(`${factory.warningCount} warning${factory.warningCount === 1 ? '' : 's'} received`);
  return 0;
}

async function readFlags(table: FlagTable, found: Found) {
  try {
    const normalized = normalizeArgv(table, found.argv);
    const { values, args } = await parseArgv(table, normalized.argv);
    return {
      flags: new ParsedFlags(table, values, normalized.changed),
      args,
      argsLenAtDash: normalized.argsLenAtDash,
      deprecations: normalized.deprecations,
      flagWords: normalized.argv.slice(0, normalized.argv.indexOf('--')),
    };
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    const hint =
      found.path === 'kubectl options' ? `Run '${found.path}' without flags.` : `See '${found.path} --help' for usage.`;
    throw new Error(`${error.message}\n${hint}`, { cause: error });
  }
}

/** Upstream: cobra Command.Find. Returns 'done' when a plugin ran. */
async function findCommand(argv: readonly string[], runtime: KubectlRuntime): Promise<Found | 'done'> {
  const rootTable = flagTable([helpFlag], globalFlags);
  const word = firstWord(argv, rootTable);
  if (word === undefined) return { spec: undefined, path: 'kubectl', parents: [], argv };
  const entry = findEntry(word);
  if (!entry) {
    const { runPlugin } = await import('./plugins.ts');
    if (await runPlugin(argv, runtime)) return 'done';
    throw new Error(unknownCommandText(word));
  }
  let spec = await entry.load();
  let path = `kubectl ${entry.name}`;
  let rest = withoutWord(argv, rootTable, word);
  const parents: CommandSpec[] = [];
  for (;;) {
    const table = flagTable([helpFlag], spec.flags, globalFlags);
    const next = firstWord(rest, table);
    const child = next === undefined ? undefined : findSubcommand(spec, next);
    if (!child || next === undefined) return { spec, path, parents, argv: rest };
    rest = withoutWord(rest, table, next);
    parents.push(spec);
    spec = child;
    path += ` ${child.use.split(' ')[0]}`;
  }
}

/** Returns cobra's text, with suggestions if any. */
export function unknownCommandText(word: string): string {
  const suggestions = suggestionsFor(word);
  const text = `unknown command ${JSON.stringify(word)} for "kubectl"`;
  if (suggestions.length === 0) return text;
  return `${text}\n\nDid you mean this?\n${suggestions.map((name) => `\t${name}\n`).join('')}`;
}

async function helpText({ spec, path, parents }: Found): Promise<string> {
  const { commandHelp, rootHelp } = await import('./help.ts');
  return spec ? commandHelp(spec, path, parents) : rootHelp(commandIndex);
}

/** A command that only has sub-commands prints its help and fails. Upstream: cmdutil.DefaultSubCommandRun. */
async function runGroup(found: Found, args: readonly string[], runtime: KubectlRuntime): Promise<number> {
  if (args.length > 0) throw new UsageError(`unknown command ${JSON.stringify(args.join(' '))}`, found.path);
  runtime.streams.out.write(await helpText(found));
  throw new ExitError(1);
}

function requireFlags(spec: CommandSpec, flags: ParsedFlags): void {
  const missing = (spec.flags ?? []).filter((f) => f.isRequired && !flags.changed(f.name)).map((f) => f.name);
  if (missing.length === 0) return;
  throw new Error(
    `required flag(s) ${missing
      .sort()
      .map((name) => JSON.stringify(name))
      .join(', ')} not set`,
  );
}
