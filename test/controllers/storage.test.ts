import { describe, expect, it } from '@jest/globals';
import { ephemeralVolumeController } from '../../src/controllers/ephemeralvolume.ts';
import { garbageCollector } from '../../src/controllers/garbagecollector.ts';
import { persistentVolumeController } from '../../src/controllers/persistentvolumes.ts';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { statefulSetController } from '../../src/controllers/statefulset.ts';
import { claimProtectionController, volumeProtectionController } from '../../src/controllers/storageprotection.ts';
import { storageProvisioner } from '../../src/controllers/storageprovisioner.ts';
import { clone } from '../../src/machinery/meta.ts';
import { persistentVolume, type PersistentVolume } from '../../src/resources/persistentvolume.ts';
import { persistentVolumeClaim, type PersistentVolumeClaim } from '../../src/resources/persistentvolumeclaim.ts';
import { pod as podResource, type Pod } from '../../src/resources/pod.ts';
import { statefulSet } from '../../src/resources/statefulset.ts';
import { storageClass } from '../../src/resources/storageclass.ts';
import { createTestCluster, type TestCluster } from './cluster.ts';

const namespace = 'default';
const LOCAL = 'rancher.io/local-path';

function start(): TestCluster {
  return createTestCluster([
    garbageCollector,
    ephemeralVolumeController,
    persistentVolumeController,
    storageProvisioner,
    claimProtectionController,
    volumeProtectionController,
    statefulSetController,
    schedulerController,
  ]);
}
function addClass(cluster: TestCluster, name: string, more: object): void {
  cluster.client.create(storageClass, { metadata: { name }, provisioner: LOCAL, ...more } as never);
}
function addVolume(cluster: TestCluster, name: string, storage: string, more: Partial<PersistentVolume['spec']> = {}) {
  const spec = { capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/mnt' }, ...more };
  cluster.client.create(persistentVolume, { metadata: { name }, spec });
}
function addClaim(cluster: TestCluster, name: string, spec: Partial<PersistentVolumeClaim['spec']> = {}): void {
  const resources = { requests: { storage: '2Gi' } };
  cluster.client.create(persistentVolumeClaim, {
    metadata: { name, namespace },
    spec: { accessModes: ['ReadWriteOnce'], resources, storageClassName: '', ...spec },
  });
}
function addPod(cluster: TestCluster, name: string, claimName: string): void {
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName } }];
  const containers = [{ name: 'c', image: 'i' }];
  cluster.client.create(podResource, { metadata: { name, namespace }, spec: { containers, volumes } });
}
function claim({ client }: TestCluster, name: string): string {
  const found = client.get(persistentVolumeClaim, { namespace, name });
  return found ? `${found.status.phase} ${found.spec.volumeName ?? '-'}` : 'none';
}
function volumes({ client }: TestCluster): string[] {
  return client
    .list(persistentVolume)
    .map(({ metadata, spec, status }) => `${metadata.name} ${status.phase} ${spec.claimRef?.name ?? '-'}`);
}
function scheduling({ client }: TestCluster, name: string): string {
  const pod = client.get(podResource, { namespace, name }) as Pod;
  return pod.spec.nodeName ?? pod.status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? '';
}

