import { describe, expect, it } from '@jest/globals';
import { deploymentController } from '../../src/controllers/deployment.ts';
import { replicaSetController } from '../../src/controllers/replicaset.ts';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { clone } from '../../src/machinery/meta.ts';
import { deployment as deploymentResource, type Deployment } from '../../src/resources/deployment.ts';
import { pod as podResource } from '../../src/resources/pod.ts';
import { replicaSet } from '../../src/resources/replicaset.ts';
import { createTestCluster, type TestCluster } from './cluster.ts';

const controllers = [deploymentController, replicaSetController, schedulerController];

function start(more: Partial<Deployment['spec']> = {}, image = 'nginx:1'): TestCluster {
  const cluster = createTestCluster(controllers);
  cluster.client.create(deploymentResource, {
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 3,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      ...more,
    },
  });
  return cluster;
}

function get({ client }: TestCluster): Deployment {
  return client.get(deploymentResource, { namespace: 'default', name: 'web' }) as Deployment;
}

function change(cluster: TestCluster, edit: (deployment: Deployment) => void): void {
  const changed = clone(get(cluster));
  edit(changed);
  cluster.client.update(deploymentResource, changed);
}

function setImage(cluster: TestCluster, image: string): void {
  change(cluster, ({ spec }) => {
    const [container] = spec.template.spec?.containers ?? [];
    if (container) container.image = image;
  });
}

function sets({ client }: TestCluster): string[] {
  return client
    .list(replicaSet)
    .map(({ metadata, spec, status }) => {
      const { annotations = {} } = metadata;
      const image = spec.template?.spec?.containers[0]?.image;
      const note = (key: string) => annotations[`deployment.kubernetes.io/${key}`];
      return `${note('revision')} ${image} want ${spec.replicas} ready ${status.readyReplicas ?? 0} of ${note('desired-replicas')} max ${note('max-replicas')} history ${note('revision-history') ?? '-'}`;
    })
    .sort();
}

function conditions(cluster: TestCluster): string[] {
  return (get(cluster).status.conditions ?? []).map((c) => `${c.type}=${c.status} ${c.reason}: ${c.message}`);
}

/** Names of sets as 'web-1', 'web-2' by age, so that texts do not depend on hashes. */
function named(cluster: TestCluster, texts: readonly string[]): string[] {
  const names = cluster.client.list(replicaSet).map((set) => set.metadata.name);
  const inOrder = names.sort((a, b) => texts.findIndex((t) => t.includes(a)) - texts.findIndex((t) => t.includes(b)));
  return texts.map((text) => inOrder.reduce((t, name, i) => t.replaceAll(name, `web-${i + 1}`), text));
}

