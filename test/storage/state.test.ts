// The state folder: what is on disk, what others see of it, history.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openState } from '../../src/storage/state.ts';
import { createWatch } from '../../src/storage/watch.ts';
import { commitTo, filesOf, lockedState, newFolder, node, pod, removeFolders } from './folder.ts';

afterEach(removeFolders);

const small = { checkpointBytes: 0 };

function written(): string {
  const folder = newFolder();
  commitTo(folder, ({ store }) => store.create('pods', pod('a')), small);
  commitTo(folder, ({ store }) => {
    store.update('pods', pod('a', { v: '2' }));
    store.update('pods', pod('a', { v: '3' }));
    store.create('pods', pod('b'));
  });
  commitTo(folder, ({ store }) => [store.delete('pods', pod('a').metadata), store.create('nodes', node('n'))], small);
  return folder;
}

describe('files', () => {
  it('are JSON that a person can read', () => {
    const folder = newFolder();
    const state = lockedState(folder);
    expect([state.isNew, state.store.revision, state.meta]).toEqual([true, 1, {}]);
    state.updateMeta({ seed: 'a', clock: { mode: 'manual', simulatedMs: 5, wallMs: 6, speed: 1 } });
    state.store.create('nodes', node('n1'));
    state.store.create('pods', pod('b'));
    state.store.create('pods', pod('a', { app: 'x' }));
    expect(state.commit({ command: 'kubectl apply', atMs: 7 })).toBe(true);
    expect(state.commit({ command: 'kubectl get', atMs: 8 })).toBe(false);
    state.unlock();
    expect(filesOf(folder)).toEqual({
      'meta.json': '{\n"format":1,"generation":1,"revision":1,\n"values":{},\n"shards":{}\n}\n',
      'journal.jsonl':
        '{"format":1,"generation":1,"revision":1}\n' +
        '{"revision":4,"atMs":7,"command":"kubectl apply","shards":["nodes/_cluster","pods/default"],' +
        '"meta":{"seed":"a","clock":{"mode":"manual","simulatedMs":5,"wallMs":6,"speed":1}},' +
        '"writes":[{"type":"ADDED","resource":"nodes","object":{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","resourceVersion":"2"}}},' +
        '{"type":"ADDED","resource":"pods","object":{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"default","name":"b","labels":{},"resourceVersion":"3"}}},' +
        '{"type":"ADDED","resource":"pods","object":{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"default","name":"a","labels":{"app":"x"},"resourceVersion":"4"}}}],' +
        '"before":[]}\n',
    });
    state.lockSync();
    state.checkpoint();
    state.unlock();
    expect(filesOf(folder)).toEqual({
      'history/1.jsonl': expect.any(String),
      'journal.jsonl': '{"format":1,"generation":2,"revision":4}\n',
      'meta.json':
        '{\n"format":1,"generation":2,"revision":4,\n' +
        '"values":{\n"seed":"a",\n"clock":{"mode":"manual","simulatedMs":5,"wallMs":6,"speed":1}\n},\n' +
        '"shards":{\n"nodes":{"_cluster":1},\n"pods":{"default":2}\n}\n}\n',
      'objects/nodes/_cluster.json':
        '{"format":1,"resource":"nodes","revision":4,"objects":[\n' +
        '{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","resourceVersion":"2"}}\n]}\n',
      'objects/pods/default.json':
        '{"format":1,"resource":"pods","namespace":"default","revision":4,"objects":[\n' +
        '{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"default","name":"a","labels":{"app":"x"},"resourceVersion":"4"}},\n' +
        '{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"default","name":"b","labels":{},"resourceVersion":"3"}}\n]}\n',
    });
  });

  it('reading an empty place makes nothing', () => {
    const folder = newFolder();
    const state = openState(folder);
    expect([state.isNew, state.store.list('pods'), state.store.count('nodes'), state.sync()]).toEqual([
      true,
      [],
      0,
      true,
    ]);
    expect(fs.existsSync(folder)).toBe(false);
  });

  it('an emptied shard leaves no file', () => {
    const folder = newFolder();
    commitTo(folder, ({ store }) => store.create('pods', pod('a')), small);
    expect(Object.keys(filesOf(folder))).toContain('objects/pods/default.json');
    commitTo(folder, ({ store }) => store.delete('pods', pod('a').metadata), small);
    expect(Object.keys(filesOf(folder))).toEqual(['history/1.jsonl', 'history/2.jsonl', 'journal.jsonl', 'meta.json']);
    expect(openState(folder).store.list('pods')).toEqual([]);
  });

  it('a checkpoint is due by the size of the journal', () => {
    const folder = newFolder();
    const state = lockedState(folder);
    const text = 'x'.repeat(40_000);
    state.store.create('pods', pod('a', { text }));
    state.commit({ command: '', atMs: 0 });
    expect(state.generation).toBe(1);
    state.store.create('pods', pod('b', { text }));
    state.commit({ command: '', atMs: 0 });
    expect(state.generation).toBe(2);
    for (let i = 0; i < 30; i++) state.store.create('pods', pod(`c${i}`, { text }));
    state.commit({ command: '', atMs: 0 });
    expect(state.generation).toBe(3);
    // 1.3 MB of pods: a tenth of it may wait in the journal.
    state.store.update('pods', pod('a', { text: `${text}.` }));
    state.commit({ command: '', atMs: 0 });
    expect(state.generation).toBe(3);
    state.close();
  });

  it.each([
    ['a new state', false],
    ['an old one', true],
  ])('discard gives up what was not committed: %s', (_, isOld) => {
    const folder = newFolder();
    if (isOld) commitTo(folder, ({ store }) => store.create('pods', pod('old')));
    const state = lockedState(folder);
    const old = state.store.list('pods');
    state.updateMeta({ seed: 'x' });
    state.store.create('pods', pod('a'));
    state.discard();
    expect([state.store.list('pods'), state.store.revision, state.meta]).toEqual([old, isOld ? 2 : 1, {}]);
    state.store.create('pods', pod('b'));
    state.commit({ command: '', atMs: 0 });
    state.unlock();
    expect(
      openState(folder)
        .store.list('pods')
        .map((p) => p.metadata.name),
    ).toEqual(['b', ...(isOld ? ['old'] : [])]);
  });

  it('reset leaves an empty state, in every process', () => {
    const folder = newFolder();
    commitTo(folder, ({ store }) => store.create('pods', pod('a')), small);
    const other = openState(folder);
    expect(other.store.count('pods')).toBe(1);
    const state = lockedState(folder);
    state.updateMeta({ seed: 'gone' });
    state.store.create('pods', pod('b'));
    state.reset();
    expect([state.store.revision, state.store.list('pods'), state.meta]).toEqual([1, [], {}]);
    state.store.create('pods', pod('c'));
    state.commit({ command: '', atMs: 0 });
    state.unlock();
    expect(other.sync()).toBe(false);
    expect(other.store.list('pods').map((p) => p.metadata.name)).toEqual(['c']);
    expect(other.store.revision).toBe(2);
    expect(Object.keys(filesOf(folder))).toEqual(['journal.jsonl', 'meta.json']);
  });
});

