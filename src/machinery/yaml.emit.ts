// Writes a JSON value as YAML the way Go's encoder does: its key order, its quotes, its folding at column 80.
// Called by: machinery/yaml.ts. Must not know: Kubernetes.
import { goNumber } from './gofmt.ts';
import { isBase60, resolveScalar } from './yaml.resolve.ts';
import { checkValue } from './yaml.text.ts';

/** Lines are folded at the first blank past this column. */
const BEST_WIDTH = 80;
/** Longer keys, in bytes, are written with a question mark. */
const MAX_SIMPLE_KEY = 128;

/**
 * Returns the value as a YAML document that ends in a newline. Fields that are undefined are left out.
 * Upstream: sigs.k8s.io/yaml Marshal, goyaml.v2 emitterc.go.
 */
export function emitYaml(value: unknown): string {
  const emitter = new Emitter();
  if (isFilled(value)) emitter.collection(value, 0, true);
  else emitter.scalar(value, 2);
  emitter.newline(0);
  return emitter.text();
}

/** Returns true for a map or list that is not empty: what is written over several lines. */
function isFilled(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  for (const key in value) if ((value as Record<string, unknown>)[key] !== undefined) return true;
  return false;
}

class Emitter {
  private readonly parts: string[] = [];
  private column = 0;
  /** Texts without blanks and breaks look the same everywhere; documents have few of them, over and over. */
  private readonly looks = new Map<string, string>();
  /** Keys in order, by the keys as they come. */
  private readonly orders = new Map<string, readonly string[]>();

  text(): string {
    return this.parts.join('');
  }

  /** Starts a new line, unless one was just started, and indents it. */
  newline(indent: number): void {
    if (this.column > 0) this.parts.push('\n');
    this.parts.push(' '.repeat(indent));
    this.column = indent;
  }

  /** A map or list; `isInline` when its first entry goes on the line that is begun. */
  collection(value: object, indent: number, isInline: boolean): void {
    if (Array.isArray(value)) this.sequence(value, indent, isInline);
    else this.mapping(value as Record<string, unknown>, indent, isInline);
  }

  private mapping(map: Record<string, unknown>, indent: number, isInline: boolean): void {
    let isFirst = isInline;
    for (const key of this.keysOf(map)) {
      if (!isFirst) this.newline(indent);
      isFirst = false;
      const value = map[key];
      if (isSimpleKey(key)) {
        this.string(key, indent, true);
        this.write(':');
        if (!isFilled(value)) {
          this.write(' ');
          this.scalar(value, indent + 2);
        } else this.collection(value, Array.isArray(value) ? indent : indent + 2, false);
        continue;
      }
      this.write('? ');
      this.string(key, indent + 2, false);
      this.newline(indent);
      this.write(': ');
      this.item(value, indent + 2);
    }
  }

  private sequence(items: readonly unknown[], indent: number, isInline: boolean): void {
    let isFirst = isInline;
    for (const item of items) {
      if (!isFirst) this.newline(indent);
      isFirst = false;
      this.write('- ');
      this.item(item, indent + 2);
    }
  }

  private item(value: unknown, indent: number): void {
    if (isFilled(value)) this.collection(value, indent, true);
    else this.scalar(value, indent);
  }

  /** Everything that is no filled collection. `indent` is where continued lines begin. */
  scalar(value: unknown, indent: number): void {
    if (typeof value === 'string') this.string(value, indent, false);
    else if (typeof value === 'number') this.write(goNumber(value));
    else if (Array.isArray(value)) this.write('[]');
    else if (typeof value === 'object' && value !== null) this.write('{}');
    else this.write(value === undefined || value === null ? 'null' : String(value));
  }

  private keysOf(map: Record<string, unknown>): readonly string[] {
    const keys = Object.keys(map).filter((key) => map[key] !== undefined);
    if (keys.length < 2) return keys;
    const shape = JSON.stringify(keys);
    let sorted = this.orders.get(shape);
    if (!sorted) this.orders.set(shape, (sorted = keys.sort(compareKeys)));
    return sorted;
  }

