// Reads JSON texts one after another as Go's decoder does, with its words for what is wrong.
// Called by: machinery/yaml.documents.ts, bodies of requests. Must not know: Kubernetes.
import { byteLength, quote } from './strconv.ts';

/** `message` is Go's: `invalid character 'x' looking for beginning of value`. */
export class JsonSyntaxError extends Error {
  /** Bytes read up to and including the offending character. */
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.offset = offset;
  }
}

/** The text ends inside a value. Upstream: io.ErrUnexpectedEOF. */
class UnexpectedEndError extends Error {
  constructor() {
    super('unexpected EOF');
    this.name = 'UnexpectedEndError';
  }
}

export interface DecodedJson {
  value: unknown;
  /** The value's own text. */
  raw: string;
  /** Where the next value may begin. */
  end: number;
}

/**
 * Returns the JSON value that begins at `from`, undefined when only blanks are left.
 * @throws JsonSyntaxError, UnexpectedEndError. Upstream: encoding/json Decoder.Decode.
 */
export function decodeJson(text: string, from = 0): DecodedJson | undefined {
  const start = skipBlanks(text, from);
  if (start >= text.length) return undefined;
  const end = new Scanner(text, start).value();
  const raw = text.slice(start, end);
  return { value: JSON.parse(raw) as unknown, raw, end };
}

/**
 * Returns the one value of the text.
 * @throws Error with the words of encoding/json Unmarshal: `unexpected end of JSON input`, `invalid character …`.
 */
export function unmarshalJson(text: string): unknown {
  try {
    if (nestsTooDeep(text)) decodeJson(text);
    return JSON.parse(text) as unknown;
  } catch (error) {
    try {
      const first = decodeJson(text);
      const rest = first ? skipBlanks(text, first.end) : text.length;
      if (first && rest < text.length) throw syntaxError(text, rest, 'after top-level value');
    } catch (found) {
      if (found instanceof JsonSyntaxError) throw found;
    }
    throw new Error('unexpected end of JSON input', { cause: error });
  }
}

function skipBlanks(text: string, from: number): number {
  let i = from;
  while (' \t\r\n'.includes(text.charAt(i)) && i < text.length) i++;
  return i;
}

/** Upstream: encoding/json maxNestingDepth. */
const MAX_DEPTH = 10_000;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPENING, CLOSING] = [new Set([0x5b, 0x7b]), new Set([0x5d, 0x7d])];

/** Whether values stand in values beyond Go's bound: what JSON.parse takes for one grows with each it stands in. */
function nestsTooDeep(text: string): boolean {
  if (text.length <= MAX_DEPTH) return false;
  let depth = 0;
  let isString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) isString = !isString;
    else if (isString) i += code === BACKSLASH ? 1 : 0;
    else if (OPENING.has(code)) depth++;
    else if (CLOSING.has(code)) depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Finds where a value ends. Values in values take no stack of the program's. */
class Scanner {
  private readonly text: string;
  private at: number;
  /** The ends of the objects and arrays that are open. */
  private readonly ends: string[] = [];

  constructor(text: string, from: number) {
    this.text = text;
    this.at = from;
  }

  value(): number {
    do this.begin();
    while (this.goesOn());
    return this.at;
  }

  /** Reads up to the end of the next value that has none in it. */
  private begin(): void {
    for (;;) {
      const char = this.peek();
      if (char !== '{' && char !== '[') return this.scalar(char);
      this.at++;
      this.ends.push(char === '{' ? '}' : ']');
      if (this.ends.length > MAX_DEPTH) throw new JsonSyntaxError('exceeded max depth', this.at);
      if (this.peekPastBlanks() === this.ends.at(-1)) return;
      if (char === '{') this.key();
    }
  }

  /** Reads what stands behind a value. Returns whether another one follows. */
  private goesOn(): boolean {
    for (let end = this.ends.at(-1); end !== undefined; end = this.ends.at(-1)) {
      const next = this.peekPastBlanks();
      if (next !== ',' && next !== end) this.fail(end === '}' ? 'after object key:value pair' : 'after array element');
      this.at++;
      if (next === ',') {
        this.peekPastBlanks();
        if (end === '}') this.key();
        return true;
      }
      this.ends.pop();
    }
    return false;
  }

  private key(): void {
    if (this.peek() !== '"') this.fail('looking for beginning of object key string');
    this.string();
    if (this.peekPastBlanks() !== ':') this.fail('after object key');
    this.at++;
    this.peekPastBlanks();
  }

  private scalar(char: string): void {
    if (char === '"') this.string();
    else if (char === 't') this.literal('true');
    else if (char === 'f') this.literal('false');
    else if (char === 'n') this.literal('null');
    else if (char === '-' || isDigit(char)) this.number();
    else this.fail('looking for beginning of value');
  }

  private string(): void {
    this.at++;
    for (;;) {
      const char = this.peek();
      if (char === '"') break;
      if (char < ' ') this.fail('in string literal');
      this.at++;
      if (char !== '\\') continue;
      const escape = this.peek();
      if (!'bfnrt\\/"u'.includes(escape)) this.fail('in string escape code');
      this.at++;
      const digits = escape === 'u' ? 4 : 0;
      for (let i = 0; i < digits; i++) {
        if (!/[0-9a-fA-F]/.test(this.peek())) this.fail('in \\u hexadecimal character escape');
        this.at++;
      }
    }
    this.at++;
  }

  private number(): void {
    if (this.peek() === '-') this.at++;
    if (!isDigit(this.peek())) this.fail('in numeric literal');
    if (this.peek() === '0') this.at++;
    else this.digits();
    if (this.text.charAt(this.at) === '.') {
      this.at++;
      if (!isDigit(this.peek())) this.fail('after decimal point in numeric literal');
      this.digits();
    }
    if (!/^[eE]$/.test(this.text.charAt(this.at))) return;
    this.at++;
    if (/^[-+]$/.test(this.peek())) this.at++;
    if (!isDigit(this.peek())) this.fail('in exponent of numeric literal');
    this.digits();
  }

  private digits(): void {
    while (isDigit(this.text.charAt(this.at))) this.at++;
  }

  private literal(word: string): void {
    for (const expected of word) {
      if (this.peek() !== expected) this.fail(`in literal ${word} (expecting '${expected}')`);
      this.at++;
    }
  }

  private peek(): string {
    if (this.at >= this.text.length) throw new UnexpectedEndError();
    return this.text.charAt(this.at);
  }

  private peekPastBlanks(): string {
    this.at = skipBlanks(this.text, this.at);
    return this.peek();
  }

  private fail(context: string): never {
    this.peek();
    throw syntaxError(this.text, this.at, context);
  }
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9' && char.length === 1;
}

function syntaxError(text: string, at: number, context: string): JsonSyntaxError {
  const offset = byteLength(text.slice(0, at)) + 1;
  return new JsonSyntaxError(`invalid character ${quoteByte(text.codePointAt(at) ?? 0)} ${context}`, offset);
}

/** Go looks at bytes: of a character beyond ASCII it shows the first one. */
function quoteByte(code: number): string {
  if (code === 0x27) return `'\\''`;
  if (code === 0x22) return `'"'`;
  const byte = code < 0x80 ? code : (Buffer.from(String.fromCodePoint(code), 'utf8')[0] ?? 0);
  return `'${quote(String.fromCharCode(byte)).slice(1, -1)}'`;
}
