import { describe, expect, it } from '@jest/globals';
import { daemonSetController } from '../../src/controllers/daemonset.ts';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { clone } from '../../src/machinery/meta.ts';
import { controllerRevision } from '../../src/resources/controllerrevision.ts';
import { daemonSet, type DaemonSet } from '../../src/resources/daemonset.ts';
import { node as nodeResource } from '../../src/resources/node.ts';
import { pod as podResource } from '../../src/resources/pod.ts';
import { createTestCluster, newNode, type TestCluster } from './cluster.ts';

const key = { namespace: 'default', name: 'agent' };

function start(
  spec: Partial<DaemonSet['spec']> = {},
  cluster = createTestCluster([daemonSetController, schedulerController]),
) {
  const labels = { app: 'agent' };
  cluster.client.create(daemonSet, {
    metadata: key,
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
      ...spec,
    },
  });
  cluster.settle();
  return cluster;
}

function change(cluster: TestCluster, edit: (set: DaemonSet) => void): void {
  const set = clone(cluster.client.get(daemonSet, key)!);
  edit(set);
  cluster.client.update(daemonSet, set);
}
function setImage(cluster: TestCluster, image: string): void {
  change(cluster, (set) => {
    set.spec.template.spec!.containers[0]!.image = image;
  });
}
function pods({ client }: TestCluster): string[] {
  return client
    .list(podResource)
    .map(({ spec }) => `${spec.nodeName} ${spec.containers[0]?.image}`)
    .sort();
}
/** desired current ready up-to-date available */
function counts({ client }: TestCluster): (number | undefined)[] {
  const { status } = client.get(daemonSet, key)!;
  return [
    status.desiredNumberScheduled,
    status.currentNumberScheduled,
    status.numberReady,
    status.updatedNumberScheduled,
    status.numberAvailable,
  ];
}
function revisions({ client }: TestCluster): string[] {
  return client
    .list(controllerRevision)
    .map(({ revision, metadata, data }) => {
      const template = (data as { spec: { template: { spec: { containers: { image: string }[] } } } }).spec.template;
      return `${revision} ${template.spec.containers[0]?.image} ${metadata.annotations?.['kubernetes.io/change-cause'] ?? '-'}`;
    })
    .sort();
}

describe('daemonset', () => {
  it('runs one pod on every node, through the scheduler', () => {
    const cluster = start();
    expect(pods(cluster)).toEqual(['node-1 v1', 'node-2 v1', 'node-3 v1']);
    expect(counts(cluster)).toEqual([3, 3, 3, 3, 3]);
    const [pod] = cluster.client.list(podResource);
    expect(pod?.spec.affinity).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchFields: [{ key: 'metadata.name', operator: 'In', values: [pod?.spec.nodeName] }] },
          ],
        },
      },
    });
    expect(pod?.spec.tolerations).toEqual([
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
    ]);
    expect(cluster.client.get(daemonSet, key)?.status).not.toHaveProperty('numberUnavailable');
  });

  it('comes and goes with nodes and their labels', () => {
    const cluster = start({
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: { nodeSelector: { ssd: 'true' }, containers: [{ name: 'c', image: 'v1' }] },
      },
    });
    expect([pods(cluster), counts(cluster)]).toEqual([[], [0, 0, 0, undefined, undefined]]);
    const label = (labels: Record<string, string>) => {
      const node = clone(cluster.client.get(nodeResource, { name: 'node-2' })!);
      node.metadata.labels = labels;
      cluster.client.update(nodeResource, node);
      cluster.settle();
    };
    label({ ssd: 'true' });
    expect([pods(cluster), counts(cluster)]).toEqual([['node-2 v1'], [1, 1, 1, 1, 1]]);
    cluster.client.create(nodeResource, newNode('node-4', { labels: { ssd: 'true' } }));
    cluster.settle();
    expect(pods(cluster)).toEqual(['node-2 v1', 'node-4 v1']);
    label({});
    expect([pods(cluster), counts(cluster)]).toEqual([['node-4 v1'], [1, 1, 1, 1, 1]]);
  });

  // Recorded from a genuine cluster: wl-daemonset-rollout.
  it('rolls one node after the other and numbers revisions', () => {
    const cluster = start();
    change(cluster, (set) => {
      set.metadata.annotations = { ...set.metadata.annotations, 'kubernetes.io/change-cause': 'initial' };
    });
    setImage(cluster, 'v2');
    cluster.manager.runToRest();
    expect(cluster.client.list(podResource).filter((p) => p.metadata.deletionTimestamp).length).toBe(1);
    cluster.settle();
    expect([pods(cluster), counts(cluster)]).toEqual([
      ['node-1 v2', 'node-2 v2', 'node-3 v2'],
      [3, 3, 3, 3, 3],
    ]);
    expect(revisions(cluster)).toEqual(['1 v1 -', '2 v2 initial']);
    setImage(cluster, 'v1');
    cluster.settle();
    expect(revisions(cluster)).toEqual(['2 v2 initial', '3 v1 -']);
  });

  it('replaces only what is deleted by hand with OnDelete', () => {
    const cluster = start();
    change(cluster, (set) => {
      set.spec.updateStrategy = { type: 'OnDelete' };
    });
    setImage(cluster, 'v2');
    cluster.settle();
    expect(counts(cluster)).toEqual([3, 3, 3, undefined, 3]);
    const pod = cluster.client.list(podResource).find((p) => p.spec.nodeName === 'node-2')!;
    cluster.client.delete(podResource, pod.metadata);
    cluster.settle();
    expect([pods(cluster), counts(cluster)]).toEqual([
      ['node-1 v1', 'node-2 v2', 'node-3 v1'],
      [3, 3, 3, 1, 3],
    ]);
  });

  it('surges: the old pod of a node goes once the new one is available', () => {
    const cluster = start({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    setImage(cluster, 'v2');
    cluster.manager.runToRest();
    expect(pods(cluster)).toEqual(['node-1 v1', 'node-1 v2', 'node-2 v1', 'node-3 v1']);
    cluster.settle();
    expect([pods(cluster), counts(cluster)]).toEqual([
      ['node-1 v2', 'node-2 v2', 'node-3 v2'],
      [3, 3, 3, 3, 3],
    ]);
  });

  it('stays on cordoned nodes', () => {
    const cluster = start();
    const node = clone(cluster.client.get(nodeResource, { name: 'node-1' })!);
    node.spec.unschedulable = true;
    cluster.client.update(nodeResource, node);
    cluster.settle();
    expect(cluster.client.get(nodeResource, { name: 'node-1' })?.spec.taints).toEqual([
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:02Z' },
    ]);
    expect(counts(cluster)).toEqual([3, 3, 3, 3, 3]);
  });
});
