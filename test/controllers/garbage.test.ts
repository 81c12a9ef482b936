import { describe, expect, it } from '@jest/globals';
import { controllers } from '../../src/controllers/index.ts';
import { clone } from '../../src/machinery/meta.ts';
import { configMap } from '../../src/resources/configmap.ts';
import { deployment } from '../../src/resources/deployment.ts';
import { horizontalPodAutoscaler } from '../../src/resources/horizontalpodautoscaler.ts';
import { namespace as namespaceResource } from '../../src/resources/namespace.ts';
import { pod } from '../../src/resources/pod.ts';
import { replicaSet } from '../../src/resources/replicaset.ts';
import { serviceAccount } from '../../src/resources/serviceaccount.ts';
import { createTestCluster, type TestCluster } from './cluster.ts';

function start(namespace = 'default'): TestCluster {
  const cluster = createTestCluster(controllers);
  if (namespace !== 'default') cluster.client.create(namespaceResource, { metadata: { name: namespace }, spec: {} });
  cluster.settle();
  const labels = { app: 'ox' };
  cluster.client.create(deployment, {
    metadata: { name: 'ox', namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'a' }] } },
    },
  });
  cluster.settle();
  return cluster;
}

function left({ client }: TestCluster): number[] {
  return [deployment, replicaSet, pod].map((definition) => client.list(definition as typeof pod).length);
}

describe('garbage collection', () => {
  const key = { namespace: 'default', name: 'ox' };

  it('deletes dependents in the background', () => {
    const cluster = start();
    cluster.client.delete(deployment, key, { propagationPolicy: 'Background' });
    cluster.manager.runToRest();
    expect(left(cluster)).toEqual([0, 0, 2]);
    cluster.settle();
    expect(left(cluster)).toEqual([0, 0, 0]);
  });

  it('keeps the owner until its dependents have gone in the foreground', () => {
    const cluster = start();
    cluster.client.delete(deployment, key, { propagationPolicy: 'Foreground' });
    cluster.manager.runToRest();
    expect(left(cluster)).toEqual([1, 1, 2]);
    cluster.settle();
    expect(left(cluster)).toEqual([0, 0, 0]);
  });

  it('goes from the bottom up in the foreground, and makes nothing anew for whoever is resized on the way', () => {
    const cluster = start();
    const { store } = cluster.client;
    const { revision } = store;
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'ox' };
    cluster.client.create(horizontalPodAutoscaler, {
      metadata: key,
      spec: { scaleTargetRef, minReplicas: 5, maxReplicas: 6 },
    });
    cluster.client.delete(deployment, key, { propagationPolicy: 'Foreground' });
    cluster.manager.runToRest();
    expect(cluster.client.get(deployment, key)?.spec.replicas).toBe(5);
    cluster.settle();
    const owned = /^(pods|replicasets\.apps|deployments\.apps)$/;
    const ends = store
      .eventsSince(revision)
      .filter(({ type, resource }) => type !== 'MODIFIED' && owned.test(resource));
    expect(ends.map(({ type, resource }) => `${type} ${resource}`)).toEqual([
      'DELETED pods',
      'DELETED pods',
      'DELETED replicasets.apps',
      'DELETED deployments.apps',
    ]);
  });

  it('orphans, and a new owner adopts', () => {
    const cluster = start();
    cluster.client.delete(deployment, key, { propagationPolicy: 'Orphan' });
    cluster.settle();
    expect(left(cluster)).toEqual([0, 1, 2]);
    const [set] = cluster.client.list(replicaSet);
    expect(set?.metadata.ownerReferences).toBeUndefined();
    const labels = { app: 'ox' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'a' }] } };
    const spec = { replicas: 2, selector: { matchLabels: labels }, template };
    cluster.client.create(deployment, { metadata: key, spec });
    cluster.settle();
    expect(left(cluster)).toEqual([1, 1, 2]);
    expect(cluster.client.list(replicaSet)[0]?.metadata.ownerReferences?.[0]).toMatchObject({
      kind: 'Deployment',
      name: 'ox',
    });
  });

  it('deletes what names an owner that does not exist, or has another uid', () => {
    const cluster = createTestCluster(controllers, 0);
    const uid = '11111111-2222-3333-4444-555555555555';
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'ghost', uid }];
    cluster.client.create(configMap, { metadata: { name: 'stray', namespace: 'default', ownerReferences } });
    cluster.settle();
    expect(cluster.client.get(configMap, { namespace: 'default', name: 'stray' })).toBeUndefined();
  });
});

describe('namespaces', () => {
  it('get a service account and the root certificate', () => {
    const cluster = createTestCluster(controllers, 0);
    cluster.client.create(namespaceResource, { metadata: { name: 'lab' }, spec: {} });
    cluster.settle();
    expect(cluster.client.list(serviceAccount, 'lab').map((o) => o.metadata.name)).toEqual(['default']);
    const [map] = cluster.client.list(configMap, 'lab');
    expect(map?.metadata.name).toBe('kube-root-ca.crt');
    expect(map?.data?.['ca.crt']).toMatch(/^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+-----END CERTIFICATE-----\n$/);
    cluster.client.delete(serviceAccount, { namespace: 'lab', name: 'default' });
    cluster.settle();
    expect(cluster.client.list(serviceAccount, 'lab').length).toBe(1);
  });

  it('go with all that is in them', () => {
    const cluster = start('lab');
    cluster.client.delete(namespaceResource, { name: 'lab' });
    cluster.settle();
    expect(cluster.client.get(namespaceResource, { name: 'lab' })).toBeUndefined();
    expect([left(cluster), cluster.client.list(configMap, 'lab')]).toEqual([[0, 0, 0], []]);
  });

  // Recorded from a genuine cluster: wl-namespace-delete.
  it('wait for finalizers, and say so', () => {
    const cluster = createTestCluster(controllers, 0);
    cluster.client.create(namespaceResource, { metadata: { name: 'hold' }, spec: {} });
    const finalizers = ['oracle.example/hold'];
    cluster.client.create(configMap, { metadata: { name: 'held', namespace: 'hold', finalizers } });
    cluster.settle();
    cluster.client.delete(namespaceResource, { name: 'hold' });
    cluster.settle();
    const { status, spec } = cluster.client.get(namespaceResource, { name: 'hold' })!;
    expect([status.phase, spec.finalizers]).toEqual(['Terminating', ['kubernetes']]);
    expect(status.conditions?.map((c) => `${c.type}=${c.status} ${c.reason}: ${c.message}`)).toEqual([
      'NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure=False ContentDeleted: All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
      'NamespaceFinalizersRemaining=True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: oracle.example/hold in 1 resource instances',
    ]);
    const map = clone(cluster.client.get(configMap, { namespace: 'hold', name: 'held' })!);
    delete map.metadata.finalizers;
    cluster.advance(2000);
    cluster.client.update(configMap, map);
    cluster.manager.runToRest();
    expect(cluster.client.get(namespaceResource, { name: 'hold' })).toBeDefined();
    cluster.settle();
    expect(cluster.client.get(namespaceResource, { name: 'hold' })).toBeUndefined();
  });
});