  private string(value: string, indent: number, isKey: boolean): void {
    const known = this.looks.get(value);
    if (known !== undefined) return this.write(known);
    const start = this.parts.length;
    this.newString(value, indent, isKey);
    if (!/[ \n\r\u0085\u2028\u2029]/.test(value)) this.looks.set(value, this.parts.slice(start).join(''));
  }

  private newString(value: string, indent: number, isKey: boolean): void {
    if (isPlainWord(value)) return this.write(value);
    checkValue(value);
    const traits = analyze(value);
    let style: 'plain' | 'single' | 'double' | 'literal' = 'double';
    if (value.includes('\n')) style = isKey || !traits.allowsBlock ? 'double' : 'literal';
    else if (resolveScalar(value).tag === 'str' && !isBase60(value)) {
      style = traits.allowsPlain ? 'plain' : traits.allowsSingle ? 'single' : 'double';
    }
    if (style === 'literal') this.literal(value, indent);
    else if (style === 'double') this.doubleQuoted(value, indent, isKey);
    else if (style === 'single') this.singleQuoted(value, indent, isKey);
    else this.folded(value, indent, isKey, 'plain');
  }

  private write(text: string): void {
    this.parts.push(text);
    this.column += text.length;
  }

  private singleQuoted(value: string, indent: number, isKey: boolean): void {
    this.write("'");
    this.folded(value, indent, isKey, 'single');
    this.write("'");
  }

  /** Plain text, or the inside of single quotes: folded at single blanks once the line is long. */
  private folded(value: string, indent: number, isKey: boolean, style: 'plain' | 'single'): void {
    const isShort = isKey || this.column + value.length <= BEST_WIDTH || !value.includes(' ');
    if (isShort && style === 'plain') return this.write(value);
    let wasBlank = false;
    let wasBreak = false;
    for (let i = 0; i < value.length; i++) {
      const char = value.charAt(i);
      if (char === ' ') {
        const isInside = style === 'plain' || (i > 0 && i < value.length - 1);
        const folds = !isKey && !wasBlank && isInside && this.column > BEST_WIDTH && value.charAt(i + 1) !== ' ';
        if (folds) this.newline(indent);
        else this.write(' ');
        wasBlank = true;
      } else if (isBreak(char)) {
        this.parts.push(char);
        this.column = 0;
        wasBreak = true;
      } else {
        if (wasBreak) this.newline(indent);
        this.write(char === "'" && style === 'single' ? "''" : char);
        wasBlank = false;
        wasBreak = false;
      }
    }
  }

  private doubleQuoted(value: string, indent: number, isKey: boolean): void {
    this.write('"');
    let wasBlank = false;
    let i = 0;
    for (const char of value) {
      const rest = i + char.length < value.length;
      if (char === ' ') {
        if (!isKey && !wasBlank && this.column > BEST_WIDTH && i > 0 && rest) {
          this.newline(indent);
          if (value.charAt(i + 1) === ' ') this.write('\\');
        } else this.write(' ');
        wasBlank = true;
      } else {
        this.write(isPrintable(char) && !isBreak(char) && char !== '"' && char !== '\\' ? char : escapeOf(char));
        wasBlank = false;
      }
      i += char.length;
    }
    this.write('"');
  }

  private literal(value: string, indent: number): void {
    this.write('|');
    if (value.startsWith(' ') || isBreak(value.charAt(0))) this.write('2');
    if (!isBreak(value.charAt(value.length - 1))) this.write('-');
    else if (value.length === 1 || isBreak(value.charAt(value.length - 2))) this.write('+');
    this.parts.push('\n');
    this.column = 0;
    for (const line of value.split('\n').entries()) {
      const [number, text] = line;
      if (number > 0) {
        this.parts.push('\n');
        this.column = 0;
      }
      if (text === '') continue;
      this.newline(indent);
      this.write(text);
    }
  }
}