describe('claims and volumes', () => {
  it('finds the smallest volume that is large enough', () => {
    const cluster = start();
    addVolume(cluster, 'small', '1Gi');
    addVolume(cluster, 'large', '9Gi');
    addVolume(cluster, 'fitting', '3Gi');
    addClaim(cluster, 'data');
    cluster.settle();
    expect(claim(cluster, 'data')).toBe('Bound fitting');
    expect(volumes(cluster)).toEqual(['fitting Bound data', 'large Available -', 'small Available -']);
  });

  it.each<[string, Partial<PersistentVolume['spec']>, Partial<PersistentVolumeClaim['spec']>]>([
    ['another class', { storageClassName: 'a' }, { storageClassName: 'b' }],
    ['another mode of access', {}, { accessModes: ['ReadWriteMany'] }],
    ['another mode of volume', { volumeMode: 'Block' }, {}],
    ['other labels', {}, { selector: { matchLabels: { disk: 'fast' } } }],
    ['a claim that it is kept for', { claimRef: { namespace, name: 'other' } }, {}],
  ])('does not take a volume of %s', (_, volume, spec) => {
    const cluster = start();
    addVolume(cluster, 'disk', '9Gi', volume);
    addClaim(cluster, 'data', spec);
    cluster.settle();
    expect(claim(cluster, 'data')).toBe('Pending -');
  });

  it('takes the volume that comes later, and the one that is named', () => {
    const cluster = start();
    addClaim(cluster, 'data');
    addClaim(cluster, 'named', { volumeName: 'mine' });
    cluster.settle();
    expect(cluster.events('PersistentVolumeClaim')).toEqual([
      'Normal FailedBinding no persistent volumes available for this claim and no storage class is set',
    ]);
    addVolume(cluster, 'disk', '9Gi');
    addVolume(cluster, 'mine', '8Gi', { claimRef: { namespace, name: 'named' } });
    cluster.settle();
    expect([claim(cluster, 'data'), claim(cluster, 'named')]).toEqual(['Bound disk', 'Bound mine']);
  });

  it('keeps, deletes or recycles a volume whose claim has gone', () => {
    const cluster = start();
    for (const policy of ['Retain', 'Delete', 'Recycle'] as const) {
      const name = policy.toLowerCase();
      const hostPath = { path: `/tmp/${name}` };
      addVolume(cluster, name, '9Gi', { persistentVolumeReclaimPolicy: policy, storageClassName: name, hostPath });
      addClaim(cluster, name, { storageClassName: name });
    }
    cluster.settle();
    for (const name of ['retain', 'delete', 'recycle'])
      cluster.client.delete(persistentVolumeClaim, { namespace, name });
    cluster.settle();
    expect(volumes(cluster)).toEqual(['recycle Available -', 'retain Released retain']);
  });

  it('does not delete a folder that is not its own', () => {
    const cluster = start();
    addVolume(cluster, 'disk', '9Gi', { persistentVolumeReclaimPolicy: 'Delete' });
    addClaim(cluster, 'data');
    cluster.settle();
    cluster.client.delete(persistentVolumeClaim, { namespace, name: 'data' });
    cluster.settle();
    expect(volumes(cluster)).toEqual(['disk Failed data']);
    expect(cluster.events('PersistentVolume')).toEqual([
      'Warning VolumeFailedDelete host_path deleter only supports /tmp/.+ but received provided /mnt',
    ]);
  });

  it('keeps a claim that a pod uses, and a volume that a claim uses', () => {
    const cluster = start();
    addVolume(cluster, 'disk', '9Gi');
    addClaim(cluster, 'data');
    addPod(cluster, 'user', 'data');
    cluster.settle();
    cluster.client.delete(persistentVolumeClaim, { namespace, name: 'data' });
    cluster.client.delete(persistentVolume, { name: 'disk' });
    cluster.settle();
    expect(claim(cluster, 'data')).toBe('Bound disk');
    cluster.client.delete(podResource, { namespace, name: 'user' });
    cluster.settle();
    expect([claim(cluster, 'data'), volumes(cluster)]).toEqual(['none', []]);
  });

  it('loses a claim whose volume is gone', () => {
    const cluster = start();
    addVolume(cluster, 'disk', '9Gi');
    addClaim(cluster, 'data');
    cluster.settle();
    const volume = clone(cluster.client.get(persistentVolume, { name: 'disk' })!);
    delete volume.metadata.finalizers;
    cluster.client.update(persistentVolume, volume);
    cluster.client.delete(persistentVolume, { name: 'disk' });
    cluster.settle();
    expect(claim(cluster, 'data')).toBe('Lost disk');
    expect(cluster.events('PersistentVolumeClaim')).toEqual([
      'Warning ClaimLost Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    ]);
  });
});

describe('provisioning', () => {
  it('makes a volume at once, of the default class', () => {
    const cluster = start();
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    cluster.client.create(storageClass, {
      metadata: { name: 'standard', annotations },
      provisioner: 'k8s.io/minikube-hostpath',
    } as never);
    cluster.client.create(persistentVolumeClaim, {
      metadata: { name: 'data', namespace },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    cluster.settle();
    const [volume] = cluster.client.list(persistentVolume);
    expect(claim(cluster, 'data')).toBe(`Bound ${volume?.metadata.name}`);
    expect(volume?.spec).toMatchObject({
      hostPath: { path: '/tmp/hostpath-provisioner/default/data' },
      storageClassName: 'standard',
      persistentVolumeReclaimPolicy: 'Delete',
    });
    cluster.client.delete(persistentVolumeClaim, { namespace, name: 'data' });
    cluster.settle();
    expect(volumes(cluster)).toEqual([]);
  });

  it('waits for the first pod, and puts the volume on its node', () => {
    const cluster = start();
    addClass(cluster, 'local', { volumeBindingMode: 'WaitForFirstConsumer' });
    addClaim(cluster, 'data', { storageClassName: 'local' });
    cluster.settle();
    expect(claim(cluster, 'data')).toBe('Pending -');
    addPod(cluster, 'first', 'data');
    addPod(cluster, 'second', 'data');
    cluster.settle();
    expect(claim(cluster, 'data')).toMatch(/^Bound pvc-/);
    expect(scheduling(cluster, 'second')).toBe(scheduling(cluster, 'first'));
    const [volume] = cluster.client.list(persistentVolume);
    const terms = volume?.spec.nodeAffinity?.required?.nodeSelectorTerms;
    expect(terms?.[0]?.matchExpressions?.[0]?.values).toEqual([scheduling(cluster, 'first')]);
    expect(cluster.events('PersistentVolumeClaim').map((line) => line.split(' ')[1])).toEqual([
      'WaitForFirstConsumer',
      'ExternalProvisioning',
      'Provisioning',
      'ProvisioningSucceeded',
    ]);
  });

  it('says what is missing', () => {
    const cluster = start();
    addClass(cluster, 'none', { provisioner: 'kubernetes.io/no-provisioner' });
    addClass(cluster, 'elsewhere', { provisioner: 'example.com/disks' });
    addClass(cluster, 'local', {});
    for (const name of ['none', 'elsewhere', 'nowhere', 'local']) addClaim(cluster, name, { storageClassName: name });
    cluster.settle();
    const events = cluster.events('PersistentVolumeClaim').filter((line) => !line.includes(LOCAL));
    expect(events.sort()).toEqual([
      expect.stringMatching(/^Normal ExternalProvisioning Waiting for a volume .* 'example.com\/disks' or manually/),
      'Normal Provisioning External provisioner is provisioning volume for claim "default/local"',
      'Warning ProvisioningFailed failed to provision volume with StorageClass "local": configuration error, no node was specified',
      'Warning ProvisioningFailed no volume plugin matched name: kubernetes.io/no-provisioner',
      'Warning ProvisioningFailed storageclass.storage.k8s.io "nowhere" not found',
    ]);
  });

  it('makes the claim of an ephemeral volume, which goes with its pod', () => {
    const cluster = start();
    addClass(cluster, 'local', { volumeBindingMode: 'WaitForFirstConsumer' });
    const spec = {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'local',
    };
    cluster.client.create(podResource, {
      metadata: { name: 'p', namespace },
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec } } }],
      },
    });
    cluster.settle();
    expect(claim(cluster, 'p-scratch')).toMatch(/^Bound pvc-/);
    cluster.client.delete(podResource, { namespace, name: 'p' });
    cluster.settle();
    expect([claim(cluster, 'p-scratch'), volumes(cluster)]).toEqual(['none', []]);
  });
});

