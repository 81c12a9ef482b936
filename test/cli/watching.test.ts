import { describe, expect, it } from '@jest/globals';
import { ConnectionError } from '../../src/cli/errors.ts';
import { waitUntil } from '../../src/cli/watching.ts';
import type { WatchEvent } from '../../src/client/transport.ts';
import { typedMapping } from '../../src/client/typed.ts';
import type { RestClient } from '../../src/client/types.ts';

const unreachable = new ConnectionError('127.0.0.1:1', 'connection refused', true);

/** Waits on a server whose watches are these, and whose lists fail when it says so; returns what was slept, and what it threw. */
async function waitOn({ timeoutMs, watch, list }: { timeoutMs: number; watch(): WatchEvent[]; list?(): boolean }) {
  const slept: number[] = [];
  let nowMs = 0;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      slept.push(ms);
      nowMs += ms;
    },
  };
  const rest = {
    list: async () => {
      if (list?.() === false) throw unreachable;
      return { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] };
    },
    async *watch() {
      yield* watch();
    },
  } as unknown as RestClient;
  const target = { rest, clock, mapping: typedMapping('v1', 'Pod'), namespace: 'default', timeoutMs };
  const thrown = await waitUntil(
    target,
    () => false,
    ({ type }) => type === 'DELETED',
  ).catch((error: Error) => error.message);
  return { slept, thrown };
}

describe('a wait', () => {
  it('begins a watch that ends at once anew, and waits longer and longer before that', async () => {
    expect(await waitOn({ timeoutMs: 10_000, watch: () => [] })).toEqual({
      slept: [800, 1600, 3200, 4400],
      thrown: 'timed out waiting for the condition',
    });
  });

  it('waits no longer than half a minute', async () => {
    const { slept } = await waitOn({ timeoutMs: 200_000, watch: () => [] });
    expect(Math.max(...slept)).toBe(30_000);
  });

  it('does not wait while something comes', async () => {
    let left = 5;
    const object = { metadata: { resourceVersion: '2' } } as unknown as WatchEvent['object'];
    const watch = (): WatchEvent[] => [{ type: left-- > 0 ? 'MODIFIED' : 'DELETED', object }];
    expect((await waitOn({ timeoutMs: 10_000, watch })).slept).toEqual([]);
  });

  it('asks a server that is away again, once it has answered', async () => {
    let lists = 0;
    const away = (): WatchEvent[] => {
      throw unreachable;
    };
    const expired: WatchEvent = { type: 'ERROR', object: { code: 410 } };
    const { slept, thrown } = await waitOn({
      timeoutMs: 5_000,
      watch: () => (lists < 3 ? [expired] : away()),
      list: () => lists++ === 0 || lists > 3,
    });
    expect([slept, thrown]).toEqual([[800, 1600, 2600], 'timed out waiting for the condition']);
    expect(await waitOn({ timeoutMs: 5_000, watch: () => [], list: () => false })).toEqual({
      slept: [],
      thrown: 'connection refused',
    });
  });
});
