// $((…)): whole numbers with C's operators and precedence, variables and assignment.
// Called by: expansion, let. Must not know: the rest of the shell.

export interface Variables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** Thrown with ash's words. */
export class ArithmeticError extends Error {}

const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const TOKEN =
  /\s*(?:(\d+#?\w*|0[xX][\da-fA-F]+)|([A-Za-z_]\w*)|(\*\*|\+\+|--|<<=|>>=|[-+*/%&|^]=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>=!~&|^?:(),]))/y;

/** Returns the value of an expression. @throws ArithmeticError */
export function evaluateArithmetic(text: string, variables: Variables): number {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (!match) throw new ArithmeticError('arithmetic syntax error');
    tokens.push(match[0].trim());
  }
  if (tokens.length === 0) return 0;
  const parser = new Expression(tokens, variables);
  return parser.whole();
}

class Expression {
  readonly #tokens: readonly string[];
  readonly #variables: Variables;
  #at = 0;

  constructor(tokens: readonly string[], variables: Variables) {
    this.#tokens = tokens;
    this.#variables = variables;
  }

  whole(): number {
    const value = this.#assignment();
    if (this.#at < this.#tokens.length) throw new ArithmeticError('arithmetic syntax error');
    return value;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #valueOf(name: string): number {
    const text = this.#variables.get(name) ?? '';
    if (text.trim() === '') return 0;
    const value = Number(text);
    return Number.isNaN(value) ? evaluateArithmetic(text, this.#variables) : Math.trunc(value);
  }

  #assignment(): number {
    const name = this.#peek() ?? '';
    const operator = this.#tokens[this.#at + 1] ?? '';
    if (/^[A-Za-z_]/.test(name) && /^([-+*/%&|^]|<<|>>)?=$/.test(operator)) {
      this.#at += 2;
      const right = this.#assignment();
      const value = operator === '=' ? right : apply(operator.slice(0, -1), this.#valueOf(name), right);
      this.#variables.set(name, String(value));
      return value;
    }
    const condition = this.#binary(0);
    if (this.#peek() !== '?') return condition;
    this.#at++;
    const yes = this.#assignment();
    if (this.#tokens[this.#at++] !== ':') throw new ArithmeticError('arithmetic syntax error');
    const no = this.#assignment();
    return condition === 0 ? no : yes;
  }

  #binary(level: number): number {
    const operators = BINARY[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (let operator = this.#peek(); operator !== undefined && operators.includes(operator); operator = this.#peek()) {
      this.#at++;
      left = apply(operator, left, this.#binary(level + 1));
    }
    return left;
  }

  #unary(): number {
    const token = this.#tokens[this.#at++];
    switch (token) {
      case undefined:
        throw new ArithmeticError('arithmetic syntax error');
      case '-':
        return -this.#unary();
      case '+':
        return this.#unary();
      case '!':
        return this.#unary() === 0 ? 1 : 0;
      case '~':
        return ~this.#unary();
      case '++':
      case '--':
        return this.#step(this.#tokens[this.#at++] ?? '', token, true);
      case '(': {
        const value = this.#assignment();
        if (this.#tokens[this.#at++] !== ')') throw new ArithmeticError('arithmetic syntax error');
        return value;
      }
    }
    if (/^[A-Za-z_]/.test(token)) {
      const next = this.#peek();
      if (next !== '++' && next !== '--') return this.#valueOf(token);
      this.#at++;
      return this.#step(token, next, false);
    }
    if (/^\d/.test(token)) return /^0\d+$/.test(token) ? Number.parseInt(token, 8) : Number(token);
    throw new ArithmeticError('arithmetic syntax error');
  }

  #step(name: string, operator: string, isPrefix: boolean): number {
    const old = this.#valueOf(name);
    const value = old + (operator === '++' ? 1 : -1);
    this.#variables.set(name, String(value));
    return isPrefix ? value : old;
  }
}

function apply(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0) throw new ArithmeticError('divide by zero');
      return operator === '/' ? Math.trunc(a / b) : a % b;
    case '<<':
      return a * 2 ** b;
    case '>>':
      return Math.floor(a / 2 ** b);
    case '&':
      return Number(BigInt(a) & BigInt(b));
    case '|':
      return Number(BigInt(a) | BigInt(b));
    case '^':
      return Number(BigInt(a) ^ BigInt(b));
    case '&&':
      return a !== 0 && b !== 0 ? 1 : 0;
    case '||':
      return a !== 0 || b !== 0 ? 1 : 0;
    case '==':
      return a === b ? 1 : 0;
    case '!=':
      return a === b ? 0 : 1;
    case '<':
      return a < b ? 1 : 0;
    case '>':
      return a > b ? 1 : 0;
    case '<=':
      return a <= b ? 1 : 0;
    default:
      return a >= b ? 1 : 0;
  }
}
