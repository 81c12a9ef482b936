// JSON values as Go prints them: fmt's %v, encoding/json with its escapes.
// Called by: jsonpath, gotemplate, cli printers. Must not know: Kubernetes.
import { GoNumber } from './govalue.ts';
import { quote } from './strconv.ts';

/** Returns what fmt.Sprint prints: map[a:1 b:[x y]], <nil>, true. Upstream: fmt %v on what JSON decodes to. */
export function goString(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return goNumber(value);
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goString).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  if (value instanceof GoNumber) return goNumber(value.value);
  const map = value as Record<string, unknown>;
  const entries = definedKeys(map).map((key) => `${key}:${goString(map[key])}`);
  return `map[${entries.join(' ')}]`;
}

/** Returns a number as %v does: whole ones as integers, others in the shortest form of %g. */
export function goNumber(value: number): string {
  if (Number.isInteger(value) && value < 2 ** 64 && value >= -(2 ** 63)) return String(BigInt(value));
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  // Within these bounds JavaScript writes the same digits without an exponent.
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Keys with a value, in the order Go sorts map keys. */
function definedKeys(map: Record<string, unknown>): string[] {
  return Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort();
}

export interface JsonFormat {
  /** Blanks a level; 0 or absent for one line. */
  indent?: number;
  /** Fields stay in the object's own order, as those of a Go struct do; else they are sorted as map keys are. */
  keepsOrder?: boolean;
}

/**
 * Returns the value as JSON, without a newline at its end. `<`, `>`, `&` and the line separators of Unicode are escaped.
 * Upstream: encoding/json Marshal and MarshalIndent.
 */
export function marshalJson(value: unknown, format: JsonFormat = {}): string {
  return escapeHtml(write(value, format, format.indent ? '\n' : ''));
}

/** Returns a JSON text with the characters escaped that HTML could stumble over. */
export function escapeHtml(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function write(value: unknown, format: JsonFormat, newline: string): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return value === undefined ? 'null' : String(value);
  const inner = newline === '' ? '' : newline + ' '.repeat(format.indent ?? 0);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += (text === '' ? '[' : ',') + inner + write(item, format, inner);
    return text === '' ? '[]' : `${text}${newline}]`;
  }
  const map = value as Record<string, unknown>;
  const colon = newline === '' ? ':' : ': ';
  const keys = Object.keys(map);
  if (!format.keepsOrder && keys.length > 1) keys.sort();
  for (const key of keys) {
    const item = map[key];
    if (item === undefined) continue;
    text += (text === '' ? '{' : ',') + inner + JSON.stringify(key) + colon + write(item, format, inner);
  }
  return text === '' ? '{}' : `${text}${newline}}`;
}

/** Returns what %#v prints: map[string]interface {}{"a":1, "b":[]interface {}{"x"}}. */
export function goSyntax(value: unknown, keyType = 'string'): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return goNumber(value);
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map((item) => goSyntax(item, keyType)).join(', ')}}`;
  if (typeof value !== 'object') return String(value);
  const map = value as Record<string, unknown>;
  const entries = definedKeys(map).map((key) => `${quote(key)}:${goSyntax(map[key], keyType)}`);
  return `map[${keyType}]interface {}{${entries.join(', ')}}`;
}
