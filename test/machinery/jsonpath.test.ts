import { describe, expect, it } from '@jest/globals';
import { executeJsonPath, parseJsonPath, relaxedJsonPathExpression } from '../../src/machinery/jsonpath.ts';
import { object, paths } from './jsonpath.cases.ts';

function run(path: string): { output: string; error: string } {
  try {
    return { output: executeJsonPath(path, object, { allowMissingKeys: true }), error: '' };
  } catch (error) {
    return { output: '', error: (error as Error).message };
  }
}

describe('jsonpath', () => {
  it.each(paths)('%j', (path, output, error) => {
    expect(run(path)).toEqual({ output, error });
  });

  it('prints lists of results as JSON', () => {
    expect(executeJsonPath('{.spec.list[*]}{.kind}', object, { outputJson: true })).toBe(
      '[\n    1,\n    "two",\n    {\n        "k": "v"\n    }\n]\n[\n    "Foo"\n]\n',
    );
  });

  it('refuses missing keys unless told otherwise', () => {
    expect(() => executeJsonPath('{.metadata.nope}', object)).toThrow('nope is not found');
  });

  it('finds values for columns', () => {
    expect(parseJsonPath('{.spec.objs[*].name}').findResults(object)).toEqual([['a', 'b', 'c <&>']]);
  });
});

describe('relaxedJsonPathExpression', () => {
  it.each([
    ['metadata.name', '{.metadata.name}'],
    ['.metadata.name', '{.metadata.name}'],
    ['{metadata.name}', '{.metadata.name}'],
    ['{.metadata.name}', '{.metadata.name}'],
    ['', ''],
  ])('%j', (path, expression) => {
    expect(relaxedJsonPathExpression(path)).toBe(expression);
  });

  it('refuses half a pair of braces', () => {
    expect(() => relaxedJsonPathExpression('{.metadata')).toThrow(
      "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    );
  });
});