describe('deployment', () => {
  it('creates a set and its pods, and completes', () => {
    const cluster = start();
    cluster.settle();
    expect(sets(cluster)).toEqual(['1 nginx:1 want 3 ready 3 of 3 max 4 history -']);
    expect(get(cluster).status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    expect(named(cluster, conditions(cluster))).toEqual([
      'Available=True MinimumReplicasAvailable: Deployment has minimum availability.',
      expect.stringMatching(
        /^Progressing=True NewReplicaSetAvailable: ReplicaSet "web-[a-z0-9]+" has successfully progressed.$/,
      ),
    ]);
    expect(named(cluster, cluster.events('Deployment'))).toEqual([
      'Normal ScalingReplicaSet Scaled up replica set web-1 from 0 to 3',
    ]);
    expect(get(cluster).metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
  });

  it('rolls over to a new template within surge and unavailability', () => {
    const cluster = start();
    cluster.settle();
    setImage(cluster, 'nginx:2');
    cluster.settle();
    expect(sets(cluster)).toEqual([
      '1 nginx:1 want 0 ready 0 of 3 max 4 history -',
      '2 nginx:2 want 3 ready 3 of 3 max 4 history -',
    ]);
    expect(named(cluster, cluster.events('Deployment'))).toEqual([
      'Normal ScalingReplicaSet Scaled up replica set web-1 from 0 to 3',
      'Normal ScalingReplicaSet Scaled up replica set web-2 from 0 to 1',
      'Normal ScalingReplicaSet Scaled down replica set web-1 from 3 to 2',
      'Normal ScalingReplicaSet Scaled up replica set web-2 from 1 to 2',
      'Normal ScalingReplicaSet Scaled down replica set web-1 from 2 to 1',
      'Normal ScalingReplicaSet Scaled up replica set web-2 from 2 to 3',
      'Normal ScalingReplicaSet Scaled down replica set web-1 from 1 to 0',
    ]);
  });

  it('numbers a revision anew when it comes back, and keeps its history', () => {
    const cluster = start();
    for (const image of ['nginx:1', 'nginx:2', 'nginx:3', 'nginx:1', 'nginx:3']) {
      setImage(cluster, image);
      cluster.settle();
    }
    expect(sets(cluster)).toEqual([
      '2 nginx:2 want 0 ready 0 of 3 max 4 history -',
      '4 nginx:1 want 0 ready 0 of 3 max 4 history 1',
      '5 nginx:3 want 3 ready 3 of 3 max 4 history 3',
    ]);
  });

  it('removes revisions beyond the limit', () => {
    const cluster = start({ revisionHistoryLimit: 1 });
    for (const image of ['nginx:1', 'nginx:2', 'nginx:3']) {
      setImage(cluster, image);
      cluster.settle();
    }
    expect(sets(cluster).map((text) => text.slice(0, 9))).toEqual(['2 nginx:2', '3 nginx:3']);
  });

  // Recorded from a genuine cluster: wl-rolling-surge.
  it('shares out a scaling in the middle of a stuck rollout', () => {
    const cluster = start({
      replicas: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '30%', maxUnavailable: '20%' } },
    });
    cluster.settle();
    change(cluster, ({ spec }) => {
      if (spec.template.spec) spec.template.spec.nodeSelector = { disktype: 'nvme' };
    });
    cluster.settle();
    expect(sets(cluster)).toEqual([
      '1 nginx:1 want 8 ready 8 of 10 max 13 history -',
      '2 nginx:1 want 5 ready 0 of 10 max 13 history -',
    ]);
    expect(get(cluster).status).toMatchObject({
      replicas: 13,
      updatedReplicas: 5,
      readyReplicas: 8,
      unavailableReplicas: 5,
    });
    change(cluster, ({ spec }) => {
      spec.replicas = 15;
    });
    cluster.settle();
    expect(sets(cluster)).toEqual([
      '1 nginx:1 want 12 ready 12 of 15 max 20 history -',
      '2 nginx:1 want 8 ready 0 of 15 max 20 history -',
    ]);
  });

  it('recreates: no new pod before the last old one is gone', () => {
    const cluster = start({ strategy: { type: 'Recreate' } });
    cluster.settle();
    setImage(cluster, 'nginx:2');
    cluster.manager.runToRest();
    expect(sets(cluster)).toEqual(['1 nginx:1 want 0 ready 0 of 3 max 3 history -']);
    expect(cluster.client.list(podResource).length).toBe(3);
    cluster.settle();
    expect(sets(cluster)).toEqual([
      '1 nginx:1 want 0 ready 0 of 3 max 3 history -',
      '2 nginx:2 want 3 ready 3 of 3 max 3 history -',
    ]);
  });

  it('fails a rollout that makes no progress by its deadline', () => {
    const cluster = start({ progressDeadlineSeconds: 60 }, 'stuck');
    cluster.settle();
    expect(named(cluster, conditions(cluster))).toEqual([
      'Available=False MinimumReplicasUnavailable: Deployment does not have minimum availability.',
      'Progressing=True ReplicaSetUpdated: ReplicaSet "web-1" is progressing.',
    ]);
    cluster.advance(62_000);
    expect(named(cluster, conditions(cluster))[1]).toBe(
      'Progressing=False ProgressDeadlineExceeded: ReplicaSet "web-1" has timed out progressing.',
    );
    expect(cluster.manager.nextDueAtMs()).toBeUndefined();
  });

  it('holds a paused rollout and resumes it', () => {
    const cluster = start();
    cluster.settle();
    change(cluster, ({ spec }) => {
      spec.paused = true;
    });
    setImage(cluster, 'nginx:2');
    cluster.settle();
    expect(sets(cluster).length).toBe(1);
    expect(conditions(cluster)).toContain('Progressing=Unknown DeploymentPaused: Deployment is paused');
    change(cluster, ({ spec }) => {
      spec.paused = false;
    });
    cluster.settle();
    expect(sets(cluster)).toEqual([
      '1 nginx:1 want 0 ready 0 of 3 max 4 history -',
      '2 nginx:2 want 3 ready 3 of 3 max 4 history -',
    ]);
  });

  it('writes nothing at rest', () => {
    const cluster = start();
    cluster.settle();
    const { revision } = cluster.client.store;
    cluster.manager.start();
    expect(cluster.client.store.revision).toBe(revision);
  });
});
