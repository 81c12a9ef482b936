// Whatever is done, the state folder holds what a store in memory would hold, with any number of openings and checkpoints between.
import { afterEach, expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, oneof, property, record, type Arbitrary } from 'fast-check';
import type { KubeObject } from '../../src/machinery/types.ts';
import { createMemoryStore } from '../../src/storage/memory.ts';
import { openState, type State } from '../../src/storage/state.ts';
import type { Store } from '../../src/storage/types.ts';
import { lockedState, newFolder, removeFolders } from './folder.ts';

afterEach(removeFolders);

type Step =
  | { do: 'put' | 'delete'; resource: string; namespace: string; name: string; value: number }
  | { do: 'commit' | 'checkpoint' | 'reopen' | 'read' };

const RESOURCES = ['pods', 'nodes', 'deployments.apps', '_containers'];

const step: Arbitrary<Step> = oneof(
  {
    weight: 6,
    arbitrary: record({
      do: constantFrom('put' as const, 'put' as const, 'delete' as const),
      resource: constantFrom(...RESOURCES),
      namespace: constantFrom('default', 'a', 'a-b'),
      name: constantFrom('x', 'y', 'z', 'x-1'),
      value: integer({ min: 0, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom('commit' as const, 'checkpoint' as const, 'reopen' as const, 'read' as const),
    }),
  },
);

function write(store: Store, { do: verb, resource, namespace, name, value }: Step & { do: 'put' | 'delete' }): void {
  const metadata = { name, ...(resource === 'nodes' ? {} : { namespace }), labels: { value: String(value) } };
  const object: KubeObject = { apiVersion: 'v1', kind: 'Thing', metadata };
  const exists = store.get(resource, metadata) !== undefined;
  if (verb === 'delete') {
    if (exists) store.delete(resource, metadata);
  } else if (exists) store.update(resource, object);
  else store.create(resource, object);
}

function seen(store: Store): unknown {
  const byResource = RESOURCES.map((r) => [r, store.list(r), store.list(r, 'a'), store.count(r)]);
  return { revision: store.revision, byResource, index: store.byIndex('pods', 'value', '1') };
}

function index(store: Store): void {
  store.addIndex('pods', 'value', (object) => [object.metadata.labels?.['value'] ?? '']);
}

it('a state folder is a store in memory', () => {
  assert(
    property(array(step, { maxLength: 40 }), (steps) => {
      const memory = createMemoryStore({ freeze: false });
      const options = { freeze: false, checkpointBytes: 1500 };
      let state = lockedState(newFolder(), options);
      const watcher = openState(state.directory, { freeze: false });
      const told: unknown[] = [];
      let toldRevision = watcher.store.revision;
      const watch = (): void => {
        if (state.isNew) return;
        expect(watcher.sync()).toBe(true);
        told.push(...watcher.store.eventsSince(toldRevision));
        toldRevision = watcher.store.revision;
      };
      const reopen = (): State => {
        state.commit({ command: '', atMs: 0 });
        watch();
        state.close();
        const again = lockedState(state.directory, options);
        index(again.store);
        return again;
      };
      index(memory);
      index(state.store);
      for (const s of steps) {
        if (s.do === 'put' || s.do === 'delete') {
          write(memory, s as Step & { do: 'put' | 'delete' });
          write(state.store, s as Step & { do: 'put' | 'delete' });
        } else if (s.do === 'reopen') state = reopen();
        else if (s.do === 'read') expect(seen(state.store)).toEqual(seen(memory));
        else {
          state.commit({ command: '', atMs: 0 });
          if (s.do === 'checkpoint') state.checkpoint();
          // A state that begins is read anew; from then on every write must reach the watcher as an event.
          if (s.do === 'checkpoint') watch();
        }
      }
      const events = memory.eventsSince(1);
      state = reopen();
      expect(seen(state.store)).toEqual(seen(memory));
      expect(told).toEqual(events);
      index(watcher.store);
      expect(seen(watcher.store)).toEqual(seen(memory));
      for (const revision of [1, 2, 5, 10].filter((r) => r <= memory.revision)) {
        const past = createMemoryStore({ objects: state.objectsAt(revision) ?? [], freeze: false });
        const replayed = createMemoryStore({ freeze: false });
        for (const event of events.filter((e) => e.revision <= revision)) {
          if (event.type === 'DELETED') replayed.delete(event.resource, event.object.metadata);
          else if (event.type === 'ADDED') replayed.create(event.resource, event.object);
          else replayed.update(event.resource, event.object);
        }
        expect(RESOURCES.map((r) => past.list(r))).toEqual(RESOURCES.map((r) => replayed.list(r)));
      }
      state.close();
      removeFolders();
    }),
    { numRuns: 60 },
  );
});
