// The functions of Go templates, and the two that kubectl adds.
// Called by: machinery/gotemplate.exec.ts. Must not know: nodes, output.
// Upstream: Go text/template/funcs.go, cli-runtime/pkg/printers/template.go.
import { basicKind, compareGo, type Comparison } from './gocompare.ts';
import { decodeBase64 } from './gobase64.ts';
import { goString } from './gofmt.ts';
import { goSprint, goSprintf } from './goprintf.ts';
import { GoNumber, goType, integerOf, isMap, numberOf } from './govalue.ts';

export interface TemplateFunction {
  /** Types of the parameters; 'value' takes anything. */
  parameters: readonly ('value' | 'string')[];
  /** Whether any number of further values may follow. */
  isVariadic?: boolean;
  /** @throws Error with Go's text. undefined stands for a value that is not there. */
  call(args: readonly unknown[]): unknown;
}

/** Returns whether Go takes the value for true: not zero, not empty, there. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  const number = numberOf(value);
  if (number !== undefined) return number !== 0;
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : true;
}

/** `and` and `or` are not here: they stop at the first argument that decides. */
export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['call', { parameters: ['value'], isVariadic: true, call: ([fn]) => failToCall(fn, '') }],
  ['html', anyArguments((args) => escapeHtml(evalArguments(args)))],
  ['index', { parameters: ['value'], isVariadic: true, call: ([item, ...indexes]) => indexes.reduce(indexOf, item) }],
  ['slice', { parameters: ['value'], isVariadic: true, call: ([item, ...indexes]) => sliceOf(item, indexes) }],
  ['js', anyArguments((args) => escapeJs(evalArguments(args)))],
  ['len', { parameters: ['value'], call: ([item]) => new GoNumber(lengthOf(item), 'int') }],
  ['not', { parameters: ['value'], call: ([value]) => !isTrue(value) }],
  ['print', anyArguments((args) => goSprint(args.map(nilOf)))],
  [
    'printf',
    { parameters: ['string'], isVariadic: true, call: ([format, ...args]) => goSprintf(String(format), args) },
  ],
  ['println', anyArguments((args) => `${args.map(goString).join(' ')}\n`)],
  ['urlquery', anyArguments((args) => escapeQuery(evalArguments(args)))],
  ['eq', { parameters: ['value'], isVariadic: true, call: equalsAny }],
  ['ge', comparison('>=')],
  ['gt', comparison('>')],
  ['le', comparison('<=')],
  ['lt', comparison('<')],
  ['ne', { parameters: ['value', 'value'], call: ([a, b]) => !isEqual(a, b) }],
  ['exists', { parameters: ['value'], isVariadic: true, call: ([item, ...indexes]) => exists(item, indexes) }],
  ['base64decode', { parameters: ['string'], call: ([text]) => decodeBase64(String(text)) }],
]);

function anyArguments(call: (args: readonly unknown[]) => unknown): TemplateFunction {
  return { parameters: [], isVariadic: true, call };
}

function comparison(operator: Comparison): TemplateFunction {
  return { parameters: ['value', 'value'], call: ([a, b]) => compare(a, operator, b) };
}

/** @throws Error that names the types when they cannot be compared. */
function compare(a: unknown, operator: Comparison, b: unknown): boolean {
  const [left, right] = [basicKind(a), basicKind(b)];
  if (left && right && left !== right) throw new Error(incompatible(a, b));
  return compareGo(a, operator, b);
}

function incompatible(a: unknown, b: unknown): string {
  return `incompatible types for comparison: ${goType(a)} and ${goType(b)}`;
}

function nilOf(value: unknown): unknown {
  return value === undefined ? null : value;
}

/** JSON has no functions, so `call` always fails. `text` is how the template names the value. */
export function failToCall(fn: unknown, text: string): never {
  if (fn === undefined || fn === null) throw new Error('call of nil');
  throw new Error(`non-function ${text} of type ${goType(fn)}`);
}

