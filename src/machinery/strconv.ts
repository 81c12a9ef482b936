// How Go prints and reads single values: quoted strings (%q) and 64-bit whole numbers.
// Called by: selectors, durations, the strict decoder, validation. Must not know: any kind.

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** Returns the text as Go's `%q` prints it. Upstream: Go strconv.Quote. */
export function quote(text: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`;
  let out = '"';
  for (const char of text) out += SHORT_ESCAPES[char] ?? quoteRune(char);
  return `${out}"`;
}

function quoteRune(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x7f || isPrintable(char)) return char;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Returns true for letters, marks, numbers, punctuation, symbols and the ASCII space. Upstream: Go unicode.IsPrint. */
export function isPrintable(char: string): boolean {
  return char === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char);
}

/** Returns the number a decimal text names, or undefined when Go's ParseInt(text, 10, 64) would refuse it. */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** Returns how many bytes the text takes in UTF-8: what Go's len() counts. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
