import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { statefulSetController } from '../../src/controllers/statefulset.ts';
import { clone } from '../../src/machinery/meta.ts';
import { controllerRevision } from '../../src/resources/controllerrevision.ts';
import { pod as podResource } from '../../src/resources/pod.ts';
import { statefulSet, type StatefulSet } from '../../src/resources/statefulset.ts';
import { createTestCluster, type TestCluster } from './cluster.ts';

const key = { namespace: 'default', name: 'db' };

function start(spec: Partial<StatefulSet['spec']> = {}): TestCluster {
  const cluster = createTestCluster([statefulSetController, schedulerController]);
  const labels = { app: 'db' };
  cluster.client.create(statefulSet, {
    metadata: key,
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
      ...spec,
    },
  });
  return cluster;
}
function change({ client }: TestCluster, edit: (spec: StatefulSet['spec']) => void): void {
  const set = clone(client.get(statefulSet, key)!);
  edit(set.spec);
  client.update(statefulSet, set);
}
function setImage(cluster: TestCluster, image: string): void {
  change(cluster, (spec) => {
    spec.template.spec!.containers[0]!.image = image;
  });
}
function pods({ client }: TestCluster): string[] {
  return client
    .list(podResource)
    .map(({ metadata, spec }) => `${metadata.name} ${spec.containers[0]?.image}`)
    .sort();
}
/** Returns what happened to pods, in order: 'create db-0'. */
function steps(cluster: TestCluster): string[] {
  return cluster
    .events('StatefulSet')
    .map((line) => /(create|delete|update) Pod (\S+)/.exec(line)?.slice(1).join(' ') ?? line);
}

