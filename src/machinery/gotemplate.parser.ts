// Parses a Go template.
// Called by: machinery/gotemplate.ts. Must not know: what functions do, only which there are.
// Upstream: Go text/template/parse/parse.go.
import { lexTemplate, tokenText, type Token, type TokenType } from './gotemplate.lexer.ts';
import type { Branch, Command, Operand, ParsedTemplate, Pipe, TemplateNode } from './gotemplate.nodes.ts';
import { parseNumberLiteral, unquoteLiteral } from './goliteral.ts';
import { quote } from './strconv.ts';

/** What ends a list of nodes. */
type Ending = { type: 'end' } | { type: 'else' };

const OPERAND_TYPES: readonly TokenType[] = [
  'bool',
  'charConstant',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
];

/**
 * Returns the template.
 * @throws Error `template: output:1: unclosed action`. `hasFunction` tells which functions there are.
 */
export function parseGoTemplate(name: string, text: string, hasFunction: (name: string) => boolean): ParsedTemplate {
  return new Parser(name, text, hasFunction).parse();
}

class Parser {
  private readonly name: string;
  private readonly text: string;
  private readonly hasFunction: (name: string) => boolean;
  private readonly tokens: Token[];
  private readonly defined = new Map<string, TemplateNode[]>();
  private at = 0;
  /** The furthest token looked at: its line stands in error texts. */
  private furthest = 0;
  private variables: string[] = ['$'];
  private rangeDepth = 0;
  private actionLine = 0;

  constructor(name: string, text: string, hasFunction: (name: string) => boolean) {
    this.name = name;
    this.text = text;
    this.hasFunction = hasFunction;
    this.tokens = lexTemplate(text);
  }

  parse(): ParsedTemplate {
    const root: TemplateNode[] = [];
    while (this.peek().type !== 'eof') {
      if (this.peek().type === 'leftDelim') {
        const before = this.at;
        this.next();
        const token = this.nextNonSpace();
        if (token.type === 'keyword' && token.text === 'define') {
          this.definition();
          continue;
        }
        this.at = before;
      }
      const node = this.textOrAction();
      if (node.type === 'end' || node.type === 'else') this.fail(`unexpected {{${node.type}}}`);
      root.push(node);
    }
    return { text: this.text, root, defined: this.defined };
  }

  private definition(): void {
    const context = 'define clause';
    const name = this.templateName(this.nextNonSpace(), context);
    this.expect('rightDelim', context);
    const { variables, rangeDepth } = this;
    this.variables = ['$'];
    this.rangeDepth = 0;
    const { list, ending } = this.itemList();
    if (ending.type !== 'end') this.fail(`unexpected {{${ending.type}}} in ${context}`);
    this.define(name, list);
    this.variables = variables;
    this.rangeDepth = rangeDepth;
  }

  private define(name: string, list: TemplateNode[]): void {
    const old = this.defined.get(name);
    if (!old || isEmpty(old)) this.defined.set(name, list);
    else if (!isEmpty(list)) this.fail(`template: multiple definition of template ${quote(name)}`);
  }

  private itemList(): { list: TemplateNode[]; ending: Ending } {
    const list: TemplateNode[] = [];
    while (this.peekNonSpace().type !== 'eof') {
      const node = this.textOrAction();
      if (node.type === 'end' || node.type === 'else') return { list, ending: node };
      list.push(node);
    }
    return this.fail('unexpected EOF');
  }

  private textOrAction(): TemplateNode | Ending {
    const token = this.nextNonSpace();
    if (token.type === 'text') return { type: 'text', text: token.text, position: token.position };
    if (token.type !== 'leftDelim') return this.unexpected(token, 'input');
    this.actionLine = token.line;
    const node = this.action();
    this.actionLine = 0;
    return node;
  }

  private action(): TemplateNode | Ending {
    const token = this.nextNonSpace();
    const { position } = token;
    if (token.type === 'keyword') {
      switch (token.text) {
        case 'block':
          return this.block(position);
        case 'break':
        case 'continue':
          return this.loopControl(token.text, position);
        case 'else':
          return this.elseControl();
        case 'end':
          this.expect('rightDelim', 'end');
          return { type: 'end' };
        case 'if':
        case 'range':
        case 'with':
          return this.control(token.text, position);
        case 'template':
          return this.templateControl();
      }
    }
    this.at--;
    return { type: 'action', position: this.peek().position, pipe: this.pipeline('command', 'rightDelim') };
  }

