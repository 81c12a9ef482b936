// Go's regular expressions (RE2): compiled to JavaScript's, and refused in Go's words.
// Called by: jsonschema.validate and .structural. Must not know: schemas.
// Upstream: Go regexp/syntax parse.go. Differs: flags within an expression hold for all of it.

/** Says why an expression is none: `error parsing regexp: missing closing ): …`. */
export class GoRegExpError extends Error {
  constructor(what: string, where: string) {
    super(`error parsing regexp: ${what}: \`${where}\``);
  }
}

const compiled = new Map<string, RegExp | GoRegExpError>();
const MAX_COMPILED = 1000;

/** Returns an expression that matches what Go's would. @throws GoRegExpError */
export function goRegExp(source: string): RegExp {
  let found = compiled.get(source);
  if (!found) {
    try {
      found = new Translation(source).compile();
    } catch (error) {
      if (!(error instanceof GoRegExpError)) throw error;
      found = error;
    }
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(source, found);
  }
  if (found instanceof GoRegExpError) throw found;
  return found;
}

const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;
const SPACES = String.raw`\t\n\f\r `;
const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: String.raw`\x00-\x7F`,
  blank: String.raw`\t `,
  cntrl: String.raw`\x00-\x1F\x7F`,
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: String.raw`\t\n\v\f\r `,
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};
const CONTROL: Readonly<Record<string, string>> = {
  a: String.raw`\x07`,
  f: String.raw`\f`,
  n: String.raw`\n`,
  r: String.raw`\r`,
  t: String.raw`\t`,
  v: String.raw`\v`,
};
const MAX_REPEAT = 1000;
/** What stands for more than one character. */
const IS_CLASS = /^\\[dDwWsSpP]/;

function literal(char: string): string {
  return SYNTAX.test(char) ? `\\${char}` : char;
}

class Translation {
  readonly #source: string;
  readonly #flags = new Set(['u']);
  #at = 0;
  #out = '';
  #depth = 0;
  /** Whether a repetition may follow, and where the last one began. */
  #canRepeat = false;
  #repeatedAt = -1;

  constructor(source: string) {
    this.#source = source;
  }

