import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Controller, PodUsageReader } from '../../src/controllers/controller.ts';
import { self } from '../../src/controllers/enqueue.ts';
import { controllers } from '../../src/controllers/index.ts';
import { clone } from '../../src/machinery/meta.ts';
import { Random } from '../../src/machinery/random.ts';
import { isAlreadyExists, isNotFound } from '../../src/machinery/status.ts';
import { configMap } from '../../src/resources/configmap.ts';
import { daemonSet } from '../../src/resources/daemonset.ts';
import { deployment } from '../../src/resources/deployment.ts';
import { horizontalPodAutoscaler } from '../../src/resources/horizontalpodautoscaler.ts';
import { job } from '../../src/resources/job.ts';
import { node } from '../../src/resources/node.ts';
import { pod } from '../../src/resources/pod.ts';
import { resourceDefinitions } from '../../src/resources/index.ts';
import { service } from '../../src/resources/service.ts';
import { createTestCluster, START_MS, type TestCluster } from './cluster.ts';

function watcher(name: string, log: string[], reconcile: Controller['reconcile'] = () => undefined): Controller {
  return {
    name,
    watches: [{ definition: configMap, enqueue: self }],
    reconcile(context, key) {
      log.push(`${name} ${key}`);
      return reconcile(context, key);
    },
  };
}

function createMap({ client }: TestCluster, name: string): void {
  client.create(configMap, { metadata: { name, namespace: 'default' } });
}

describe('manager', () => {
  it('runs all keys of a controller before the next one, each once', () => {
    const log: string[] = [];
    const cluster = createTestCluster([watcher('first', log), watcher('second', log)], 0);
    createMap(cluster, 'b');
    createMap(cluster, 'a');
    cluster.client.update(configMap, { ...clone(cluster.client.list(configMap)[0]!), data: { x: '1' } });
    cluster.manager.runToRest();
    expect(log).toEqual(['first default/b', 'first default/a', 'second default/b', 'second default/a']);
  });

  it('brings writes back to controllers that came before', () => {
    const log: string[] = [];
    const writer = watcher('writer', log, ({ client }, key) => {
      if (key === 'default/a') client.create(configMap, { metadata: { name: 'made', namespace: 'default' } });
    });
    const cluster = createTestCluster([watcher('reader', log), writer], 0);
    createMap(cluster, 'a');
    cluster.manager.runToRest();
    expect(log).toEqual(['reader default/a', 'writer default/a', 'reader default/made', 'writer default/made']);
  });

  it('keeps due times by key and tells foreground from background', () => {
    const log: string[] = [];
    const due = watcher('due', log, ({ nowMs }, key) => {
      if (key === 'default/soon' && nowMs < START_MS + 5000)
        return { requeueAtMs: START_MS + 5000, isBackground: true };
      return key === 'default/later' && nowMs < START_MS + 9000 ? { requeueAtMs: START_MS + 9000 } : undefined;
    });
    const cluster = createTestCluster([due], 0);
    createMap(cluster, 'later');
    createMap(cluster, 'soon');
    cluster.manager.runToRest();
    expect(cluster.manager.nextDueAtMs()).toBe(START_MS + 5000);
    expect(cluster.manager.nextDueAtMs({ foregroundOnly: true })).toBe(START_MS + 9000);
    expect(cluster.manager.snapshot().due).toEqual({
      due: { 'default/later': [START_MS + 9000, 0], 'default/soon': [START_MS + 5000, 1] },
    });
    log.length = 0;
    cluster.restart('restore');
    cluster.advance(10_000);
    expect(log).toEqual(['due default/soon', 'due default/later']);
    expect(cluster.manager.nextDueAtMs()).toBeUndefined();
  });

  it('names the busiest keys when there is no rest', () => {
    const cluster = createTestCluster([watcher('restless', [], ({ nowMs }) => ({ requeueAtMs: nowMs }))], 0);
    createMap(cluster, 'a');
    expect(() => cluster.manager.runToRest()).toThrow('controllers do not come to rest: restless default/a');
  });

  it('loads nothing to restore a quiet state', () => {
    const cluster = createTestCluster(controllers);
    cluster.settle();
    const { store } = cluster.client;
    const touched: string[] = [];
    for (const name of ['get', 'list', 'byIndex', 'count', 'eventsSince'] as const) {
      const original = store[name].bind(store) as (...args: unknown[]) => unknown;
      Object.assign(store, {
        [name]: (...args: unknown[]) => (touched.push(`${name} ${String(args[0])}`), original(...args)),
      });
    }
    cluster.restart('restore');
    cluster.manager.runToRest();
    cluster.manager.nextDueAtMs();
    expect(touched).toEqual([]);
  });
});