describe('scheduling', () => {
  const NOT_HELPFUL =
    'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';

  it('tells what is wrong with a pod’s claims', () => {
    const cluster = start();
    addClaim(cluster, 'unbound');
    addPod(cluster, 'a', 'missing');
    addPod(cluster, 'b', 'unbound');
    cluster.settle();
    expect(scheduling(cluster, 'a')).toBe(
      `0/3 nodes are available: persistentvolumeclaim "missing" not found. ${NOT_HELPFUL}`,
    );
    expect(scheduling(cluster, 'b')).toBe(
      `0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. ${NOT_HELPFUL}`,
    );
    addVolume(cluster, 'disk', '9Gi');
    cluster.settle();
    expect(scheduling(cluster, 'b')).toMatch(/^node-/);
  });

  it('goes where a local volume is, or nowhere', () => {
    const cluster = start();
    const on = (host: string) => ({
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [host] }] },
          ],
        },
      },
    });
    addClass(cluster, 'manual', {
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
    addVolume(cluster, 'disk', '9Gi', { storageClassName: 'manual', ...on('node-3') });
    addVolume(cluster, 'far', '9Gi', on('node-9'));
    addClaim(cluster, 'data', { storageClassName: 'manual' });
    addClaim(cluster, 'more', { storageClassName: 'manual' });
    addClaim(cluster, 'away');
    addPod(cluster, 'a', 'data');
    cluster.settle();
    addPod(cluster, 'b', 'more');
    addPod(cluster, 'c', 'away');
    cluster.settle();
    expect([scheduling(cluster, 'a'), claim(cluster, 'data')]).toEqual(['node-3', 'Bound disk']);
    expect(scheduling(cluster, 'b')).toBe(
      `0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind. ${NOT_HELPFUL}`,
    );
    expect(scheduling(cluster, 'c')).toBe(
      `0/3 nodes are available: 3 node(s) didn't match PersistentVolume's node affinity. ${NOT_HELPFUL}`,
    );
  });
});

