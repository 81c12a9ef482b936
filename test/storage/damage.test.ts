// What goes wrong with files: torn ends, newer formats, damaged JSON, disks that refuse. Nothing is lost, nothing is touched.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { diskFileSystem, StateError, type FileSystem } from '../../src/storage/files.ts';
import { openState } from '../../src/storage/state.ts';
import { commitTo, filesOf, lockedState, newFolder, node, pod, removeFolders } from './folder.ts';

afterEach(removeFolders);

const small = { checkpointBytes: 0 };

function names(folder: string): string[] {
  return openState(folder)
    .store.list('pods')
    .map((p) => p.metadata.name);
}

/** Two pods: one in its file, one in the journal only. */
function written(): string {
  const folder = newFolder();
  commitTo(folder, ({ store }) => [store.create('pods', pod('a')), store.create('nodes', node('n'))], small);
  commitTo(folder, ({ store }) => store.create('pods', pod('b')));
  return folder;
}

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Lets the n-th rename or link of a checkpoint, and everything after it, fail without a trace. */
function crashing(after: number): FileSystem {
  let steps = 0;
  const step =
    <A extends unknown[]>(action: (...args: A) => void) =>
    (...args: A): void => {
      if (steps++ >= after) throw Object.assign(new Error('crash'), { code: 'EIO' });
      action(...args);
    };
  return {
    ...diskFileSystem,
    renameSync: step(fs.renameSync),
    linkSync: (from, to) => (String(to).endsWith('lock') ? fs.linkSync(from, to) : step(fs.linkSync)(from, to)),
  };
}

/** Refuses one call on paths that end so, once `isOn`. */
function refusing(code: string, method: 'writeSync' | 'openSync' | 'fsyncSync' | 'linkSync' | 'mkdirSync') {
  const control = { isOn: false };
  const refuse = (): never => {
    throw Object.assign(new Error(`${code}: refused`), { code });
  };
  const fileSystem: FileSystem = {
    ...diskFileSystem,
    [method]: (...args: unknown[]) =>
      control.isOn && !(method === 'openSync' && args[1] === 'r')
        ? refuse()
        : (diskFileSystem[method] as (...a: unknown[]) => unknown)(...args),
  };
  return { control, fileSystem };
}

describe('a journal that a crash cut short', () => {
  it.each([
    ['an unfinished line', '{"revision":5,"atMs":1,"comm'],
    ['a line that lacks only its end', '{"revision":5,"atMs":1,"command":"","shards":[],"writes":[],"before":[]}'],
    ['zeros', '\0'.repeat(100)],
    ['zeros with a line end', `${'\0'.repeat(100)}\n`],
  ])('%s: is read up to there, said once, and cut by the next commit', (_, tail) => {
    const folder = written();
    const journal = path.join(folder, 'journal.jsonl');
    const whole = fs.readFileSync(journal, 'utf8');
    fs.appendFileSync(journal, tail);
    const warnings: string[] = [];
    const state = openState(folder, { warn: (message) => warnings.push(message) });
    expect(state.store.list('pods').map((p) => p.metadata.name)).toEqual(['a', 'b']);
    state.lockSync();
    expect(warnings).toEqual([
      `the last ${tail.length} bytes of ${journal} were cut short by a crash and are dropped; nothing that a command reported is in them`,
    ]);
    expect(fs.readFileSync(journal, 'utf8')).toBe(whole + tail);
    state.store.create('pods', pod('c'));
    state.commit({ command: '', atMs: 0 });
    state.unlock();
    expect(fs.readFileSync(journal, 'utf8').startsWith(`${whole}{"revision":5`)).toBe(true);
    expect(names(folder)).toEqual(['a', 'b', 'c']);
  });

  it('is not spoken of while another process writes', () => {
    const folder = written();
    const writer = lockedState(folder);
    fs.appendFileSync(path.join(folder, 'journal.jsonl'), '{"revision":5');
    const warnings: string[] = [];
    openState(folder, { warn: (message) => warnings.push(message) }).sync();
    expect(warnings).toEqual([]);
    writer.unlock();
  });
});

