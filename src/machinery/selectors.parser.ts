// The grammar of label selectors: characters to tokens, tokens to requirements, with upstream's error texts.
// Called by: selectors.ts only. Must not know: how a requirement is matched.
import { FieldError } from './field.ts';
import { BINARY_OPERATORS, newRequirement, type Requirement, type SelectionOperator } from './selectors.requirement.ts';
import { isQualifiedName } from './validation.ts';

type TokenKind = 'identifier' | 'end' | ')' | ',' | '!' | '==' | '=' | '>' | 'in' | '<' | '!=' | 'notin' | '(';
interface Token {
  kind: TokenKind;
  literal: string;
}

const SYMBOLS: readonly string[] = [')', ',', '!', '==', '=', '>', '<', '!=', '('];
const SYMBOL_CHARS = '=!(),><';
const SPACES = ' \t\r\n';

function scan(text: string): Token[] {
  const tokens: Token[] = [];
  // Upstream reads a NUL as the end of the text.
  const nul = text.indexOf('\0');
  const end = nul < 0 ? text.length : nul;
  let at = 0;
  for (;;) {
    while (at < end && SPACES.includes(text.charAt(at))) at++;
    if (at >= end) return [...tokens, { kind: 'end', literal: '' }];
    const start = at;
    if (SYMBOL_CHARS.includes(text.charAt(at))) {
      const token = scanSymbol(text, at, end);
      tokens.push(token);
      at += token.literal.length;
      continue;
    }
    while (at < end && !SYMBOL_CHARS.includes(text.charAt(at)) && !SPACES.includes(text.charAt(at))) at++;
    const literal = text.slice(start, at);
    tokens.push({ kind: literal === 'in' || literal === 'notin' ? literal : 'identifier', literal });
  }
}

// The longest operator wins: '==' before '=', '!=' before '!'.
function scanSymbol(text: string, at: number, end: number): Token {
  const pair = text.slice(at, Math.min(at + 2, end));
  const literal = SYMBOLS.includes(pair) ? pair : pair.charAt(0);
  return { kind: literal as TokenKind, literal };
}

/** What `in` and `notin` mean depends on where they stand: `x in (in)` has one of each. */
type Context = 'operator' | 'value';

class Parser {
  readonly #tokens: Token[];
  #position = 0;
  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  lookahead(context: Context = 'value'): Token {
    const token = this.#tokens[this.#position] ?? { kind: 'end', literal: '' };
    const isWord = context === 'value' && (token.kind === 'in' || token.kind === 'notin');
    return isWord ? { kind: 'identifier', literal: token.literal } : token;
  }

  consume(context: Context = 'value'): Token {
    const token = this.lookahead(context);
    this.#position++;
    return token;
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const { kind, literal } = this.lookahead();
      if (kind === 'end') return requirements;
      if (kind !== 'identifier' && kind !== '!')
        throw new Error(`found '${literal}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.#requirement());
      const after = this.consume();
      if (after.kind === 'end') return requirements;
      if (after.kind !== ',') throw new Error(`found '${after.literal}', expected: ',' or 'end of string'`);
      const next = this.lookahead();
      if (next.kind !== 'identifier' && next.kind !== '!')
        throw new Error(`found '${next.literal}', expected: identifier after ','`);
    }
  }

  #requirement(): Requirement {
    try {
      return this.#parseRequirement();
    } catch (error) {
      throw new Error(`unable to parse requirement: ${(error as Error).message}`, { cause: error });
    }
  }

  #parseRequirement(): Requirement {
    const isNegated = this.lookahead().kind === '!';
    if (isNegated) this.consume();
    const { kind, literal: key } = this.consume();
    if (kind !== 'identifier') throw new Error(`found '${key}', expected: identifier`);
    const keyErrors = isQualifiedName(key);
    // Upstream prints a path that is nil.
    if (keyErrors.length > 0)
      throw new Error(new FieldError('FieldValueInvalid', '<nil>', key, keyErrors.join('; ')).message());
    if (isNegated) return newRequirement(key, '!', []);
    const next = this.lookahead().kind;
    if (next === 'end' || next === ',') return newRequirement(key, 'exists', []);
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()];
    return newRequirement(key, operator, [...new Set(values)].sort());
  }

  #operator(): SelectionOperator {
    const { kind, literal } = this.consume('operator');
    if (kind === '>') return 'gt';
    if (kind === '<') return 'lt';
    if (kind === 'in' || kind === 'notin' || kind === '=' || kind === '==' || kind === '!=') return kind;
    throw new Error(`found '${literal}', expected: ${BINARY_OPERATORS.join(', ')}`);
  }

  #values(): string[] {
    const open = this.consume();
    if (open.kind !== '(') throw new Error(`found '${open.literal}' expected: '('`);
    const first = this.lookahead();
    if (first.kind === ')') {
      this.consume();
      return [''];
    }
    if (first.kind !== 'identifier' && first.kind !== ',')
      throw new Error(`found '${first.literal}', expected: ',', ')' or identifier`);
    const values = this.#identifiers();
    if (this.consume().kind !== ')') throw new Error(`found '${first.literal}', expected: ')'`);
    return values;
  }

  // Empty places count: `(,a)`, `(a,)` and `(a,,b)` each hold the empty value.
  #identifiers(): string[] {
    const values: string[] = [];
    for (;;) {
      const { kind, literal } = this.consume();
      const next = this.lookahead();
      if (kind === 'identifier') {
        values.push(literal);
        if (next.kind === ')') return values;
        if (next.kind !== ',') throw new Error(`found '${next.literal}', expected: ',' or ')'`);
      } else if (kind === ',') {
        if (values.length === 0 || next.kind === ')' || next.kind === ',') values.push('');
        if (next.kind === ')') return values;
      } else throw new Error(`found '${literal}', expected: ',', or identifier`);
    }
  }

  #exactValue(): string {
    const next = this.lookahead().kind;
    if (next === 'end' || next === ',') return '';
    const { kind, literal } = this.consume();
    if (kind !== 'identifier') throw new Error(`found '${literal}', expected: identifier`);
    return literal;
  }
}

/** Returns the requirements of a selector text in the order they stand. @throws Error */
export function parseRequirements(text: string): Requirement[] {
  return new Parser(scan(text)).parse();
}
