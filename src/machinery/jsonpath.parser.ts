// Reads kubectl's JSONPath templates: text with expressions in braces.
// Called by: machinery/jsonpath.ts. Must not know: what the expressions are evaluated on.
// Upstream: client-go/util/jsonpath/parser.go.
import { unquoteLiteral } from './goliteral.ts';

export type Node =
  | { type: 'text'; text: string }
  | { type: 'field'; name: string }
  | { type: 'array'; from: number | undefined; to: number | undefined; isSingle: boolean; step: number | undefined }
  | { type: 'filter'; left: Node[]; right: Node[]; operator: string }
  | { type: 'int'; value: number }
  | { type: 'float'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'wildcard' }
  | { type: 'recursive' }
  | { type: 'union'; members: Node[][] }
  | { type: 'identifier'; name: string }
  | { type: 'list'; nodes: Node[] };

const EOF = '';

/**
 * Returns the nodes of a template: texts, and one list for each pair of braces.
 * @throws Error with upstream's text: `unclosed action`, `invalid array index x`.
 */
export function parseJsonPathTemplate(text: string): Node[] {
  return new Parser(text).parse();
}

class Parser {
  private readonly input: string;
  private position = 0;
  private start = 0;

  constructor(input: string) {
    this.input = input;
  }

  parse(): Node[] {
    const root: Node[] = [];
    for (;;) {
      const brace = this.input.indexOf('{', this.position);
      const end = brace < 0 ? this.input.length : brace;
      if (end > this.position) root.push({ type: 'text', text: this.input.slice(this.position, end) });
      if (brace < 0) return root;
      this.position = brace + 1;
      this.start = this.position;
      const nodes: Node[] = [];
      root.push({ type: 'list', nodes });
      this.parseAction(nodes);
    }
  }

  /** Reads up to and over the closing brace. */
  private parseAction(nodes: Node[]): void {
    for (;;) {
      if (this.accepts('}')) return;
      if (this.accepts('[?(')) this.parseFilter(nodes);
      else if (this.accepts('..')) this.parseRecursive(nodes);
      else this.parseToken(nodes);
    }
  }

  private parseToken(nodes: Node[]): void {
    const char = this.next();
    if (char === EOF || char === '\r' || char === '\n') throw new Error('unclosed action');
    if (char === ' ' || char === '@' || char === '$') this.take();
    else if (char === '[') this.parseArray(nodes);
    else if (char === '"' || char === "'") this.parseQuote(nodes, char);
    else if (char === '.') this.parseField(nodes);
    else if (/^[-+\p{Nd}]$/u.test(char)) this.parseNumber(nodes, char);
    else if (isAlphaNumeric(char)) this.parseIdentifier(nodes, char);
    else throw new Error(`unrecognized character in action: ${codePointName(char)}`);
  }

  private parseIdentifier(nodes: Node[], first: string): void {
    this.position -= first.length;
    while (!isTerminator(this.peek())) this.next();
    const name = this.take();
    if (name === 'true' || name === 'false') nodes.push({ type: 'bool', value: name === 'true' });
    else nodes.push({ type: 'identifier', name });
  }

  private parseRecursive(nodes: Node[]): void {
    if (nodes.at(-1)?.type === 'recursive') throw new Error('invalid multiple recursive descent');
    nodes.push({ type: 'recursive' });
    if (isAlphaNumeric(this.peek())) this.parseField(nodes);
  }