  private loopControl(type: 'break' | 'continue', position: number): TemplateNode {
    const token = this.nextNonSpace();
    if (token.type !== 'rightDelim') this.unexpected(token, `{{${type}}}`);
    if (this.rangeDepth === 0) this.fail(`{{${type}}} outside {{range}}`);
    return { type, position };
  }

  private elseControl(): Ending {
    const { type, text } = this.peekNonSpace();
    if (type === 'keyword' && (text === 'if' || text === 'with')) return { type: 'else' };
    this.expect('rightDelim', 'else');
    return { type: 'else' };
  }

  private control(type: Branch['type'], position: number): Branch {
    const scope = this.variables.length;
    const pipe = this.pipeline(type, 'rightDelim');
    if (type === 'range') this.rangeDepth++;
    const { list, ending } = this.itemList();
    if (type === 'range') this.rangeDepth--;
    const branch: Branch = { type, position, pipe, list, otherwise: undefined };
    if (ending.type === 'else') branch.otherwise = this.otherwise(type);
    this.variables.length = scope;
    return branch;
  }

  private otherwise(type: Branch['type']): TemplateNode[] {
    const next = this.peek();
    if (type !== 'range' && next.type === 'keyword' && next.text === type) {
      this.next();
      return [this.control(type, next.position)];
    }
    const { list, ending } = this.itemList();
    if (ending.type !== 'end') this.fail(`expected end; found {{${ending.type}}}`);
    return list;
  }

  private block(position: number): TemplateNode {
    const context = 'block clause';
    const name = this.templateName(this.nextNonSpace(), context);
    const pipe = this.pipeline(context, 'rightDelim');
    const { variables, rangeDepth } = this;
    this.variables = ['$'];
    this.rangeDepth = 0;
    const { list, ending } = this.itemList();
    if (ending.type !== 'end') this.fail(`unexpected {{${ending.type}}} in ${context}`);
    this.define(name, list);
    this.variables = variables;
    this.rangeDepth = rangeDepth;
    return { type: 'template', position, name, pipe };
  }

  private templateControl(): TemplateNode {
    const context = 'template clause';
    const token = this.nextNonSpace();
    const { position } = token;
    const name = this.templateName(token, context);
    if (this.nextNonSpace().type === 'rightDelim') return { type: 'template', position, name, pipe: undefined };
    this.at--;
    return { type: 'template', position, name, pipe: this.pipeline(context, 'rightDelim') };
  }

