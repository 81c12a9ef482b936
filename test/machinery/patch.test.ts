import { describe, expect, it } from '@jest/globals';
import { applyJsonPatch, applyMergePatch, createMergePatch } from '../../src/machinery/patch.ts';
import { createThreeWayJSONMergePatch } from '../../src/machinery/threewayjson.ts';

const CONFIG_MAP = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', labels: { a: '1' }, finalizers: ['f/a', 'f/b'] },
  data: { k: 'v', 'a/b': 's', 't~t': 'u' },
};

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

// Every row of the two tables is what `kubectl patch --local --type=json` of 1.35 made of the ConfigMap.
describe('applyJsonPatch', () => {
  it.each([
    [[{ op: 'add', path: '/data/n', value: '1' }], { data: { 'a/b': 's', k: 'v', n: '1', 't~t': 'u' } }],
    [
      [{ op: 'replace', path: '/data/missing', value: '1' }],
      { data: { 'a/b': 's', k: 'v', missing: '1', 't~t': 'u' } },
    ],
    [[{ op: 'test', path: '/data/k', value: 'v' }], {}],
    [[{ op: 'test', path: '/data/zz', value: null }], {}],
    [[{ op: 'test', path: '/data/zz' }], {}],
    [[{ op: 'add', path: '/metadata/finalizers/0', value: 'z' }], { finalizers: ['z', 'f/a', 'f/b'] }],
    [[{ op: 'add', path: '/metadata/finalizers/-', value: 'z' }], { finalizers: ['f/a', 'f/b', 'z'] }],
    [[{ op: 'add', path: '/metadata/finalizers/-1', value: 'z' }], { finalizers: ['f/a', 'f/b', 'z'] }],
    [[{ op: 'remove', path: '/metadata/finalizers/0' }], { finalizers: ['f/b'] }],
    [[{ op: 'remove', path: '/metadata/finalizers/-1' }], { finalizers: ['f/a'] }],
    [[{ op: 'replace', path: '/metadata/finalizers/1', value: 'z' }], { finalizers: ['f/a', 'z'] }],
    [[{ op: 'move', from: '/data/k', path: '/data/m' }], { data: { 'a/b': 's', m: 'v', 't~t': 'u' } }],
    [[{ op: 'copy', from: '/data/k', path: '/data/m' }], { data: { 'a/b': 's', k: 'v', m: 'v', 't~t': 'u' } }],
    [[{ op: 'copy', from: '/data/none', path: '/data/m' }], { data: { 'a/b': 's', k: 'v', m: null, 't~t': 'u' } }],
    [[{ op: 'add', path: '/data/a~1b', value: '1' }], { data: { 'a/b': '1', k: 'v', 't~t': 'u' } }],
    [[{ op: 'replace', path: '/data/t~0t', value: '1' }], { data: { 'a/b': 's', k: 'v', 't~t': '1' } }],
    [[{ op: 'add', path: '/data/n' }], { data: { 'a/b': 's', k: 'v', n: null, 't~t': 'u' } }],
    [[{ op: 'test', path: '/metadata/labels', value: { a: '1' } }], {}],
    [[{ op: 'add', path: '/data/x', value: null }], { data: { 'a/b': 's', k: 'v', 't~t': 'u', x: null } }],
    [[{ op: 'replace', path: '/metadata/finalizers/-1', value: 'q' }], { finalizers: ['f/a', 'q'] }],
    [[{ op: 'test', path: '/metadata/finalizers/-1', value: 'f/b' }], {}],
    [[{ op: 'add', path: '/metadata/finalizers/01', value: 'z' }], { finalizers: ['f/a', 'z', 'f/b'] }],
  ])('%j changes %j', (operations, change: { data?: object; finalizers?: string[] }) => {
    const { finalizers = CONFIG_MAP.metadata.finalizers, data = CONFIG_MAP.data } = change;
    expect(applyJsonPatch(CONFIG_MAP, operations)).toEqual({
      ...CONFIG_MAP,
      metadata: { ...CONFIG_MAP.metadata, finalizers },
      data,
    });
  });

  it.each([
    [
      [{ op: 'remove', path: '/data/missing' }],
      "error in remove for path: '/data/missing': Unable to remove nonexistent key: missing: missing value",
    ],
    [
      [{ op: 'remove', path: '/nope/missing' }],
      'remove operation does not apply: doc is missing path: "/nope/missing": missing value',
    ],
    [[{ op: 'test', path: '/data/k', value: 'w' }], 'testing value /data/k failed: test failed'],
    [[{ op: 'test', path: '/data/zz', value: 'x' }], 'testing value /data/zz failed: test failed'],
    [
      [{ op: 'test', path: '/nope/zz', value: 1 }],
      'test operation does not apply: is missing path: /nope/zz: missing value',
    ],
    [
      [{ op: 'add', path: '/metadata/finalizers/9', value: 'z' }],
      "error in add for path: '/metadata/finalizers/9': Unable to access invalid index: 9: invalid index referenced",
    ],
    [
      [{ op: 'add', path: '/metadata/finalizers/x', value: 'z' }],
      "error in add for path: '/metadata/finalizers/x': value was not a proper array index: 'x': strconv.Atoi: parsing \"x\": invalid syntax",
    ],
    [
      [{ op: 'remove', path: '/metadata/finalizers/5' }],
      "error in remove for path: '/metadata/finalizers/5': Unable to access invalid index: 5: invalid index referenced",
    ],
    [
      [{ op: 'remove', path: '/metadata/finalizers/x' }],
      'error in remove for path: \'/metadata/finalizers/x\': strconv.Atoi: parsing "x": invalid syntax',
    ],
    [
      [{ op: 'replace', path: '/metadata/finalizers/7', value: 'z' }],
      'replace operation does not apply: doc is missing key: /metadata/finalizers/7: missing value',
    ],
    [
      [{ op: 'replace', path: '/metadata/finalizers/-', value: 'z' }],
      'replace operation does not apply: doc is missing key: /metadata/finalizers/-: missing value',
    ],
    [
      [{ op: 'move', from: '/data/none', path: '/data/m' }],
      "error in move for path: 'none': Unable to remove nonexistent key: none: missing value",
    ],
    [
      [{ op: 'copy', from: '/nope/none', path: '/data/m' }],
      'copy operation does not apply: doc is missing from path: /nope/none: missing value',
    ],
    [
      [{ op: 'copy', path: '/data/m' }],
      'copy operation failed to decode from: operation, missing from field: missing value',
    ],
    [[{ op: 'frob', path: '/data/k' }], 'Unexpected kind: frob'],
    [[{ path: '/data/k' }], 'Unexpected kind: unknown'],
    [[{ op: 'add', value: '1' }], 'add operation failed to decode path: missing value'],
    [
      [{ op: 'add', path: 'data', value: '1' }],
      'add operation does not apply: doc is missing path: "data": missing value',
    ],
    [[{ op: 'add', path: '', value: {} }], 'add operation does not apply: doc is missing path: "": missing value'],
    [[{ op: 'remove' }], 'remove operation failed to decode path: missing value'],
    [[{ op: 'replace' }], 'replace operation failed to decode path: operation missing path field: missing value'],
    [[{ op: 'test' }], 'test operation failed to decode path: operation missing path field: missing value'],
    [[{ op: 'move' }], 'move operation failed to decode from: operation, missing from field: missing value'],
    [
      [{ op: 'replace', path: '/nope/x/y', value: '1' }],
      'replace operation does not apply: doc is missing path: /nope/x/y: missing value',
    ],
    [
      [{ op: 'move', from: '/nope/x', path: '/data/m' }],
      'move operation does not apply: doc is missing from path: /nope/x: missing value',
    ],
    [
      [{ op: 'move', from: '/data/k', path: '/nope/m' }],
      'move operation does not apply: doc is missing destination path: /nope/m: missing value',
    ],
    [
      [{ op: 'copy', from: '/data/k', path: '/nope/m' }],
      'copy operation does not apply: doc is missing destination path: /nope/m: missing value',
    ],
    [{ op: 'add' }, 'json: cannot unmarshal object into Go value of type jsonpatch.Patch'],
    [[1], 'json: cannot unmarshal number into Go value of type jsonpatch.Operation'],
    ['x', 'json: cannot unmarshal string into Go value of type jsonpatch.Patch'],
    [[{ op: 'add', path: 5, value: 1 }], 'add operation failed to decode path: missing value'],
    [[{ op: 5, path: '/data/k' }], 'Unexpected kind: unknown'],
    [
      [{ op: 'test', path: '/metadata/finalizers', value: ['f/a'] }],
      'testing value /metadata/finalizers failed: test failed',
    ],
    [
      [{ op: 'test', path: '/metadata/finalizers/5', value: ['f/a'] }],
      "error in test for path: '/metadata/finalizers/5': Unable to access invalid index: 5: invalid index referenced",
    ],
    [
      [{ op: 'add', path: '/data/k/x', value: '1' }],
      'add operation does not apply: doc is missing path: "/data/k/x": missing value',
    ],
    [
      [{ op: 'test', path: '/data/k/x', value: '1' }],
      'test operation does not apply: is missing path: /data/k/x: missing value',
    ],
    [
      [{ op: 'add', path: '/metadata/finalizers/1/x', value: '1' }],
      'add operation does not apply: doc is missing path: "/metadata/finalizers/1/x": missing value',
    ],
    [
      [{ op: 'move', from: '/metadata/finalizers/9', path: '/data/m' }],
      "error in move for path: '9': Unable to access invalid index: 9: invalid index referenced",
    ],
    [
      [{ op: 'copy', from: '/metadata/finalizers/9', path: '/data/m' }],
      "error in copy for from: '/metadata/finalizers/9': Unable to access invalid index: 9: invalid index referenced",
    ],
    [
      [{ op: 'remove', path: '/metadata/finalizers/-9' }],
      "error in remove for path: '/metadata/finalizers/-9': Unable to access invalid index: -9: invalid index referenced",
    ],
    [[{ op: 'test', path: '', value: 1 }], 'testing value  failed: test failed'],
    [[{ op: 'remove', path: '' }], 'remove operation does not apply: doc is missing path: "": missing value'],
  ])('%j is refused', (operations, message) => {
    expect(messageOf(() => applyJsonPatch(CONFIG_MAP, operations))).toBe(message);
  });

  it('replaces the whole document', () => {
    expect(applyJsonPatch(CONFIG_MAP, [{ op: 'replace', path: '', value: { kind: 'X' } }])).toEqual({ kind: 'X' });
  });
});

