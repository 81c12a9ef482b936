import { describe, expect, it } from '@jest/globals';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { clone } from '../../src/machinery/meta.ts';
import { event } from '../../src/resources/event.ts';
import { node as nodeResource } from '../../src/resources/node.ts';
import { pod as podResource, type Pod } from '../../src/resources/pod.ts';
import { createTestCluster, newNode, type TestCluster } from './cluster.ts';

const NO_HELP = (nodes: number, why: string) =>
  `no new claims to deallocate, preemption: 0/${nodes} nodes are available: ${why}.`;

function create(
  { client }: TestCluster,
  name: string,
  spec: Partial<Pod['spec']> = {},
  labels: Record<string, string> = {},
) {
  return client.create(podResource, {
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'c', image: 'a' }], ...spec },
  });
}

function requests(cpu: string, memory?: string): Partial<Pod['spec']> {
  return {
    containers: [{ name: 'c', image: 'a', resources: { requests: { cpu, ...(memory ? { memory } : {}) } } }],
  };
}

function nodeOf({ client }: TestCluster, name: string): string | undefined {
  return client.get(podResource, { namespace: 'default', name })?.spec.nodeName;
}

function refusal({ client }: TestCluster, name: string): string | undefined {
  const pod = client.get(podResource, { namespace: 'default', name });
  return pod?.status.conditions?.find((c) => c.type === 'PodScheduled' && c.reason === 'Unschedulable')?.message;
}

function antiAffinity(app: string): Partial<Pod['spec']> {
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } };
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}

describe('scheduler: reasons', () => {
  it.each<[string, Partial<Pod['spec']>, string]>([
    [
      'more CPU than any node has',
      requests('2'),
      `0/3 nodes are available: 3 Insufficient cpu. ${NO_HELP(3, '3 Preemption is not helpful for scheduling')}`,
    ],
    [
      'several shortages',
      requests('2', '10Gi'),
      `0/3 nodes are available: 3 Insufficient cpu, 3 Insufficient memory. ${NO_HELP(3, '3 Preemption is not helpful for scheduling')}`,
    ],
    [
      'an extended resource',
      {
        containers: [
          {
            name: 'c',
            image: 'a',
            resources: { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } },
          },
        ],
      },
      `0/3 nodes are available: 3 Insufficient example.com/gpu. ${NO_HELP(3, '3 Preemption is not helpful for scheduling')}`,
    ],
    [
      'a nodeSelector that no node has',
      { nodeSelector: { disk: 'ssd' } },
      `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. ${NO_HELP(3, '3 Preemption is not helpful for scheduling')}`,
    ],
    [
      'affinity to pods that are not there',
      {
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'none' } } },
            ],
          },
        },
      },
      `0/3 nodes are available: 3 node(s) didn't match pod affinity rules. ${NO_HELP(3, '3 Preemption is not helpful for scheduling')}`,
    ],
    [
      'a spread over a label that nodes lack',
      {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'rack',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { a: 'b' } },
          },
        ],
      },
      `0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints (missing required label). ${NO_HELP(3, '3 Preemption is not helpful for scheduling')}`,
    ],
  ])('%s', (_, spec, message) => {
    const cluster = createTestCluster([schedulerController]);
    create(cluster, 'p', spec);
    cluster.settle();
    expect(refusal(cluster, 'p')).toBe(message);
    expect(cluster.events('Pod')).toEqual([`Warning FailedScheduling ${message}`]);
  });

  it('counts different reasons node by node', () => {
    const taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }];
    const nodes = [newNode('a', { spec: { taints } }), newNode('b', { spec: { unschedulable: true } }), newNode('c')];
    const cluster = createTestCluster([schedulerController], nodes);
    create(cluster, 'big', requests('900m'));
    create(cluster, 'late', requests('900m'));
    cluster.settle();
    expect(nodeOf(cluster, 'big')).toBe('c');
    expect(refusal(cluster, 'late')).toBe(
      '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. ' +
        NO_HELP(3, '1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling'),
    );
  });

  it('says so when there is no node at all', () => {
    const cluster = createTestCluster([schedulerController], 0);
    create(cluster, 'p');
    cluster.settle();
    expect(refusal(cluster, 'p')).toBe('no nodes available to schedule pods');
  });

  it('writes events as events.k8s.io does', () => {
    const cluster = createTestCluster([schedulerController], 1);
    create(cluster, 'p');
    cluster.manager.runToRest();
    const written = cluster.client.list(event).find(({ involvedObject }) => involvedObject.kind === 'Pod');
    expect(written).toMatchObject({
      type: 'Normal',
      reason: 'Scheduled',
      message: 'Successfully assigned default/p to node-1',
      action: 'Binding',
      reportingComponent: 'default-scheduler',
      reportingInstance: 'default-scheduler-control-plane',
      eventTime: '2026-01-01T00:00:00.000000Z',
      source: {},
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
    });
    expect(written?.metadata.name).toMatch(/^p\.[0-9a-f]{16}$/);
    expect(written).not.toHaveProperty('count');
  });
});

