// Go's fmt.Sprintf for the values templates have.
// Called by: machinery/gotemplate.functions.ts. Must not know: templates. Upstream: Go fmt/print.go, fmt/format.go.
import { goString, goSyntax } from './gofmt.ts';
import { GoNumber, goType, integerOf, isMap, numberOf } from './govalue.ts';
import { quote } from './strconv.ts';

interface Format {
  verb: string;
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  width: number;
  precision: number | undefined;
}

/** Returns the formatted text; mistakes show in it as `%!d(string=x)`, as in Go. */
export function goSprintf(format: string, args: readonly unknown[]): string {
  return new Printer(format, args).run();
}

/** Returns the values as fmt.Sprint joins them: a blank between two that are no texts. */
export function goSprint(args: readonly unknown[]): string {
  return args
    .map((arg, i) => (i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string' ? ' ' : '') + goString(arg))
    .join('');
}

class Printer {
  private readonly format: string;
  private readonly args: readonly unknown[];
  private used = 0;
  private isReordered = false;

  constructor(format: string, args: readonly unknown[]) {
    this.format = format;
    this.args = args;
  }

  run(): string {
    const pattern = /%([-+# 0]*)(\[\d+\])?(\*|\d+)?(?:(\.)(\[\d+\])?(\*|\d+)?)?(\[\d+\])?([\s\S]?)/gu;
    const text = this.format.replace(pattern, (_, flags = '', ...parts: (string | undefined)[]) =>
      this.directive(flags, parts),
    );
    if (this.isReordered || this.used >= this.args.length) return text;
    const extra = this.args.slice(this.used).map((arg) => (isNil(arg) ? '<nil>' : `${goType(arg)}=${goString(arg)}`));
    return `${text}%!(EXTRA ${extra.join(', ')})`;
  }

  private directive(flags: string, parts: readonly (string | undefined)[]): string {
    const [widthIndex, width, point, precisionIndex, precision, index, verb = ''] = parts;
    let problem = this.reorder(widthIndex);
    const wide = width === '*' ? this.star('BADWIDTH') : Number(width ?? 0);
    problem ||= this.reorder(precisionIndex);
    const precise = precision === '*' ? this.star('BADPREC') : Number(precision ?? 0);
    problem ||= this.reorder(index);
    if (verb === '') return '%!(NOVERB)';
    if (verb === '%') return '%';
    if (problem) return `%!${verb}(BADINDEX)`;
    if (typeof wide === 'string') return wide;
    if (typeof precise === 'string') return precise;
    if (this.used >= this.args.length) return `%!${verb}(MISSING)`;
    return formatValue(this.args[this.used++], {
      verb,
      minus: flags.includes('-') || wide < 0,
      plus: flags.includes('+'),
      sharp: flags.includes('#'),
      space: flags.includes(' '),
      zero: flags.includes('0') && !flags.includes('-'),
      width: Math.abs(wide),
      precision: point ? precise : undefined,
    });
  }

  /** `[n]` before a star or the verb; true when there is no such argument. */
  private reorder(index: string | undefined): boolean {
    if (index === undefined) return false;
    this.isReordered = true;
    this.used = Number(index.slice(1, -1)) - 1;
    return this.used < 0 || this.used >= this.args.length;
  }

  private star(problem: string): number | string {
    return integerOf(this.args[this.used++]) ?? `%!(${problem})`;
  }
}

function isNil(value: unknown): boolean {
  return value === null || value === undefined;
}

function formatValue(value: unknown, format: Format): string {
  const { verb } = format;
  if (verb === 'T') return padText(isNil(value) ? '<nil>' : goType(value), format);
  if (isNil(value)) return verb === 'v' ? padText('<nil>', format) : `%!${verb}(<nil>)`;
  if (verb === 'v' && format.sharp) return padText(goSyntax(plain(value)), { ...format, precision: undefined });
  if (typeof value === 'boolean')
    return verb === 't' || verb === 'v' ? padText(String(value), format) : bad(value, verb);
  if (typeof value === 'string') return formatText(value, format);
  const integer = integerOf(value);
  if (integer !== undefined) return formatInteger(value, integer, format);
  const number = numberOf(value);
  if (number !== undefined) return formatFloat(value, number, format);
  if (Array.isArray(value)) return `[${value.map((item) => formatValue(item, format)).join(' ')}]`;
  if (!isMap(value)) return bad(value, verb);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${formatValue(key, format)}:${formatValue(value[key], format)}`).join(' ')}]`;
}

function plain(value: unknown): unknown {
  return value instanceof GoNumber ? value.value : value;
}

function bad(value: unknown, verb: string): string {
  return `%!${verb}(${goType(value)}=${goString(value)})`;
}

function formatText(value: string, format: Format): string {
  const { verb, precision } = format;
  const shown = precision === undefined ? value : Array.from(value).slice(0, precision).join('');
  if (verb === 's' || verb === 'v') return pad(shown, format);
  if (verb === 'q') return pad(format.sharp && !value.includes('`') ? `\`${shown}\`` : quote(shown), format);
  if (verb !== 'x' && verb !== 'X') return bad(value, verb);
  const bytes = Buffer.from(value, 'utf8').subarray(0, precision);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(format.space ? ' ' : '');
  return pad(verb === 'X' ? hex.toUpperCase() : hex, format);
}

const BASES: Readonly<Record<string, { base: number; prefix: string }>> = {
  v: { base: 10, prefix: '' },
  d: { base: 10, prefix: '' },
  b: { base: 2, prefix: '0b' },
  o: { base: 8, prefix: '0' },
  O: { base: 8, prefix: '' },
  x: { base: 16, prefix: '0x' },
  X: { base: 16, prefix: '0X' },
};

function formatInteger(value: unknown, integer: number, format: Format): string {
  const { verb, precision } = format;
  if (verb === 'c') return pad(String.fromCodePoint(Math.max(0, integer)), format);
  if (verb === 'q') return pad(`'${quote(String.fromCodePoint(integer)).slice(1, -1)}'`, format);
  if (verb === 'U') return pad(`U+${integer.toString(16).toUpperCase().padStart(4, '0')}`, format);
  const base = Object.hasOwn(BASES, verb) ? BASES[verb] : undefined;
  if (!base) return bad(value, verb);
  let digits = BigInt(Math.abs(integer)).toString(base.base);
  if (verb === 'X') digits = digits.toUpperCase();
  if (precision !== undefined) digits = precision === 0 && integer === 0 ? '' : digits.padStart(precision, '0');
  const prefix = verb === 'O' ? '0o' : format.sharp ? base.prefix : '';
  return padNumber(signOf(integer < 0, format) + prefix, digits, {
    ...format,
    zero: format.zero && precision === undefined,
  });
}

function formatFloat(value: unknown, number: number, format: Format): string {
  const { verb, precision } = format;
  const size = Math.abs(number);
  let digits: string;
  if (verb === 'v' || verb === 'g' || verb === 'G') {
    digits = precision === undefined ? goString(size) : generalFloat(size, Math.max(1, precision));
  } else if (verb === 'f' || verb === 'F') digits = size.toFixed(Math.min(100, precision ?? 6));
  else if (verb === 'e' || verb === 'E') digits = goExponent(size.toExponential(Math.min(100, precision ?? 6)));
  else return bad(value, verb);
  if (verb === 'G' || verb === 'E') digits = digits.toUpperCase();
  return padNumber(signOf(number < 0, format), digits, format);
}

/** %.3g: the given number of digits, no zeros at the end, an exponent when it is small or large. */
function generalFloat(size: number, precision: number): string {
  const [mantissa = '', exponent = '0'] = size.toExponential(precision - 1).split('e');
  const power = Number(exponent);
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (power < -4 || power >= precision) return goExponent(`${short}e${exponent}`);
  const fixed = size.toFixed(Math.max(0, precision - 1 - power));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}

/** JavaScript's 1e+6 as Go's 1e+06. */
function goExponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

function signOf(isNegative: boolean, { plus, space }: Format): string {
  if (isNegative) return '-';
  return plus ? '+' : space ? ' ' : '';
}

function padNumber(prefix: string, digits: string, format: Format): string {
  if (!format.zero) return pad(prefix + digits, format);
  return prefix + digits.padStart(format.width - prefix.length, '0');
}

function padText(text: string, format: Format): string {
  return pad(text, { ...format, zero: false });
}

function pad(text: string, { width, minus, zero }: Format): string {
  const missing = Math.max(0, width - Array.from(text).length);
  if (minus) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
}
