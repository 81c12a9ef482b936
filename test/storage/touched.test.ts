// A command's cost follows what it touches: which files are opened.
import path from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { diskFileSystem, type FileSystem } from '../../src/storage/files.ts';
import { openState } from '../../src/storage/state.ts';
import { commitTo, newFolder, node, pod, removeFolders } from './folder.ts';

afterEach(removeFolders);

function counting(folder: string): { fs: FileSystem; read: string[] } {
  const read: string[] = [];
  const readFileSync = ((file: string, ...options: [BufferEncoding]) => {
    read.push(path.relative(folder, file));
    return diskFileSystem.readFileSync(file, ...options);
  }) as FileSystem['readFileSync'];
  return { read, fs: { ...diskFileSystem, readFileSync } };
}

function written(): string {
  const folder = newFolder();
  commitTo(
    folder,
    ({ store }) => {
      store.create('nodes', node('n1'));
      for (const namespace of ['default', 'kube-system']) store.create('pods', pod('a', {}, namespace));
      store.create('configmaps', pod('c'));
    },
    { checkpointBytes: 0 },
  );
  return folder;
}

it.each([
  ['nothing', () => undefined, []],
  ['list nodes', (s) => s.list('nodes'), ['objects/nodes/_cluster.json']],
  ['list pods of a namespace', (s) => s.list('pods', 'default'), ['objects/pods/default.json']],
  ['get a pod', (s) => s.get('pods', { namespace: 'kube-system', name: 'a' }), ['objects/pods/kube-system.json']],
  ['list pods', (s) => s.list('pods'), ['objects/pods/default.json', 'objects/pods/kube-system.json']],
  ['count pods', (s) => s.count('pods'), []],
  ['list what is not there', (s) => [s.list('secrets'), s.list('pods', 'none')], []],
  ['create in a new namespace', (s) => s.create('pods', pod('x', {}, 'new')), []],
] as [string, (store: ReturnType<typeof openState>['store']) => unknown, string[]][])('%s', (_, action, files) => {
  const folder = written();
  const { fs, read } = counting(folder);
  action(openState(folder, { fs }).store);
  expect(read).toEqual(['meta.json', 'journal.jsonl', ...files]);
});

it('what is in memory is not read again, and polling reads nothing', () => {
  const folder = written();
  const { fs, read } = counting(folder);
  const state = openState(folder, { fs });
  state.store.list('pods');
  state.sync();
  read.length = 0;
  state.store.list('pods');
  state.sync();
  state.store.list('pods', 'default');
  expect(read).toEqual([]);
});

it('a batch in the journal is parsed only by who needs its shards', () => {
  const folder = written();
  commitTo(folder, ({ store }) => store.update('pods', pod('a', { app: 'x' })));
  const { store } = openState(folder);
  const parse = JSON.parse;
  const lengths: number[] = [];
  JSON.parse = (text: string) => {
    lengths.push(text.length);
    return parse(text);
  };
  try {
    store.list('nodes');
    const forNodes = lengths.length;
    store.list('pods');
    expect([forNodes, lengths.length]).toEqual([1, 4]);
  } finally {
    JSON.parse = parse;
  }
});