interface Traits {
  allowsPlain: boolean;
  allowsSingle: boolean;
  allowsBlock: boolean;
}

/** Returns which styles the text can be written in. Upstream: goyaml.v2 yaml_emitter_analyze_scalar. */
function analyze(value: string): Traits {
  let isSpecial = false;
  let breakThenBlank = false;
  let blankThenBreak = false;
  let hasBreak = false;
  let previous = '';
  for (const char of value) {
    if (!isPrintable(char)) isSpecial = true;
    if (char === ' ') breakThenBlank ||= isBreak(previous);
    else if (isBreak(char)) {
      hasBreak = true;
      blankThenBreak ||= previous === ' ';
    }
    previous = char;
  }
  const first = value.charAt(0);
  const endsBlank = previous === ' ';
  const isPadded = first === ' ' || isBreak(first) || endsBlank || isBreak(previous);
  const isBroken = blankThenBreak || isSpecial;
  return {
    allowsPlain: !isPadded && !hasBreak && !isBroken && !hasIndicator(value),
    allowsSingle: !breakThenBlank && !isBroken,
    allowsBlock: !endsBlank && !isBroken,
  };
}

/** Returns true when the text, unquoted, would mean something else in block context. */
function hasIndicator(value: string): boolean {
  return /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \n\r\u0085\u2028\u2029]|$))|:(?:[ \n\r\u0085\u2028\u2029]|$)|[ \n\r\u0085\u2028\u2029]#/.test(
    value,
  );
}

/** Most keys and many values: letters, digits and marks that cannot mean anything else. */
function isPlainWord(value: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_./-]{5,59}$/.test(value);
}

export function isBreak(char: string): boolean {
  return char === '\n' || char === '\r' || char === '\u0085' || char === '\u2028' || char === '\u2029';
}

export function isPrintable(char: string): boolean {
  const code = char.charCodeAt(0);
  if (code < 0x7f) return code >= 0x20 || code === 0x0a;
  return code >= 0xa0 && code < 0xfffe && code !== 0xfeff && !(code >= 0xd800 && code <= 0xdfff);
}

export function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const short = SHORT_ESCAPES.get(code);
  if (short !== undefined) return `\\${short}`;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x00, '0'],
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x1b, 'e'],
  [0x22, '"'],
  [0x5c, '\\'],
  [0x85, 'N'],
  [0xa0, '_'],
  [0x2028, 'L'],
  [0x2029, 'P'],
]);

function isSimpleKey(key: string): boolean {
  if (/[\n\r\u0085\u2028\u2029]/.test(key)) return false;
  if (key.length * 3 <= MAX_SIMPLE_KEY) return true;
  let bytes = 0;
  for (const char of key) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes <= MAX_SIMPLE_KEY;
}

/** Natural order: digits count as numbers, letters come after other marks. Upstream: goyaml.v2 sorter.go keyList.Less. */
function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  const [p, q] = [a.codePointAt(i) ?? 0, b.codePointAt(i) ?? 0];
  const [isLetter, isOtherLetter] = [isLetterCode(p), isLetterCode(q)];
  if (isLetter && isOtherLetter) return p - q;
  if (isLetter || isOtherLetter) return isOtherLetter ? -1 : 1;
  const [m, n] = [digitsFrom(a, i), digitsFrom(b, i)];
  const isAfterDigit = (p === 48 || q === 48) && /[1-9]\d*$/.test(a.slice(0, i));
  const size = Number((isAfterDigit ? '1' : '0') + m) - Number((isAfterDigit ? '1' : '0') + n);
  return size || m.length - n.length || p - q;
}

function isLetterCode(code: number): boolean {
  if (code < 0x80) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return /\p{L}/u.test(String.fromCodePoint(code));
}

function digitsFrom(text: string, from: number): string {
  let end = from;
  while (text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return text.slice(from, end);
}
