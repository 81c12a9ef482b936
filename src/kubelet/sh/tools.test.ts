// test, [ and [[; and sh -c.
// Called by: sh/tools.ts. Must not know: the shell's grammar.
import { textOf } from './bytes.ts';
import { patternToRegExp } from './glob.ts';
import { UnsupportedError, type Tool, type ToolIO, type Wait } from './host.ts';

const UNARY = new Set([
  '-e',
  '-f',
  '-d',
  '-r',
  '-w',
  '-x',
  '-s',
  '-L',
  '-h',
  '-z',
  '-n',
  '-b',
  '-c',
  '-p',
  '-S',
  '-t',
  '-v',
]);

/** Evaluates the words of a test. */
export const testTool: Tool = (io) => {
  let words = [...io.args];
  if (io.name !== 'test') {
    const end = io.name === '[' ? ']' : ']]';
    if (words.pop() !== end) {
      io.err(`${io.shell.name}: [: missing ]\n`);
      return 2;
    }
  }
  try {
    return new Test(io, words).value() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    io.err(`${io.shell.name}: ${error.message}\n`);
    return 2;
  }
};

class TestError extends Error {}

class Test {
  readonly #io: ToolIO;
  #words: string[];

  constructor(io: ToolIO, words: string[]) {
    this.#io = io;
    this.#words = words;
  }

  value(): boolean {
    if (this.#words.length === 0) return false;
    const result = this.#or();
    if (this.#words.length > 0) throw new TestError(`${this.#words[0]}: unknown operand`);
    return result;
  }

  #or(): boolean {
    let left = this.#and();
    while (this.#words[0] === '-o' || this.#words[0] === '||') {
      this.#words.shift();
      const right = this.#and();
      left ||= right;
    }
    return left;
  }

  #and(): boolean {
    let left = this.#not();
    while (this.#words[0] === '-a' || this.#words[0] === '&&') {
      this.#words.shift();
      const right = this.#not();
      left &&= right;
    }
    return left;
  }

  #not(): boolean {
    if (this.#words[0] === '!' && this.#words.length > 1) {
      this.#words.shift();
      return !this.#not();
    }
    if (this.#words[0] === '(' && this.#words.includes(')')) {
      this.#words.shift();
      const inner = this.#or();
      this.#words.shift();
      return inner;
    }
    return this.#primary();
  }

  #primary(): boolean {
    const [first = '', operator = '', second = ''] = this.#words;
    const binary = this.#words.length >= 3 ? this.#binary(first, operator, second) : undefined;
    if (binary !== undefined) {
      this.#words = this.#words.slice(3);
      return binary;
    }
    if (UNARY.has(first) && this.#words.length >= 2) {
      this.#words = this.#words.slice(2);
      return this.#unary(first, operator);
    }
    this.#words = this.#words.slice(1);
    return first !== '';
  }

  #unary(operator: string, operand: string): boolean {
    const { fs } = this.#io.host;
    if (operator === '-z') return operand === '';
    if (operator === '-n') return operand !== '';
    if (operator === '-v') return this.#io.shell.get(operand) !== undefined;
    if (operator === '-t') return false;
    const path = this.#io.shell.path(operand);
    if (operator === '-L' || operator === '-h') return fs.stat(path, true)?.kind === 'link';
    const node = fs.stat(path);
    switch (operator) {
      case '-f':
        return node?.kind === 'file';
      case '-d':
        return node?.kind === 'directory';
      case '-s':
        return (node?.bytes.length ?? 0) > 0;
      case '-x':
        return node !== undefined && (node.kind === 'directory' || (node.mode & 0o111) !== 0);
      case '-e':
      case '-r':
      case '-w':
        return node !== undefined;
      default:
        return false;
    }
  }

  #number(text: string): number {
    if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestError(`${text || '['}: bad number`);
    return Number(text);
  }

  #binary(a: string, operator: string, b: string): boolean | undefined {
    const isDouble = this.#io.name === '[[';
    switch (operator) {
      case '=':
      case '==':
        return isDouble ? patternToRegExp(b).test(a) : a === b;
      case '!=':
        return isDouble ? !patternToRegExp(b).test(a) : a !== b;
      case '=~':
        return new RegExp(b).test(a);
      case '<':
        return a < b;
      case '>':
        return a > b;
      case '-eq':
        return this.#number(a) === this.#number(b);
      case '-ne':
        return this.#number(a) !== this.#number(b);
      case '-lt':
        return this.#number(a) < this.#number(b);
      case '-le':
        return this.#number(a) <= this.#number(b);
      case '-gt':
        return this.#number(a) > this.#number(b);
      case '-ge':
        return this.#number(a) >= this.#number(b);
      case '-nt':
      case '-ot':
        return this.#isNewer(operator === '-nt' ? a : b, operator === '-nt' ? b : a);
      default:
        return undefined;
    }
  }

  #isNewer(a: string, b: string): boolean {
    const { fs } = this.#io.host;
    const time = (path: string): number => fs.stat(this.#io.shell.path(path))?.mtimeMs ?? -1;
    return time(a) > time(b);
  }
}

/** `sh -c TEXT name args…`, `sh FILE args…`, `sh` with the script on its input. */
export const shellTool: Tool = (io) => runShell(io);

function* runShell(io: ToolIO): Generator<Wait, number, void> {
  const words = [...io.args];
  const shell = io.shell.subshell();
  let text: string | undefined;
  while (words[0] !== undefined && /^[-+]./.test(words[0])) {
    const option = words.shift() ?? '';
    if (option === '-o' || option === '+o') {
      shell.options.add(words.shift() ?? '');
      continue;
    }
    if (option.startsWith('--')) continue;
    for (const letter of option.slice(1)) {
      if (letter === 'c') text = '';
      else if ('exuf'.includes(letter)) shell.options.add(letter);
      else if (!'lis'.includes(letter)) throw new UnsupportedError(option);
    }
  }
  if (text === '') {
    text = words.shift() ?? '';
    shell.positional = words.slice(1);
    if (words[0] !== undefined) shell.name = words[0];
  } else if (words[0] === undefined) text = io.input();
  else {
    const node = io.host.fs.stat(io.shell.path(words[0]));
    if (node?.kind !== 'file') {
      io.err(
        `${io.name}: ${io.host.os === 'debian' ? '0: cannot open' : "can't open"} ${io.host.os === 'debian' ? words[0] : `'${words[0]}'`}: No such file${io.host.os === 'debian' ? '' : ' or directory'}\n`,
      );
      return io.host.os === 'debian' ? 2 : 127;
    }
    text = textOf(node.bytes);
    shell.positional = words.slice(1);
  }
  return yield* shell.program(text);
}
