// From the text of a script to tokens: words with their quoting, operators, newlines, here-documents.
// Called by: sh/parser.ts. Must not know: grammar. Upstream: POSIX shell command language, 2.2 to 2.3.
import type { Script, Word, WordPart } from './ast.ts';

export class ShellSyntaxError extends Error {}

export type Token =
  | {
      type: 'word';
      word: Word;
      /** As written, when nothing in it is quoted: reserved words are recognised by it. */ plain: string | undefined;
    }
  | { type: 'operator'; text: string }
  | { type: 'io'; fd: number }
  | { type: 'end' };

const OPERATORS = [
  '<<<',
  '<<-',
  '&&',
  '||',
  ';;',
  '<<',
  '>>',
  '>&',
  '<&',
  '>|',
  '&>',
  '&',
  '|',
  ';',
  '(',
  ')',
  '<',
  '>',
  '\n',
];

/** Splits a text into tokens. `parseScript` is handed in for `$(…)`. */
export class Lexer {
  readonly #text: string;
  readonly #parseScript: (text: string) => Script;
  #at = 0;
  /** Here-documents whose bodies begin at the next newline. */
  #pending: { word: Word; delimiter: string; isQuoted: boolean; stripsTabs: boolean }[] = [];

  #lacksEnd = false;

  constructor(text: string, parseScript: (text: string) => Script) {
    this.#text = text;
    this.#parseScript = parseScript;
  }

  /** Announces that a here-document follows; returns the word that will hold its text. */
  hereDocument(delimiter: Word, stripsTabs: boolean): Word {
    const word: Word = { parts: [] };
    const text = delimiter.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
    const isQuoted = delimiter.parts.some((part) => part.isQuoted);
    this.#pending.push({ word, delimiter: text, isQuoted, stripsTabs });
    return word;
  }

  /** Whether a here-document ended with the text, not with its delimiter. A shell takes it so, but would rather read on. */
  get lacksHereDocument(): boolean {
    return this.#lacksEnd || this.#pending.length > 0;
  }