  private parseNumber(nodes: Node[], first: string): void {
    this.position -= first.length;
    if (first === '+' || first === '-') this.next();
    while (/^[.\p{Nd}]$/u.test(this.peek())) this.next();
    const text = this.take();
    if (/^[-+]?[0-9]+$/.test(text)) nodes.push({ type: 'int', value: Number(text) });
    else if (/^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text)) nodes.push({ type: 'float', value: Number(text) });
    else throw new Error(`cannot parse number ${text}`);
  }

  private parseArray(nodes: Node[]): void {
    for (let char = this.next(); char !== ']'; char = this.next()) {
      if (char === EOF || char === '\n') throw new Error('unterminated array');
    }
    const inside = this.take().slice(1, -1);
    const text = inside === '*' ? ':' : inside;
    const members = text.split(',');
    if (members.length > 1) {
      const lists = members.map((member) => parseExpression(`[${member.replace(/^ +| +$/g, '')}]`));
      nodes.push({ type: 'union', members: lists });
      return;
    }
    const key = /^'([^']*)'$/.exec(text);
    if (key) nodes.push(...parseExpression(`.${key[1]}`));
    else nodes.push(parseSlice(text));
  }

  private parseFilter(nodes: Node[]): void {
    const text = this.takeFilter();
    const match = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text);
    if (!match) nodes.push({ type: 'filter', left: parseExpression(text), right: [], operator: 'exists' });
    else {
      const [left, right] = [parseExpression(match[1] ?? ''), parseExpression(match[3] ?? '')];
      nodes.push({ type: 'filter', left, right, operator: match[2] ?? '' });
    }
  }

  /** The text between `[?(` and `)]`; a parenthesis inside one quoted text does not end it. */
  private takeFilter(): string {
    let quote = '';
    let isClosed = false;
    for (;;) {
      const char = this.next();
      if (char === EOF || char === '\n') throw new Error('unterminated filter');
      if (char === '"' || char === "'") {
        if (quote === '') quote = char;
        else if (char === quote && this.input.charAt(this.position - 2) !== '\\') isClosed = true;
      } else if (char === ')' && (quote !== '') === isClosed) break;
    }
    if (this.next() !== ']') throw new Error('unclosed array expect ]');
    return this.take().slice(0, -2);
  }

  private parseQuote(nodes: Node[], quote: string): void {
    for (;;) {
      const char = this.next();
      if (char === EOF || char === '\n') throw new Error('unterminated quoted string');
      if (char === quote && this.input.charAt(this.position - 2) !== '\\') break;
    }
    const text = this.take();
    const value = unquoteLiteral(text);
    if (value === undefined) throw new Error(`unquote string ${text} error invalid syntax`);
    nodes.push({ type: 'text', text: value });
  }

  private parseField(nodes: Node[]): void {
    this.take();
    while (!isTerminator(this.peek())) if (this.next() === '\\') this.next();
    const name = this.take();
    nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') });
  }

  private accepts(prefix: string): boolean {
    if (!this.input.startsWith(prefix, this.position)) return false;
    this.position += prefix.length;
    this.start = this.position;
    return true;
  }

  private peek(): string {
    const code = this.input.codePointAt(this.position);
    return code === undefined ? EOF : String.fromCodePoint(code);
  }

  private next(): string {
    const char = this.peek();
    this.position += char.length;
    return char;
  }

  /** What was read since the last taking. */
  private take(): string {
    const text = this.input.slice(this.start, this.position);
    this.start = this.position;
    return text;
  }
}

function parseExpression(text: string): Node[] {
  const first = parseJsonPathTemplate(`{${text}}`)[0];
  return first?.type === 'list' ? first.nodes : [];
}

function parseSlice(text: string): Node {
  const match = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
  if (!match) throw new Error(`invalid array index ${text}`);
  const [from, to, step] = [match[1] ?? '', match[2] ?? '', match[3] ?? ''];
  const first = sliceBound(from);
  if (to === '') return { type: 'array', from: first, to: (first ?? 0) + 1, isSingle: true, step: undefined };
  return { type: 'array', from: first, to: sliceBound(to.slice(1)), isSingle: false, step: sliceBound(step.slice(1)) };
}

function sliceBound(text: string): number | undefined {
  if (text === '') return undefined;
  if (text === '-') throw new Error(`array index ${text} is not a number`);
  return Number(text);
}

function isTerminator(char: string): boolean {
  return char === EOF || ' \t\r\n.,[]$@{}'.includes(char);
}

function isAlphaNumeric(char: string): boolean {
  return /^[_\p{L}\p{Nd}]$/u.test(char);
}

/** Returns U+003D '='. Upstream: fmt %#U. */
function codePointName(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char) ? `U+${hex} '${char}'` : `U+${hex}`;
}
