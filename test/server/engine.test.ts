import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { serveCluster, type ServedCluster } from './fixture.ts';

let served: ServedCluster;
beforeAll(async () => {
  served = await serveCluster({ isPlain: true });
});
afterAll(() => served.close());

it('wakes those who wait when something happens, and not when another begins to wait', async () => {
  const { engine } = served;
  const gone = new AbortController();
  const woken: string[] = [];
  const waiting = ['first', 'second'].map((name) =>
    engine.session.time?.waitForEvent(undefined, gone.signal).then(() => void woken.push(name)),
  );
  for (let i = 0; i < 5; i += 1) await engine.perform('nothing', () => undefined);
  expect(woken).toEqual([]);
  await engine.exchange({
    method: 'POST',
    path: '/api/v1/namespaces',
    query: new URLSearchParams(),
    headers: {},
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } },
  });
  await Promise.all(waiting);
  expect(woken).toEqual(['first', 'second']);
  gone.abort();
});
