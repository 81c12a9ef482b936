// The programs beside kubectl (sandkube, minikube): from argv to an exit code, over a list of commands held in memory.
// Called by: main.ts and tests. Must not know: any command.
import { ClientFactory } from './clientfactory.ts';
import type { CommandSpec } from './command.ts';
import { describeFailure, ExitError, UsageError } from './errors.ts';
import { FlagError, flagTable, normalizeArgv, ParsedFlags, type FlagTable } from './flags.ts';
import { helpFlag } from './globalflags.ts';
import { parseArgv } from './parser.ts';
import { findSubcommand, firstWord, withoutWord } from './routing.ts';
import type { KubectlRuntime } from './runtime.ts';

export interface Program {
  /** 'sandkube' */
  name: string;
  /** What `--help` begins with. */
  long: string;
  commands: readonly CommandSpec[];
}

/** Runs one command line (without the program itself) and returns its exit code. Never throws. */
export async function runProgram(program: Program, argv: readonly string[], runtime: KubectlRuntime): Promise<number> {
  try {
    await execute(program, argv, runtime);
    return 0;
  } catch (error) {
    const { text, exitCode } = describeFailure(error);
    if (text !== '') runtime.streams.err.write(text);
    return exitCode;
  }
}

async function execute(program: Program, argv: readonly string[], runtime: KubectlRuntime): Promise<void> {
  const { spec, path, rest } = find(program, argv);
  const table = flagTable([helpFlag], spec.flags);
  const parsed = await parse(table, rest, path);
  const { out } = runtime.streams;
  if (parsed.flags.bool('help') || !spec.run) {
    const [extra] = parsed.args;
    if (extra !== undefined && extra !== 'help') {
      throw new UsageError(`unknown command ${JSON.stringify(extra)} for ${JSON.stringify(path)}`, path);
    }
    out.write(helpOf(program, spec, path));
    if (!parsed.flags.bool('help') && extra === undefined && spec !== rootOf(program) && !spec.run)
      throw new ExitError(1);
    return;
  }
  const { flags, args, argsLenAtDash } = parsed;
  const factory = new ClientFactory(flags, runtime);
  const help = async (): Promise<string> => helpOf(program, spec, path);
  await spec.run({ factory, flags, streams: runtime.streams, args, argsLenAtDash, commandPath: path, help });
}

const roots = new WeakMap<Program, CommandSpec>();

function rootOf(program: Program): CommandSpec {
  let root = roots.get(program);
  if (!root) {
    root = { use: program.name, short: program.long, commands: program.commands };
    roots.set(program, root);
  }
  return root;
}

function find(program: Program, argv: readonly string[]): { spec: CommandSpec; path: string; rest: readonly string[] } {
  let spec = rootOf(program);
  let path = program.name;
  let rest = argv;
  for (;;) {
    const table = flagTable([helpFlag], spec.flags);
    const word = firstWord(rest, table);
    const child = word === undefined ? undefined : findSubcommand(spec, word);
    if (!child || word === undefined) return { spec, path, rest };
    rest = withoutWord(rest, table, word);
    spec = child;
    path += ` ${nameOf(child)}`;
  }
}

async function parse(table: FlagTable, argv: readonly string[], path: string) {
  try {
    const normalized = normalizeArgv(table, argv);
    const { values, args } = await parseArgv(table, normalized.argv);
    return {
      flags: new ParsedFlags(table, values, normalized.changed),
      args,
      argsLenAtDash: normalized.argsLenAtDash,
    };
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new Error(`${error.message}\nSee '${path} --help' for usage.`, { cause: error });
  }
}

function nameOf(spec: CommandSpec): string {
  return spec.use.split(' ')[0] ?? '';
}

function helpOf(program: Program, spec: CommandSpec, path: string): string {
  const lines: string[] = [spec === rootOf(program) ? program.long : `${spec.short}.`, ''];
  const children = (spec.commands ?? []).filter((child) => !child.isHidden);
  const width = Math.max(11, ...children.map((child) => nameOf(child).length));
  for (const group of new Set(children.map((child) => child.group ?? 'Commands:'))) {
    lines.push(group);
    for (const child of children.filter((c) => (c.group ?? 'Commands:') === group)) {
      lines.push(`  ${nameOf(child).padEnd(width)}   ${child.short}`);
    }
    lines.push('');
  }
  if (spec.flags && spec.flags.length > 0) {
    lines.push('Options:');
    for (const flag of spec.flags) {
      const shorthand = flag.shorthand ? `-${flag.shorthand}, ` : '    ';
      const value = flag.type === 'string' && flag.default !== '' ? `'${flag.default}'` : flag.default;
      lines.push(`    ${shorthand}--${flag.name}${value === '' ? '' : `=${value}`}:`, `\t${flag.usage}`, '');
    }
  }
  const use = spec.run ? [path, ...spec.use.split(' ').slice(1)].join(' ') : `${path} COMMAND`;
  lines.push('Usage:', `  ${use}`, '');
  return lines.join('\n');
}