// Every row is what `kubectl patch --local --type=merge` of 1.35 made of it.
describe('applyMergePatch', () => {
  it.each([
    [{ data: { k: null, n: '1' } }, { data: { 'a/b': 's', n: '1', 't~t': 'u' } }],
    [{ data: null }, { data: null }],
    [{ data: { missing: null } }, {}],
    [
      { metadata: { labels: { new: { a: null } } } },
      { metadata: { finalizers: ['f/a', 'f/b'], labels: { a: '1', new: {} }, name: 'x' } },
    ],
    [
      { data: { x: { y: null, z: [null, 1, { a: null, b: [null] }] } } },
      { data: { 'a/b': 's', k: 'v', 't~t': 'u', x: { z: [null, 1, { b: [null] }] } } },
    ],
    [
      { metadata: { finalizers: [null, 'a'] } },
      { metadata: { finalizers: [null, 'a'], labels: { a: '1' }, name: 'x' } },
    ],
    [
      { metadata: { finalizers: { a: null, b: 1 } } },
      { metadata: { finalizers: { b: 1 }, labels: { a: '1' }, name: 'x' } },
    ],
    [{ data: [1, null] }, { data: [1, null] }],
    [{ data: 's' }, { data: 's' }],
    [{ data: { k: { a: null } } }, { data: { 'a/b': 's', k: {}, 't~t': 'u' } }],
    [{ metadata: { labels: { a: '2' } } }, { metadata: { finalizers: ['f/a', 'f/b'], labels: { a: '2' }, name: 'x' } }],
    [{ metadata: { labels: 'x' } }, { metadata: { finalizers: ['f/a', 'f/b'], labels: 'x', name: 'x' } }],
    [{}, {}],
    [
      { metadata: { finalizers: ['a', { b: null }] } },
      { metadata: { finalizers: ['a', {}], labels: { a: '1' }, name: 'x' } },
    ],
  ])('%j changes %j', (patch, change: { data?: unknown; metadata?: object }) => {
    const expected: Record<string, unknown> = { ...CONFIG_MAP, ...change };
    if (expected['data'] === null) delete expected['data'];
    expect(applyMergePatch(CONFIG_MAP, patch)).toEqual(expected);
  });

  it.each([['x'], [null], [5]])('%j is refused', (patch) => {
    expect(() => applyMergePatch(CONFIG_MAP, patch)).toThrow(new Error('Invalid JSON Patch'));
  });
});

