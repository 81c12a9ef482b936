// A document of OpenAPI 2 as a protobuf message, which kubectl asks for.
// Called by: documents.openapi.ts. Must not know: what the document tells.
// Upstream: gnostic-models openapiv2/OpenAPIv2.proto; kube-openapi pkg/handler ToProtoBinary.

/**
 * A message a line: its fields in order, `=7` where the number is not the next one. After a colon what a field holds: `b` a
 * boolean, `y` any JSON, `M` a message, `M{}` messages by name, `[]` more than one of it; else it is a text.
 */
const MESSAGES = `
Document: swagger info:Info schemes=5[] consumes[] produces[] paths:Paths definitions:Schema{} security=12:Security[]
 securityDefinitions:SecurityDefinition{}
Info: title version description
PathItem: get=2:Operation put:Operation post:Operation delete:Operation options:Operation head:Operation patch:Operation
 parameters:Parameter[] x=10
Operation: tags[] summary description operationId=5 produces[] consumes[] parameters:Parameter[] responses:Responses
 schemes[] deprecated:b x=13
BodyParameter: description name in required:b schema:Schema x
QueryParameter: required:b in description name type=6 format uniqueItems=20:b x=23
PathParameter: required:b in description name type format uniqueItems=19:b x=22
Response: description schema:SchemaItem x=5
ApiKey: type name in description
Schema: $ref format title description default:y required=19[] enum:y[] additionalProperties:Additional type:Type
 items:Items allOf:Schema[] properties:Schema{} x=31
`;

interface Field {
  number: number;
  holds: string;
  isRepeated: boolean;
  isMap: boolean;
}

let parsed: Map<string, ReadonlyMap<string, Field>> | undefined;

function messages(): Map<string, ReadonlyMap<string, Field>> {
  return (parsed ??= new Map(
    MESSAGES.trim()
      .replaceAll('\n ', ' ')
      .split('\n')
      .map((line) => {
        const [head = '', ...words] = line.split(' ');
        return [head.slice(0, -1), fieldsIn(words)];
      }),
  ));
}

function fieldsIn(words: readonly string[]): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  let next = 1;
  for (const word of words) {
    const match = /^([$\w]+?)(?:=(\d+))?(?::(\w+))?(\[\]|\{\})?$/.exec(word);
    const [, name = '', number, holds = 's', more] = match ?? [];
    const at = number === undefined ? next : Number(number);
    fields.set(name, { number: at, holds, isRepeated: more === '[]', isMap: more === '{}' });
    next = at + 1;
  }
  return fields;
}

type Json = Record<string, unknown>;

/** Returns the bytes of the document. */
export function encodeSwagger(document: object): Uint8Array {
  return message('Document', document as Json);
}

/** Messages that are no fields by name, and those that choose between others. */
const SPECIAL: Readonly<Record<string, (value: never) => Buffer>> = {
  Paths: (paths: Json) => Buffer.concat(Object.entries(paths).map(([name, item]) => named(2, name, 'PathItem', item))),
  Parameter: (value: Json) => bytesField(1, parameter(value)),
  Responses: (responses: Json) =>
    Buffer.concat(
      Object.entries(responses).map(([code, value]) => {
        const response = bytesField(1, message('Response', value as Json));
        return bytesField(1, Buffer.concat([textField(1, code), bytesField(2, response)]));
      }),
    ),
  SchemaItem: (value: Json) => bytesField(1, message('Schema', value)),
  Additional: (value: Json) => bytesField(1, message('Schema', value)),
  Items: (value: Json) => bytesField(1, message('Schema', value)),
  Type: (value: string) => textField(1, value),
  Security: (value: Json) =>
    Buffer.concat(
      Object.keys(value).map((name) => bytesField(1, Buffer.concat([textField(1, name), bytesField(2, NOTHING)]))),
    ),
  SecurityDefinition: (value: Json) => bytesField(2, message('ApiKey', value)),
};
const NOTHING = Buffer.alloc(0);

function parameter(value: Json): Buffer {
  if (value['in'] === 'body') return bytesField(1, message('BodyParameter', value));
  const isInPath = value['in'] === 'path';
  const inner = message(isInPath ? 'PathParameter' : 'QueryParameter', value);
  return bytesField(2, bytesField(isInPath ? 4 : 3, inner));
}

function message(name: string, value: Json): Buffer {
  const special = SPECIAL[name];
  if (special) return special(value as never);
  const fields = messages().get(name);
  const parts: Buffer[] = [];
  for (const [key, item] of Object.entries(value)) {
    const isExtension = key.startsWith('x-');
    const field = fields?.get(isExtension ? 'x' : key);
    if (!field || item === undefined) continue;
    if (isExtension) parts.push(bytesField(field.number, Buffer.concat([textField(1, key), bytesField(2, any(item))])));
    else parts.push(...fieldBytes(field, item));
  }
  return Buffer.concat(parts);
}

function fieldBytes({ number, holds, isRepeated, isMap }: Field, value: unknown): Buffer[] {
  if (isRepeated) return (value as unknown[]).map((item) => one(number, holds, item));
  if (!isMap) return [one(number, holds, value)];
  const entries = Object.entries(value as Json).map(([name, item]) => named(1, name, holds, item));
  return [bytesField(number, Buffer.concat(entries))];
}

function named(number: number, name: string, holds: string, value: unknown): Buffer {
  return bytesField(number, Buffer.concat([textField(1, name), one(2, holds, value)]));
}

function one(number: number, holds: string, value: unknown): Buffer {
  if (holds === 's') return textField(number, String(value));
  if (holds === 'b') return Buffer.concat([varint(number << 3), varint(value === true ? 1 : 0)]);
  return bytesField(number, holds === 'y' ? any(value) : message(holds, value as Json));
}

/** JSON is YAML. */
function any(value: unknown): Buffer {
  return textField(2, `${JSON.stringify(value)}\n`);
}

function textField(number: number, text: string): Buffer {
  return bytesField(number, Buffer.from(text));
}

function bytesField(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
