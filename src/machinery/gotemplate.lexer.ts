// Cuts a Go template into tokens.
// Called by: machinery/gotemplate.parser.ts. Must not know: what tokens mean together.
// Upstream: Go text/template/parse/lex.go.
import { quote } from './strconv.ts';

export type TokenType =
  | 'error'
  | 'eof'
  | 'text'
  | 'leftDelim'
  | 'rightDelim'
  | 'leftParen'
  | 'rightParen'
  | 'space'
  | 'pipe'
  | 'assign'
  | 'declare'
  | 'char'
  | 'charConstant'
  | 'string'
  | 'rawString'
  | 'number'
  | 'bool'
  | 'identifier'
  | 'field'
  | 'variable'
  | 'dot'
  | 'nil'
  | 'keyword';

export interface Token {
  type: TokenType;
  text: string;
  /** Where it begins in the template. */
  position: number;
  /** From 1. */
  line: number;
}

const KEYWORDS = ['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with'];
const BLANKS = /[ \t\r\n]/;

/** Returns how an error text names the token. Upstream: item.String. */
export function tokenText({ type, text }: Token): string {
  if (type === 'eof') return 'EOF';
  if (type === 'error') return text;
  if (type === 'keyword' || type === 'dot' || type === 'nil') return `<${text}>`;
  return text.length > 10 ? `${quote(text.slice(0, 10))}...` : quote(text);
}

/** Returns the tokens, the last of which is of type eof or error. Comments leave none. */
export function lexTemplate(input: string): Token[] {
  return new Lexer(input).run();
}

class LexError extends Error {}

class Lexer {
  private readonly input: string;
  private readonly tokens: Token[] = [];
  private position = 0;
  private start = 0;
  private line = 1;
  private parenDepth = 0;

  constructor(input: string) {
    this.input = input;
  }

  run(): Token[] {
    try {
      while (this.text()) {
        if (this.atComment()) this.comment();
        else this.action();
      }
      this.emit('eof');
    } catch (error) {
      if (!(error instanceof LexError)) throw error;
      this.tokens.push({ type: 'error', text: error.message, position: this.start, line: this.line });
    }
    return this.tokens;
  }

  /** Reads text up to the next action; false when there is none. */
  private text(): boolean {
    const next = this.input.indexOf('{{', this.position);
    const end = next < 0 ? this.input.length : next;
    let shown = this.input.slice(this.position, end);
    if (next >= 0 && this.trimsBefore(next + 2)) shown = shown.replace(/[ \t\r\n]+$/, '');
    if (shown !== '') this.tokens.push({ type: 'text', text: shown, position: this.position, line: this.line });
    this.position = end;
    this.ignore();
    return next >= 0;
  }

  /** A minus and a blank after the opening braces. */
  private trimsBefore(at: number): boolean {
    return this.input.charAt(at) === '-' && BLANKS.test(this.input.charAt(at + 1));
  }

  private atComment(): boolean {
    const at = this.position + 2;
    return this.input.startsWith('/*', this.trimsBefore(at) ? at + 2 : at);
  }

  private comment(): void {
    const end = this.input.indexOf('*/', this.position);
    if (end < 0) this.fail('unclosed comment');
    this.position = end + 2;
    const close = this.rightDelim();
    if (!close) this.fail('comment ends before closing delimiter');
    this.closeAction(close);
    this.ignore();
  }

  private action(): void {
    this.parenDepth = 0;
    this.position += 2;
    this.emit('leftDelim');
    if (this.trimsBefore(this.position)) {
      this.position += 2;
      this.ignore();
    }
    for (;;) {
      const close = this.rightDelim();
      if (close) {
        if (this.parenDepth > 0) this.fail('unclosed left paren');
        if (close === 'trimming') {
          this.position += 2;
          this.ignore();
        }
        this.position += 2;
        this.emit('rightDelim');
        if (close === 'trimming') this.skipBlanks();
        return;
      }
      this.insideAction();
    }
  }

