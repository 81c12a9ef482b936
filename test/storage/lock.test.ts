// The lock: one holder, dead ones replaced, waiting that ends.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { diskFileSystem, type FileSystem } from '../../src/storage/files.ts';
import { StateLock, type LockOwner } from '../../src/storage/lock.ts';
import { isAlive, ownIdentity } from '../../src/storage/process.ts';
import { newFolder, removeFolders } from './folder.ts';

afterEach(removeFolders);

function lockFile(): string {
  const folder = newFolder();
  fs.mkdirSync(folder);
  return path.join(folder, 'lock');
}

/** A process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

function writeOwner(file: string, owner: Partial<LockOwner>): void {
  fs.writeFileSync(file, JSON.stringify({ ...ownIdentity(), nonce: 'n-1', ...owner }));
}

it('says who holds it and where that process serves', () => {
  const file = lockFile();
  const lock = new StateLock(file);
  const other = new StateLock(file);
  expect(lock.owner()).toBeUndefined();
  expect([lock.tryAcquire(), lock.isHeld, other.tryAcquire(), other.isHeld]).toEqual([true, true, false, false]);
  expect(other.owner()).toMatchObject({ pid: process.pid });
  lock.publish('https://127.0.0.1:6443');
  expect(other.owner()).toMatchObject({ pid: process.pid, address: 'https://127.0.0.1:6443' });
  lock.release();
  lock.release();
  expect([other.owner(), fs.existsSync(file)]).toEqual([undefined, false]);
  expect(other.tryAcquire()).toBe(true);
  lock.release();
  expect(other.owner()).toBeDefined();
  other.release();
  expect(fs.readdirSync(path.dirname(file))).toEqual([]);
});

describe("a dead owner's lock", () => {
  it.each([
    ['its process has ended', () => ({ pid: deadPid() })],
    ['its number belongs to a later process', () => ({ startTime: '1' })],
    ['the machine was started again', () => ({ bootId: '0' })],
  ])('is taken over: %s', (_, owner) => {
    const file = lockFile();
    writeOwner(file, owner());
    const lock = new StateLock(file);
    expect(lock.owner()).toBeUndefined();
    expect(lock.tryAcquire()).toBe(true);
    expect(new StateLock(file).tryAcquire()).toBe(false);
    lock.release();
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
  });

  it('is taken over after the one that was taking it over died too', () => {
    const file = lockFile();
    const pid = deadPid();
    writeOwner(file, { pid });
    writeOwner(`${file}.n-1`, { pid, nonce: 'n-2' });
    writeOwner(`${file}.n-1.n-2`, { pid, nonce: 'n-3' });
    const lock = new StateLock(file);
    expect(lock.tryAcquire()).toBe(true);
    lock.release();
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
  });

  it('is left to a living one that is taking it over', () => {
    const file = lockFile();
    writeOwner(file, { pid: deadPid() });
    writeOwner(`${file}.n-1`, { nonce: 'n-2' });
    expect(new StateLock(file).tryAcquire()).toBe(false);
  });

  it('is not thought dead in another container', () => {
    const file = lockFile();
    writeOwner(file, { pid: deadPid(), pidNamespace: 'pid:[1]' });
    expect(new StateLock(file).owner()).toBeDefined();
  });
});

describe('waiting', () => {
  it.each([
    ['asleep', (lock: StateLock) => Promise.resolve(lock.acquireSync())],
    ['awaiting', (lock: StateLock) => lock.acquire()],
  ])('%s: ends with the name of the owner', async (_, acquire) => {
    const file = lockFile();
    const owner = new StateLock(file);
    owner.acquireSync();
    let message = '';
    try {
      await acquire(new StateLock(file, { maxWaitMs: 10 }));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toBe(`the state is locked by process ${process.pid} (${file})`);
    owner.release();
  });

  it('goes on for as long as the lock passes from one to the next', async () => {
    const file = lockFile();
    writeOwner(file, {});
    let tries = 0;
    const passing: FileSystem = {
      ...diskFileSystem,
      linkSync: (from, to) => {
        if (++tries === 8) fs.rmSync(file);
        else writeOwner(file, { nonce: `n-${tries}` });
        fs.linkSync(from, to);
      },
    };
    const lock = new StateLock(file, { fs: passing, maxWaitMs: 0 });
    await lock.acquire();
    expect([tries, lock.isHeld]).toEqual([8, true]);
    lock.release();
  });

  it('ends at once for an owner that will not let go', async () => {
    const file = lockFile();
    const owner = new StateLock(file, { address: 'https://127.0.0.1:1' });
    await owner.acquire();
    const expected = `process ${process.pid} serves the cluster already, on https://127.0.0.1:1`;
    await expect(new StateLock(file).acquire()).rejects.toThrow(expected);
    owner.release();
  });

  it('goes on when the owner lets go', async () => {
    const file = lockFile();
    const owner = new StateLock(file);
    const lock = new StateLock(file);
    await owner.acquire();
    const acquired = lock.acquire();
    owner.release();
    await acquired;
    expect(lock.isHeld).toBe(true);
    lock.release();
  });
});

it('a killed child that nobody has waited for counts as dead', () => {
  expect(isAlive(ownIdentity())).toBe(true);
  expect(isAlive({ ...ownIdentity(), pid: deadPid() })).toBe(false);
});