describe('a crash inside a checkpoint', () => {
  it.each([0, 1, 2, 3, 4])('after %d steps: the state reads the same, and goes on', (steps) => {
    const folder = written();
    const state = lockedState(folder, { fs: crashing(steps) });
    state.store.update('pods', pod('a', { v: '2' }));
    state.store.update('nodes', { ...node('n'), metadata: { name: 'n', labels: { v: '2' } } });
    state.commit({ command: '', atMs: 0 });
    const error = caught(() => state.checkpoint());
    expect(error instanceof Error).toBe(true);
    state.unlock();
    const labels = (): unknown[] =>
      ['pods', 'nodes']
        .flatMap((r) => openState(folder).store.list(r))
        .map((o) => [o.metadata.name, o.metadata.labels, o.metadata.resourceVersion]);
    const expected = [
      ['a', { v: '2' }, '5'],
      ['b', {}, '4'],
      ['n', { v: '2' }, '6'],
    ];
    expect(labels()).toEqual(expected);
    commitTo(folder, ({ store }) => store.create('pods', pod('c')), small);
    expect(labels()).toEqual([...expected.slice(0, 2), ['c', {}, '7'], ['n', { v: '2' }, '6']]);
    expect(
      openState(folder)
        .objectsAt(4)
        ?.map((r) => r.objects.map((o) => o.metadata.resourceVersion)),
    ).toEqual([['3'], ['2', '4']]);
  });
});

describe('files that cannot be understood', () => {
  it.each([
    ['meta.json', '"format":1', '"format":2', 'state format 2 is newer than this program understands (1): FILE'],
    [
      'journal.jsonl',
      '"format":1',
      '"format":7',
      'state format 7 is newer than this program understands (1): FILE line 1',
    ],
    [
      'objects/pods/default.json',
      '"format":1',
      '"format":3',
      'state format 3 is newer than this program understands (1): FILE',
    ],
    ['meta.json', '"generation"', '"generation', /^FILE is damaged: .*JSON/],
    ['meta.json', '"format":1,', '', /^FILE is damaged$/],
    ['meta.json', '"revision":3', '"revision":"3"', /^FILE is damaged$/],
    ['objects/pods/default.json', '{"apiVersion"', '{apiVersion', /^FILE is damaged: .*JSON/],
    ['objects/pods/default.json', '"objects"', '"items"', /^FILE is damaged$/],
    ['journal.jsonl', '"shards":["pods/default"]', '"shards":["pods/default"', /^FILE line 2 is damaged: .*JSON/],
    ['journal.jsonl', '"type":"ADDED"', '"type":ADDED', /^FILE line 2 is damaged: .*JSON/],
  ])('%s with %s as %s', (name, from, to, message) => {
    const folder = written();
    const file = path.join(folder, name);
    const text = fs.readFileSync(file, 'utf8');
    expect(text).toContain(from);
    fs.writeFileSync(file, text.replace(from, to));
    const before = filesOf(folder);
    const error = caught(() => names(folder));
    expect(error).toBeInstanceOf(StateError);
    const said = (error as Error).message;
    expect(said).not.toContain('\n');
    if (typeof message === 'string') expect(said).toBe(message.replace('FILE', file));
    else expect(said.replace(file, 'FILE')).toMatch(message);
    caught(() => commitTo(folder, ({ store }) => store.create('pods', pod('c')), small));
    expect(filesOf(folder)).toEqual(before);
  });

  it.each([
    ['meta.json', /^FILE is missing$/],
    ['journal.jsonl', /^FILE is missing$/],
    ['objects/pods/default.json', /^FILE does not fit the rest of the state, or is missing$/],
  ])('%s missing', (name, message) => {
    const folder = written();
    fs.rmSync(path.join(folder, name));
    expect((caught(() => names(folder)) as Error).message.replace(path.join(folder, name), 'FILE')).toMatch(message);
  });

  it('does not matter to who reads something else', () => {
    const folder = written();
    fs.writeFileSync(path.join(folder, 'objects/pods/default.json'), '{');
    expect(openState(folder).store.list('nodes')).toHaveLength(1);
  });

  it('a folder that is a file', () => {
    const folder = newFolder();
    fs.writeFileSync(folder, 'text');
    expect((caught(() => openState(folder)) as Error).message).toBe(`cannot read ${folder}/meta.json: not a directory`);
  });

  it('a lock with something else in it', () => {
    const folder = written();
    fs.writeFileSync(path.join(folder, 'lock'), 'x');
    expect((caught(() => lockedState(folder)) as Error).message).toBe(
      `${folder}/lock is damaged: remove it if no other command is running`,
    );
  });
});