  private templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') return this.unexpected(token, context);
    return this.unquoted(token);
  }

  private pipeline(context: string, end: TokenType): Pipe {
    const { position } = this.peekNonSpace();
    const pipe: Pipe = { type: 'pipe', position, variables: [], isAssign: false, commands: [] };
    this.declarations(pipe, context);
    for (;;) {
      const token = this.nextNonSpace();
      if (token.type === end) {
        this.checkPipeline(pipe, context);
        return pipe;
      }
      if (!OPERAND_TYPES.includes(token.type)) this.unexpected(token, context);
      this.at--;
      pipe.commands.push(this.command());
    }
  }

  /** `$x :=`, `$x =`, and for range `$i, $x :=`. */
  private declarations(pipe: Pipe, context: string): void {
    for (;;) {
      const variable = this.peekNonSpace();
      if (variable.type !== 'variable') return;
      const before = this.at;
      this.next();
      const next = this.peekNonSpace();
      if (next.type === 'assign' || next.type === 'declare') {
        pipe.isAssign = next.type === 'assign';
        this.nextNonSpace();
        pipe.variables.push(variable.text);
        this.variables.push(variable.text);
        return;
      }
      if (next.type !== 'char' || next.text !== ',') {
        this.at = before;
        return;
      }
      this.nextNonSpace();
      pipe.variables.push(variable.text);
      this.variables.push(variable.text);
      if (context !== 'range' || pipe.variables.length >= 2) this.fail(`too many declarations in ${context}`);
      if (!['variable', 'rightDelim', 'rightParen'].includes(this.peekNonSpace().type)) {
        this.fail('range can only initialize variables');
      }
    }
  }

  private checkPipeline({ commands }: Pipe, context: string): void {
    if (commands.length === 0) this.fail(`missing value for ${context}`);
    for (const [i, { args }] of commands.entries()) {
      const isValue = ['bool', 'dot', 'nil', 'number', 'string'].includes(args[0]?.type ?? '');
      if (i > 0 && isValue) this.fail(`non executable command in pipeline stage ${i + 1}`);
    }
  }

  private command(): Command {
    const command: Command = { type: 'command', position: this.peekNonSpace().position, args: [] };
    for (;;) {
      this.peekNonSpace();
      const operand = this.operand();
      if (operand) command.args.push(operand);
      const token = this.next();
      if (token.type === 'space') continue;
      if (token.type === 'rightDelim' || token.type === 'rightParen') this.at--;
      else if (token.type !== 'pipe') this.unexpected(token, 'operand');
      break;
    }
    if (command.args.length === 0) this.fail('empty command');
    return command;
  }

  /** A term and the fields right behind it. */
  private operand(): Operand | undefined {
    const node = this.term();
    if (!node || this.peek().type !== 'field') return node;
    const { position } = this.peek();
    const names: string[] = [];
    while (this.peek().type === 'field') names.push(this.next().text.slice(1));
    if (node.type === 'field' || node.type === 'variable')
      return { ...node, position, names: [...node.names, ...names] };
    if (node.type === 'pipe' || node.type === 'identifier') return { type: 'chain', position, node, names };
    const shown = node.type === 'string' ? node.quoted : node.type === 'number' ? node.text : termText(node);
    return this.fail(`unexpected . after term ${quote(shown)}`);
  }

  private term(): Operand | undefined {
    const token = this.nextNonSpace();
    const { position, text } = token;
    switch (token.type) {
      case 'identifier':
        if (!this.hasFunction(text)) this.fail(`function ${quote(text)} not defined`);
        return { type: 'identifier', position, name: text };
      case 'dot':
      case 'nil':
        return { type: token.type, position };
      case 'variable':
        if (!this.variables.includes(text)) this.fail(`undefined variable ${quote(text)}`);
        return { type: 'variable', position, names: [text] };
      case 'field':
        return { type: 'field', position, names: [text.slice(1)] };
      case 'bool':
        return { type: 'bool', position, value: text === 'true' };
      case 'charConstant':
      case 'number':
        return this.number(token);
      case 'leftParen':
        return this.pipeline('parenthesized pipeline', 'rightParen');
      case 'string':
      case 'rawString':
        return { type: 'string', position, text: this.unquoted(token), quoted: text };
      default:
        this.at--;
        return undefined;
    }
  }

  private number({ text, position }: Token): Operand {
    try {
      return { type: 'number', position, text, ...parseNumberLiteral(text) };
    } catch (error) {
      return this.fail((error as Error).message);
    }
  }

  private unquoted({ text }: Token): string {
    return unquoteLiteral(text) ?? this.fail('invalid syntax');
  }

  private expect(type: TokenType, context: string): void {
    const token = this.nextNonSpace();
    if (token.type !== type) this.unexpected(token, context);
  }

  private peek(): Token {
    this.furthest = Math.max(this.furthest, this.at);
    return this.tokens[Math.min(this.at, this.tokens.length - 1)] as Token;
  }

  private next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  private peekNonSpace(): Token {
    while (this.peek().type === 'space') this.at++;
    return this.peek();
  }

  private nextNonSpace(): Token {
    this.peekNonSpace();
    return this.next();
  }

  private unexpected(token: Token, context: string): never {
    if (token.type !== 'error') return this.fail(`unexpected ${tokenText(token)} in ${context}`);
    let extra = '';
    if (this.actionLine !== 0 && this.actionLine !== token.line) {
      extra = ` in action started at ${this.name}:${this.actionLine}`;
      if (token.text.endsWith(' action')) extra = extra.slice(' in action'.length);
    }
    return this.fail(token.text + extra);
  }

  private fail(message: string): never {
    const line = this.tokens[Math.min(this.furthest, this.tokens.length - 1)]?.line ?? 1;
    throw new Error(`template: ${this.name}:${line}: ${message}`);
  }
}

function isEmpty(nodes: readonly TemplateNode[]): boolean {
  return nodes.every((node) => node.type === 'text' && node.text.trim() === '');
}

function termText(node: Operand): string {
  if (node.type === 'bool') return String(node.value);
  return node.type === 'dot' ? '.' : 'nil';
}
