import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { replicaSetController } from '../../src/controllers/replicaset.ts';
import { resourceQuotaController } from '../../src/controllers/resourcequota.ts';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { clone } from '../../src/machinery/meta.ts';
import { configMap } from '../../src/resources/configmap.ts';
import { limitRange, type LimitRange } from '../../src/resources/limitrange.ts';
import { persistentVolumeClaim } from '../../src/resources/persistentvolumeclaim.ts';
import { pod as podResource, type Pod } from '../../src/resources/pod.ts';
import { replicaSet } from '../../src/resources/replicaset.ts';
import { resourceQuota, type ResourceQuota } from '../../src/resources/resourcequota.ts';
import { service, type Service } from '../../src/resources/service.ts';
import { createTestCluster, type TestCluster } from './cluster.ts';

const namespace = 'default';

function start(spec: ResourceQuota['spec']): TestCluster {
  const cluster = createTestCluster([replicaSetController, resourceQuotaController, schedulerController]);
  cluster.client.create(resourceQuota, { metadata: { name: 'q', namespace }, spec });
  cluster.settle();
  return cluster;
}
function used({ client }: TestCluster, name = 'q'): Record<string, string> {
  return client.get(resourceQuota, { namespace, name })?.status.used ?? {};
}
function addPod(cluster: TestCluster, name: string, resources: object = {}, more: Partial<Pod['spec']> = {}): void {
  const containers = [{ name: 'c', image: 'i', resources }];
  cluster.client.create(podResource, { metadata: { name, namespace }, spec: { containers, ...more } });
}
function addService(cluster: TestCluster, name: string, spec: Partial<Service['spec']> = {}): void {
  cluster.client.create(service, { metadata: { name, namespace }, spec: { ports: [{ port: 80 }], ...spec } });
}
const message = (action: () => void): string => {
  try {
    action();
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('quotas', () => {
  it('count what there is, what comes and what goes', () => {
    const cluster = start({ hard: { pods: '3', 'requests.cpu': '1', 'limits.memory': '1Gi', 'count/pods': '9' } });
    addPod(cluster, 'a', { requests: { cpu: '250m' }, limits: { memory: '128Mi' } });
    addPod(cluster, 'b', { limits: { cpu: '500m', memory: '256Mi' } });
    const both = { pods: '2', 'requests.cpu': '750m', 'limits.memory': '384Mi', 'count/pods': '2' };
    expect(used(cluster)).toEqual(both);
    cluster.settle();
    expect(used(cluster)).toEqual(both);
    cluster.client.delete(podResource, { namespace, name: 'b' });
    cluster.settle();
    expect(used(cluster)).toEqual({ pods: '1', 'requests.cpu': '250m', 'limits.memory': '128Mi', 'count/pods': '1' });
  });

  it('do not count pods that have ended, but their objects', () => {
    const cluster = start({ hard: { pods: '3', 'count/pods': '3' } });
    cluster.client.create(podResource, {
      metadata: { name: 'once', namespace },
      spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'exit-0' }] },
    });
    cluster.settle();
    expect(used(cluster)).toEqual({ pods: '0', 'count/pods': '1' });
  });

  it.each<[string, Record<string, string>, (cluster: TestCluster) => void, string]>([
    [
      'pods',
      { pods: '0' },
      (c) => addPod(c, 'x'),
      'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0',
    ],
    [
      'several at once',
      { 'requests.cpu': '1', 'requests.memory': '64Mi' },
      (c) => addPod(c, 'x', { requests: { cpu: '1500m', memory: '1Gi' } }),
      'pods "x" is forbidden: exceeded quota: q, requested: requests.cpu=1500m,requests.memory=1Gi, used: requests.cpu=0,requests.memory=0, limited: requests.cpu=1,requests.memory=64Mi',
    ],
    [
      'pods that say too little',
      { 'limits.cpu': '1', memory: '1Gi' },
      (c) => addPod(c, 'x'),
      'pods "x" is forbidden: failed quota: q: must specify limits.cpu for: c; memory for: c',
    ],
    [
      'ports of nodes',
      { 'services.nodeports': '1' },
      (c) =>
        addService(c, 'x', {
          type: 'NodePort',
          ports: [
            { name: 'a', port: 1 },
            { name: 'b', port: 2 },
          ],
        }),
      'services "x" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1',
    ],
    [
      'storage of a class',
      { 'fast.storageclass.storage.k8s.io/requests.storage': '1Gi' },
      (c) =>
        void c.client.create(persistentVolumeClaim, {
          metadata: { name: 'x', namespace },
          spec: {
            storageClassName: 'fast',
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '2Gi' } },
          },
        }),
      'persistentvolumeclaims "x" is forbidden: exceeded quota: q, requested: fast.storageclass.storage.k8s.io/requests.storage=2Gi, used: fast.storageclass.storage.k8s.io/requests.storage=0, limited: fast.storageclass.storage.k8s.io/requests.storage=1Gi',
    ],
    [
      'objects of any kind',
      { 'count/configmaps': '0' },
      (c) => void c.client.create(configMap, { metadata: { name: 'x', namespace } }),
      'configmaps "x" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=0, limited: count/configmaps=0',
    ],
  ])('refuse %s', (_, hard, action, expected) => {
    const cluster = start({ hard });
    expect(message(() => action(cluster))).toBe(expected);
  });

  it.each<[ResourceQuota['spec'], Record<string, string>]>([
    [{ scopes: ['BestEffort'] }, { pods: '1' }],
    [{ scopes: ['NotBestEffort'] }, { pods: '2' }],
    [{ scopes: ['Terminating', 'NotBestEffort'] }, { pods: '1' }],
    [
      {
        scopeSelector: {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }],
        },
      },
      { pods: '1' },
    ],
  ])('choose pods by %j', (spec, expected) => {
    const cluster = start({ hard: { pods: '9' }, ...spec });
    addPod(cluster, 'plain');
    addPod(cluster, 'burst', { requests: { cpu: '1m' } }, { priorityClassName: 'system-node-critical' });
    addPod(cluster, 'short', { requests: { cpu: '1m' } }, { activeDeadlineSeconds: 60 });
    expect(used(cluster)).toEqual(expected);
  });

  it('follow a Service that changes its type', () => {
    const cluster = start({ hard: { 'services.nodeports': '1' } });
    addService(cluster, 's');
    const set = (type: string): void => {
      const changed = clone(cluster.client.get(service, { namespace, name: 's' })!);
      changed.spec.type = type as never;
      delete changed.spec.ports?.[0]?.nodePort;
      cluster.client.update(service, changed);
      cluster.settle();
    };
    set('NodePort');
    expect(used(cluster)).toEqual({ 'services.nodeports': '1' });
    set('ClusterIP');
    expect(used(cluster)).toEqual({ 'services.nodeports': '0' });
  });

  it('never count anything but what is there', () => {
    const action = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), adds: fc.boolean(), ms: fc.nat(3000) });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 15 }), (actions) => {
        const cluster = start({ hard: { pods: '3', 'requests.cpu': '500m' } });
        for (const { name, adds, ms } of actions) {
          message(() =>
            adds
              ? addPod(cluster, name, { requests: { cpu: '200m' } })
              : cluster.client.delete(podResource, { namespace, name }),
          );
          cluster.advance(ms);
        }
        cluster.settle();
        const count = cluster.client.list(podResource).length;
        expect(used(cluster)).toEqual({ pods: String(count), 'requests.cpu': count === 0 ? '0' : `${200 * count}m` });
        expect(count).toBeLessThanOrEqual(2);
      }),
      { numRuns: 25 },
    );
  });

  it('keep a ReplicaSet below what it wants until there is room', () => {
    const cluster = start({ hard: { pods: '2' } });
    const labels = { a: 'b' };
    cluster.client.create(replicaSet, {
      metadata: { name: 'web', namespace },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    });
    cluster.settle();
    expect(cluster.client.list(podResource)).toHaveLength(2);
    expect(cluster.events('ReplicaSet').join('\n')).toMatch(
      /Warning FailedCreate Error creating: pods "web-\w{5}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2/,
    );
    const changed = clone(cluster.client.get(resourceQuota, { namespace, name: 'q' })!);
    changed.spec.hard = { pods: '5' };
    cluster.client.update(resourceQuota, changed);
    cluster.advance(10_000);
    expect(used(cluster)).toEqual({ pods: '3' });
  });
});