describe('scheduler: places', () => {
  it('spreads equal pods over equal nodes', () => {
    const cluster = createTestCluster([schedulerController]);
    for (let i = 0; i < 6; i++) create(cluster, `p${i}`, requests('100m'));
    cluster.settle();
    const nodes = Array.from({ length: 6 }, (_, i) => nodeOf(cluster, `p${i}`)).sort();
    expect(nodes).toEqual(['node-1', 'node-1', 'node-2', 'node-2', 'node-3', 'node-3']);
  });

  it('keeps pods with anti-affinity apart, and retries the last when one goes', () => {
    const cluster = createTestCluster([schedulerController]);
    for (let i = 0; i < 4; i++) create(cluster, `p${i}`, antiAffinity('x'), { app: 'x' });
    cluster.settle();
    const places = Array.from({ length: 4 }, (_, i) => nodeOf(cluster, `p${i}`));
    expect([...places].sort()).toEqual(['node-1', 'node-2', 'node-3', undefined]);
    expect(refusal(cluster, 'p3')).toBe(
      `0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. ${NO_HELP(3, '3 No preemption victims found for incoming pod')}`,
    );
    cluster.client.delete(podResource, { namespace: 'default', name: 'p0' });
    cluster.settle();
    expect(nodeOf(cluster, 'p3')).toBe(places[0]);
  });

  it('places a waiting pod when a node gets the label it wants, and leaves it when the label goes', () => {
    const cluster = createTestCluster([schedulerController]);
    create(cluster, 'p', { nodeSelector: { zone: 'c' } });
    cluster.settle();
    const relabel = (labels: Record<string, string>) => {
      const node = clone(cluster.client.get(nodeResource, { name: 'node-3' })!);
      node.metadata.labels = { 'kubernetes.io/hostname': 'node-3', ...labels };
      cluster.client.update(nodeResource, node);
      cluster.settle();
    };
    relabel({ zone: 'c' });
    expect(nodeOf(cluster, 'p')).toBe('node-3');
    relabel({});
    expect(nodeOf(cluster, 'p')).toBe('node-3');
  });

  it('honours node affinity, tolerations, host ports and hard spreading', () => {
    const taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }];
    const nodes = [
      newNode('a', { labels: { zone: 'x' }, spec: { taints } }),
      newNode('b', { labels: { zone: 'x', size: '10' } }),
      newNode('c', { labels: { zone: 'y', size: '5' } }),
    ];
    const cluster = createTestCluster([schedulerController], nodes);
    const term = { matchExpressions: [{ key: 'size', operator: 'Gt', values: ['7'] }] };
    create(cluster, 'sized', {
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } },
    });
    create(cluster, 'tolerant', {
      nodeSelector: { 'kubernetes.io/hostname': 'a' },
      tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }],
    });
    for (const i of [1, 2, 3])
      create(cluster, `port${i}`, {
        containers: [{ name: 'c', image: 'a', ports: [{ containerPort: 80, hostPort: 8080 }] }],
      });
    const spread = {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { s: '1' } },
        },
      ],
    };
    for (const i of [1, 2, 3, 4]) create(cluster, `spread${i}`, spread, { s: '1' });
    cluster.settle();
    expect(nodeOf(cluster, 'sized')).toBe('b');
    expect(nodeOf(cluster, 'tolerant')).toBe('a');
    expect([1, 2].map((i) => nodeOf(cluster, `port${i}`)).sort()).toEqual(['b', 'c']);
    expect(refusal(cluster, 'port3')).toBe(
      "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't have free ports for the requested pod ports. " +
        NO_HELP(3, '1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod'),
    );
    expect([1, 2, 3, 4].map((i) => nodeOf(cluster, `spread${i}`)).sort()).toEqual(['b', 'b', 'c', 'c']);
  });

  it('leaves pods of other schedulers and gated pods alone', () => {
    const cluster = createTestCluster([schedulerController]);
    create(cluster, 'theirs', { schedulerName: 'other' });
    create(cluster, 'gated', { schedulingGates: [{ name: 'wait' }] });
    cluster.settle();
    expect([nodeOf(cluster, 'theirs'), nodeOf(cluster, 'gated'), cluster.events('Pod')]).toEqual([
      undefined,
      undefined,
      [],
    ]);
  });
});
