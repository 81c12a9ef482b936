import { describe, expect, it } from '@jest/globals';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { event } from '../../src/resources/event.ts';
import { pod as podResource, type Pod } from '../../src/resources/pod.ts';
import { priorityClass } from '../../src/resources/priorityclass.ts';
import { podDisruptionBudget } from '../../src/resources/poddisruptionbudget.ts';
import { createTestCluster, newNode, type TestCluster } from './cluster.ts';

/** Nodes of the test have one CPU each. */
function create(
  { client }: TestCluster,
  name: string,
  cpu: string,
  { priority = 0, preemptionPolicy = 'PreemptLowerPriority', ...spec }: Partial<Pod['spec']> = {},
): Pod {
  const priorityClassName = `p-${priority}-${preemptionPolicy.toLowerCase()}`;
  if (!client.get(priorityClass, { name: priorityClassName }))
    client.create(priorityClass, { metadata: { name: priorityClassName }, value: priority, preemptionPolicy });
  const containers = [{ name: 'c', image: 'a', resources: { requests: { cpu } } }];
  return client.create(podResource, {
    metadata: { name, namespace: 'default', labels: { name } },
    spec: { containers, priorityClassName, ...spec },
  });
}
const read = ({ client }: TestCluster, name: string) => client.get(podResource, { namespace: 'default', name });
const places = (cluster: TestCluster): Record<string, string | undefined> =>
  Object.fromEntries(
    cluster.client.list(podResource).map(({ metadata, spec }) => [metadata.name, spec.nodeName ?? 'nowhere']),
  );
const refusal = (cluster: TestCluster, name: string): string | undefined =>
  read(cluster, name)?.status.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False')?.message;

describe('preemption', () => {
  it('sends away the least important pods that make room, says so, and takes their place when they are gone', () => {
    const cluster = createTestCluster([schedulerController], 1);
    create(cluster, 'low', '300m', { priority: 1 });
    create(cluster, 'lower', '500m', { priority: 0 });
    cluster.settle();
    const important = create(cluster, 'important', '600m', { priority: 10 });
    cluster.manager.runToRest();
    const waiting = read(cluster, 'important');
    expect([waiting?.spec.nodeName, waiting?.status.nominatedNodeName]).toEqual([undefined, 'node-1']);
    expect(refusal(cluster, 'important')).toBe('0/1 nodes are available: 1 Insufficient cpu.');
    const victim = read(cluster, 'lower');
    expect(victim?.metadata.deletionTimestamp).toBeDefined();
    expect(victim?.status.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    });
    expect(cluster.client.list(event).find(({ reason }) => reason === 'Preempted')).toMatchObject({
      type: 'Normal',
      message: `Preempted by pod ${important.metadata.uid} on node node-1`,
      action: 'Preempting',
      reportingComponent: 'default-scheduler',
      involvedObject: { kind: 'Pod', name: 'lower' },
      related: { kind: 'Pod', name: 'important', uid: important.metadata.uid },
    });
    cluster.settle();
    expect(places(cluster)).toEqual({ important: 'node-1', low: 'node-1' });
    expect(read(cluster, 'important')?.status.nominatedNodeName).toBeUndefined();
  });

  it('waits for those who are going, and nobody less important takes the room', () => {
    const cluster = createTestCluster([schedulerController], 1);
    create(cluster, 'low', '700m');
    create(cluster, 'small', '100m', { priority: 20 });
    cluster.settle();
    create(cluster, 'important', '700m', { priority: 10 });
    cluster.manager.runToRest();
    create(cluster, 'latecomer', '200m', { priority: 9 });
    cluster.manager.runToRest();
    // Who is going and who is to come both count.
    expect(places(cluster)).toMatchObject({ important: 'nowhere', latecomer: 'nowhere' });
    cluster.client.delete(podResource, { namespace: 'default', name: 'small' }, { gracePeriodSeconds: 0 });
    cluster.manager.runToRest();
    expect(refusal(cluster, 'important')).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node.',
    );
    cluster.settle();
    expect(places(cluster)).toEqual({ important: 'node-1', latecomer: 'node-1' });
  });

  it.each<[string, number, Partial<Pod['spec']>, string]>([
    ['equals stay', 5, { priority: 5 }, '0/1 nodes are available: 1 No preemption victims found for incoming pod.'],
    [
      'a policy forbids it',
      0,
      { priority: 5, preemptionPolicy: 'Never' },
      'not eligible due to preemptionPolicy=Never.',
    ],
  ])('does not happen: %s', (_, low, spec, why) => {
    const cluster = createTestCluster([schedulerController], 1);
    create(cluster, 'low', '800m', { priority: low });
    cluster.settle();
    create(cluster, 'next', '800m', spec);
    cluster.settle();
    expect(refusal(cluster, 'next')).toBe(
      `0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: ${why}`,
    );
    expect(places(cluster)).toEqual({ low: 'node-1', next: 'nowhere' });
  });

  it('does not happen where it would not be enough, and says what would still be short', () => {
    const cluster = createTestCluster([schedulerController], [newNode('big'), newNode('small', { cpu: '500m' })]);
    create(cluster, 'equal', '700m', { priority: 5 });
    create(cluster, 'low', '200m', { nodeSelector: { 'kubernetes.io/hostname': 'big' } });
    cluster.settle();
    create(cluster, 'next', '800m', { priority: 5 });
    cluster.settle();
    expect(refusal(cluster, 'next')).toBe(
      '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: ' +
        '0/2 nodes are available: 1 Insufficient cpu, 1 Preemption is not helpful for scheduling.',
    );
  });

  it('takes the node whose victims are least important, and spares what a budget guards', () => {
    const cluster = createTestCluster([schedulerController], 3);
    const on = (node: string, priority: number): Partial<Pod['spec']> => ({
      priority,
      nodeSelector: { 'kubernetes.io/hostname': node },
    });
    create(cluster, 'a', '800m', on('node-1', 3));
    create(cluster, 'b', '800m', on('node-2', 1));
    create(cluster, 'c', '800m', on('node-3', 2));
    cluster.client.create(podDisruptionBudget, {
      metadata: { name: 'b', namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: { name: 'b' } } },
    });
    cluster.settle();
    create(cluster, 'important', '800m', { priority: 10 });
    cluster.settle();
    expect(places(cluster)).toEqual({ a: 'node-1', b: 'node-2', important: 'node-3' });
    create(cluster, 'next', '800m', { priority: 9 });
    cluster.settle();
    expect(places(cluster)).toEqual({ b: 'node-2', important: 'node-3', next: 'node-1' });
  });
});
