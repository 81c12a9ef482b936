// Writes a JSON value as KYAML: YAML with braces, every text in double quotes, no meaning in indentation.
// Called by: cli printers for -o kyaml. Must not know: Kubernetes.
import { marshalJson } from './gofmt.ts';
import { resolveScalar } from './yaml.resolve.ts';
import { escapeOf, isBreak, isPrintable } from './yaml.emit.ts';

/** Returns the value as a KYAML document, `---` in front and a newline behind. Upstream: sigs.k8s.io/yaml/kyaml Encoder. */
export function toKyaml(value: unknown): string {
  return `---\n${write(value, '')}\n`;
}

function write(value: unknown, indent: string): string {
  if (typeof value === 'string') return value.includes('\n') ? writeLines(value, indent) : writeText(value);
  if (typeof value === 'number') return marshalJson(value);
  if (Array.isArray(value)) return writeList(value, indent);
  if (typeof value !== 'object' || value === null) return value === undefined ? 'null' : String(value);
  const map = value as Record<string, unknown>;
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  if (keys.length === 0) return '{}';
  const inner = `${indent}  `;
  const entries = keys
    .sort()
    .map(
      (key) =>
        `${inner}${isPlainKey(key) ? key : writeText(key).replaceAll('\t', '\\t')}: ${write(map[key], inner)},\n`,
    );
  return `{\n${entries.join('')}${indent}}`;
}

/** Brackets hug the items of a list that holds nothing but maps, or nothing but lists. */
function writeList(items: readonly unknown[], indent: string): string {
  if (items.length === 0) return '[]';
  if (items.every(isMap) || items.every((item) => Array.isArray(item))) {
    return `[${items.map((item) => write(item, indent)).join(', ')}]`;
  }
  const inner = `${indent}  `;
  return `[\n${items.map((item) => `${inner}${write(item, inner)},\n`).join('')}${indent}]`;
}

function isMap(item: unknown): boolean {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

/** A text of several lines stands one line a line; what begins with a blank needs a backslash in front. */
function writeLines(value: string, indent: string): string {
  const lines = value.split('\n');
  const last = lines.pop() ?? '';
  const pieces = lines.map((line) => `${escapeText(line)}\\n`);
  if (last !== '') pieces.push(escapeText(last));
  const rows = pieces.map((piece) => `${indent}  ${/^[ \t]/.test(piece) ? '\\' : ' '}${piece}\\\n`);
  return `"\\\n${rows.join('')}${indent}  "`;
}

function writeText(value: string): string {
  return `"${escapeText(value)}"`;
}

function escapeText(value: string): string {
  let text = '';
  for (const char of value) {
    const isPlain = char === '\t' || char.length > 1 || (isPrintable(char) && !isBreak(char) && char !== '\u00a0');
    text += isPlain && char !== '"' && char !== '\\' ? char : escapeOf(char);
  }
  return text;
}

function isPlainKey(key: string): boolean {
  if (!/^[\p{L}\p{N}_](?:[\p{L}\p{N}_./-]*[\p{L}\p{N}_])?$/u.test(key)) return false;
  if (/^(?:null|true|false|yes|no|on|off|y|n|t|f|inf|infinity|nan)$/i.test(key)) return false;
  const digits = key.replaceAll('_', '');
  return digits === '' || resolveScalar(digits).tag === 'str';
}