  compile(): RegExp {
    while (this.#at < this.#source.length) this.#step();
    if (this.#depth > 0) throw new GoRegExpError('missing closing )', this.#source);
    try {
      return new RegExp(this.#out, [...this.#flags].join(''));
    } catch {
      throw new GoRegExpError('invalid character class', this.#source);
    }
  }

  #rest(): string {
    return this.#source.slice(this.#at);
  }

  #emit(text: string, length: number): void {
    this.#out += text;
    this.#at += length;
    this.#canRepeat = true;
    this.#repeatedAt = -1;
  }

  #step(): void {
    const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    switch (char) {
      case '(':
        return this.#open();
      case ')':
        if (this.#depth-- === 0) throw new GoRegExpError('unexpected )', this.#source);
        return this.#emit(')', 1);
      case '|':
        this.#emit('|', 1);
        this.#canRepeat = false;
        return;
      case '[':
        return this.#class();
      case '\\':
        return this.#escape();
      case '.':
        return this.#emit(this.#flags.has('s') ? '[^]' : String.raw`[^\n]`, 1);
      case '*':
      case '+':
      case '?':
        return this.#repeat(char);
      case '{':
        return this.#braces();
      case '^':
      case '$':
        return this.#emit(char, 1);
      default:
        return this.#emit(literal(char), char.length);
    }
  }

  #open(): void {
    this.#repeatedAt = -1;
    this.#depth++;
    const rest = this.#rest();
    if (!rest.startsWith('(?')) {
      this.#emit('(', 1);
      this.#canRepeat = false;
      return;
    }
    const named = /^\(\?P?<([A-Za-z0-9_]+)>/.exec(rest);
    if (named) {
      this.#emit(`(?<${named[1]}>`, named[0].length);
      this.#canRepeat = false;
      return;
    }
    if (/^\(\?P?</.test(rest)) throw new GoRegExpError('invalid named capture', rest.replace(/>[^]*$/, '>'));
    const flags = /^\(\?([imsU]*(?:-[imsU]+)?)([:)])/.exec(rest);
    if (!flags) throw new GoRegExpError('invalid or unsupported Perl syntax', rest.slice(0, 3));
    for (const flag of (flags[1] ?? '').split('-')[0] ?? '') if (flag !== 'U') this.#flags.add(flag);
    if (flags[2] === ')') this.#depth--;
    this.#emit(flags[2] === ')' ? '' : '(?:', flags[0].length);
    this.#canRepeat = false;
  }

  #repeat(operator: string): void {
    const lazy = this.#source[this.#at + 1] === '?' ? '?' : '';
    const text = operator + lazy;
    if (this.#repeatedAt >= 0)
      throw new GoRegExpError(
        'invalid nested repetition operator',
        this.#source.slice(this.#repeatedAt, this.#at + text.length),
      );
    if (!this.#canRepeat) throw new GoRegExpError('missing argument to repetition operator', text);
    const begin = this.#at;
    this.#emit(text, text.length);
    this.#repeatedAt = begin;
  }

  #braces(): void {
    const found = /^\{(\d+)(?:,(\d*))?\}/.exec(this.#rest());
    if (!found) return this.#emit(String.raw`\{`, 1);
    const [text, low = '', high] = found;
    const isTooLarge = Number(low) > MAX_REPEAT || Number(high ?? 0) > MAX_REPEAT;
    if (isTooLarge || (high && Number(high) < Number(low))) throw new GoRegExpError('invalid repeat count', text);
    const begin = this.#at;
    if (this.#repeatedAt >= 0)
      throw new GoRegExpError(
        'invalid nested repetition operator',
        this.#source.slice(this.#repeatedAt, begin + text.length),
      );
    if (!this.#canRepeat) throw new GoRegExpError('missing argument to repetition operator', text);
    const lazy = this.#source[begin + text.length] === '?' ? '?' : '';
    this.#emit(text + lazy, text.length + lazy.length);
    this.#repeatedAt = begin;
  }

  #escape(): void {
    const rest = this.#rest();
    if (rest.length === 1) throw new GoRegExpError('trailing backslash at end of expression', '');
    const char = rest[1] ?? '';
    if (char === 'A') return this.#emit('^', 2);
    if (char === 'z') return this.#emit('$', 2);
    if (char === 'b' || char === 'B') return this.#emit(`\\${char}`, 2);
    if (char === 'Q') {
      const end = rest.indexOf(String.raw`\E`);
      const text = end < 0 ? rest.slice(2) : rest.slice(2, end);
      return this.#emit([...text].map(literal).join(''), end < 0 ? rest.length : end + 2);
    }
    if (char === 's') return this.#emit(`[${SPACES}]`, 2);
    if (char === 'S') return this.#emit(`[^${SPACES}]`, 2);
    const { text, length } = this.#escaped(rest);
    this.#emit(text, length);
  }

  /** Returns what an escape sequence stands for that may also stand in a class. */
  #escaped(rest: string): { text: string; length: number } {
    const char = rest[1] ?? '';
    if (/[dDwW]/.test(char)) return { text: `\\${char}`, length: 2 };
    const unicode = /^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(rest);
    if (unicode) {
      const [all, letter = 'p', negation, name = '', short] = unicode;
      const isNegated = (letter === 'P') !== (negation === '^');
      const property = short ?? (name.length <= 2 ? name : `Script=${name}`);
      return { text: `\\${isNegated ? 'P' : 'p'}{${property}}`, length: all.length };
    }
    const control = CONTROL[char];
    if (control !== undefined) return { text: control, length: 2 };
    const code = /^\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([0-7]{3}|0[0-7]{0,2}))/.exec(rest);
    if (code) {
      const value = Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', code[3] === undefined ? 16 : 8);
      if (value <= 0x10ffff) return { text: `\\u{${value.toString(16)}}`, length: code[0].length };
    }
    if (/[A-Za-z0-9]/.test(char)) throw new GoRegExpError('invalid escape sequence', rest.slice(0, 2));
    const point = String.fromCodePoint(rest.codePointAt(1) ?? 0);
    return { text: literal(point), length: 1 + point.length };
  }

  #class(): void {
    const rest = this.#rest();
    let at = 1;
    let out = '[';
    if (rest[at] === '^') {
      out += '^';
      at++;
    }
    for (let isFirst = true; rest[at] !== ']' || isFirst; isFirst = false) {
      if (at >= rest.length) throw new GoRegExpError('missing closing ]', rest);
      const { text, length } = classItem(rest.slice(at), (escape) => this.#escaped(escape));
      const isRange = /^-(?!\])/.test(rest.slice(at + length)) && !text.includes('-') && !IS_CLASS.test(text);
      if (!isRange) {
        out += text;
        at += length;
        continue;
      }
      const after = rest.slice(at + length + 1);
      if (after === '') throw new GoRegExpError('missing closing ]', rest);
      const high = classItem(after, (escape) => this.#escaped(escape));
      const shown = rest.slice(at, at + length + 1 + high.length);
      if (IS_CLASS.test(high.text)) throw new GoRegExpError('invalid escape sequence', after.slice(0, 2));
      if (isReversed(text, high.text)) throw new GoRegExpError('invalid character class range', shown);
      out += `${text}-${high.text}`;
      at += shown.length;
    }
    this.#emit(`${out}]`, at + 1);
  }
}

function isReversed(low: string, high: string): boolean {
  const plain = (text: string): string | undefined => (/^\\?[^\\]$/u.test(text) ? text.replace('\\', '') : undefined);
  const [a, b] = [plain(low), plain(high)];
  return a !== undefined && b !== undefined && (a.codePointAt(0) ?? 0) > (b.codePointAt(0) ?? 0);
}

function classItem(
  rest: string,
  escaped: (rest: string) => { text: string; length: number },
): { text: string; length: number } {
  const posix = /^\[:(\^?)(\w+):\]/.exec(rest);
  if (posix) {
    const set = POSIX[posix[2] ?? ''];
    if (set === undefined || posix[1] === '^') throw new GoRegExpError('invalid character class range', posix[0]);
    return { text: set, length: posix[0].length };
  }
  if (rest[0] === '\\') {
    if (rest[1] === 's') return { text: SPACES, length: 2 };
    if (rest[1] === 'S') return { text: String.raw`\S`, length: 2 };
    const item = escaped(rest);
    return item.text === '-' ? { ...item, text: String.raw`\-` } : item;
  }
  const char = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  return { text: char === '-' ? String.raw`\-` : literal(char), length: char.length };
}
