import { describe, expect, it } from '@jest/globals';
import { Correlation } from '../../src/machinery/jsonschema.correlation.ts';
import { matchesFormat } from '../../src/machinery/jsonschema.formats.ts';
import { validateListTypes } from '../../src/machinery/jsonschema.lists.ts';
import type { JSONSchema } from '../../src/machinery/jsonschema.ts';
import { validateValue } from '../../src/machinery/jsonschema.validate.ts';

function messages(value: unknown, a: JSONSchema): string[] {
  const schema: JSONSchema = { type: 'object', properties: { a } };
  return validateValue(undefined, { a: value }, schema).map((error) => error.message());
}

describe('a value', () => {
  it.each<[string, unknown, JSONSchema, string[]]>([
    ['of its type', 'x', { type: 'string' }, []],
    [
      'of another type',
      'x',
      { type: 'integer' },
      ['a: Invalid value: "string": a in body must be of type integer: "string"'],
    ],
    ['null', null, { type: 'integer' }, ['a: Invalid value: "null": a in body must be of type integer: "null"']],
    ['null, which may be', null, { type: 'integer', nullable: true }, []],
    [
      'a fraction',
      1.5,
      { type: 'integer' },
      ['a: Invalid value: "number": a in body must be of type integer: "number"'],
    ],
    ['whole where fractions may be', 2, { type: 'number' }, []],
    [
      'a list for an object',
      [],
      { type: 'object' },
      ['a: Invalid value: "array": a in body must be of type object: "array"'],
    ],
    ['a number or a text', 1, { 'x-kubernetes-int-or-string': true }, []],
    [
      'neither number nor text',
      true,
      { 'x-kubernetes-int-or-string': true },
      ['a: Invalid value: "boolean": a in body must be of type integer,string: "boolean"'],
    ],
    [
      'not in the enum',
      'c',
      { type: 'string', enum: ['a', 'b'] },
      ['a: Unsupported value: "c": supported values: "a", "b"'],
    ],
    [
      'not in an enum of numbers',
      3,
      { type: 'integer', enum: [1, 2] },
      ['a: Unsupported value: 3: supported values: "1", "2"'],
    ],
    [
      'null with an enum',
      null,
      { type: 'string', nullable: true, enum: ['a'] },
      ['a: Unsupported value: null: supported values: "a"'],
    ],
    [
      'too small',
      0,
      { type: 'integer', minimum: 1 },
      ['a: Invalid value: 0: a in body should be greater than or equal to 1'],
    ],
    [
      'at an excluded bound',
      1,
      { type: 'integer', minimum: 1, exclusiveMinimum: true },
      ['a: Invalid value: 1: a in body should be greater than 1'],
    ],
    [
      'too large',
      11,
      { type: 'integer', maximum: 10 },
      ['a: Invalid value: 11: a in body should be less than or equal to 10'],
    ],
    [
      'beyond a fraction',
      0.6,
      { type: 'number', maximum: 0.5, exclusiveMaximum: true },
      ['a: Invalid value: 0.6: a in body should be less than 0.5'],
    ],
    [
      'no multiple',
      3,
      { type: 'integer', multipleOf: 2 },
      ['a: Invalid value: 3: a in body should be a multiple of 2'],
    ],
    ['a multiple of a fraction', 0.3, { type: 'number', multipleOf: 0.1 }, []],
    ['too long', 'abc', { type: 'string', maxLength: 2 }, ['a: Too long: may not be more than 2 bytes']],
    [
      'too short',
      'äb',
      { type: 'string', minLength: 3 },
      ['a: Invalid value: "äb": a in body should be at least 3 chars long'],
    ],
    [
      'against a pattern',
      'A',
      { type: 'string', pattern: '^[a-z]+$' },
      [`a: Invalid value: "A": a in body should match '^[a-z]+$'`],
    ],
    [
      'against a format',
      'x',
      { type: 'string', format: 'ipv4' },
      ['a: Invalid value: "x": a in body must be of type ipv4: "x"'],
    ],
    ['of a format nobody knows', 'x', { type: 'string', format: 'shape' }, []],
    [
      'with too few items',
      [],
      { type: 'array', minItems: 1 },
      ['a: Invalid value: 0: a in body should have at least 1 items'],
    ],
    ['with too many items', [1, 2], { type: 'array', maxItems: 1 }, ['a: Too many: 2: must have at most 1 item']],
    [
      'with a wrong item',
      ['x', 1],
      { type: 'array', items: { type: 'string' } },
      ['a[1]: Invalid value: "integer": a[1] in body must be of type string: "integer"'],
    ],
    [
      'with too few fields',
      {},
      { type: 'object', minProperties: 1 },
      ['a: Invalid value: 0: a in body should have at least 1 properties'],
    ],
    [
      'with too many fields',
      { x: 1, y: 2 },
      { type: 'object', maxProperties: 1 },
      ['a: Too many: 2: must have at most 1 item'],
    ],
    [
      'with fields missing',
      {},
      { type: 'object', required: ['x', 'y'] },
      ['a.x: Required value', 'a.y: Required value'],
    ],
    [
      'with a wrong value in a map',
      { k: 1 },
      { type: 'object', additionalProperties: { type: 'string' } },
      ['a.k: Invalid value: "integer": a.k in body must be of type string: "integer"'],
    ],
    [
      'with a field where none may be',
      { k: 1 },
      { type: 'object', additionalProperties: false },
      ['a: Invalid value: "k": a.k in body is a forbidden property'],
    ],
    [
      'of none of several forms',
      5,
      { type: 'integer', anyOf: [{ maximum: 1 }, { minimum: 7, multipleOf: 5 }] },
      [
        '<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)',
        'a: Invalid value: 5: a in body should be less than or equal to 1',
      ],
    ],
    [
      'of more than one form',
      5,
      { type: 'integer', oneOf: [{ minimum: 1 }, { minimum: 2 }] },
      ['<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      'of not all forms',
      5,
      { type: 'integer', allOf: [{ minimum: 1 }, { minimum: 9 }] },
      [
        'a: Invalid value: 5: a in body should be greater than or equal to 9',
        '<nil>: Invalid value: "": "a" must validate all the schemas (allOf)',
      ],
    ],
    [
      'of a form it must not have',
      5,
      { type: 'integer', not: { minimum: 1 } },
      ['<nil>: Invalid value: "": "a" must not validate the schema (not)'],
    ],
  ])('%s', (_, value, schema, expected) => {
    expect(messages(value, schema)).toEqual(expected);
  });
});

describe('a list', () => {
  const list = (more: JSONSchema): JSONSchema => ({ type: 'object', properties: { l: { type: 'array', ...more } } });
  it.each<[string, unknown[], JSONSchema, string[]]>([
    ['that is a set', ['a', 'b', 'a', 'a'], { 'x-kubernetes-list-type': 'set' }, ['l[2]: Duplicate value: "a"']],
    [
      'that is a map',
      [{ k: 1, v: 'x' }, { k: 2 }, { k: 1 }],
      { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
      ['l[2]: Duplicate value: {"k":1}'],
    ],
    [
      'that is a map of several keys',
      [
        { b: 1, a: 2 },
        { a: 2, b: 1, c: 3 },
      ],
      { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['b', 'a'] },
      ['l[1]: Duplicate value: {"a":2,"b":1}'],
    ],
    ['that is nothing of the kind', ['a', 'a'], {}, []],
  ])('%s', (_, l, schema, expected) => {
    expect(validateListTypes(undefined, { l }, list(schema)).map((error) => error.message())).toEqual(expected);
  });
});

describe('a value that was wrong before', () => {
  const schema: JSONSchema = {
    type: 'object',
    properties: {
      a: { type: 'integer', maximum: 1 },
      list: { type: 'array', items: { type: 'integer', maximum: 1 } },
      map: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: { type: 'object', properties: { k: { type: 'string' }, v: { type: 'integer', maximum: 1 } } },
      },
    },
  };
  const findings = (value: object, old: object): string[] =>
    validateValue(undefined, value, schema, { correlation: new Correlation(value, old, schema) }).map(
      ({ field }) => field,
    );

  it('may stay as it was, field by field', () => {
    expect(findings({ a: 5 }, { a: 5, list: [] })).toEqual([]);
    expect(findings({ a: 6 }, { a: 5 })).toEqual(['a']);
    expect(findings({ list: [5] }, { list: [5] })).toEqual([]);
    expect(findings({ list: [5, 1] }, { list: [5] })).toEqual(['list[0]']);
    expect(
      findings(
        {
          map: [
            { k: 'y', v: 1 },
            { k: 'x', v: 5 },
          ],
        },
        { map: [{ k: 'x', v: 5 }] },
      ),
    ).toEqual([]);
  });
});

describe('a format', () => {
  it.each<[string, string[], string[]]>([
    ['date', ['2024-02-29'], ['2023-02-29', '2023-13-01', '1.1.2023']],
    ['date-time', ['2024-01-01T00:00:00Z', '2024-01-01t23:59:59.5+02:00'], ['2024-01-01', '2024-01-01T24:00:00Z']],
    ['duration', ['1h30m', '22 ns', '3 weeks', '0', '-1.5s'], ['x', '', '5']],
    ['email', ['a@b.c', 'Name <a@b>'], ['a', '@b', 'a b@c']],
    ['hostname', ['example.com', 'a-b', '1a'], ['-a.com', 'a..b', 'a b']],
    ['uri', ['https://a.b/c?d', '/path', 'urn:x'], ['', 'a b', 'relative', 'http://a:b/']],
    ['ipv6', ['::1', 'fe80::1'], ['1.2.3.4', ':::']],
    ['cidr', ['10.0.0.0/8', '::/0'], ['10.0.0.0', '10.0.0.0/33']],
    ['mac', ['01:23:45:67:89:ab', '0123.4567.89ab'], ['01:23:45', '01-23:45-67-89-ab']],
    ['uuid', ['123E4567-e89b-12d3-a456-426614174000'], ['123', 'g23e4567-e89b-12d3-a456-426614174000']],
    ['uuid4', ['123e4567-e89b-42d3-a456-426614174000'], ['123e4567-e89b-12d3-a456-426614174000']],
    ['byte', ['YWJj', 'YQ=='], ['YQ=', '?']],
    ['isbn', ['0321751043', '978-0321751041'], ['0321751044', 'x']],
    ['creditcard', ['4111 1111 1111 1111'], ['4111 1111 1111 1112']],
    ['ssn', ['123-45-6789'], ['123456789']],
    ['hexcolor', ['#fff', 'A0B1C2'], ['#ffff']],
    ['rgbcolor', ['rgb(0, 128,255)'], ['rgb(0,0,256)']],
    ['bsonobjectid', ['507f1f77bcf86cd799439011'], ['507f']],
    ['k8s-short-name', ['a-1'], ['A', 'a.b', '-a']],
    ['k8s-long-name', ['a.b-1'], ['a..b', 'A.b']],
    ['password', ['anything'], []],
  ])('%s', (format, good, bad) => {
    expect([...good, ...bad].filter((text) => matchesFormat(format, text))).toEqual(good);
  });
});