/** Upstream: index. A key that a map does not have gives nil. */
function indexOf(item: unknown, index: unknown): unknown {
  if (item === undefined || item === null) throw new Error('index of untyped nil');
  if (Array.isArray(item) || typeof item === 'string') {
    const bytes = typeof item === 'string' ? Buffer.from(item, 'utf8') : item;
    const at = indexArgument(index, bytes.length);
    if (at === bytes.length) {
      throw new Error(`reflect: ${typeof item === 'string' ? 'string' : 'slice'} index out of range`);
    }
    return typeof item === 'string' ? new GoNumber(Number(bytes[at]), 'uint8') : bytes[at];
  }
  if (!isMap(item)) throw new Error(`can't index item of type ${goType(item)}`);
  if (index === undefined || index === null) throw new Error('value is nil; should be of type string');
  if (typeof index !== 'string') throw new Error(`value has type ${goType(index)}; should be string`);
  return Object.hasOwn(item, index) ? item[index] : null;
}

function indexArgument(index: unknown, length: number): number {
  const at = integerOf(index);
  if (index === undefined || index === null) throw new Error('cannot index slice/array with nil');
  if (at === undefined) throw new Error(`cannot index slice/array with type ${goType(index)}`);
  if (at < 0 || at > length) throw new Error(`index out of range: ${at}`);
  return at;
}

function sliceOf(item: unknown, indexes: readonly unknown[]): unknown {
  if (item === undefined || item === null) throw new Error('slice of untyped nil');
  if (indexes.length > 3) throw new Error(`too many slice indexes: ${indexes.length}`);
  const isText = typeof item === 'string';
  if (isText && indexes.length === 3) throw new Error('cannot 3-index slice a string');
  if (!isText && !Array.isArray(item)) throw new Error(`can't slice item of type ${goType(item)}`);
  const items = isText ? Buffer.from(item, 'utf8') : item;
  const bounds = [0, items.length];
  for (const [i, index] of indexes.entries()) {
    bounds[i] = indexArgument(index, items.length);
    const before = bounds[i - 1] ?? 0;
    if (i > 0 && (bounds[i] ?? 0) < before) throw new Error(`invalid slice index: ${before} > ${bounds[i]}`);
  }
  return isText ? Buffer.from(items.slice(bounds[0], bounds[1])).toString('utf8') : items.slice(bounds[0], bounds[1]);
}

function lengthOf(item: unknown): number {
  if (item === undefined) throw new Error('reflect: call of reflect.Value.Type on zero Value');
  if (item === null) throw new Error('len of nil pointer');
  if (typeof item === 'string') return Buffer.byteLength(item, 'utf8');
  if (Array.isArray(item)) return item.length;
  if (isMap(item)) return Object.keys(item).length;
  throw new Error(`len of type ${goType(item)}`);
}

function equalsAny([first, ...others]: readonly unknown[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some((other) => isEqual(first, other));
}

function isEqual(a: unknown, b: unknown): boolean {
  const [left, right] = [basicKind(a), basicKind(b)];
  const [isLeftNil, isRightNil] = [a === undefined || a === null, b === undefined || b === null];
  if (isLeftNil || isRightNil) return isLeftNil && isRightNil;
  if (left !== right) throw new Error(incompatible(a, b));
  if (left) return compareGo(a, '==', b);
  const [type, other] = [goType(a), goType(b)];
  if (type === other) throw new Error(`non-comparable type ${goString(b)}: ${other}`);
  throw new Error(`non-comparable types ${goString(a)}: ${type}, ${other}: ${goString(b)}`);
}

function exists(item: unknown, indexes: readonly unknown[]): boolean {
  let value = item;
  for (const index of indexes) {
    const at = integerOf(index);
    if (Array.isArray(value) || typeof value === 'string') {
      const { length } = value;
      if (at === undefined || at < 0 || at >= length) return false;
      value = value[at];
    } else if (isMap(value) && typeof index === 'string') {
      value = Object.hasOwn(value, index) ? value[index] : undefined;
    } else return false;
  }
  return value !== undefined && value !== null;
}

function evalArguments(args: readonly unknown[]): string {
  const [only] = args;
  if (args.length === 1 && typeof only === 'string') return only;
  return goSprint(args.map((arg) => arg ?? '<no value>'));
}

function escapeHtml(text: string): string {
  const escapes: Record<string, string> = { '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  return text.replace(/["'&<>]/g, (char) => escapes[char] ?? char).replaceAll('\0', '\ufffd');
}

function escapeJs(text: string): string {
  let escaped = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === '\\' || char === "'" || char === '"') escaped += `\\${char}`;
    else if ('<>&='.includes(char) || code < 0x20 || (code >= 0x7f && /[\p{C}\p{Z}]/u.test(char) && char !== '\x7f')) {
      escaped += `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
    } else escaped += char;
  }
  return escaped;
}

function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