describe('ranges', () => {
  function withRange(limits: LimitRange['spec']['limits']): TestCluster {
    const cluster = createTestCluster([schedulerController]);
    cluster.client.create(limitRange, { metadata: { name: 'r', namespace }, spec: { limits } });
    return cluster;
  }

  it('give containers what they do not say', () => {
    const cluster = withRange([
      { type: 'Container', default: { cpu: '1', memory: '64Mi' }, defaultRequest: { cpu: '100m' } },
    ]);
    addPod(cluster, 'a');
    addPod(cluster, 'b', { requests: { cpu: '50m' }, limits: { cpu: '2', memory: '1Mi' } });
    const found = cluster.client.get(podResource, { namespace, name: 'a' });
    expect(found?.spec.containers[0]?.resources).toEqual({
      limits: { cpu: '1', memory: '64Mi' },
      requests: { cpu: '100m', memory: '64Mi' },
    });
    expect(found?.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c',
    });
    expect(cluster.client.get(podResource, { namespace, name: 'b' })?.metadata.annotations).toBeUndefined();
  });

  it.each<[LimitRange['spec']['limits'][number], object, string]>([
    [
      { type: 'Container', max: { cpu: '1' } },
      { limits: { cpu: '2' } },
      'maximum cpu usage per Container is 1, but limit is 2',
    ],
    [
      { type: 'Container', min: { cpu: '100m', memory: '1Gi' } },
      { requests: { cpu: '50m', memory: '1Mi' } },
      '[minimum cpu usage per Container is 100m, but request is 50m, minimum memory usage per Container is 1Gi, but request is 1Mi]',
    ],
    [{ type: 'Pod', max: { memory: '1Gi' } }, {}, 'maximum memory usage per Pod is 1Gi.  No limit is specified'],
    [{ type: 'Pod', min: { cpu: '1' } }, {}, 'minimum cpu usage per Pod is 1.  No request is specified'],
    [
      { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
      { requests: { cpu: '100m' }, limits: { cpu: '500m' } },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 5.000000',
    ],
  ])('refuse by %j', (item, resources, why) => {
    const cluster = withRange([item]);
    expect(message(() => addPod(cluster, 'x', resources))).toBe(`pods "x" is forbidden: ${why}`);
  });

  it('refuse claims that are too large', () => {
    const cluster = withRange([{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }]);
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } };
    const create = (): void =>
      void cluster.client.create(persistentVolumeClaim, { metadata: { name: 'x', namespace }, spec });
    expect(message(create)).toBe(
      'persistentvolumeclaims "x" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi',
    );
  });
});
