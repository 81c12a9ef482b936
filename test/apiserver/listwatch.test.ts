// Lists and watches through the handler: selectors, pages, tables, versions.
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../src/machinery/types.ts';
import { CONFIG_MAPS, configMap, createFixture, messageOf, type Fixture } from './fixture.ts';

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

let fixture: Fixture;
beforeEach(() => {
  fixture = createFixture();
  for (const [name, color] of [
    ['a', 'red'],
    ['b', 'blue'],
    ['c', 'red'],
  ] as const)
    fixture.send('POST', CONFIG_MAPS, { ...configMap(name), metadata: { name, labels: { color } } });
});

interface List {
  kind: string;
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  items: KubeObject[];
}
function list(query: string): List {
  return fixture.send('GET', `${CONFIG_MAPS}?${query}`).body as List;
}
function names({ items }: List): string[] {
  return items.map((o) => o.metadata.name);
}

describe('list', () => {
  it('has the kind and version of the list', () => {
    const { kind, metadata, items } = list('');
    expect([kind, metadata, items.length]).toEqual(['ConfigMapList', { resourceVersion: '6' }, 3]);
  });
  it.each([
    ['labelSelector=color%3Dred', ['a', 'c']],
    ['labelSelector=color+in+(blue)', ['b']],
    ['fieldSelector=metadata.name%3Db', ['b']],
    ['fieldSelector=metadata.name!%3Db', ['a', 'c']],
    ['labelSelector=color%3Dred&fieldSelector=metadata.name%3Db', []],
  ])('selects by %s', (query, expected) => {
    expect(names(list(query))).toEqual(expected);
  });
  it('hands out pages', () => {
    const first = list('limit=2');
    expect([names(first), first.metadata.remainingItemCount]).toEqual([['a', 'b'], 1]);
    const second = list(`limit=2&continue=${first.metadata.continue}`);
    expect([names(second), second.metadata]).toEqual([['c'], { resourceVersion: '6' }]);
  });
  it.each([
    ['fieldSelector=spec.x%3D1', '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    ['fieldSelector=x', "invalid selector: 'x'; can't understand 'x'"],
    ['resourceVersion=99', 'Timeout: Too large resource version: 99, current: 6'],
    [
      'resourceVersionMatch=Exact',
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
  ])('refuses %s', (query, message) => {
    expect(messageOf(fixture.send('GET', `${CONFIG_MAPS}?${query}`))).toBe(message);
  });
  it('words unknown fields of pods in its own way', () => {
    expect(messageOf(fixture.send('GET', '/api/v1/pods?fieldSelector=spec.x%3D1'))).toBe(
      'field label not supported: spec.x',
    );
  });
  it('prints a table with the metadata of each row', () => {
    const { body } = fixture.send('GET', `${CONFIG_MAPS}?labelSelector=color%3Dblue`, undefined, TABLE);
    expect(body).toEqual({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '6' },
      columnDefinitions: [
        expect.objectContaining({ name: 'Name', type: 'string', format: 'name', priority: 0 }),
        expect.objectContaining({ name: 'Data' }),
        expect.objectContaining({ name: 'Age' }),
      ],
      rows: [
        {
          cells: ['b', 0, '0s'],
          object: {
            kind: 'PartialObjectMetadata',
            apiVersion: 'meta.k8s.io/v1',
            metadata: expect.objectContaining({ name: 'b', labels: { color: 'blue' } }),
          },
        },
      ],
    });
  });
  it('refuses forms it does not know', () => {
    const accept = { accept: 'text/html' };
    expect(fixture.send('GET', CONFIG_MAPS, undefined, accept).status).toBe(406);
  });
});

describe('watch', () => {
  it('starts with what is there and tells what happens', () => {
    const { watch } = fixture.send('GET', `${CONFIG_MAPS}?watch=true`);
    expect(watch?.next().map((e) => [e.type, (e.object as KubeObject).metadata.name])).toEqual([
      ['ADDED', 'a'],
      ['ADDED', 'b'],
      ['ADDED', 'c'],
    ]);
    expect(watch?.next()).toEqual([]);
    fixture.send('PUT', `${CONFIG_MAPS}/a`, configMap('a', { x: '1' }));
    fixture.send('DELETE', `${CONFIG_MAPS}/b`);
    expect(watch?.next().map((e) => [e.type, (e.object as KubeObject).metadata.name])).toEqual([
      ['MODIFIED', 'a'],
      ['DELETED', 'b'],
    ]);
  });
  it('shows objects leave and enter a selection', () => {
    const { watch } = fixture.send('GET', `${CONFIG_MAPS}?watch=true&labelSelector=color%3Dred&resourceVersion=6`);
    fixture.send('PUT', `${CONFIG_MAPS}/a`, { ...configMap('a'), metadata: { name: 'a', labels: { color: 'green' } } });
    fixture.send('PUT', `${CONFIG_MAPS}/b`, { ...configMap('b'), metadata: { name: 'b', labels: { color: 'red' } } });
    expect(
      watch?.next().map(({ type, object }) => {
        const { metadata } = object as KubeObject;
        return [type, metadata.name, metadata.labels, metadata.resourceVersion];
      }),
    ).toEqual([
      ['DELETED', 'a', { color: 'red' }, '7'],
      ['ADDED', 'b', { color: 'red' }, '8'],
    ]);
  });
  it('sends columns with the first row only', () => {
    const { watch } = fixture.send('GET', `${CONFIG_MAPS}?watch=true`, undefined, TABLE);
    const tables = watch?.next().map((e) => e.object as unknown as { columnDefinitions: unknown[]; rows: unknown[] });
    expect(tables?.map((t) => [t.columnDefinitions.length, t.rows.length])).toEqual([
      [3, 1],
      [0, 1],
      [0, 1],
    ]);
  });
  it('marks the end of the initial events', () => {
    const query = 'watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
    const { watch } = fixture.send('GET', `${CONFIG_MAPS}?${query}`);
    expect(watch?.next().at(-1)).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: {
          resourceVersion: '6',
          annotations: { 'k8s.io/initial-events-end': 'true' },
        },
      },
    });
  });
  it('has a row without a name for it in a Table', () => {
    const query = 'watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
    const { watch } = fixture.send('GET', `${CONFIG_MAPS}?${query}`, undefined, TABLE);
    expect(watch?.next().at(-1)).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'Table', rows: [{ cells: ['', 0, '<unknown>'] }] },
    });
  });
  it('ends by the simulated clock', () => {
    const { watch } = fixture.send('GET', `${CONFIG_MAPS}?watch=true&timeoutSeconds=5`);
    expect(watch?.isEnded).toBe(false);
    fixture.clock.advanceTo(fixture.clock.nowMs() + 5000);
    expect(watch?.isEnded).toBe(true);
  });
  it('says when its start is too long ago', () => {
    const late = createFixture({ revision: 50 });
    const { watch } = late.send('GET', `${CONFIG_MAPS}?watch=true&resourceVersion=10`);
    expect(watch?.next()).toEqual([
      { type: 'ERROR', object: expect.objectContaining({ kind: 'Status', reason: 'Expired', code: 410 }) },
    ]);
    expect(watch?.isEnded).toBe(true);
  });
});