  next(): Token {
    this.#skipBlanks();
    const text = this.#text;
    if (this.#at >= text.length) return { type: 'end' };
    const io = /^(\d+)(?=[<>])/.exec(text.slice(this.#at, this.#at + 4));
    if (io?.[1]) {
      this.#at += io[1].length;
      return { type: 'io', fd: Number(io[1]) };
    }
    const operator = OPERATORS.find((op) => text.startsWith(op, this.#at));
    if (operator !== undefined) {
      this.#at += operator.length;
      if (operator === '\n') this.#readHereDocuments();
      return { type: 'operator', text: operator };
    }
    return this.#word();
  }

  #skipBlanks(): void {
    for (;;) {
      const c = this.#text[this.#at];
      if (c === ' ' || c === '\t' || c === '\r') this.#at++;
      else if (c === '\\' && this.#text[this.#at + 1] === '\n') this.#at += 2;
      else if (c === '#') while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') this.#at++;
      else return;
    }
  }

  #readHereDocuments(): void {
    for (const { word, delimiter, isQuoted, stripsTabs } of this.#pending) {
      let body = '';
      let hasEnd = false;
      while (this.#at < this.#text.length) {
        const end = this.#text.indexOf('\n', this.#at);
        let line = this.#text.slice(this.#at, end < 0 ? undefined : end);
        this.#at = end < 0 ? this.#text.length : end + 1;
        if (stripsTabs) line = line.replace(/^\t+/, '');
        hasEnd = line === delimiter;
        if (hasEnd) break;
        body += `${line}\n`;
      }
      this.#lacksEnd ||= !hasEnd;
      if (isQuoted) word.parts = [{ type: 'text', text: body, isQuoted: true }];
      else word.parts = new Lexer(body, this.#parseScript).#quotedParts(undefined);
    }
    this.#pending = [];
  }

  #word(): Token {
    const parts: WordPart[] = [];
    const start = this.#at;
    const add = (text: string, isQuoted: boolean): void => {
      const last = parts.at(-1);
      if (last?.type === 'text' && last.isQuoted === isQuoted) last.text += text;
      else parts.push({ type: 'text', text, isQuoted });
    };
    for (let c = this.#text[this.#at]; c !== undefined && !/[\s;&|<>()]/.test(c); c = this.#text[this.#at]) {
      if (c === "'") {
        const end = this.#text.indexOf("'", this.#at + 1);
        if (end < 0) throw new ShellSyntaxError('Unterminated quoted string');
        add(this.#text.slice(this.#at + 1, end), true);
        this.#at = end + 1;
      } else if (c === '"') {
        this.#at++;
        const inner = this.#quotedParts('"');
        if (inner.length === 0) add('', true);
        parts.push(...inner);
      } else if (c === '\\') {
        if (this.#text[this.#at + 1] !== '\n') add(this.#text[this.#at + 1] ?? '\\', true);
        this.#at += 2;
      } else if (c === '$' || c === '`') {
        const part = this.#dollar(false);
        if (part) parts.push(part);
        else add('$', false);
      } else {
        add(c, false);
        this.#at++;
      }
    }
    const raw = this.#text.slice(start, this.#at);
    return { type: 'word', word: { parts }, plain: /[\\'"$`]/.test(raw) ? undefined : raw };
  }

  /** Reads up to the closing quote (or the end of the text) with the rules of double quotes. */
  #quotedParts(quote: '"' | undefined): WordPart[] {
    const parts: WordPart[] = [];
    let text = '';
    const flush = (): void => {
      if (text !== '') parts.push({ type: 'text', text, isQuoted: true });
      text = '';
    };
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined) {
        if (quote === undefined) break;
        throw new ShellSyntaxError('Unterminated quoted string');
      }
      if (c === quote) {
        this.#at++;
        break;
      }
      if (c === '\\') {
        const next = this.#text[this.#at + 1] ?? '';
        if (next !== '\n') text += '$`"\\'.includes(next) && next !== '' ? next : `\\${next}`;
        this.#at += 2;
      } else if (c === '$' || c === '`') {
        const part = this.#dollar(true);
        if (part) {
          flush();
          parts.push(part);
        } else text += '$';
      } else {
        text += c;
        this.#at++;
      }
    }
    flush();
    return parts;
  }

  /** Reads an expansion at `$` or a back quote; undefined (one character on) for a lone `$`. */
  #dollar(isQuoted: boolean): WordPart | undefined {
    const text = this.#text;
    if (text[this.#at] === '`') {
      const end = text.indexOf('`', this.#at + 1);
      if (end < 0) throw new ShellSyntaxError('EOF in backquote substitution');
      const inner = text.slice(this.#at + 1, end).replace(/\\([$`\\])/g, '$1');
      this.#at = end + 1;
      return { type: 'command', script: this.#parseScript(inner), isQuoted };
    }
    if (text.startsWith('$((', this.#at)) {
      const inner = this.#balanced(this.#at + 1);
      if (inner.startsWith('(') && inner.endsWith(')'))
        return { type: 'arithmetic', text: inner.slice(1, -1), isQuoted };
      return { type: 'command', script: this.#parseScript(inner), isQuoted };
    }
    if (text.startsWith('$(', this.#at))
      return { type: 'command', script: this.#parseScript(this.#balanced(this.#at + 1)), isQuoted };
    if (text.startsWith('${', this.#at)) return this.#braced(isQuoted);
    const name = /^\$([A-Za-z_]\w*|[0-9@*#?$!-])/.exec(text.slice(this.#at, this.#at + 256))?.[1];
    this.#at += 1 + (name?.length ?? 0);
    return name === undefined ? undefined : { type: 'variable', name, isQuoted };
  }

  /** Returns what stands between the parenthesis at `open` and its partner, and moves behind it. */
  #balanced(open: number): string {
    let depth = 0;
    for (let i = open; i < this.#text.length; i++) {
      const c = this.#text[i];
      if (c === '\\') i++;
      else if (c === "'") i = Math.max(this.#text.indexOf("'", i + 1), i);
      else if (c === '(') depth++;
      else if (c === ')' && --depth === 0) {
        this.#at = i + 1;
        return this.#text.slice(open + 1, i);
      }
    }
    throw new ShellSyntaxError('end of file unexpected (expecting ")")');
  }

  #braced(isQuoted: boolean): WordPart {
    let depth = 0;
    let end = this.#at + 1;
    for (; end < this.#text.length; end++) {
      const c = this.#text[end];
      if (c === '\\') end++;
      else if (c === '{') depth++;
      else if (c === '}' && --depth === 0) break;
    }
    const inner = this.#text.slice(this.#at + 2, end);
    this.#at = end + 1;
    const length = /^#(\w+)$/.exec(inner)?.[1];
    if (length !== undefined) return { type: 'length', name: length, isQuoted };
    const match = /^([A-Za-z_]\w*|[0-9@*#?$!-]+)(?:(:?[-=+?]|##?|%%?|\/\/?)([\s\S]*))?$/.exec(inner);
    if (!match) throw new ShellSyntaxError('Bad substitution');
    const [, name = '', operator, rest = ''] = match;
    if (operator === undefined) return { type: 'variable', name, isQuoted };
    const word: Word = { parts: new Lexer(rest, this.#parseScript).#quotedParts(undefined) };
    return { type: 'variable', name, operator, word, isQuoted };
  }
}
