// Several real processes on one folder: none loses a write, whoever is killed, and a reader always sees one consistent state.
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { openState, type State } from '../../src/storage/state.ts';
import { commitTo, newFolder, pod, removeFolders } from './folder.ts';

let program = '';

beforeAll(async () => {
  program = `${newFolder()}.mjs`;
  const entry = fileURLToPath(new URL('./writer.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'esm' });
});
afterAll(removeFolders);

interface Writer {
  child: ChildProcess;
  /** What it reported so far. */
  output(): string;
  ended: Promise<number | null>;
}

function startWriter(folder: string, name: string, options: { count: number; checkpointBytes: number }): Writer {
  const args = [program, folder, name, String(options.count), String(options.checkpointBytes)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { child, output: () => output, ended: new Promise((resolve) => child.on('close', (code) => resolve(code))) };
}

function podsOf(state: State): string[] {
  return state.store.list('pods').map((p) => `${p.metadata.namespace}/${p.metadata.name}`);
}
const linesOf = (writers: Writer[]): string[] => writers.flatMap((w) => w.output().split('\n').slice(0, -1));
const counted = (state: State): string | undefined =>
  state.store.get('counters', { name: 'all' })?.metadata.labels?.['n'];

/** What must hold at every moment: the counter counts the pods, and their revisions are all different. */
function expectConsistent(state: State): void {
  // Loading may bring a reader without the lock to a newer revision: load everything first.
  counted(state);
  const pods = state.store.list('pods');
  expect(Number(counted(state) ?? 0)).toBe(pods.length);
  expect(new Set(pods.map((p) => p.metadata.resourceVersion)).size).toBe(pods.length);
}

it.each([
  ['one journal', { count: 6, checkpointBytes: 1e9 }],
  ['a checkpoint every few commits', { count: 6, checkpointBytes: 2000 }],
])('sixteen processes that write at once lose nothing: %s', async (_, options) => {
  const folder = newFolder();
  const follower = openState(folder, { freeze: false });
  const writers = Array.from({ length: 16 }, (_, i) => startWriter(folder, `w${i}`, options));
  const codes = Promise.all(writers.map((w) => w.ended));
  const progress = { isOver: false };
  void codes.then(() => (progress.isOver = true));
  let events = 0;
  let seenRevision = follower.store.revision;
  while (!progress.isOver) {
    // One that reads without the lock while all of them write.
    expectConsistent(openState(folder, { freeze: false }));
    if (!follower.sync()) throw new Error('the follower lost its place');
    events += follower.store.eventsSince(seenRevision).length;
    seenRevision = follower.store.revision;
    expectConsistent(follower);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await codes).toEqual(Array.from({ length: 16 }, () => 0));
  const state = openState(folder);
  expect(podsOf(state).sort()).toEqual(linesOf(writers).sort());
  expect(podsOf(state)).toHaveLength(96);
  expect(counted(state)).toBe('96');
  expect(state.store.revision).toBe(1 + 2 * 96);
  expect(Object.values(state.meta)).toEqual(Array.from({ length: 16 }, () => 5));
  follower.sync();
  expect(events + follower.store.eventsSince(seenRevision).length).toBe(2 * 96);
  expect(fs.readdirSync(folder).filter((name) => name.includes('lock') || name.endsWith('.tmp'))).toEqual([]);
});

describe('kill -9', () => {
  it('at any point loses nothing that was reported, and the next process goes on', async () => {
    const folder = newFolder();
    const reported: string[] = [];
    for (let round = 0; round < 12; round++) {
      const writers = [0, 1].map((i) => startWriter(folder, `r${round}-${i}`, { count: 1e6, checkpointBytes: 1500 }));
      // Kills come after more and more reports, and at different moments of the work that follows.
      while (linesOf(writers).length < 1 + round) await new Promise((resolve) => setImmediate(resolve));
      for (let spin = 0; spin < round * 7; spin++) await new Promise((resolve) => setImmediate(resolve));
      for (const { child } of writers) child.kill('SIGKILL');
      await Promise.all(writers.map((w) => w.ended));
      reported.push(...linesOf(writers));
      const state = openState(folder, { freeze: false });
      const pods = new Set(podsOf(state));
      expect(reported.filter((name) => !pods.has(name))).toEqual([]);
      // One more may be durable of each process than it had time to report.
      expect(pods.size - reported.length).toBeLessThanOrEqual(2 * (round + 1));
      expectConsistent(state);
    }
    commitTo(folder, ({ store }) => store.create('pods', pod('last')));
    expect(podsOf(openState(folder))).toContain('default/last');
  });
});
