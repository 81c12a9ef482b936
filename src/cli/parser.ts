// The door to yargs: parses an argv that flags.ts has put into the form `--name=value … -- positional …`.
// Called by: cli/root.ts. Must not know: pflag's grammar. yargs is loaded on first use and never renders help.
import type { FlagTable } from './flags.ts';

export interface ParsedArgv {
  /** By flag name: a text, or texts for list types. */
  values: Readonly<Record<string, unknown>>;
  args: string[];
}

const PARSER_CONFIGURATION = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'populate--': true,
  'strip-aliased': false,
};

/** Returns the values and the positional arguments. Everything stays text: flags.ts gives it its type. */
export async function parseArgv(table: FlagTable, argv: readonly string[]): Promise<ParsedArgv> {
  // Most lines have no flags: there is nothing to parse, and nothing to load for it.
  if (argv[0] === '--') return { values: {}, args: argv.slice(1) };
  const { default: yargs } = await import('yargs');
  const strings: string[] = [];
  const arrays: string[] = [];
  // Flags that are not there need not be told of: the library's work grows with every one.
  for (const name of given(argv)) {
    const spec = table.get(name);
    if (!spec) continue;
    const isArray = spec.type === 'stringSlice' || spec.type === 'stringArray' || spec.type === 'stringToString';
    (isArray ? arrays : strings).push(spec.name);
  }
  let recorded: Record<string, unknown> = {};
  // A default command whose handler only records: yargs renders its help after any other kind of command.
  void yargs(quoted(argv))
    .parserConfiguration(PARSER_CONFIGURATION)
    .help(false)
    .version(false)
    .exitProcess(false)
    .command(
      '$0',
      false,
      (command) => command.string([...strings, ...arrays]).array(arrays),
      (values) => {
        recorded = values;
      },
    )
    .parseSync();
  const after = recorded['--'];
  return { values: recorded, args: Array.isArray(after) ? after.map(String) : [] };
}

/** The library takes one pair of quotes off a value: what the user wrote stands inside them. */
function quoted(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.map((word, i) => {
    const at = word.indexOf('=');
    return at < 0 || (end >= 0 && i >= end) ? word : `${word.slice(0, at)}="${word.slice(at + 1)}"`;
  });
}

function given(argv: readonly string[]): Set<string> {
  const words = argv.slice(0, argv.indexOf('--'));
  return new Set(words.map((word) => word.slice(2, word.indexOf('='))));
}