describe('claims of a StatefulSet', () => {
  it.each<[string, object, string[], string[]]>([
    ['stay', {}, ['data-db-0', 'data-db-1'], ['data-db-0', 'data-db-1']],
    ['go with the pods', { whenScaled: 'Delete' }, ['data-db-0'], ['data-db-0']],
    ['go with the set', { whenDeleted: 'Delete' }, ['data-db-0', 'data-db-1'], []],
  ])('%s', (_, policy, afterScaling, afterDeletion) => {
    const cluster = start();
    addClass(cluster, 'local', { volumeBindingMode: 'WaitForFirstConsumer' });
    const labels = { app: 'db' };
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    cluster.client.create(statefulSet, {
      metadata: { name: 'db', namespace },
      spec: {
        replicas: 2,
        serviceName: 'db',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { ...spec, storageClassName: 'local' } }],
        persistentVolumeClaimRetentionPolicy: policy,
      },
    });
    cluster.settle();
    const names = () => cluster.client.list(persistentVolumeClaim).map(({ metadata }) => metadata.name);
    expect(names()).toEqual(['data-db-0', 'data-db-1']);
    expect(cluster.events('StatefulSet').slice(0, 2)).toEqual([
      'Normal SuccessfulCreate create Claim data-db-0 Pod db-0 in StatefulSet db success',
      'Normal SuccessfulCreate create Pod db-0 in StatefulSet db successful',
    ]);
    const set = clone(cluster.client.get(statefulSet, { namespace, name: 'db' })!);
    set.spec.replicas = 1;
    cluster.client.update(statefulSet, set);
    cluster.settle();
    expect(names()).toEqual(afterScaling);
    cluster.client.delete(statefulSet, { namespace, name: 'db' });
    cluster.settle();
    expect(names()).toEqual(afterDeletion);
  });
});
