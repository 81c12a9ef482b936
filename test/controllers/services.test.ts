import { describe, expect, it } from '@jest/globals';
import { endpointsController } from '../../src/controllers/endpoints.ts';
import { endpointSliceController } from '../../src/controllers/endpointslice.ts';
import { endpointSliceMirroringController } from '../../src/controllers/endpointslicemirroring.ts';
import { garbageCollector } from '../../src/controllers/garbagecollector.ts';
import { schedulerController } from '../../src/controllers/scheduler/scheduler.ts';
import { clone } from '../../src/machinery/meta.ts';
import { endpoints } from '../../src/resources/endpoints.ts';
import { endpointSlice } from '../../src/resources/endpointslice.ts';
import { pod as podResource } from '../../src/resources/pod.ts';
import { service as serviceResource, type Service } from '../../src/resources/service.ts';
import { createTestCluster, type TestCluster } from './cluster.ts';

const controllers = [
  garbageCollector,
  schedulerController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
];

function createService({ client }: TestCluster, spec: Partial<Service['spec']> = {}): void {
  const ports = [
    { name: 'http', port: 80, targetPort: 'web' },
    { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
  ];
  client.create(serviceResource, {
    metadata: { name: 'web', namespace: 'default', labels: { team: 'a' } },
    spec: { selector: { app: 'web' }, ports, ...spec },
  });
}

function createPod({ client }: TestCluster, name: string, containerPort = 8000): void {
  client.create(podResource, {
    metadata: { name, namespace: 'default', labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'a', ports: [{ name: 'web', containerPort }] }] },
  });
}

function subsets({ client }: TestCluster): unknown {
  return client.get(endpoints, { namespace: 'default', name: 'web' })?.subsets;
}

function slices({ client }: TestCluster): string[] {
  return client
    .list(endpointSlice)
    .map(({ endpoints: list, ports }) => {
      const texts = list.map(({ addresses, conditions: c = {}, targetRef, nodeName }) => {
        return `${targetRef?.name ?? addresses[0]}@${nodeName} ${c.ready}/${c.serving}/${c.terminating}`;
      });
      return `${(ports ?? []).map(({ name, port, protocol }) => `${name}:${port}/${protocol}`).join(',')} ${texts.join(' ')}`;
    })
    .sort();
}

describe('endpoints', () => {
  it('follow the pods: absent, not ready, ready, gone', () => {
    const cluster = createTestCluster(controllers, 1);
    createService(cluster);
    cluster.settle();
    expect(subsets(cluster)).toBeUndefined();
    expect(slices(cluster)).toEqual([' ']);
    createPod(cluster, 'p1');
    createPod(cluster, 'p2');
    cluster.settle();
    const pods = cluster.client.list(podResource);
    const address = (i: number) => ({
      ip: pods[i]?.status.podIP,
      nodeName: 'node-1',
      targetRef: { kind: 'Pod', namespace: 'default', name: `p${i + 1}`, uid: pods[i]?.metadata.uid },
    });
    const ports = [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'http', port: 8000, protocol: 'TCP' },
    ];
    expect(subsets(cluster)).toEqual([{ addresses: [address(0), address(1)], ports }]);
    expect(slices(cluster)).toEqual(['http:8000/TCP,dns:53/UDP p1@node-1 true/true/false p2@node-1 true/true/false']);
    const unready = clone(pods[0]!);
    unready.status.conditions!.find((c) => c.type === 'Ready')!.status = 'False';
    cluster.client.updateStatus(podResource, unready);
    cluster.manager.runToRest();
    expect(subsets(cluster)).toEqual([{ addresses: [address(1)], notReadyAddresses: [address(0)], ports }]);
    cluster.client.delete(podResource, { namespace: 'default', name: 'p2' });
    cluster.manager.runToRest();
    expect(subsets(cluster)).toEqual([{ notReadyAddresses: [address(0)], ports }]);
    expect(slices(cluster)).toEqual(['http:8000/TCP,dns:53/UDP p1@node-1 false/false/false p2@node-1 false/true/true']);
    cluster.settle();
    expect(slices(cluster)).toEqual(['http:8000/TCP,dns:53/UDP p1@node-1 false/false/false']);
  });

  it('carry the labels and annotations that mark whose they are', () => {
    const cluster = createTestCluster(controllers, 1);
    createService(cluster, { clusterIP: 'None' });
    createPod(cluster, 'p1');
    cluster.settle();
    expect(cluster.client.get(endpoints, { namespace: 'default', name: 'web' })?.metadata).toMatchObject({
      labels: {
        team: 'a',
        'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
        'service.kubernetes.io/headless': '',
      },
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-01-01T00:00:02Z' },
    });
    const [slice] = cluster.client.list(endpointSlice);
    expect(slice?.metadata).toMatchObject({
      generateName: 'web-',
      labels: {
        team: 'a',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'service.kubernetes.io/headless': '',
      },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 'web', controller: true, blockOwnerDeletion: true }],
    });
  });

  it('are grouped by the ports that pods share, and go with the Service', () => {
    const cluster = createTestCluster(controllers, 1);
    createService(cluster);
    createPod(cluster, 'old', 8000);
    createPod(cluster, 'new', 9000);
    cluster.settle();
    expect(slices(cluster)).toEqual([
      'http:8000/TCP,dns:53/UDP old@node-1 true/true/false',
      'http:9000/TCP,dns:53/UDP new@node-1 true/true/false',
    ]);
    cluster.client.delete(serviceResource, { namespace: 'default', name: 'web' });
    cluster.settle();
    expect([subsets(cluster), slices(cluster)]).toEqual([undefined, []]);
  });

  it('fill slices of a hundred and keep what is in them', () => {
    const cluster = createTestCluster(controllers, 3);
    createService(cluster);
    for (let i = 0; i < 205; i++) createPod(cluster, `p${i}`);
    cluster.settle();
    const sizes = () =>
      cluster.client
        .list(endpointSlice)
        .map((s) => s.endpoints.length)
        .sort((a, b) => a - b);
    expect(sizes()).toEqual([5, 100, 100]);
    const before = cluster.client.list(endpointSlice).map((s) => s.metadata.name);
    for (let i = 0; i < 10; i++) cluster.client.delete(podResource, { namespace: 'default', name: `p${i}` });
    cluster.settle();
    expect(cluster.client.list(endpointSlice).map((s) => s.metadata.name)).toEqual(before);
    expect(sizes().reduce((a, b) => a + b)).toBe(195);
  });

  it('made by hand are mirrored into slices', () => {
    const cluster = createTestCluster(controllers, 1);
    cluster.client.create(serviceResource, {
      metadata: { name: 'db', namespace: 'default' },
      spec: { ports: [{ port: 3306 }] },
    });
    cluster.client.create(endpoints, {
      metadata: { name: 'db', namespace: 'default', labels: { x: 'y' } },
      subsets: [{ addresses: [{ ip: '192.168.0.1' }], ports: [{ port: 3306, protocol: 'TCP' }] }],
    });
    cluster.settle();
    const [slice, ...more] = cluster.client.list(endpointSlice);
    expect(more).toEqual([]);
    expect(slice).toMatchObject({
      metadata: {
        labels: {
          x: 'y',
          'kubernetes.io/service-name': 'db',
          'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Endpoints', name: 'db' }],
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['192.168.0.1'], conditions: { ready: true } }],
      ports: [{ name: '', port: 3306, protocol: 'TCP' }],
    });
    cluster.client.delete(endpoints, { namespace: 'default', name: 'db' });
    cluster.settle();
    expect(cluster.client.list(endpointSlice)).toEqual([]);
  });
});
