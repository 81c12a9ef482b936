import { describe, expect, it } from '@jest/globals';
import type { FlagSpec, FlagType } from '../../src/cli/command.ts';
import { FlagError, flagTable, normalizeArgv, ParsedFlags } from '../../src/cli/flags.ts';
import { parseArgv } from '../../src/cli/parser.ts';

const flag = (name: string, type: FlagType, shorthand?: string, more: Partial<FlagSpec> = {}): FlagSpec => ({
  name,
  type,
  ...(shorthand === undefined ? {} : { shorthand }),
  default:
    type === 'bool' ? 'false' : type === 'duration' ? '0s' : type.startsWith('string') && type !== 'string' ? '[]' : '',
  usage: '',
  ...more,
});

const table = flagTable([
  flag('output', 'string', 'o'),
  flag('namespace', 'string', 'n'),
  flag('filename', 'stringSlice', 'f'),
  flag('env', 'stringArray', 'e'),
  flag('set', 'stringToString'),
  flag('stdin', 'bool', 'i'),
  flag('tty', 'bool', 't'),
  flag('replicas', 'int', undefined, { default: '1' }),
  flag('timeout', 'duration'),
  flag('dry-run', 'string', undefined, { default: 'none', noOptDefault: 'unchanged' }),
  flag('old', 'bool', undefined, { deprecated: 'use --new' }),
]);

async function parse(line: string) {
  const argv = line.split(' ');
  const { argv: normalized, changed, argsLenAtDash, deprecations } = normalizeArgv(table, argv);
  const { values, args } = await parseArgv(table, normalized);
  return { flags: new ParsedFlags(table, values, changed), args, argsLenAtDash, deprecations };
}

describe('values of flags', () => {
  it.each<[string, string, string]>([
    ['--output=json', 'output', 'json'],
    ['--output json', 'output', 'json'],
    ['-ojson', 'output', 'json'],
    ['-o=json', 'output', 'json'],
    ['-o json', 'output', 'json'],
    ['-oyaml -o json', 'output', 'json'],
    ['-o -', 'output', '-'],
    ['--output=', 'output', ''],
    ['--output=a=b', 'output', 'a=b'],
    ['--output --', 'output', '--'],
    ['-itnfar', 'namespace', 'far'],
    ['get --dry-run pods', 'dry-run', 'unchanged'],
    ['--dry-run=client', 'dry-run', 'client'],
    ['', 'dry-run', 'none'],
    ['--dry_run=client', 'dry-run', 'client'],
  ])('%s', async (line, name, value) => {
    expect((await parse(line)).flags.string(name)).toBe(value);
  });

  it('have types', async () => {
    const { flags } = await parse(
      '--replicas=0x10 --timeout=1m30.5s -i --tty=F -f a,b -f c -e x,y -e z --set a=1,b=2 --set a=3',
    );
    expect(flags.int('replicas')).toBe(16);
    expect(flags.duration('timeout')).toBe(90_500);
    expect([flags.bool('stdin'), flags.bool('tty')]).toEqual([true, false]);
    expect(flags.strings('filename')).toEqual(['a', 'b', 'c']);
    expect(flags.strings('env')).toEqual(['x,y', 'z']);
    expect(Object.fromEntries(flags.map('set'))).toEqual({ a: '3', b: '2' });
    expect([flags.changed('replicas'), flags.changed('output')]).toEqual([true, false]);
  });

  it('stand anywhere before --', async () => {
    const { args, argsLenAtDash, flags } = await parse('a -ojson b -n far -- -c x --output=yaml');
    expect({ args, argsLenAtDash, output: flags.string('output') }).toEqual({
      args: ['a', 'b', '-c', 'x', '--output=yaml'],
      argsLenAtDash: 2,
      output: 'json',
    });
    expect(await parse('a - b')).toMatchObject({ args: ['a', '-', 'b'], argsLenAtDash: -1 });
  });

  it('tell of old flags', async () => {
    expect((await parse('--old --old')).deprecations).toEqual([
      'Flag --old has been deprecated, use --new',
      'Flag --old has been deprecated, use --new',
    ]);
  });

  it('can be seen without those of a command', async () => {
    const global = flag('output', 'string', 'o', { default: 'wide' });
    const { flags } = await parse('-ojson -nfar');
    const namespace = table.get('namespace');
    if (!namespace) throw new Error('no flag');
    const globals = flags.only([global, namespace]);
    expect([globals.string('output'), globals.string('namespace')]).toEqual(['wide', 'far']);
  });
});

describe('mistakes', () => {
  it.each<[string, string]>([
    ['--repicas=3', 'unknown flag: --repicas'],
    ['-x', "unknown shorthand flag: 'x' in -x"],
    ['-ixt', "unknown shorthand flag: 'x' in -xt"],
    ['--output', 'flag needs an argument: --output'],
    ['-o', "flag needs an argument: 'o' in -o"],
    ['-io', "flag needs an argument: 'o' in -o"],
    ['--=x', 'bad flag syntax: --=x'],
    ['--replicas=x', 'invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [
      '--replicas=99999999999999999999',
      'invalid argument "99999999999999999999" for "--replicas" flag: strconv.ParseInt: parsing "99999999999999999999": value out of range',
    ],
    ['-i=maybe', 'invalid argument "maybe" for "-i, --stdin" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
    ['--timeout=5', 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    ['--set=a', 'invalid argument "a" for "--set" flag: a must be formatted as key=value'],
  ])('%s', async (line, message) => {
    await expect(parse(line)).rejects.toThrow(new FlagError(message));
  });
});
