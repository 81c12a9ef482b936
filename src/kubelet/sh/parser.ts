// From tokens to a script: lists, pipelines, compound commands, functions, redirections.
// Called by: the interpreter's users. Must not know: how scripts run. Upstream: POSIX shell grammar (2.10).
import type { AndOr, Command, Pipeline, Redirect, Script, SimpleCommand, Word } from './ast.ts';
import { Lexer, ShellSyntaxError, type Token } from './lexer.ts';

export { ShellSyntaxError };

const ENDS = new Set(['then', 'do', 'done', 'fi', 'elif', 'else', 'esac', '}']);

/** Returns the parsed script. @throws ShellSyntaxError */
export function parseScript(text: string): Script {
  return new Parser(text).script();
}

/** Whether more lines belong to the text: a quote, a command or a here-document is open. */
export function isUnfinished(text: string): boolean {
  if (text.endsWith('\\')) return true;
  try {
    const parser = new Parser(text);
    parser.script();
    return parser.lacksHereDocument;
  } catch (error) {
    return error instanceof ShellSyntaxError && /end of file|Unterminated|EOF/.test(error.message);
  }
}

class Parser {
  readonly #lexer: Lexer;
  #token: Token;

  constructor(text: string) {
    this.#lexer = new Lexer(text, parseScript);
    this.#token = this.#lexer.next();
  }

  get lacksHereDocument(): boolean {
    return this.#lexer.lacksHereDocument;
  }

  script(): Script {
    const script = this.#list();
    if (this.#token.type !== 'end') this.#fail();
    return script;
  }

  #advance(): void {
    this.#token = this.#lexer.next();
  }