describe('a disk that refuses', () => {
  it.each([
    ['ENOSPC', 'writeSync', 'cannot write FOLDER/journal.jsonl: no space left on device'],
    ['ENOSPC', 'fsyncSync', 'cannot write FOLDER/journal.jsonl: no space left on device'],
    ['EROFS', 'openSync', 'cannot write FOLDER/journal.jsonl: read-only file system'],
    ['EACCES', 'openSync', 'cannot write FOLDER/journal.jsonl: permission denied'],
  ] as const)('%s in %s: the commit fails whole and can be tried again', (code, method, message) => {
    const folder = written();
    const { control, fileSystem } = refusing(code, method);
    const state = lockedState(folder, { fs: fileSystem });
    const before = filesOf(folder);
    state.store.create('pods', pod('c'));
    control.isOn = true;
    const error = caught(() => state.commit({ command: '', atMs: 0 }));
    expect(error).toBeInstanceOf(StateError);
    expect((error as Error).message).toBe(message.replace('FOLDER', folder));
    expect(filesOf(folder)).toEqual(before);
    control.isOn = false;
    expect(state.commit({ command: '', atMs: 0 })).toBe(true);
    state.unlock();
    expect(names(folder)).toEqual(['a', 'b', 'c']);
  });

  it('half a line that was written is cut off again', () => {
    const folder = written();
    let left = Number.POSITIVE_INFINITY;
    const full: FileSystem = {
      ...diskFileSystem,
      writeSync: ((fd: number, bytes: Uint8Array, offset: number, length: number, position: number) => {
        if (left <= 0) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
        if (typeof bytes === 'string') return fs.writeSync(fd, bytes);
        const done = fs.writeSync(fd, bytes, offset, Math.min(length, left), position);
        left -= done;
        return done;
      }) as FileSystem['writeSync'],
    };
    const state = lockedState(folder, { fs: full });
    const before = filesOf(folder);
    state.store.create('pods', pod('c'));
    left = 50;
    expect(() => state.commit({ command: '', atMs: 0 })).toThrow('no space left on device');
    expect(filesOf(folder)).toEqual(before);
    state.unlock();
  });

  it('a checkpoint that fails does not fail the commit before it', () => {
    const folder = written();
    const warnings: string[] = [];
    const fileSystem: FileSystem = {
      ...diskFileSystem,
      renameSync: () => {
        throw Object.assign(new Error('x'), { code: 'ENOSPC' });
      },
    };
    commitTo(folder, ({ store }) => store.create('pods', pod('c')), {
      ...small,
      fs: fileSystem,
      warn: (message) => warnings.push(message),
    });
    expect(warnings).toEqual([
      `the journal grows, for no checkpoint could be made: cannot write ${folder}/objects/pods/default.json: no space left on device`,
    ]);
    expect(names(folder)).toEqual(['a', 'b', 'c']);
    expect(Object.keys(filesOf(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([
    ['EROFS', 'openSync', 'cannot lock FOLDER/lock: read-only file system'],
    ['EACCES', 'linkSync', 'cannot lock FOLDER/lock: permission denied'],
  ] as const)('%s in %s: readers read, the lock says why not', (code, method, message) => {
    const folder = written();
    const before = filesOf(folder);
    const { control, fileSystem } = refusing(code, method);
    control.isOn = true;
    expect(openState(folder, { fs: fileSystem }).store.list('pods')).toHaveLength(2);
    const error = caught(() => lockedState(folder, { fs: fileSystem }));
    expect((error as Error).message).toBe(message.replace('FOLDER', folder));
    expect(filesOf(folder)).toEqual(before);
  });

  it('a state folder that cannot be made', () => {
    const { control, fileSystem } = refusing('EACCES', 'mkdirSync');
    control.isOn = true;
    const folder = newFolder();
    expect(() => lockedState(folder, { fs: fileSystem })).toThrow(`cannot write ${folder}: permission denied`);
  });
});
