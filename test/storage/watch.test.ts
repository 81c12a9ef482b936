// Watches: what a selector sees of writes.
import { expect, it } from '@jest/globals';
import type { KubeObject } from '../../src/machinery/types.ts';
import { createMemoryStore } from '../../src/storage/memory.ts';
import { createWatch, type RawWatchEvent } from '../../src/storage/watch.ts';

function pod(name: string, labels: Record<string, string> = {}, namespace = 'default'): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels } };
}
const shown = (events: RawWatchEvent[]) =>
  events.map(
    ({ type, object: { metadata: m } }) => `${type} ${m.name} ${m.labels?.['app'] ?? '-'} ${m.resourceVersion}`,
  );
const isWeb = (object: KubeObject) => object.metadata.labels?.['app'] === 'web';

it('tells all events of a resource and namespace, once', () => {
  const store = createMemoryStore();
  const watch = createWatch(store, { resource: 'pods', namespace: 'default', fromRevision: 1 });
  store.create('pods', pod('a'));
  store.create('pods', pod('a', {}, 'other'));
  store.create('secrets', pod('s'));
  expect(shown(watch.next())).toEqual(['ADDED a - 2']);
  expect(watch.revision).toBe(4);
  expect(watch.next()).toEqual([]);
  store.update('pods', pod('a', { app: 'web' }));
  store.delete('pods', { namespace: 'default', name: 'a' });
  expect(shown(watch.next())).toEqual(['MODIFIED a web 5', 'DELETED a web 6']);
});

it('an object that leaves the selector is DELETED with its old state, one that enters is ADDED', () => {
  const store = createMemoryStore();
  const watch = createWatch(store, { resource: 'pods', fromRevision: 1, predicate: isWeb });
  store.create('pods', pod('a'));
  store.update('pods', pod('a', { app: 'web' }));
  store.update('pods', pod('a', { app: 'web', x: 'y' }));
  store.update('pods', pod('a', { app: 'db' }));
  store.delete('pods', { namespace: 'default', name: 'a' });
  expect(shown(watch.next())).toEqual(['ADDED a web 3', 'MODIFIED a web 4', 'DELETED a web 5']);
  expect(store.get('pods', { namespace: 'default', name: 'a' })).toBeUndefined();
});

it('without a revision begins with what is there', () => {
  const store = createMemoryStore();
  store.create('pods', pod('b', { app: 'web' }));
  store.create('pods', pod('a', { app: 'web' }));
  store.create('pods', pod('c'));
  const watch = createWatch(store, { resource: 'pods', predicate: isWeb });
  expect(shown(watch.next())).toEqual(['ADDED a web 3', 'ADDED b web 2']);
  store.delete('pods', { namespace: 'default', name: 'b' });
  expect(shown(watch.next())).toEqual(['DELETED b web 5']);
});

it('says Expired when its events are gone', () => {
  const store = createMemoryStore({ freeze: false, revision: 50 });
  const watch = createWatch(store, { resource: 'pods', fromRevision: 40 });
  store.create('pods', pod('a'));
  expect(() => watch.next()).toThrow('too old resource version: 40 (50)');
});