describe('other processes', () => {
  it.each([
    ['one journal', {}],
    ['checkpoints between', small],
  ])('see writes as events: %s', (_, options) => {
    const folder = newFolder();
    commitTo(folder, ({ store }) => store.create('pods', pod('a')), options);
    const reader = openState(folder);
    const watch = createWatch(reader.store, { resource: 'pods', fromRevision: reader.store.revision });
    const all = createWatch(reader.store, { resource: 'pods' });
    expect(all.next()).toHaveLength(1);
    commitTo(folder, ({ store }) => store.update('pods', pod('a', { app: 'x' })), options);
    commitTo(folder, ({ store }) => store.create('pods', pod('z', {}, 'other')), options);
    commitTo(folder, ({ store }) => store.delete('pods', pod('a').metadata), options);
    expect(watch.next()).toEqual([]);
    expect(reader.sync()).toBe(true);
    const shown = watch
      .next()
      .map(({ type, object }) => `${type} ${object.metadata.name} ${object.metadata.resourceVersion}`);
    expect(shown).toEqual(['MODIFIED a 3', 'ADDED z 4', 'DELETED a 5']);
    expect(all.next()).toHaveLength(3);
    expect(reader.store.list('pods').map((p) => p.metadata.name)).toEqual(['z']);
    expect(reader.store.eventsSince(2, 'pods')[0]?.previous?.metadata.resourceVersion).toBe('2');
  });

  it('a reader that opened before a checkpoint follows it when it meets a newer shard', () => {
    const folder = newFolder();
    commitTo(folder, ({ store }) => [store.create('pods', pod('a')), store.create('pods', pod('b', {}, 'b'))], small);
    const reader = openState(folder);
    expect(reader.store.list('pods', 'default')).toHaveLength(1);
    commitTo(folder, ({ store }) => [store.create('pods', pod('a2')), store.create('pods', pod('b2', {}, 'b'))], small);
    expect(reader.store.list('pods').map((p) => p.metadata.name)).toEqual(['b', 'b2', 'a', 'a2']);
    expect(reader.store.revision).toBe(5);
  });

  it('a shard that went away meanwhile is gone for the reader too', () => {
    const folder = newFolder();
    commitTo(folder, ({ store }) => store.create('pods', pod('a')), small);
    const reader = openState(folder);
    commitTo(folder, ({ store }) => store.delete('pods', pod('a').metadata), small);
    expect(reader.store.list('pods')).toEqual([]);
  });

  it('when the archives are gone, memory is forgotten', () => {
    const folder = newFolder();
    commitTo(folder, ({ store }) => store.create('pods', pod('a')), small);
    const reader = openState(folder);
    expect(reader.store.count('pods')).toBe(1);
    commitTo(folder, ({ store }) => store.create('pods', pod('b')), small);
    fs.rmSync(path.join(folder, 'history'), { recursive: true });
    expect(reader.sync()).toBe(false);
    expect(reader.store.list('pods').map((p) => p.metadata.name)).toEqual(['a', 'b']);
    expect(() => reader.store.eventsSince(2)).toThrow('too old resource version: 2 (3)');
  });

  it('meta is seen too', () => {
    const folder = newFolder();
    commitTo(folder, (state) => state.updateMeta({ seed: 'a', nextDueAtMs: 5 }));
    const reader = openState(folder);
    expect(reader.meta).toEqual({ seed: 'a', nextDueAtMs: 5 });
    commitTo(folder, (state) => state.updateMeta({ nextDueAtMs: undefined, seed: 'a', extra: [1] }));
    reader.sync();
    expect(reader.meta).toEqual({ seed: 'a', extra: [1] });
    expect(openState(folder).meta).toEqual({ seed: 'a', extra: [1] });
  });

  it('a new process knows the events since the last checkpoint', () => {
    const folder = newFolder();
    commitTo(folder, ({ store }) => store.create('pods', pod('a')), small);
    commitTo(folder, ({ store }) => store.update('pods', pod('a', { app: 'x' })));
    const { store } = openState(folder);
    expect(store.eventsSince(2)).toMatchObject([
      { type: 'MODIFIED', revision: 3, previous: { metadata: { name: 'a' } } },
    ]);
    expect(() => store.eventsSince(1)).toThrow('too old resource version: 1 (2)');
  });
});

