// A state folder for a test, and objects to put into it.
// Called by: test/storage/*.test.ts.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { KubeObject } from '../../src/machinery/types.ts';
import { openState, type State, type StateOptions } from '../../src/storage/state.ts';

const made: string[] = [];

/** Returns a path in a new empty folder. */
export function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-storage-'));
  made.push(folder);
  return path.join(folder, 'state');
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
}

export function pod(name: string, labels: Record<string, string> = {}, namespace = 'default'): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels } };
}

export function node(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name } };
}

export function lockedState(directory: string, options: StateOptions = {}): State {
  const state = openState(directory, options);
  state.lockSync();
  return state;
}

/** Locks, writes, commits and unlocks. */
export function commitTo(directory: string, write: (state: State) => void, options: StateOptions = {}): void {
  const state = lockedState(directory, options);
  try {
    write(state);
    state.commit({ command: 'test', atMs: 1000 });
  } finally {
    state.unlock();
  }
}

/** Returns every file below a folder with its text, to compare before and after. */
export function filesOf(directory: string): Record<string, string> {
  const names = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => fs.statSync(path.join(directory, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, fs.readFileSync(path.join(directory, name), 'utf8')]));
}
