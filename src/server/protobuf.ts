// Bodies in protobuf, which Go's typed clients send: to the JSON value that the same client would have sent as text.
// Called by: http.ts, on first use. Must not know: what is asked. Upstream: apimachinery pkg/runtime/serializer/protobuf.
import { fieldsOf, schemaFor, definitionOfKind, type SchemaNode } from '../machinery/schema.ts';
import { formatMicroTime, formatTime } from '../machinery/clock.ts';
import { newBadRequest } from '../machinery/status.ts';
import { coreMessages } from './protobuf.core.ts';
import { groupMessages } from './protobuf.groups.ts';

const MAGIC = 'k8s\0';
/** Kinds that every API group has, and one that names a resource's scale. */
const SHARED_KINDS: Readonly<Record<string, string>> = {
  DeleteOptions: 'meta.v1.DeleteOptions',
  CreateOptions: 'meta.v1.CreateOptions',
  UpdateOptions: 'meta.v1.UpdateOptions',
  PatchOptions: 'meta.v1.PatchOptions',
};

interface MessageField {
  /** '' for a message that JSON shows as fields of the one around it. */
  name: string;
  /** That message: 'core.v1.VolumeSource'. */
  embedded?: string;
}
type Message = ReadonlyMap<number, MessageField>;

/** The table: a message a line, its fields in order; `=7` where the number is not the next one, `&` before what is embedded. */
let messages: Map<string, Message> | undefined;

function messageOf(name: string): Message {
  messages ??= parseTable(coreMessages + groupMessages);
  return messages.get(name) ?? new Map();
}

function parseTable(text: string): Map<string, Message> {
  const table = new Map<string, Message>();
  for (const line of text.replaceAll('\n ', ' ').split('\n')) {
    const [head = '', ...words] = line.split(' ').filter((word) => word !== '');
    const fields = new Map<number, MessageField>();
    let next = 1;
    for (const word of words) {
      const [name = '', number] = word.split('=');
      const at = number === undefined ? next : Number(number);
      fields.set(at, name.startsWith('&') ? { name: '', embedded: name.slice(1) } : { name });
      next = at + 1;
    }
    if (head !== '') table.set(head.slice(0, -1), fields);
  }
  return table;
}

/** Returns the object in a body. @throws StatusError BadRequest for what is no such body. */
export function decodeProtobuf(bytes: Uint8Array): Record<string, unknown> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.subarray(0, 4).toString('latin1') !== MAGIC)
    throw newBadRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  try {
    return decodeEnvelope(buffer.subarray(4));
  } catch (error) {
    if (error instanceof RangeError) throw newBadRequest('unexpected EOF');
    throw error;
  }
}

/** runtime.Unknown: the kind, and the object's own message. */
function decodeEnvelope(buffer: Buffer): Record<string, unknown> {
  let typeMeta = { apiVersion: '', kind: '' };
  let raw = buffer.subarray(0, 0);
  for (const { number, value } of entriesOf(buffer)) {
    if (number === 1) typeMeta = decodeTypeMeta(bytesOf(value));
    else if (number === 2) raw = bytesOf(value);
  }
  const { apiVersion, kind } = typeMeta;
  const at = apiVersion.indexOf('/');
  const gvk = { group: at < 0 ? '' : apiVersion.slice(0, at), version: apiVersion.slice(at + 1), kind };
  const definition = SHARED_KINDS[kind] ?? definitionOfKind(gvk);
  const node = definition === undefined ? undefined : schemaFor(definition);
  if (definition === undefined || !node || messageOf(definition).size === 0)
    throw newBadRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
  return { kind, apiVersion, ...decodeMessage(raw, definition, node) };
}

function decodeTypeMeta(buffer: Buffer): { apiVersion: string; kind: string } {
  const typeMeta = { apiVersion: '', kind: '' };
  for (const { number, value } of entriesOf(buffer)) {
    if (number === 1) typeMeta.apiVersion = bytesOf(value).toString();
    else if (number === 2) typeMeta.kind = bytesOf(value).toString();
  }
  return typeMeta;
}

/** `node`: the shape of the JSON object that the fields go into. */
function decodeMessage(buffer: Buffer, name: string, node: SchemaNode): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const message = messageOf(name);
  const shapes = fieldsOf(node);
  for (const { number, value } of entriesOf(buffer)) {
    const field = message.get(number);
    if (!field) continue;
    if (field.embedded !== undefined) {
      Object.assign(result, decodeMessage(bytesOf(value), field.embedded, node));
      continue;
    }
    const shape = shapes.get(field.name);
    if (shape) addValue(result, field.name, shape, value);
  }
  return result;
}