describe('history', () => {
  it('tells the batches, newest first', () => {
    const batches = [...openState(written()).history()];
    expect(batches.map((b) => [b.revision, b.events().length])).toEqual([
      [7, 2],
      [5, 3],
      [2, 1],
    ]);
  });

  it.each([
    [7, ['nodes /n', 'pods default/b 5']],
    [5, ['pods default/a 4', 'pods default/b 5']],
    [3, ['pods default/a 3']],
    [2, ['pods default/a 2']],
    [1, []],
  ])('objectsAt(%d)', (revision, expected) => {
    const objects = openState(written()).objectsAt(revision) ?? [];
    const shown = objects.flatMap(({ resource, objects: list }) =>
      list.map(
        ({ metadata: m }) =>
          `${resource} ${m.namespace ?? ''}/${m.name}${resource === 'pods' ? ` ${m.resourceVersion}` : ''}`,
      ),
    );
    expect(shown.sort()).toEqual(expected);
  });

  it('says when it does not reach back', () => {
    const folder = written();
    fs.rmSync(path.join(folder, 'history', '1.jsonl'));
    expect(openState(folder).pastObjects(1)).toBeUndefined();
    expect(openState(folder).pastObjects(2)).toHaveLength(3);
  });

  it('a branch adopts objects as they were', () => {
    const old = openState(written());
    const branch = lockedState(newFolder());
    branch.adopt({ revision: 5, objects: old.objectsAt(5) ?? [], meta: { seed: 's' } });
    branch.store.create('pods', pod('c'));
    branch.commit({ command: 'branch', atMs: 0 });
    branch.unlock();
    const again = openState(branch.directory);
    expect(again.store.list('pods').map((p) => `${p.metadata.name} ${p.metadata.resourceVersion}`)).toEqual([
      'a 4',
      'b 5',
      'c 6',
    ]);
    expect(again.meta).toEqual({ seed: 's' });
  });
});
