// Decodes single values: texts, numbers, flags, bytes, times, quantities, numbers or texts.
// Called by: strictdecoding.ts. Must not know: objects, paths.
import { formatQuantity, parseQuantity } from './quantity.ts';
import type { SchemaNode } from './schema.ts';
import { canonicalMicroTime, canonicalTime } from './rfc3339.ts';

/** Thrown where a type decodes itself and refuses: decoding ends there. */
export class DecodeAbort extends Error {}

export interface LeafContext {
  /** The text of a type error at the place at hand. */
  wrongType(what: string, goType: string): string;
  /** Keeps an error when it is the first. */
  save(message: string): void;
}

/** Returns the kind of a value as type errors print it: 'string', 'number', 'bool', 'object' or 'array'. */
export function goKindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value;
}

/** Returns the value, or undefined after an error was kept. @throws DecodeAbort */
export function decodeLeaf(value: unknown, node: SchemaNode, context: LeafContext): unknown {
  switch (node.format) {
    case 'quantity':
      return decodeQuantity(value);
    case 'date-time':
    case 'date-time-micro':
      return decodeTime(value, node.format === 'date-time-micro', context);
    case 'byte':
      return decodeBytes(value, node, context);
    default:
      break;
  }
  switch (node.type) {
    case 'string':
      return typeof value === 'string' ? value : refuse(value, node, context);
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(value, node, context);
    case 'integer':
      return decodeInteger(value, node.format === 'int32', node, context);
    case 'number':
      return typeof value === 'number' ? value : refuse(value, node, context);
    case 'int-or-string':
      return decodeIntOrString(value, context);
    default:
      return value;
  }
}

function refuse(value: unknown, node: SchemaNode, context: LeafContext): undefined {
  context.save(context.wrongType(goKindOf(value), goTypeOf(node)));
  return undefined;
}

function isInteger(value: unknown, is32: boolean): boolean {
  if (typeof value === 'bigint') return !is32 && BigInt.asIntN(64, value) === value;
  if (!Number.isInteger(value)) return false;
  const limit = is32 ? 2 ** 31 : 2 ** 63;
  return (value as number) >= -limit && (value as number) < limit;
}

function decodeInteger(value: unknown, is32: boolean, node: SchemaNode, context: LeafContext): unknown {
  if (isInteger(value, is32)) return typeof value === 'bigint' ? Number(value) : value;
  if (typeof value !== 'number' && typeof value !== 'bigint') return refuse(value, node, context);
  context.save(context.wrongType(`number ${value}`, goTypeOf(node)));
  return undefined;
}

// Upstream: apimachinery/pkg/util/intstr IntOrString.UnmarshalJSON.
function decodeIntOrString(value: unknown, context: LeafContext): unknown {
  if (typeof value === 'string' || isInteger(value, true)) return value;
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  throw new DecodeAbort(context.wrongType(isNumber ? `number ${value}` : goKindOf(value), 'int32'));
}

// Upstream: resource.Quantity.UnmarshalJSON, which takes whatever stands there as the text.
function decodeQuantity(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? value : JSON.stringify(value);
  try {
    return formatQuantity(parseQuantity(text));
  } catch (error) {
    throw new DecodeAbort((error as Error).message, { cause: error });
  }
}

function decodeTime(value: unknown, isMicro: boolean, context: LeafContext): string {
  if (typeof value !== 'string') throw new DecodeAbort(context.wrongType(goKindOf(value), 'string'));
  try {
    return isMicro ? canonicalMicroTime(value) : canonicalTime(value);
  } catch (error) {
    throw new DecodeAbort((error as Error).message, { cause: error });
  }
}

function decodeBytes(value: unknown, node: SchemaNode, context: LeafContext): unknown {
  if (typeof value !== 'string') return refuse(value, node, context);
  const offset = corruptBase64Offset(value);
  if (offset === undefined) return Buffer.from(value, 'base64').toString('base64');
  context.save(`illegal base64 data at input byte ${offset}`);
  return undefined;
}

// Where a text stops being base64, in bytes, or undefined. Upstream: Go encoding/base64 CorruptInputError.
function corruptBase64Offset(text: string): number | undefined {
  const bytes = Buffer.from(text, 'utf8');
  const isBreak = (i: number): boolean => bytes[i] === 10 || bytes[i] === 13;
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (isBreak(i)) continue;
    if (/[A-Za-z0-9+/]/.test(String.fromCharCode(byte))) {
      count = (count + 1) % 4;
      continue;
    }
    if (byte !== 61 || count < 2) return i;
    if (count === 2) {
      do i++;
      while (i < bytes.length && isBreak(i));
      if (i >= bytes.length) return bytes.length;
      if (bytes[i] !== 61) return i - 1;
    }
    do i++;
    while (i < bytes.length && isBreak(i));
    return i < bytes.length ? i : undefined;
  }
  return count === 0 ? undefined : bytes.length - count;
}

/** Returns Go's name of the type a node has: 'int32', '[]v1.Container', 'map[string]string'. */
export function goTypeOf(node: SchemaNode): string {
  if (node.goType !== undefined) return node.goType;
  const items = node.items ? goTypeOf(node.items) : '';
  if (node.type === 'array') return `[]${items}`;
  if (node.type === 'map') return `map[string]${items}`;
  if (node.definition !== undefined) return node.definition.split('.').slice(-2).join('.');
  if (node.format === 'byte') return '[]uint8';
  if (node.format === 'double') return 'float64';
  if (node.type === 'integer' && node.format) return node.format;
  return node.type === 'boolean' ? 'bool' : 'string';
}

/** Returns what a null in a list or a map becomes: Go's zero value of the type. */
export function zeroOfItem(node: SchemaNode): unknown {
  switch (node.type) {
    case 'string':
      return node.format === 'quantity' ? '0' : node.format?.startsWith('date-time') ? null : '';
    case 'integer':
    case 'number':
    case 'int-or-string':
      return 0;
    case 'boolean':
      return false;
    case 'object':
      return node.definition === undefined ? null : {};
    default:
      return null;
  }
}