  #fail(): never {
    const token = this.#token;
    const text =
      token.type === 'end'
        ? 'end of file'
        : token.type === 'operator'
          ? token.text === '\n'
            ? 'newline'
            : `"${token.text}"`
          : `"${token.type === 'word' ? (token.plain ?? 'word') : 'redirection'}"`;
    throw new ShellSyntaxError(`${text} unexpected`);
  }

  #isOperator(text: string): boolean {
    return this.#token.type === 'operator' && this.#token.text === text;
  }
  #isWord(text: string): boolean {
    return this.#token.type === 'word' && this.#token.plain === text;
  }
  #plain(): string | undefined {
    return this.#token.type === 'word' ? this.#token.plain : undefined;
  }
  #expectWord(text: string): void {
    if (!this.#isWord(text)) this.#fail();
    this.#advance();
  }
  #skipNewlines(): void {
    while (this.#isOperator('\n')) this.#advance();
  }

  /** Commands up to a reserved word or operator that ends them. */
  #list(isEnd?: () => boolean): Script {
    const items: AndOr[] = [];
    for (;;) {
      while (this.#isOperator('\n') || this.#isOperator(';')) this.#advance();
      if (this.#token.type === 'end' || this.#isOperator(')') || this.#isOperator(';;') || isEnd?.()) return { items };
      if (ENDS.has(this.#plain() ?? '')) return { items };
      const item = this.#andOr();
      items.push(item);
      if (this.#isOperator('&')) {
        item.isBackground = true;
        this.#advance();
      } else if (!this.#isOperator(';') && !this.#isOperator('\n')) return { items };
    }
  }

  /** A list that must not be empty: `if then` is an error at `then`. */
  #someList(): Script {
    const script = this.#list();
    if (script.items.length === 0) this.#fail();
    return script;
  }

  #andOr(): AndOr {
    const first = this.#pipeline();
    const rest: AndOr['rest'] = [];
    while (this.#isOperator('&&') || this.#isOperator('||')) {
      const operator = this.#isOperator('&&') ? '&&' : '||';
      this.#advance();
      this.#skipNewlines();
      rest.push({ operator, pipeline: this.#pipeline() });
    }
    return { first, rest, isBackground: false };
  }

  #pipeline(): Pipeline {
    let isNegated = false;
    while (this.#isWord('!')) {
      isNegated = !isNegated;
      this.#advance();
    }
    const commands = [this.#command()];
    while (this.#isOperator('|')) {
      this.#advance();
      this.#skipNewlines();
      commands.push(this.#command());
    }
    return { commands, isNegated };
  }

  #command(): Command {
    const command = this.#compound();
    if (!command) return this.#simple();
    if (command.type !== 'function') command.redirects = this.#redirects();
    return command;
  }

  #compound(): Command | undefined {
    if (this.#isOperator('(')) {
      this.#advance();
      const body = this.#list();
      if (!this.#isOperator(')')) this.#fail();
      this.#advance();
      return { type: 'group', body, isSubshell: true, redirects: [] };
    }
    switch (this.#plain()) {
      case '{':
        return this.#braces();
      case 'if':
        return this.#if();
      case 'while':
      case 'until':
        return this.#loop();
      case 'for':
        return this.#for();
      case 'case':
        return this.#case();
      case 'function':
        return this.#function();
      default:
        return undefined;
    }
  }

  #braces(): Command {
    this.#advance();
    const body = this.#list();
    this.#expectWord('}');
    return { type: 'group', body, isSubshell: false, redirects: [] };
  }

  #if(): Command {
    const branches: { condition: Script; body: Script }[] = [];
    let otherwise: Script | undefined;
    do {
      this.#advance();
      const condition = this.#someList();
      this.#expectWord('then');
      branches.push({ condition, body: this.#someList() });
    } while (this.#isWord('elif'));
    if (this.#isWord('else')) {
      this.#advance();
      otherwise = this.#someList();
    }
    this.#expectWord('fi');
    return { type: 'if', branches, otherwise, redirects: [] };
  }

  #loop(): Command {
    const isUntil = this.#isWord('until');
    this.#advance();
    const condition = this.#someList();
    return { type: 'loop', isUntil, condition, body: this.#doGroup(), redirects: [] };
  }

  #doGroup(): Script {
    this.#expectWord('do');
    const body = this.#someList();
    this.#expectWord('done');
    return body;
  }

  #for(): Command {
    this.#advance();
    const name = this.#plain();
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) this.#fail();
    this.#advance();
    this.#skipNewlines();
    let words: Word[] | undefined;
    if (this.#isWord('in')) {
      this.#advance();
      words = [];
      while (this.#token.type === 'word') {
        words.push(this.#token.word);
        this.#advance();
      }
    }
    while (this.#isOperator(';') || this.#isOperator('\n')) this.#advance();
    return { type: 'for', name: name ?? '', words, body: this.#doGroup(), redirects: [] };
  }

  #case(): Command {
    this.#advance();
    const word = this.#takeWord();
    this.#skipNewlines();
    this.#expectWord('in');
    const branches: { patterns: Word[]; body: Script }[] = [];
    for (;;) {
      while (this.#isOperator('\n') || this.#isOperator(';;')) this.#advance();
      if (this.#isWord('esac')) break;
      if (this.#isOperator('(')) this.#advance();
      const patterns = [this.#takeWord()];
      while (this.#isOperator('|')) {
        this.#advance();
        patterns.push(this.#takeWord());
      }
      if (!this.#isOperator(')')) this.#fail();
      this.#advance();
      branches.push({ patterns, body: this.#list(() => this.#isWord('esac')) });
    }
    this.#advance();
    return { type: 'case', word, branches, redirects: [] };
  }

  #function(): Command {
    this.#advance();
    const name = this.#plain() ?? this.#fail();
    this.#advance();
    return this.#functionBody(name);
  }

  #functionBody(name: string): Command {
    if (this.#isOperator('(')) {
      this.#advance();
      if (!this.#isOperator(')')) this.#fail();
      this.#advance();
    }
    this.#skipNewlines();
    return { type: 'function', name, body: this.#command(), redirects: [] };
  }

  #takeWord(): Word {
    if (this.#token.type !== 'word') this.#fail();
    const { word } = this.#token as Extract<Token, { type: 'word' }>;
    this.#advance();
    return word;
  }

  #simple(): Command {
    const command: SimpleCommand = { type: 'simple', assignments: [], words: [], redirects: [] };
    for (;;) {
      const redirect = this.#redirect();
      if (redirect) {
        command.redirects.push(redirect);
        continue;
      }
      if (this.#token.type !== 'word') break;
      const { word, plain } = this.#token;
      const assignment = command.words.length === 0 ? assignmentOf(word) : undefined;
      this.#advance();
      if (assignment) command.assignments.push(assignment);
      else if (command.words.length === 0 && plain !== undefined && this.#isOperator('('))
        return this.#functionBody(plain);
      else command.words.push(word);
    }
    if (command.words.length === 0 && command.assignments.length === 0 && command.redirects.length === 0) this.#fail();
    return command;
  }

  #redirects(): Redirect[] {
    const found: Redirect[] = [];
    for (let next = this.#redirect(); next; next = this.#redirect()) found.push(next);
    return found;
  }

  #redirect(): Redirect | undefined {
    let fd: number | undefined;
    if (this.#token.type === 'io') {
      fd = this.#token.fd;
      this.#advance();
    }
    if (this.#token.type !== 'operator') return undefined;
    const { text } = this.#token;
    if (!['>', '>>', '<', '<<', '<<-', '<<<', '>&', '<&', '>|', '&>'].includes(text)) return undefined;
    this.#advance();
    if (text === '<<' || text === '<<-') {
      const delimiter = this.#token as Token;
      if (delimiter.type !== 'word') this.#fail();
      // Announced before the next token is read: the newline after it is where the text begins.
      const target = this.#lexer.hereDocument(delimiter.word, text === '<<-');
      this.#advance();
      return { fd: fd ?? 0, operator: '<<', target };
    }
    const word = this.#takeWord();
    if (text === '&>') return { fd: -1, operator: '>', target: word };
    if (text === '>|') return { fd: fd ?? 1, operator: '>', target: word };
    if (text === '<&') return { fd: fd ?? 0, operator: '>&', target: word };
    const operator = text as Redirect['operator'];
    return { fd: fd ?? (operator === '<' || operator === '<<<' ? 0 : 1), operator, target: word };
  }
}

/** `NAME=value` at the head of a command. */
function assignmentOf(word: Word): { name: string; value: Word } | undefined {
  const [first, ...rest] = word.parts;
  if (first?.type !== 'text' || first.isQuoted) return undefined;
  const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(first.text);
  if (!match) return undefined;
  const [, name = '', text = ''] = match;
  return { name, value: { parts: text === '' ? rest : [{ type: 'text', text, isQuoted: false }, ...rest] } };
}
