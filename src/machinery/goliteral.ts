// Go's literals: quoted strings, characters and numbers.
// Called by: machinery/gotemplate.parser.ts, machinery/jsonpath.parser.ts. Must not know: templates.
// Upstream: Go strconv.Unquote, text/template/parse/node.go newNumber.
import { quote } from './strconv.ts';

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Returns the text between the quotes, escapes replaced; undefined when Go would refuse it. */
export function unquoteLiteral(literal: string): string | undefined {
  const mark = literal.charAt(0);
  if (literal.length < 2 || !literal.endsWith(mark)) return undefined;
  const inner = literal.slice(1, -1);
  if (mark === '`') return inner.replaceAll('\r', '');
  let value = '';
  for (let i = 0; i < inner.length; i++) {
    const char = inner.charAt(i);
    if (char === mark) return undefined;
    if (char !== '\\') {
      value += char;
      continue;
    }
    const escape = readEscape(inner.slice(i + 1), mark);
    if (!escape) return undefined;
    value += escape.value;
    i += escape.length;
  }
  return value;
}

function readEscape(text: string, mark: string): { value: string; length: number } | undefined {
  const match = /^(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/.exec(text);
  if (!match) return undefined;
  const [all, letter, , , , octal] = match;
  if (letter !== undefined) {
    if ((letter === '"' || letter === "'") && letter !== mark) return undefined;
    return { value: SHORT_ESCAPES[letter] ?? letter, length: 1 };
  }
  const code = octal === undefined ? Number.parseInt(all.slice(1), 16) : Number.parseInt(octal, 8);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return { value: String.fromCodePoint(code), length: all.length };
}

/**
 * Returns the number. Characters are int32, numbers with a point or an exponent float64.
 * @throws Error `illegal number syntax: "x"`, `malformed character constant: 'ab'`.
 */
export function parseNumberLiteral(text: string): { value: number; kind: 'int' | 'int32' | 'float64' } {
  if (text.startsWith("'")) {
    const char = unquoteLiteral(text);
    if (char === undefined || Array.from(char).length !== 1) throw new Error(`malformed character constant: ${text}`);
    return { value: char.codePointAt(0) ?? 0, kind: 'int32' };
  }
  const digits = text.replaceAll('_', '').replace(/^\+/, '');
  const size = digits.replace(/^-/, '');
  const sign = digits.startsWith('-') ? -1 : 1;
  const octal = /^0([0-7]+)$/.exec(size);
  if (octal) return { value: sign * Number.parseInt(octal[1] ?? '0', 8), kind: 'int' };
  if (/^0[0-9]+$/.test(size)) throw new Error(`integer overflow: ${quote(text)}`);
  if (/^(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]+)$/.test(size)) {
    return { value: sign * Number(size), kind: 'int' };
  }
  if (/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(size)) {
    return { value: sign * Number(size), kind: 'float64' };
  }
  throw new Error(`illegal number syntax: ${quote(text)}`);
}