  private rightDelim(): 'plain' | 'trimming' | undefined {
    const rest = this.input.slice(this.position, this.position + 4);
    if (/^[ \t\r\n]-}}/.test(rest)) return 'trimming';
    return rest.startsWith('}}') ? 'plain' : undefined;
  }

  private closeAction(close: 'plain' | 'trimming'): void {
    this.position += close === 'trimming' ? 4 : 2;
    if (close === 'trimming') this.skipBlanks();
  }

  private skipBlanks(): void {
    while (BLANKS.test(this.input.charAt(this.position))) this.position++;
    this.ignore();
  }

  private insideAction(): void {
    const char = this.next();
    if (char === '') this.fail('unclosed action');
    if (BLANKS.test(char)) this.space();
    else if (char === '=') this.emit('assign');
    else if (char === ':') this.declare();
    else if (char === '|') this.emit('pipe');
    else if (char === '"') this.quoted('"', 'string', 'unterminated quoted string');
    else if (char === '`') this.rawQuoted();
    else if (char === "'") this.quoted("'", 'charConstant', 'unterminated character constant');
    else if (char === '$') this.field('variable');
    else if (char === '.' && !/[0-9]/.test(this.peek())) this.field('field');
    else if (char === '(') {
      this.parenDepth++;
      this.emit('leftParen');
    } else if (char === ')') this.rightParen();
    else if (/[-+.0-9]/.test(char)) this.number();
    else if (isAlphaNumeric(char)) this.identifier();
    else if (/^[!-~]$/.test(char)) this.emit('char');
    else this.fail(`unrecognized character in action: ${codePointName(char)}`);
  }

  /** Blanks are a token; the last one before ` -}}` belongs to that. */
  private space(): void {
    while (BLANKS.test(this.peek())) this.next();
    if (/^[ \t\r\n]-}}/.test(this.input.slice(this.position - 1, this.position + 3))) this.position--;
    if (this.position > this.start) this.emit('space');
  }

  private declare(): void {
    if (this.next() !== '=') this.fail('expected :=');
    this.emit('declare');
  }

  private rightParen(): void {
    if (--this.parenDepth < 0) this.fail('unexpected right paren');
    this.emit('rightParen');
  }

  private quoted(mark: string, type: TokenType, unterminated: string): void {
    for (;;) {
      let char = this.next();
      if (char === mark) break;
      if (char === '\\') {
        char = this.next();
        if (char !== '' && char !== '\n') continue;
      }
      if (char === '' || char === '\n') this.fail(unterminated);
    }
    this.emit(type);
  }

  private rawQuoted(): void {
    const end = this.input.indexOf('`', this.position);
    if (end < 0) this.fail('unterminated raw quoted string');
    this.position = end + 1;
    this.emit('rawString');
  }

  private field(type: 'field' | 'variable'): void {
    if (this.atTerminator()) {
      this.emit(type === 'variable' ? 'variable' : 'dot');
      return;
    }
    while (isAlphaNumeric(this.peek())) this.next();
    if (!this.atTerminator()) this.fail(`bad character ${codePointName(this.peek())}`);
    this.emit(type);
  }

  private identifier(): void {
    while (isAlphaNumeric(this.peek())) this.next();
    const word = this.input.slice(this.start, this.position);
    if (!this.atTerminator()) this.fail(`bad character ${codePointName(this.peek())}`);
    if (KEYWORDS.includes(word)) this.emit('keyword');
    else if (word === 'nil') this.emit('nil');
    else this.emit(word === 'true' || word === 'false' ? 'bool' : 'identifier');
  }

  private number(): void {
    const rest = this.input.slice(this.start);
    const match =
      /^[-+]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)i?/.exec(
        rest,
      );
    this.position = this.start + Math.max(1, match?.[0].length ?? 1);
    if (isAlphaNumeric(this.peek())) {
      this.next();
      this.fail(`bad number syntax: ${quote(this.input.slice(this.start, this.position))}`);
    }
    this.emit('number');
  }

  private atTerminator(): boolean {
    const char = this.peek();
    if (char === '' || BLANKS.test(char) || '.,|:)('.includes(char)) return true;
    return this.input.startsWith('}}', this.position);
  }

  private peek(): string {
    const code = this.input.codePointAt(this.position);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  private next(): string {
    const char = this.peek();
    this.position += char.length;
    return char;
  }

  private emit(type: TokenType): void {
    const text = this.input.slice(this.start, this.position);
    this.tokens.push({ type, text, position: this.start, line: this.line });
    this.ignore();
  }

  private ignore(): void {
    for (let i = this.start; i < this.position; i++) if (this.input.charAt(i) === '\n') this.line++;
    this.start = this.position;
  }

  private fail(message: string): never {
    throw new LexError(message);
  }
}

function isAlphaNumeric(char: string): boolean {
  return /^[_\p{L}\p{Nd}]$/u.test(char);
}

/** Returns U+003D '='. Upstream: fmt %#U. */
function codePointName(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char) ? `U+${hex} '${char}'` : `U+${hex}`;
}