describe('createMergePatch', () => {
  it.each([
    [{}, {}, {}],
    [{ a: 1 }, { a: 1 }, {}],
    [{ a: 1 }, { a: 2 }, { a: 2 }],
    [{ a: 1 }, {}, { a: null }],
    [{}, { a: { b: null } }, { a: { b: null } }],
    [{ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3, d: 4 } }, { a: { c: 3, d: 4 } }],
    [{ a: [1, 2] }, { a: [1] }, { a: [1] }],
    [{ a: {} }, { a: [] }, { a: [] }],
    [{ a: { b: 1 } }, { a: {} }, { a: { b: null } }],
  ])('from %j to %j is %j', (original, modified, patch) => {
    expect(createMergePatch(original, modified)).toEqual(patch);
  });
});

describe('createThreeWayJSONMergePatch', () => {
  it.each([
    ['sets what is new', undefined, { a: 1 }, {}, { a: 1 }],
    ['leaves what others set', { a: 1 }, { a: 1 }, { a: 1, b: 2 }, {}],
    ['deletes what is no more applied', { a: 1, b: 2 }, { a: 1 }, { a: 1, b: 2, c: 3 }, { b: null }],
    ['deletes inside objects', { a: { x: 1 } }, { a: {} }, { a: { x: 1, y: 2 } }, { a: { x: null } }],
    ['replaces lists', { a: [1] }, { a: [1, 2] }, { a: [1, 3] }, { a: [1, 2] }],
    ['takes an empty object for a value', {}, { a: {} }, {}, { a: {} }],
  ])('%s', (_name, original, modified, current, patch) => {
    expect(createThreeWayJSONMergePatch(original, modified, current)).toEqual(patch);
  });
});