function addValue(result: Record<string, unknown>, name: string, shape: SchemaNode, value: WireValue): void {
  const { items } = shape;
  if (shape.type === 'array' && items) {
    const list = (result[name] ??= []) as unknown[];
    if (isPacked(value, items)) list.push(...packedNumbers(bytesOf(value)));
    else list.push(decodeValue(value, items));
  } else if (shape.type === 'map' && items) {
    const map = (result[name] ??= {}) as Record<string, unknown>;
    let key = '';
    let entry: WireValue = Buffer.alloc(0);
    for (const part of entriesOf(bytesOf(value))) {
      if (part.number === 1) key = bytesOf(part.value).toString();
      else if (part.number === 2) entry = part.value;
    }
    map[key] = decodeValue(entry, items);
  } else result[name] = decodeValue(value, shape);
}

function decodeValue(value: WireValue, node: SchemaNode): unknown {
  switch (node.type) {
    case 'boolean':
      return value === 1n;
    case 'integer':
      return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;
    case 'number':
      return Buffer.isBuffer(value) && value.length === 8 ? value.readDoubleLE() : Number(value);
    case 'string':
      return decodeText(bytesOf(value), node);
    case 'int-or-string':
      return decodeIntOrString(bytesOf(value));
    case 'array': {
      // A list as a value of a map is a message of its own: authorization's ExtraValue.
      const { items } = node;
      return items ? entriesOf(bytesOf(value)).map((entry) => decodeValue(entry.value, items)) : [];
    }
    case 'object':
      if (node.definition !== undefined) return decodeMessage(bytesOf(value), node.definition, node);
      return decodeRaw(bytesOf(value));
    default:
      return decodeRaw(bytesOf(value));
  }
}

function decodeText(bytes: Buffer, { format }: SchemaNode): string | null {
  if (format === 'byte') return bytes.toString('base64');
  if (format === 'quantity') return fieldOfMessage(bytes, 1)?.toString() ?? '0';
  if (format !== 'date-time' && format !== 'date-time-micro') return bytes.toString();
  const parts = new Map(entriesOf(bytes).map(({ number, value }) => [number, value]));
  if (parts.size === 0) return null;
  const [seconds, nanos] = [parts.get(1) ?? 0n, parts.get(2) ?? 0n].map((v) => Number(BigInt.asIntN(64, v as bigint)));
  const ms = (seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6);
  return format === 'date-time' ? formatTime(ms) : formatMicroTime(ms);
}

function decodeIntOrString(bytes: Buffer): number | string {
  const parts = new Map(entriesOf(bytes).map(({ number, value }) => [number, value]));
  if (parts.get(1) === 1n) return bytesOf(parts.get(3) ?? Buffer.alloc(0)).toString();
  const number = parts.get(2);
  return typeof number === 'bigint' ? Number(BigInt.asIntN(64, number)) : 0;
}

/** JSON inside of a message: FieldsV1, RawExtension. */
function decodeRaw(bytes: Buffer): unknown {
  const raw = fieldOfMessage(bytes, 1);
  if (!raw || raw.length === 0) return null;
  try {
    return JSON.parse(raw.toString()) as unknown;
  } catch (error) {
    throw newBadRequest((error as Error).message);
  }
}

function fieldOfMessage(bytes: Buffer, wanted: number): Buffer | undefined {
  const found = entriesOf(bytes).find(({ number }) => number === wanted);
  return found && bytesOf(found.value);
}

type WireValue = bigint | Buffer;

function bytesOf(value: WireValue): Buffer {
  return typeof value === 'bigint' ? Buffer.alloc(0) : value;
}

function isPacked(value: WireValue, items: SchemaNode): boolean {
  return Buffer.isBuffer(value) && items.type === 'integer';
}

function packedNumbers(bytes: Buffer): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const { value, end } = varint(bytes, at);
    numbers.push(Number(BigInt.asIntN(64, value)));
    at = end;
  }
  return numbers;
}

/** Splits a message into its fields. @throws RangeError when it is cut short. */
function entriesOf(buffer: Buffer): { number: number; value: WireValue }[] {
  const entries: { number: number; value: WireValue }[] = [];
  for (let at = 0; at < buffer.length;) {
    const { value: key, end } = varint(buffer, at);
    const number = Number(key >> 3n);
    const { value, next } = wireValue(buffer, end, Number(key & 7n));
    entries.push({ number, value });
    at = next;
  }
  return entries;
}

function wireValue(buffer: Buffer, at: number, type: number): { value: WireValue; next: number } {
  if (type === 0) {
    const { value, end } = varint(buffer, at);
    return { value, next: end };
  }
  let start = at;
  let length: number;
  if (type === 1) length = 8;
  else if (type === 5) length = 4;
  else if (type === 2) {
    const head = varint(buffer, at);
    start = head.end;
    length = Number(head.value);
  } else throw newBadRequest(`proto: illegal wireType ${type}`);
  if (start + length > buffer.length) throw new RangeError('cut short');
  return { value: buffer.subarray(start, start + length), next: start + length };
}

function varint(buffer: Buffer, from: number): { value: bigint; end: number } {
  let value = 0n;
  for (let at = from, shift = 0n; shift < 70n; at++, shift += 7n) {
    const byte = buffer[at];
    if (byte === undefined) throw new RangeError('cut short');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw newBadRequest('proto: integer overflow');
}
