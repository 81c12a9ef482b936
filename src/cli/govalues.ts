// Values as Go reads them: booleans, whole numbers, CSV lines, quoted text, lists as `%v` prints them.
// Called by: cli/flags.ts and commands. Must not know: flags.

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** Returns the boolean. @throws Error `strconv.ParseBool: parsing "x": invalid syntax`. */
export function parseGoBool(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new Error(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`);
}

/**
 * Returns the whole number; hexadecimal, octal, binary and underscores are read as Go does with base 0.
 * @throws Error `strconv.ParseInt: parsing "x": invalid syntax` or `value out of range`.
 */
export function parseGoInt(text: string, bits = 64): number {
  const match = /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|0|[1-9](?:_?\d)*)$/.exec(text);
  if (!match) throw new Error(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`);
  const digits = (match[2] ?? '').replaceAll('_', '');
  const octal = /^0[oO]?([0-7]+)$/.exec(digits);
  let value = BigInt(octal ? `0o${octal[1]}` : digits);
  if (match[1] === '-') value = -value;
  if (value !== BigInt.asIntN(bits, value))
    throw new Error(`strconv.ParseInt: parsing ${quote(text)}: value out of range`);
  return Number(value);
}

/**
 * Returns the decimal number. @throws Error `strconv.Atoi: parsing "x": invalid syntax`.
 * Upstream: Go strconv.Atoi, strconv.ParseInt with base 10.
 */
export function parseGoDecimal(text: string, name = 'strconv.Atoi', bits = 64): number {
  if (!/^[+-]?\d+$/.test(text)) throw new Error(`${name}: parsing ${quote(text)}: invalid syntax`);
  const value = BigInt(text.replace(/^\+/, ''));
  if (value !== BigInt.asIntN(bits, value)) throw new Error(`${name}: parsing ${quote(text)}: value out of range`);
  return Number(value);
}

/** Returns the fields of one line of CSV; '' has none. @throws Error with encoding/csv's text. */
export function parseCsvLine(line: string): string[] {
  if (line === '') return [];
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] !== '"') {
      const comma = line.indexOf(',', at);
      const field = comma < 0 ? line.slice(at) : line.slice(at, comma);
      const bare = field.indexOf('"');
      if (bare >= 0) throw new Error(`parse error on line 1, column ${at + bare + 1}: bare " in non-quoted field`);
      fields.push(field);
      if (comma < 0) return fields;
      at = comma + 1;
      continue;
    }
    const { field, end } = quotedField(line, at + 1);
    fields.push(field);
    if (end >= line.length) return fields;
    if (line[end] !== ',')
      throw new Error(`parse error on line 1, column ${end}: extraneous or missing " in quoted-field`);
    at = end + 1;
  }
}

function quotedField(line: string, start: number): { field: string; end: number } {
  let field = '';
  for (let at = start; at < line.length; at++) {
    if (line[at] !== '"') field += line[at];
    else if (line[at + 1] === '"') {
      field += '"';
      at++;
    } else return { field, end: at + 1 };
  }
  throw new Error(`parse error on line 1, column ${line.length + 1}: extraneous or missing " in quoted-field`);
}

/** Returns the text as Go's `%q` prints it. */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
