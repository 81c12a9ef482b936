// From argv to an exit code: finds the command, reads its flags, runs it, prints what went wrong.
// Called by: main.ts and tests. Must not know: any command. Upstream: kubectl pkg/cmd/cmd.go, github.com/spf13/cobra command.go.
import { ClientFactory } from './clientfactory.ts';
import type { CommandContext, CommandSpec } from './command.ts';
import { commandIndex, suggestionsFor } from './commands/index.ts';
import { describeFailure, ExitError, UsageError } from './errors.ts';
import { findCommand, firstCommandWord, tableOf, type Found } from './findcommand.ts';
import { FlagError, normalizeArgv, ParsedFlags, type FlagTable } from './flags.ts';
import { globalFlags } from './globalflags.ts';
import { parseArgv } from './parser.ts';
import type { KubectlRuntime } from './runtime.ts';

/** The hidden command that the code of `kubectl completion` calls. */
const COMPLETE = '__complete';

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
  if (argv[0] === COMPLETE) {
    const { printCompletions } = await import('./completion.ts');
    await printCompletions(argv.slice(1), runtime);
    return 0;
  }
  const found = await findOrRunPlugin(argv, runtime);
  if (found === 'done') return 0;
  const { spec, path } = found;
  const table = tableOf(spec);
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
    if (found.spec?.flagError) throw found.spec.flagError(error.message, found.path);
    const hint =
      found.path === 'kubectl options' ? `Run '${found.path}' without flags.` : `See '${found.path} --help' for usage.`;
    throw new Error(`${error.message}\n${hint}`, { cause: error });
  }
}

/** Returns 'done' when a plugin ran. @throws Error for a word that is no command. */
async function findOrRunPlugin(argv: readonly string[], runtime: KubectlRuntime): Promise<Found | 'done'> {
  const found = await findCommand(argv);
  if (found) return found;
  const { runPlugin } = await import('./plugins.ts');
  if (await runPlugin(argv, runtime)) return 'done';
  throw new Error(unknownCommandText(firstCommandWord(argv) ?? ''));
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
  if (found.spec?.printsHelp === 'always') {
    runtime.streams.out.write(await helpText(found));
    return 0;
  }
  if (args.length > 0) throw new UsageError(`unknown command ${JSON.stringify(args.join(' '))}`, found.path);
  const { out, err } = runtime.streams;
  (found.spec?.printsHelp ? out : err).write(await helpText(found));
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
