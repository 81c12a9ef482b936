import { describe, expect, it } from '@jest/globals';
import { deploymentController } from '../../src/controllers/deployment.ts';
import { daemonSetController } from '../../src/controllers/daemonset.ts';
import { disruptionController } from '../../src/controllers/disruption.ts';
import { replicaSetController } from '../../src/controllers/replicaset.ts';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { clone } from '../../src/machinery/meta.ts';
import { daemonSet } from '../../src/resources/daemonset.ts';
import { deployment } from '../../src/resources/deployment.ts';
import { pod as podResource } from '../../src/resources/pod.ts';
import { podDisruptionBudget, type PodDisruptionBudget } from '../../src/resources/poddisruptionbudget.ts';
import { createTestCluster, type TestCluster } from './cluster.ts';

const key = { namespace: 'default', name: 'pdb' };
const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };

function start(spec: PodDisruptionBudget['spec'], replicas = 4): TestCluster {
  const cluster = createTestCluster([
    deploymentController,
    replicaSetController,
    daemonSetController,
    disruptionController,
    schedulerController,
  ]);
  cluster.client.create(deployment, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas, selector: { matchLabels: labels }, template },
  });
  cluster.settle();
  cluster.client.create(podDisruptionBudget, { metadata: key, spec: { selector: { matchLabels: labels }, ...spec } });
  cluster.settle();
  return cluster;
}
/** allowed, healthy, desired, expected */
function counts({ client }: TestCluster): number[] {
  const { status } = client.get(podDisruptionBudget, key)!;
  return [status.disruptionsAllowed, status.currentHealthy, status.desiredHealthy, status.expectedPods];
}
function condition({ client }: TestCluster): string {
  const [found] = client.get(podDisruptionBudget, key)!.status.conditions ?? [];
  return `${found?.status} ${found?.reason} ${found?.message}`;
}

describe('disruption', () => {
  it.each<[PodDisruptionBudget['spec'], number[], string]>([
    [{ minAvailable: 3 }, [1, 4, 3, 4], 'True SufficientPods '],
    [{ minAvailable: 5 }, [0, 4, 5, 4], 'False InsufficientPods '],
    [{ minAvailable: '50%' }, [2, 4, 2, 4], 'True SufficientPods '],
    [{ minAvailable: '51%' }, [1, 4, 3, 4], 'True SufficientPods '],
    [{ maxUnavailable: 1 }, [1, 4, 3, 4], 'True SufficientPods '],
    [{ maxUnavailable: '30%' }, [2, 4, 2, 4], 'True SufficientPods '],
    [{ maxUnavailable: 9 }, [4, 4, 0, 4], 'True SufficientPods '],
    [{}, [0, 4, 0, 0], 'False InsufficientPods '],
  ])('a budget of %j allows, finds, wants and expects %j', (spec, expected, text) => {
    const cluster = start(spec);
    expect(counts(cluster)).toEqual(expected);
    expect(condition(cluster)).toBe(text);
  });

  it('counts pods anew as they come and go', () => {
    const cluster = start({ maxUnavailable: 2 });
    const [first] = cluster.client.list(podResource);
    cluster.client.delete(podResource, first!.metadata);
    cluster.manager.runToRest();
    expect(counts(cluster)).toEqual([1, 3, 2, 4]);
    cluster.settle();
    expect(counts(cluster)).toEqual([2, 4, 2, 4]);
  });

  it('does not count what was granted, until it is overdue', () => {
    const cluster = start({ minAvailable: 1 }, 2);
    const [first] = cluster.client.list(podResource);
    const budget = clone(cluster.client.get(podDisruptionBudget, key)!);
    budget.status.disruptedPods = { [first!.metadata.name]: '2026-01-01T00:00:00Z' };
    cluster.client.updateStatus(podDisruptionBudget, budget);
    cluster.manager.runToRest();
    expect(counts(cluster)).toEqual([0, 1, 1, 2]);
    cluster.advance(121_000);
    expect(counts(cluster)).toEqual([1, 2, 1, 2]);
    expect(cluster.events('Pod').at(-1)).toBe(
      "Warning NotDeleted Pod was expected by PDB default/pdb to be deleted but it wasn't",
    );
  });

  it('says when there is nothing to protect', () => {
    const cluster = start({ minAvailable: 1 }, 0);
    expect(cluster.events('PodDisruptionBudget')[0]).toMatch(/^Normal NoPods No matching pods found/);
  });

  it('cannot tell how many pods a DaemonSet wants', () => {
    const cluster = start({ maxUnavailable: 1 }, 0);
    cluster.client.create(daemonSet, {
      metadata: { name: 'agent', namespace: 'default' },
      spec: {
        selector: { matchLabels: { ...labels, on: 'nodes' } },
        template: { ...template, metadata: { labels: { ...labels, on: 'nodes' } } },
      },
    });
    cluster.settle();
    const why = 'daemonsets.apps does not implement the scale subresource';
    expect(condition(cluster)).toBe(`False SyncFailed ${why}`);
    expect(cluster.events('PodDisruptionBudget').join('\n')).toContain(
      `Warning CalculateExpectedPodCountFailed Failed to calculate the number of expected pods: ${why}`,
    );
  });
});
