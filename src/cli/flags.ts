// pflag's grammar: rewrites argv so that any parser of long options understands it, checks every value, and reads the result.
// Called by: cli/root.ts. Must not know: any command. Upstream: github.com/spf13/pflag flag.go.
import type { FlagSpec, FlagType, Flags } from './command.ts';
import { parseGoDuration } from '../machinery/duration.ts';
import { parseCsvLine, parseGoBool, parseGoInt } from './govalues.ts';

/** A flag that pflag refuses; the text is pflag's. */
export class FlagError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FlagError';
  }
}

export interface NormalizedArgv {
  /** One `--name=value` for each value that counts, then `--`, then the positional arguments. */
  argv: string[];
  /** Positional arguments before `--`; -1 when there was none. */
  argsLenAtDash: number;
  /** Names of the flags that were given. */
  changed: ReadonlySet<string>;
  /** `Flag --x has been deprecated, …`, in the order of use. */
  deprecations: string[];
}

export type FlagTable = ReadonlyMap<string, FlagSpec>;

/** Returns the specs by name; the first of two of one name wins, as pflag's AddFlagSet has it. */
export function flagTable(...lists: (readonly FlagSpec[] | undefined)[]): FlagTable {
  const table = new Map<string, FlagSpec>();
  for (const list of lists) for (const spec of list ?? []) if (!table.has(spec.name)) table.set(spec.name, spec);
  return table;
}

/** Returns the value of the bare flag, or undefined when the flag needs one. */
export function bareValue(spec: FlagSpec): string | undefined {
  return spec.noOptDefault ?? (spec.type === 'bool' ? 'true' : undefined);
}

/** Returns the spec of a long name; underscores count as dashes. */
export function lookupFlag(table: FlagTable, name: string): FlagSpec | undefined {
  return table.get(name.includes('_') ? name.replaceAll('_', '-') : name);
}

/** Returns the spec of a one-letter name. */
export function lookupShorthand(table: FlagTable, letter: string): FlagSpec | undefined {
  for (const spec of table.values()) if (spec.shorthand === letter) return spec;
  return undefined;
}

const isList = (type: FlagType): boolean =>
  type === 'stringSlice' || type === 'stringArray' || type === 'stringToString';

/** Collects the values of one command line. */
class Scan {
  readonly values = new Map<string, string[]>();
  readonly deprecations: string[] = [];
  readonly table: FlagTable;
  rest: string[];
  constructor(table: FlagTable, argv: readonly string[]) {
    this.table = table;
    this.rest = [...argv];
  }

  set(spec: FlagSpec, value: string): void {
    const problem = checkValue(spec.type, value);
    if (problem !== undefined) {
      const shown =
        spec.shorthand !== undefined && spec.shorthandDeprecated === undefined
          ? `-${spec.shorthand}, --${spec.name}`
          : `--${spec.name}`;
      throw new FlagError(`invalid argument ${JSON.stringify(value)} for "${shown}" flag: ${problem}`);
    }
    const before = this.values.get(spec.name);
    if (before && isList(spec.type)) before.push(value);
    else this.values.set(spec.name, [value]);
    if (spec.deprecated !== undefined)
      this.deprecations.push(`Flag --${spec.name} has been deprecated, ${spec.deprecated}`);
  }

  long(arg: string): void {
    const body = arg.slice(2);
    if (body === '' || body.startsWith('-') || body.startsWith('=')) throw new FlagError(`bad flag syntax: ${arg}`);
    const at = body.indexOf('=');
    const name = at < 0 ? body : body.slice(0, at);
    const spec = lookupFlag(this.table, name);
    if (!spec) throw new FlagError(`unknown flag: --${name}`);
    if (at >= 0) return this.set(spec, body.slice(at + 1));
    const value = bareValue(spec) ?? this.rest.shift();
    if (value === undefined) throw new FlagError(`flag needs an argument: ${arg}`);
    return this.set(spec, value);
  }

  /** Letters that stand together: all but the last are switches. */
  short(arg: string): void {
    let letters = arg.slice(1);
    while (letters !== '') {
      const letter = letters.charAt(0);
      const spec = lookupShorthand(this.table, letter);
      if (!spec) throw new FlagError(`unknown shorthand flag: '${letter}' in -${letters}`);
      const whole = letters;
      letters = letters.slice(1);
      let value: string | undefined;
      if (letters.length > 1 && letters.startsWith('=')) {
        value = letters.slice(1);
        letters = '';
      } else {
        value = bareValue(spec);
        if (value === undefined && letters !== '') {
          value = letters;
          letters = '';
        }
        value ??= this.rest.shift();
      }
      if (value === undefined) throw new FlagError(`flag needs an argument: '${letter}' in -${whole}`);
      if (spec.shorthandDeprecated !== undefined)
        this.deprecations.push(`Flag shorthand -${letter} has been deprecated, ${spec.shorthandDeprecated}`);
      this.set(spec, value);
    }
  }
}

