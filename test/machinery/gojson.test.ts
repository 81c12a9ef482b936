import { describe, expect, it } from '@jest/globals';
import { decodeJson, JsonSyntaxError, unmarshalJson } from '../../src/machinery/gojson.ts';
import { goString, goSyntax, marshalJson } from '../../src/machinery/gofmt.ts';

describe('decodeJson', () => {
  it.each([
    ['{"a": 1 "b": 2}', 9, `invalid character '"' after object key:value pair`],
    ['{"a" 1}', 6, "invalid character '1' after object key"],
    ['{a: 1}', 2, "invalid character 'a' looking for beginning of object key string"],
    ['{"a": 1,}', 9, "invalid character '}' looking for beginning of object key string"],
    ['[1 2]', 4, "invalid character '2' after array element"],
    ['[1,]', 4, "invalid character ']' looking for beginning of value"],
    ['"a\nb"', 3, "invalid character '\\n' in string literal"],
    ['"\\q"', 3, "invalid character 'q' in string escape code"],
    ['"\\u12x4"', 6, "invalid character 'x' in \\u hexadecimal character escape"],
    ['tru ', 4, "invalid character ' ' in literal true (expecting 'e')"],
    ['-x', 2, "invalid character 'x' in numeric literal"],
    ['1.x', 3, "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', 3, "invalid character 'x' in exponent of numeric literal"],
    ["{'a': 1}", 2, "invalid character '\\'' looking for beginning of object key string"],
  ])('%j', (text, offset, message) => {
    let error: unknown;
    try {
      decodeJson(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(JsonSyntaxError);
    expect([(error as JsonSyntaxError).offset, (error as JsonSyntaxError).message]).toEqual([offset, message]);
  });

  it('reads one value after another', () => {
    const text = ' {"a": [1, -0.5e3]} "x" ';
    const first = decodeJson(text);
    expect(first).toEqual({ value: { a: [1, -500] }, raw: '{"a": [1, -0.5e3]}', end: 19 });
    expect(decodeJson(text, first?.end)).toEqual({ value: 'x', raw: '"x"', end: 23 });
    expect(decodeJson(text, 23)).toBeUndefined();
  });
});

describe('unmarshalJson', () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    ['{"a":', 'unexpected end of JSON input'],
    ['{} x', "invalid character 'x' after top-level value"],
    ['[[], [1, {}], {"a": [{}], "b": {"c": 7}} 8]', "invalid character '8' after array element"],
  ])('%j', (text, message) => {
    expect(() => unmarshalJson(text)).toThrow(message);
  });

  it('takes values in values up to the bound of Go', () => {
    const nested = (depth: number, inner = ''): string => '['.repeat(depth) + inner + ']'.repeat(depth);
    let [value, depth] = [unmarshalJson(nested(10_000)), 0];
    for (; Array.isArray(value); depth += 1) [value] = value as unknown[];
    expect(depth).toBe(10_000);
    expect(unmarshalJson(JSON.stringify(nested(10_001)))).toBe(nested(10_001));
    for (const text of [nested(10_001), '['.repeat(2_000_000), `{"a":${nested(100_000)}}`])
      expect(() => unmarshalJson(text)).toThrow(new Error('exceeded max depth'));
    expect(() => unmarshalJson(`[x${nested(100_000)}`)).toThrow("invalid character 'x' looking for beginning of value");
  });
});

describe('values as Go prints them', () => {
  it('sorts keys, escapes HTML and indents', () => {
    expect(marshalJson({ b: '<&>', a: [], c: { d: [1, {}] } }, { indent: 4 })).toBe(
      '{\n    "a": [],\n    "b": "\\u003c\\u0026\\u003e",\n    "c": {\n        "d": [\n            1,\n            {}\n        ]\n    }\n}',
    );
  });
  it('keeps the order of typed objects', () => {
    expect(marshalJson({ kind: 'A', apiVersion: 'v1', x: undefined }, { keepsOrder: true })).toBe(
      '{"kind":"A","apiVersion":"v1"}',
    );
  });
  it('prints %v and %#v', () => {
    const value = { b: [1, 'x', null, true], a: { c: 1.5, d: 1e21 } };
    expect(goString(value)).toBe('map[a:map[c:1.5 d:1e+21] b:[1 x <nil> true]]');
    expect(goSyntax(value)).toBe(
      'map[string]interface {}{"a":map[string]interface {}{"c":1.5, "d":1e+21}, "b":[]interface {}{1, "x", interface {}(nil), true}}',
    );
  });
});