type Step = { [key: string]: number | string };

/** One random command, the same on every cluster. */
function apply(cluster: TestCluster, { kind, n, image }: { kind: string; n: number; image: string }): void {
  const { client } = cluster;
  const metadata = { name: `x${n % 2}`, namespace: 'default' };
  const key = { namespace: 'default', name: metadata.name };
  const labels = { app: metadata.name };
  const resources = { requests: { cpu: '10m' } };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image, resources }] } };
  const selector = { matchLabels: labels };
  const steps: Record<string, () => unknown> = {
    deployment: () => client.create(deployment, { metadata, spec: { replicas: n, selector, template } }),
    scale: () =>
      change(client.get(deployment, key), (d) => client.update(deployment, { ...d, spec: { ...d.spec, replicas: n } })),
    image: () =>
      change(client.get(deployment, key), (d) => client.update(deployment, { ...d, spec: { ...d.spec, template } })),
    undeploy: () => client.delete(deployment, key, { propagationPolicy: n > 2 ? 'Foreground' : 'Background' }),
    orphan: () => client.delete(deployment, key, { propagationPolicy: 'Orphan' }),
    daemon: () =>
      client.create(daemonSet, {
        metadata,
        spec: { selector: { matchLabels: { ds: 'y' } }, template: { ...template, metadata: { labels: { ds: 'y' } } } },
      }),
    job: () =>
      client.create(job, {
        metadata,
        spec: {
          completions: n,
          parallelism: 2,
          template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } },
        },
      }),
    service: () => client.create(service, { metadata, spec: { selector: labels, ports: [{ port: 80 }] } }),
    autoscale: () =>
      client.create(horizontalPodAutoscaler, {
        metadata,
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name },
          maxReplicas: n + 1,
        },
      }),
    cordon: () =>
      change(client.get(node, { name: `node-${(n % 3) + 1}` }), (o) =>
        client.update(node, { ...o, spec: { ...o.spec, unschedulable: n > 2 } }),
      ),
    unlabel: () =>
      change(client.list(pod)[n], (p) =>
        client.update(pod, { ...p, metadata: { ...p.metadata, labels: { app: 'stray' } } }),
      ),
    kill: () => change(client.list(pod)[n], (p) => client.delete(pod, p.metadata)),
    down: () => client.internal.put('_faults', { name: `node-${(n % 3) + 1}` }, { isDown: n > 2 }),
  };
  try {
    steps[kind]?.();
  } catch (error) {
    if (!isNotFound(error) && !isAlreadyExists(error)) throw error;
  }
}
function change<T>(object: T | undefined, edit: (copy: T) => unknown): void {
  if (object) edit(clone(object));
}

const KINDS = [
  'autoscale',
  'deployment',
  'scale',
  'image',
  'undeploy',
  'orphan',
  'daemon',
  'job',
  'service',
  'cordon',
  'unlabel',
  'kill',
  'down',
];
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom(...KINDS),
    n: fc.integer({ min: 0, max: 5 }),
    image: fc.constantFrom('a', 'b', 'stuck', 'exit-0', 'exit-1'),
    ms: fc.constantFrom(0, 500, 2000, 31_000, 400_000),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Changes every minute, by a hash. */
const usage: PodUsageReader = ({ name }, nowMs) => ({
  containers: [
    { name: 'c', cpuMilli: new Random('usage').int(name, `${Math.floor(nowMs / 60_000)}`, 20), memoryBytes: 1 },
  ],
});

function everything({ client, clock }: TestCluster): unknown {
  return [clock.nowMs(), resourceDefinitions.map((definition) => client.list(definition))];
}

describe('due times are a cache', () => {
  it('which restored or made anew between any two steps change nothing that comes', () => {
    fc.assert(
      fc.property(steps, (list: (Step & { kind: string; n: number; image: string; ms: number })[]) => {
        const plain = createTestCluster(controllers, 3, usage);
        const restarted = (['restore', 'resync'] as const).map((how) => {
          const cluster = createTestCluster(controllers, 3, usage);
          return { cluster, restart: () => cluster.restart(how) };
        });
        for (const step of list) {
          for (const { cluster, restart } of [{ cluster: plain, restart: () => undefined }, ...restarted]) {
            apply(cluster, step);
            cluster.manager.runToRest();
            restart();
            cluster.advance(step.ms);
            restart();
          }
          const expected = everything(plain);
          for (const { cluster } of restarted) expect(everything(cluster)).toEqual(expected);
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});
