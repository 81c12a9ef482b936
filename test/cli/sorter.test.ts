import { describe, expect, it } from '@jest/globals';
import { sortObjects, sortTable } from '../../src/cli/sorter.ts';

function objects(...values: unknown[]): { n: number; spec: { v?: unknown } }[] {
  return values.map((v, n) => ({ n, spec: v === undefined ? {} : { v } }));
}

describe('sortObjects', () => {
  it.each<[string, unknown[], number[]]>([
    ['numbers', [3, 1, 2], [1, 2, 0]],
    ['texts by bytes', ['b', 'a', 'B', 'é'], [2, 1, 0, 3]],
    ['quantities', ['1Gi', '100m', '1', '512Mi'], [1, 2, 3, 0]],
    ['what has no value first, turned round', [undefined, 'b', undefined, 'a', undefined], [4, 2, 0, 3, 1]],
    ['nil before the rest', ['a', null], [1, 0]],
  ])('%s', (_, values, order) => {
    expect(sortObjects(objects(...values), 'spec.v').map(({ n }) => n)).toEqual(order);
  });

  it.each<[string, unknown[], string]>([
    ['{.spec.nope}', ['a'], `couldn't find any field with path "{.spec.nope}" in the list of objects`],
    [
      '.spec.v',
      [{ a: 1 }, { a: 2 }],
      'Field {.spec.v} in *unstructured.Unstructured is an unsortable type: interface, err: unsortable type: map[string]interface {}',
    ],
    [
      '.spec.v',
      ['a', 1],
      'Field {.spec.v} in *unstructured.Unstructured is an unsortable type: interface, err: unsortable interface: interface',
    ],
    ['.spec.v[3]', [['a'], ['b']], 'array index out of bounds: index 3, length 1'],
  ])('refuses %s', (field, values, message) => {
    expect(() => sortObjects(objects(...values), field)).toThrow(message);
  });

  it('has nothing to say to an empty list', () => {
    expect(sortObjects([], '.nope')).toEqual([]);
  });
});

describe('sortTable', () => {
  const rows = ['b', 'a', 'c'].map((name) => ({ cells: [name], object: { metadata: { name } } }));
  const table = { kind: 'Table' as const, rows };

  it('sorts rows by their objects', () => {
    expect(sortTable(table, '{.metadata.name}').rows?.map(({ cells }) => cells)).toEqual([['a'], ['b'], ['c']]);
    expect(rows[0]?.cells).toEqual(['b']);
  });

  it.each([
    ['{.x', 'sorting error: unclosed action'],
    ['{.nope}', `couldn't find any field with path "{.nope}" in the list of objects`],
    [
      '{.metadata[0]}',
      'Failed to get values for [][]reflect.Value(nil) using {.metadata[0]} (&errors.errorString{s:"map[string]interface {} is not array or slice"})',
    ],
  ])('refuses %s', (field, message) => {
    expect(() => sortTable(table, field)).toThrow(message);
  });
});