/**
 * Rewrites argv by pflag's rules: `-ojson`, `-it`, `--dry-run` alone, repeated scalars (the last wins), flags after arguments.
 * @throws FlagError with pflag's text. Upstream: pflag FlagSet.Parse.
 */
export function normalizeArgv(table: FlagTable, argv: readonly string[]): NormalizedArgv {
  const scan = new Scan(table, argv);
  const positionals: string[] = [];
  let argsLenAtDash = -1;
  while (scan.rest.length > 0) {
    const arg = scan.rest.shift() ?? '';
    if (!arg.startsWith('-') || arg === '-') positionals.push(arg);
    else if (arg === '--') {
      argsLenAtDash = positionals.length;
      positionals.push(...scan.rest.splice(0));
    } else if (arg.startsWith('--')) scan.long(arg);
    else scan.short(arg);
  }
  const flags = [...scan.values].flatMap(([name, values]) => values.map((value) => `--${name}=${value}`));
  return {
    argv: [...flags, '--', ...positionals],
    argsLenAtDash,
    changed: new Set(scan.values.keys()),
    deprecations: scan.deprecations,
  };
}

const INT_BITS: Partial<Record<FlagType, number>> = { int: 64, int32: 32, int64: 64 };

/** Returns Go's reason why the value is refused, or undefined. */
function checkValue(type: FlagType, value: string): string | undefined {
  try {
    if (type === 'bool') parseGoBool(value);
    else if (type === 'duration') parseGoDuration(value);
    else if (type === 'stringSlice') parseCsvLine(value);
    else if (type === 'stringToString') parsePairs(value);
    else {
      const bits = INT_BITS[type];
      if (bits !== undefined) parseGoInt(value, bits);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function parsePairs(value: string): [string, string][] {
  const words = value.includes('"') || value.split('=').length > 2 ? parseCsvLine(value) : value.split(',');
  return words
    .filter((word) => word !== '')
    .map((word) => {
      const at = word.indexOf('=');
      if (at < 0) throw new Error(`${word} must be formatted as key=value`);
      return [word.slice(0, at), word.slice(at + 1)];
    });
}

/** Reads what the parser recorded; defaults come from the specs. */
export class ParsedFlags implements Flags {
  readonly #table: FlagTable;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #changed: ReadonlySet<string>;
  constructor(table: FlagTable, values: Readonly<Record<string, unknown>>, changed: ReadonlySet<string>) {
    this.#table = table;
    this.#values = values;
    this.#changed = changed;
  }

  #spec(name: string, types: readonly FlagType[]): FlagSpec {
    const spec = this.#table.get(name);
    if (!spec) throw new Error(`assertion: flag --${name} is not declared`);
    if (!types.includes(spec.type)) throw new Error(`assertion: flag --${name} is a ${spec.type}`);
    return spec;
  }

  #text(spec: FlagSpec): string {
    return this.#changed.has(spec.name) ? String(this.#values[spec.name]) : spec.default;
  }

  #list(spec: FlagSpec): string[] | undefined {
    if (!this.#changed.has(spec.name)) return undefined;
    const value = this.#values[spec.name];
    return (Array.isArray(value) ? value : [value]).map(String);
  }

  string(name: string): string {
    return this.#text(this.#spec(name, ['string']));
  }
  bool(name: string): boolean {
    return parseGoBool(this.#text(this.#spec(name, ['bool'])));
  }
  int(name: string): number {
    const spec = this.#spec(name, ['int', 'int32', 'int64']);
    return parseGoInt(this.#text(spec), INT_BITS[spec.type] ?? 64);
  }
  duration(name: string): number {
    return parseGoDuration(this.#text(this.#spec(name, ['duration'])));
  }
  strings(name: string): string[] {
    const spec = this.#spec(name, ['stringSlice', 'stringArray']);
    const given = this.#list(spec);
    if (!given) return spec.default === '[]' ? [] : spec.default.slice(1, -1).split(',');
    return spec.type === 'stringArray' ? given : given.flatMap((line) => parseCsvLine(line));
  }
  map(name: string): Map<string, string> {
    const given = this.#list(this.#spec(name, ['stringToString'])) ?? [];
    return new Map(given.flatMap((value) => parsePairs(value)));
  }
  changed(name: string): boolean {
    return this.#changed.has(name);
  }
  /** Returns a view of these flags alone; one that a command hides behind a flag of its own has its default. */
  only(specs: readonly FlagSpec[]): ParsedFlags {
    const names = specs.filter((spec) => this.#changed.has(spec.name) && this.#table.get(spec.name) === spec);
    return new ParsedFlags(flagTable(specs), this.#values, new Set(names.map((spec) => spec.name)));
  }
}
