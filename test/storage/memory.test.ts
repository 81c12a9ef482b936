// The store in memory: revisions, order, no-op updates, events, indexes.
import { describe, expect, it } from '@jest/globals';
import { reasonOf } from '../../src/machinery/status.ts';
import type { KubeObject } from '../../src/machinery/types.ts';
import { createMemoryStore } from '../../src/storage/memory.ts';
import { compareBytes } from '../../src/storage/order.ts';

function pod(namespace: string, name: string, labels: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels } };
}
const namesOf = (objects: readonly KubeObject[]) => objects.map((o) => `${o.metadata.namespace}/${o.metadata.name}`);

describe('createMemoryStore', () => {
  it('stamps every write with the next revision and leaves its argument alone', () => {
    const store = createMemoryStore();
    const given = pod('default', 'a');
    expect(store.revision).toBe(1);
    expect(store.create('pods', given).metadata.resourceVersion).toBe('2');
    expect(given.metadata.resourceVersion).toBeUndefined();
    expect(store.update('pods', pod('default', 'a', { app: 'x' })).metadata.resourceVersion).toBe('3');
    expect(store.delete('pods', { namespace: 'default', name: 'a' }).metadata.resourceVersion).toBe('4');
    expect(store.get('pods', { namespace: 'default', name: 'a' })).toBeUndefined();
    expect(store.revision).toBe(4);
  });

  it('writes nothing when nothing but resourceVersion would change', () => {
    const store = createMemoryStore();
    const stored = store.create('pods', pod('default', 'a'));
    const same = pod('default', 'a', {});
    same.metadata = { ...same.metadata, resourceVersion: '77' };
    expect(store.update('pods', same)).toBe(stored);
    expect(store.revision).toBe(2);
    expect(store.eventsSince(2)).toEqual([]);
  });

  it('refuses what the registry has to prevent', () => {
    const store = createMemoryStore();
    store.create('pods', pod('default', 'a'));
    expect(() => store.create('pods', pod('default', 'a'))).toThrow('assertion: pods default/a exists');
    expect(() => store.update('pods', pod('default', 'b'))).toThrow('assertion: pods default/b does not exist');
    expect(() => store.delete('pods', { name: 'b' })).toThrow('assertion: pods b does not exist');
  });

  it("lists in etcd's order: 'a-b/x' before 'a/x'", () => {
    const store = createMemoryStore();
    for (const [ns, name] of [
      ['a', 'x'],
      ['b', 'web-10'],
      ['a-b', 'z'],
      ['b', 'web-2'],
      ['b', 'web'],
    ] as const)
      store.create('pods', pod(ns, name));
    expect(namesOf(store.list('pods'))).toEqual(['a-b/z', 'a/x', 'b/web', 'b/web-10', 'b/web-2']);
    expect(namesOf(store.list('pods', 'b'))).toEqual(['b/web', 'b/web-10', 'b/web-2']);
    expect(store.list('pods', 'none')).toEqual([]);
    expect(store.count('pods')).toBe(5);
  });

  it('a list stays as it was while others write', () => {
    const store = createMemoryStore();
    store.create('pods', pod('default', 'b'));
    const before = store.list('pods', 'default');
    store.create('pods', pod('default', 'a'));
    store.update('pods', pod('default', 'b', { app: 'x' }));
    store.delete('pods', { namespace: 'default', name: 'a' });
    expect(before).toHaveLength(1);
    expect(before[0]?.metadata.resourceVersion).toBe('2');
  });

  it('tells events by resource and of all, with the object before', () => {
    const store = createMemoryStore();
    const heard: string[] = [];
    const stop = store.onChange((e) => heard.push(`${e.type} ${e.resource} ${e.revision}`));
    store.create('pods', pod('default', 'a'));
    store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
    store.update('pods', pod('default', 'a', { app: 'x' }));
    store.delete('pods', { namespace: 'default', name: 'a' }, pod('default', 'a', { app: 'last' }));
    stop();
    store.create('pods', pod('default', 'b'));
    expect(heard).toEqual(['ADDED pods 2', 'ADDED nodes 3', 'MODIFIED pods 4', 'DELETED pods 5']);
    expect(store.eventsSince(1).map((e) => e.revision)).toEqual([2, 3, 4, 5, 6]);
    expect(store.eventsSince(3, 'nodes')).toEqual([]);
    expect(store.eventsSince(3, 'pods')).toMatchObject([
      { type: 'MODIFIED', revision: 4, previous: { metadata: { resourceVersion: '2' } } },
      {
        type: 'DELETED',
        revision: 5,
        object: { metadata: { resourceVersion: '5', labels: { app: 'last' } } },
        previous: { metadata: { labels: { app: 'x' } } },
      },
      { type: 'ADDED', revision: 6 },
    ]);
  });

  it('keeps a bounded number of events and says Expired for older ones', () => {
    const store = createMemoryStore({ freeze: false });
    store.create('pods', pod('default', 'a'));
    for (let i = 0; i < 8192; i++) store.update('pods', pod('default', 'a', { i: String(i) }));
    store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
    expect(store.eventsSince(1, 'nodes')).toHaveLength(1);
    let error: unknown;
    try {
      store.eventsSince(100, 'pods');
    } catch (e) {
      error = e;
    }
    expect(reasonOf(error)).toBe('Expired');
    expect(String(error)).toBe('StatusError: too old resource version: 100 (4097)');
    expect(store.eventsSince(4097, 'pods')).toHaveLength(4097);
  });

  it('keeps indexes as objects come, change and go', () => {
    const store = createMemoryStore();
    store.create('pods', pod('default', 'b', { app: 'x' }));
    store.addIndex('pods', 'app', (o) => Object.values(o.metadata.labels ?? {}));
    store.addIndex('pods', 'app', () => []);
    store.create('pods', pod('default', 'a', { app: 'x' }));
    const names = (value: string) => store.byIndex('pods', 'app', value).map((o) => o.metadata.name);
    expect(names('x')).toEqual(['a', 'b']);
    store.update('pods', pod('default', 'a', { app: 'y' }));
    expect([names('x'), names('y')]).toEqual([['b'], ['a']]);
    store.delete('pods', { namespace: 'default', name: 'b' });
    expect([names('x'), names('y')]).toEqual([[], ['a']]);
    expect(() => store.byIndex('pods', 'none', 'x')).toThrow('assertion: no index none');
  });

  it('freezes what it stores', () => {
    const stored = createMemoryStore({ freeze: true }).create('pods', pod('default', 'a', { app: 'x' }));
    expect(() => Object.assign(stored.metadata.labels ?? {}, { app: 'y' })).toThrow(TypeError);
  });

  it('creates 10,000 objects in any order in well under a second', () => {
    const store = createMemoryStore({ freeze: false });
    for (let i = 0; i < 10_000; i++) store.create('pods', pod('default', `p-${(i * 7919) % 10_000}`));
    expect(store.list('pods')).toHaveLength(10_000);
    expect(store.list('pods')[1]?.metadata.name).toBe('p-1');
  });
});

it.each([
  ['a', 'a', 0],
  ['a', 'ab', -1],
  ['Z', 'a', -1],
  ['\u{1f600}', '\uffff', 1],
  ['é', 'z', 1],
])('compareBytes(%j, %j)', (a, b, sign) => {
  expect(Math.sign(compareBytes(a, b))).toBe(sign);
  expect(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)))).toBe(sign);
});
