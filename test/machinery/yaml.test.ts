import { describe, expect, it } from '@jest/globals';
import { decodeDocuments, parseYamlDocuments, toKyaml, toYaml, yamlToJson } from '../../src/machinery/yaml.ts';
import { brokenTexts, readTexts } from './yaml.cases.ts';

function messageOf(act: () => unknown): string {
  try {
    return `no error: ${JSON.stringify(act())}`;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('decodeDocuments', () => {
  it.each(brokenTexts)('refuses %j', (text, message) => {
    expect(messageOf(() => [...decodeDocuments(text)])).toBe(message);
  });

  it.each(readTexts)('reads %j', (text, json) => {
    const documents = [...decodeDocuments(text)].filter(({ value }) => value !== null);
    expect(documents.map((document) => document.json)).toEqual([json]);
  });

  it('yields what stands before a broken document', () => {
    const documents = decodeDocuments('a: 1\n---\nb: 2\n---\nc: @\n');
    expect(documents.next().value?.json).toBe('{"a":1}');
    expect(documents.next().value?.json).toBe('{"b":2}');
    expect(() => documents.next()).toThrow(
      'error converting YAML to JSON: yaml: found character that cannot start any token',
    );
  });

  it.each([
    ['{"a": 1}\n{"b": 2}\n', [{ a: 1 }, { b: 2 }]],
    ['{"a": 1}\n---\nb: 1\n', [{ a: 1 }, { b: 1 }]],
    ['---\n# only a comment\n---\na: 1\n', [null, { a: 1 }]],
    ['a: 1\r\n---\r\nb: |\r\n  x\r\n  y\r\n', [{ a: 1 }, { b: 'x\ny\n' }]],
  ])('parts %j', (text, values) => {
    expect([...parseYamlDocuments(text)]).toEqual(values);
  });
});

describe('yamlToJson', () => {
  it('reads scalars as YAML 1.1 does in Go', () => {
    const text =
      'a: [y, No, on, OFF, tRue, ~, Null, 0644, 0o644, 010, 08, 0b101, 1_000, 0X1f, 12:30, 2024-01-01, 1e3, 1e400, .5]';
    expect(yamlToJson(text)).toEqual({
      a: [
        true,
        false,
        true,
        false,
        'tRue',
        null,
        null,
        420,
        420,
        8,
        8,
        5,
        1000,
        31,
        '12:30',
        '2024-01-01',
        1000,
        '1e400',
        0.5,
      ],
    });
  });

  it('gives each alias its own copy', () => {
    const { a, b } = yamlToJson('a: &x {c: 1}\nb: *x\n') as { a: object; b: object };
    expect(b).toEqual(a);
    expect(b).not.toBe(a);
  });

  it('does not touch prototypes', () => {
    const value = yamlToJson('__proto__: {a: 1}') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

const long = 'word '.repeat(30).trim();

// Recorded from `kubectl label --local -f FILE x=y -o yaml`.
describe('toYaml', () => {
  it.each<[unknown, string]>([
    [{}, '{}\n'],
    [{ a: [], b: {}, c: null, d: true }, 'a: []\nb: {}\nc: null\nd: true\n'],
    [{ a: [[1, [2]], { b: [1], c: { d: 1 } }] }, 'a:\n- - 1\n  - - 2\n- b:\n  - 1\n  c:\n    d: 1\n'],
    [[1.5, 1e21, 1e20, 123456.5, 1234567.5, 1e-7], '- 1.5\n- 1e+21\n- 1e+20\n- 123456.5\n- 1.2345675e+06\n- 1e-07\n'],
    [{ k10: 1, k2: 2, 'a.b/c': 3, Z: 4 }, 'Z: 4\na.b/c: 3\nk2: 2\nk10: 1\n'],
    [['', 'yes', '1', '12:30:45', '2024-01-01'], '- ""\n- "yes"\n- "1"\n- "12:30:45"\n- "2024-01-01"\n'],
    [['a: b', '#x', '- a', "it's", '{}', 'a #b', '@'], "- 'a: b'\n- '#x'\n- '- a'\n- it's\n- '{}'\n- 'a #b'\n- '@'\n"],
    [
      ['a\nb\n', 'a\nb', 'a\n\n', '\n', ' a\nb', 'a \nb'],
      '- |\n  a\n  b\n- |-\n  a\n  b\n- |+\n  a\n\n- |2+\n\n- |2-\n   a\n  b\n- "a \\nb"\n',
    ],
    [['😀', 'a\tb', '\u00a0', 'é'], '- "\\U0001F600"\n- "a\\tb"\n- \u00a0\n- é\n'],
    [{ a: long }, `a: ${'word '.repeat(16).trim()}\n  ${'word '.repeat(14).trim()}\n`],
    [{ ['k'.repeat(129)]: 1 }, `? ${'k'.repeat(129)}\n: 1\n`],
  ])('writes %j', (value, text) => {
    expect(toYaml(value)).toBe(text);
  });

  it('refuses what Go could not read back', () => {
    expect(() => toYaml({ a: '\u007f' })).toThrow('yaml: control characters are not allowed');
  });
});

describe('toKyaml', () => {
  it('writes braces, quotes and trailing commas', () => {
    const value = { a: [{ b: 1 }, { c: [] }], 'x y': 'no', yes: 'l1\n  l2\n', n1: [1, 'two'], e: {} };
    expect(toKyaml(value)).toBe(
      '---\n{\n  a: [{\n    b: 1,\n  }, {\n    c: [],\n  }],\n  e: {},\n  n1: [\n    1,\n    "two",\n  ],\n' +
        '  "x y": "no",\n  "yes": "\\\n     l1\\n\\\n    \\  l2\\n\\\n    ",\n}\n',
    );
  });
});
