import { describe, expect, it } from '@jest/globals';
import { controllers as allControllers } from '../../src/controllers/index.ts';
import { kubernetesServiceController } from '../../src/controllers/kubernetesservice.ts';
import { clone } from '../../src/machinery/meta.ts';
import { deployment } from '../../src/resources/deployment.ts';
import { node as nodeResource } from '../../src/resources/node.ts';
import { pod as podResource } from '../../src/resources/pod.ts';
import { createTestCluster, newNode, START_MS, type TestCluster } from './cluster.ts';

/** Nothing here has a Service: who waits for one would move time. */
const controllers = allControllers.filter((controller) => controller !== kubernetesServiceController);

function taints({ client }: TestCluster, name: string): string[] {
  const { spec } = client.get(nodeResource, { name })!;
  return (spec.taints ?? []).map(({ key, effect, timeAdded }) => `${key}:${effect} ${timeAdded ?? '-'}`);
}
function places({ client }: TestCluster): string[] {
  return client
    .list(podResource)
    .map(({ spec, metadata }) => `${spec.nodeName}${metadata.deletionTimestamp ? ' deleting' : ''}`)
    .sort();
}
function start(nodes = 2): TestCluster {
  const cluster = createTestCluster(controllers, nodes);
  const labels = { app: 'x' };
  cluster.client.create(deployment, {
    metadata: { name: 'x', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'a' }] } },
    },
  });
  cluster.settle();
  return cluster;
}

describe('nodes', () => {
  it('are registered when they come, once, and removed when they go', () => {
    const cluster = createTestCluster(controllers, 1);
    cluster.settle();
    cluster.restart('resync');
    cluster.settle();
    const registered = 'Normal RegisteredNode Node node-1 event: Registered Node node-1 in Controller';
    const removed = 'Normal RemovingNode Node node-1 event: Removing Node node-1 from Controller';
    expect(cluster.events('Node')).toEqual([registered]);
    cluster.client.delete(nodeResource, { name: 'node-1' });
    cluster.settle();
    cluster.client.create(nodeResource, newNode('node-1'));
    cluster.settle();
    // The new node is another object: its event is another, too.
    expect(cluster.events('Node')).toEqual([registered, removed, registered]);
  });

  it('lose the taint that they are born with', () => {
    expect(taints(createTestCluster(controllers, 1), 'node-1')).toEqual([]);
  });

  it('that are down become unknown; their pods are not ready, then evicted, then replaced', () => {
    const cluster = start();
    cluster.client.internal.put('_faults', { name: 'node-1' }, { isDown: true });
    cluster.settle(START_MS + 51_000);
    expect(taints(cluster, 'node-1')).toEqual([]);
    cluster.settle(START_MS + 53_000);
    const node = cluster.client.get(nodeResource, { name: 'node-1' })!;
    expect(node.status.conditions?.find((c) => c.type === 'Ready')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: '2026-01-01T00:00:52Z',
    });
    expect(taints(cluster, 'node-1')).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule 2026-01-01T00:00:52Z',
      'node.kubernetes.io/unreachable:NoExecute 2026-01-01T00:00:52Z',
    ]);
    expect(cluster.events().filter((text) => /NodeNotReady/.test(text))).toEqual([
      'Normal NodeNotReady Node node-1 status is now: NodeNotReady',
      'Warning NodeNotReady Node is not ready',
    ]);
    expect(places(cluster)).toEqual(['node-1', 'node-2']);
    cluster.settle(START_MS + 353_000);
    expect(places(cluster)).toEqual(['node-2', 'node-2']);
    expect(
      cluster
        .events()
        .some((text) => text.startsWith('Normal TaintManagerEviction Marking for deletion Pod default/x-')),
    ).toBe(true);
    cluster.client.internal.delete('_faults', { name: 'node-1' });
    cluster.settle();
    expect(taints(cluster, 'node-1')).toEqual([]);
    expect(cluster.events('Node').slice(-4)).toEqual(
      ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID', 'NodeReady'].map(
        (status) => `Normal ${status} Node node-1 status is now: ${status}`,
      ),
    );
  });

  it('drive nothing off while all of them are down', () => {
    const cluster = start(1);
    cluster.client.internal.put('_faults', { name: 'node-1' }, { isDown: true });
    cluster.advance(1_000_000);
    expect(taints(cluster, 'node-1')).toEqual(['node.kubernetes.io/unreachable:NoSchedule 2026-01-01T00:00:52Z']);
    expect(places(cluster)).toEqual(['node-1', 'node-1']);
  });

  it('with a NoExecute taint of a person evict at once, or after the seconds that a pod tolerates', () => {
    const cluster = createTestCluster(controllers, 1);
    const create = (name: string, tolerationSeconds?: number) => {
      const toleration = {
        key: 'k',
        operator: 'Exists',
        effect: 'NoExecute',
        ...(tolerationSeconds ? { tolerationSeconds } : {}),
      };
      cluster.client.create(podResource, {
        metadata: { name, namespace: 'default' },
        spec: { containers: [{ name: 'c', image: 'a' }], ...(name === 'none' ? {} : { tolerations: [toleration] }) },
      });
    };
    create('none');
    create('some', 60);
    create('ever');
    cluster.settle();
    const node = clone(cluster.client.get(nodeResource, { name: 'node-1' })!);
    node.spec.taints = [{ key: 'k', effect: 'NoExecute' }];
    cluster.client.update(nodeResource, node);
    cluster.settle();
    const names = () => cluster.client.list(podResource).map(({ metadata }) => metadata.name);
    expect(names()).toEqual(['ever', 'some']);
    cluster.restart('resync');
    cluster.advance(59_000 + 5000);
    expect(names()).toEqual(['ever']);
  });

  it('that are deleted take their pods with them', () => {
    const cluster = start();
    cluster.client.delete(nodeResource, { name: 'node-2' });
    cluster.settle();
    expect(places(cluster)).toEqual(['node-1', 'node-1']);
  });

  it('get the taint of a cordon and lose it again', () => {
    const cluster = createTestCluster(controllers, [newNode('n')]);
    const cordon = (unschedulable: boolean) => {
      const node = clone(cluster.client.get(nodeResource, { name: 'n' })!);
      node.spec.unschedulable = unschedulable;
      cluster.client.update(nodeResource, node);
      cluster.settle();
    };
    cordon(true);
    expect(taints(cluster, 'n')).toEqual(['node.kubernetes.io/unschedulable:NoSchedule 2026-01-01T00:00:00Z']);
    cordon(false);
    expect(taints(cluster, 'n')).toEqual([]);
  });
});
