import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CoordinationV1Api,
  CoreV1Api,
  makeInformer,
  Watch,
  type KubeConfig,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { serveCluster, type ServedCluster } from '../server/fixture.ts';
import { connect, later } from './clientnode.ts';
import { Candidate } from './leaderelection.ts';

const namespace = 'default';
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;

let served: ServedCluster;
let config: KubeConfig;
let core: CoreV1Api;
beforeAll(async () => {
  served = await serveCluster({ isPlain: true });
  config = connect(served);
  core = config.makeApiClient(CoreV1Api);
});
afterAll(() => served.close());

const write = (name: string, data: Record<string, string>): V1ConfigMap => ({
  metadata: { name, labels: { is: 'seen' } },
  data,
});

/** What an informer told: "add a 12". */
function told(verb: string, { metadata }: V1ConfigMap): string {
  return `${verb} ${metadata?.name} ${metadata?.resourceVersion}`;
}

function createInformer(list: () => ReturnType<CoreV1Api['listNamespacedConfigMap']>) {
  return makeInformer<V1ConfigMap>(config, configMaps, list, 'is=seen');
}

describe('client-node watches', () => {
  it('sees each of 500 changes once', async () => {
    const expected: string[] = [];
    const seen: string[] = [];
    const all = later<void>();
    const informer = createInformer(() => core.listNamespacedConfigMap({ namespace, labelSelector: 'is=seen' }));
    let count = 0;
    for (const verb of ['add', 'update', 'delete'] as const) {
      informer.on(verb, (object) => {
        // The last state of a deleted object has a revision that nobody else is told.
        seen.push(verb === 'delete' ? `delete ${object.metadata?.name}` : told(verb, object));
        if (++count === 500) all.resolve();
      });
    }
    await informer.start();
    const change = async (name: string): Promise<void> => {
      expected.push(told('add', await core.createNamespacedConfigMap({ namespace, body: write(name, { n: '0' }) })));
      for (let n = 1; n <= 8; n++)
        expected.push(
          told('update', await core.replaceNamespacedConfigMap({ namespace, name, body: write(name, { n: `${n}` }) })),
        );
      await core.deleteNamespacedConfigMap({ namespace, name });
      expected.push(`delete ${name}`);
    };
    await Promise.all(Array.from({ length: 50 }, (_, index) => change(`many-${index}`)));
    await all.promise;
    await informer.stop();
    expect(expected).toHaveLength(500);
    expect(seen.toSorted()).toEqual(expected.toSorted());
    expect(informer.list()).toEqual([]);
    // In the order of revisions.
    const revisions = seen.flatMap((line) => line.split(' ').slice(2).map(Number));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  });

  it('goes on after the server was away, and lists again when its revision is gone', async () => {
    await core.createNamespacedConfigMap({ namespace, body: write('kept', {}) });
    let lists = 0;
    const informer = createInformer(() => {
      lists += 1;
      return core.listNamespacedConfigMap({ namespace, labelSelector: 'is=seen' });
    });
    const added: string[] = [];
    const seen = { late: later<void>(), last: later<void>() };
    informer.on('add', ({ metadata }) => {
      const name = metadata?.name ?? '';
      added.push(name);
      if (name === 'late' || name === 'last') seen[name].resolve();
    });
    const broken = later<void>();
    informer.on('error', () => broken.resolve());
    await informer.start();
    // The revision it knows is the newest: nothing was missed.
    await served.restart();
    await broken.promise;
    await informer.start();
    expect(lists).toBe(1);
    // What was compacted while it slept can be listed, but not watched any more.
    await informer.stop();
    await core.createNamespacedConfigMap({ namespace, body: write('late', {}) });
    served.engine.session.state.checkpoint();
    await served.restart();
    await informer.start();
    await seen.late.promise;
    await core.createNamespacedConfigMap({ namespace, body: write('last', {}) });
    await seen.last.promise;
    expect([lists, added]).toEqual([2, ['kept', 'late', 'last']]);
    await informer.stop();
    await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'is=seen' });
  });

  it('is told of the end of a watch, and of its bookmarks', async () => {
    const events: [string, { metadata?: { name?: string; annotations?: object }; code?: number }][] = [];
    const done = later<unknown>();
    for (const name of ['first', 'second'])
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels: { is: 'marked' } } } });
    const query = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true };
    const request = await new Watch(config).watch(
      configMaps,
      { ...query, labelSelector: 'is=marked' },
      (type, object) => {
        events.push([type, object]);
        if (type === 'BOOKMARK') request.abort();
      },
      done.resolve,
    );
    expect(await done.promise).toMatchObject({ name: 'AbortError' });
    expect(events.map(([type, { metadata }]) => [type, metadata?.name ?? metadata?.annotations])).toEqual([
      ['ADDED', 'first'],
      ['ADDED', 'second'],
      ['BOOKMARK', { 'k8s.io/initial-events-end': 'true' }],
    ]);
    served.engine.session.state.checkpoint();
    await served.restart();
    const expired = later<object>();
    const ended = later<unknown>();
    await new Watch(config).watch(
      configMaps,
      { resourceVersion: '1' },
      (type, object) => expired.resolve({ type, ...object }),
      ended.resolve,
    );
    expect(await expired.promise).toMatchObject({ type: 'ERROR', kind: 'Status', reason: 'Expired', code: 410 });
    expect(await ended.promise).toBeNull();
  });
});

describe('leader election over a Lease', () => {
  it('has one leader, who renews, hands over, and is followed when it is silent', async () => {
    const api = config.makeApiClient(CoordinationV1Api);
    const candidates = ['one', 'two'].map((identity) => new Candidate({ api, namespace, name: 'operator', identity }));
    let nowMs = Date.UTC(2026, 0, 1);
    const tryAll = () => Promise.all(candidates.map((candidate) => candidate.tryAcquireOrRenew(nowMs)));

    const first = await tryAll();
    expect(first.toSorted()).toEqual([false, true]);
    nowMs += 2_000;
    expect(await tryAll()).toEqual(first);
    const [leader, other] = first[0] ? candidates : candidates.toReversed();
    const transitions = async () =>
      (await api.readNamespacedLease({ namespace, name: 'operator' })).spec?.leaseTransitions;
    expect(await transitions()).toBe(0);

    await leader?.release(nowMs);
    expect(await other?.tryAcquireOrRenew(nowMs)).toBe(true);
    expect(await leader?.tryAcquireOrRenew(nowMs)).toBe(false);
    expect(await transitions()).toBe(1);

    nowMs += 14_000;
    expect(await leader?.tryAcquireOrRenew(nowMs)).toBe(false);
    nowMs += 2_000;
    expect(await leader?.tryAcquireOrRenew(nowMs)).toBe(true);
    expect(await other?.tryAcquireOrRenew(nowMs)).toBe(false);
    expect(await transitions()).toBe(2);
  });
});