describe('statefulset', () => {
  it('makes its pods one after another, with names and hosts of their own', () => {
    const cluster = start();
    cluster.manager.runToRest();
    expect(pods(cluster)).toEqual(['db-0 v1']);
    cluster.advance(2000);
    expect(pods(cluster)).toEqual(['db-0 v1', 'db-1 v1']);
    cluster.settle();
    const { client } = cluster;
    const pod = client.get(podResource, { namespace: 'default', name: 'db-2' });
    expect([pod?.spec.hostname, pod?.spec.subdomain]).toEqual(['db-2', 'db']);
    expect(pod?.metadata.labels).toMatchObject({
      'statefulset.kubernetes.io/pod-name': 'db-2',
      'apps.kubernetes.io/pod-index': '2',
      'controller-revision-hash': client.get(statefulSet, key)?.status.updateRevision,
    });
    expect(client.get(statefulSet, key)?.status).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3 });
    expect(cluster.events('StatefulSet')).toEqual(
      [0, 1, 2].map((i) => `Normal SuccessfulCreate create Pod db-${i} in StatefulSet db successful`),
    );
  });

  it('makes all at once when told to', () => {
    const cluster = start({ podManagementPolicy: 'Parallel' });
    cluster.manager.runToRest();
    expect(pods(cluster)).toHaveLength(3);
  });

  it('counts from another number', () => {
    const cluster = start({ ordinals: { start: 5 }, replicas: 2 });
    cluster.settle();
    expect(pods(cluster)).toEqual(['db-5 v1', 'db-6 v1']);
  });

  it('lets the highest go first, one after another', () => {
    const cluster = start();
    cluster.settle();
    change(cluster, (spec) => void (spec.replicas = 1));
    cluster.settle();
    expect(steps(cluster).slice(3)).toEqual(['delete db-2', 'delete db-1']);
  });

  it('updates from the highest number down to the partition', () => {
    const cluster = start({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } });
    cluster.settle();
    setImage(cluster, 'v2');
    cluster.settle();
    expect(pods(cluster)).toEqual(['db-0 v1', 'db-1 v2', 'db-2 v2']);
    // An event that is repeated stands where it was last.
    expect(steps(cluster).slice(1)).toEqual(['delete db-2', 'create db-2', 'delete db-1', 'create db-1']);
    expect(cluster.client.get(statefulSet, key)?.status).toMatchObject({ currentReplicas: 1, updatedReplicas: 2 });
    // What is below the partition comes back as it was.
    cluster.client.delete(podResource, { namespace: 'default', name: 'db-0' });
    cluster.settle();
    expect(pods(cluster)[0]).toBe('db-0 v1');
  });

  it('updates as many at once as may be unavailable', () => {
    const rollingUpdate = { maxUnavailable: 2, partition: 0 };
    const cluster = start({
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate },
    });
    cluster.settle();
    setImage(cluster, 'v2');
    cluster.manager.runToRest();
    expect(steps(cluster).slice(3)).toEqual(['delete db-2', 'delete db-1']);
  });

  it('leaves updates to who deletes pods', () => {
    const cluster = start({ updateStrategy: { type: 'OnDelete' } });
    cluster.settle();
    setImage(cluster, 'v2');
    cluster.client.delete(podResource, { namespace: 'default', name: 'db-1' });
    cluster.settle();
    expect(pods(cluster)).toEqual(['db-0 v1', 'db-1 v2', 'db-2 v1']);
  });

  it('keeps a revision a template, and goes back to an old one by a new number', () => {
    const cluster = start();
    cluster.settle();
    for (const image of ['v2', 'v1']) {
      setImage(cluster, image);
      cluster.settle();
    }
    expect(
      cluster.client
        .list(controllerRevision)
        .map(({ revision }) => revision)
        .sort(),
    ).toEqual([2, 3]);
    const { currentRevision, updateRevision } = cluster.client.get(statefulSet, key)!.status;
    expect(currentRevision).toBe(updateRevision);
  });

  it('forgets revisions beyond the limit', () => {
    const cluster = start({ revisionHistoryLimit: 1 });
    for (const image of ['v2', 'v3', 'v4']) {
      cluster.settle();
      setImage(cluster, image);
    }
    cluster.settle();
    expect(
      cluster.client
        .list(controllerRevision)
        .map(({ revision }) => revision)
        .sort(),
    ).toEqual([3, 4]);
  });

  it('tells of a pod that the server refused, and waits', () => {
    const cluster = start({ replicas: 0 });
    cluster.settle();
    cluster.client.refuse = (resource) => (resource === 'pods' ? 'no room' : undefined);
    change(cluster, (spec) => void (spec.replicas = 2));
    cluster.settle();
    expect(cluster.events('StatefulSet')).toEqual([
      'Warning FailedCreate create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: no room (x2)',
    ]);
  });

  it('never lets a pod stand above one that is missing, and updates at most one at a time', () => {
    const action = fc.oneof(
      fc.nat(4).map((replicas) => ({ replicas })),
      fc.nat(3).map((n) => ({ image: `v${n}` })),
      fc.nat(4).map((n) => ({ remove: `db-${n}` })),
      fc.integer({ min: 1, max: 5 }).map((seconds) => ({ seconds })),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
        const cluster = start({ replicas: 2 });
        for (const one of actions) {
          if ('replicas' in one) change(cluster, (spec) => void (spec.replicas = one.replicas));
          else if ('image' in one) setImage(cluster, one.image);
          else if ('remove' in one) {
            const target = { namespace: 'default', name: one.remove };
            if (cluster.client.get(podResource, target)) cluster.client.delete(podResource, target);
          } else cluster.advance(one.seconds * 1000);
        }
        cluster.settle();
        const { spec, status } = cluster.client.get(statefulSet, key)!;
        const image = spec.template.spec!.containers[0]!.image;
        const wanted = Array.from({ length: spec.replicas ?? 0 }, (_, i) => `db-${i} ${image}`);
        expect(pods(cluster)).toEqual(wanted);
        expect(status.currentRevision).toBe(status.updateRevision);
        expect([status.replicas, status.readyReplicas ?? 0]).toEqual([wanted.length, wanted.length]);
      }),
      { numRuns: 25 },
    );
  });
});
