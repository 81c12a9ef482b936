// The API server's own Service: there from the beginning, there again after it was deleted.
import { expect, it } from '@jest/globals';
import { ensureKubernetesService, kubernetesServiceController } from '../../src/controllers/kubernetesservice.ts';
import { endpoints } from '../../src/resources/endpoints.ts';
import { endpointSlice } from '../../src/resources/endpointslice.ts';
import { service } from '../../src/resources/service.ts';
import { createTestCluster } from './cluster.ts';

const key = { namespace: 'default', name: 'kubernetes' };

function start() {
  const cluster = createTestCluster([kubernetesServiceController]);
  ensureKubernetesService(cluster.client, '192.168.0.7');
  cluster.manager.runToRest();
  return cluster;
}

it('is made again at the next look', () => {
  const cluster = start();
  const { client } = cluster;
  const old = client.get(service, key);
  client.delete(service, key);
  client.delete(endpoints, key);
  cluster.advance(4000);
  expect(client.get(service, key)).toBeUndefined();
  cluster.advance(1000);
  expect(client.get(service, key)?.spec).toEqual(old?.spec);
  expect(client.get(service, key)?.metadata.uid).not.toBe(old?.metadata.uid);
  // The address is that of the endpoint that is still known.
  expect(client.get(endpoints, key)?.subsets?.[0]?.addresses?.[0]?.ip).toBe('192.168.0.7');
  const [made] = client.get(service, key)?.metadata.managedFields ?? [];
  expect(made?.manager).toBe('kube-apiserver');
});

it('takes the address of a control plane, and waits while another Service has its own', () => {
  const cluster = start();
  const { client } = cluster;
  client.delete(service, key);
  client.delete(endpoints, key);
  client.delete(endpointSlice, key);
  const spec = { clusterIP: '10.96.0.1', ports: [{ port: 80 }] };
  client.create(service, { metadata: { namespace: 'default', name: 'thief' }, spec });
  cluster.advance(6000);
  expect(client.get(service, key)).toBeUndefined();
  client.delete(service, { namespace: 'default', name: 'thief' });
  cluster.advance(9000);
  expect(client.get(service, key)?.spec.clusterIP).toBe('10.96.0.1');
  expect(client.get(endpointSlice, key)?.endpoints[0]?.addresses).toEqual(['192.168.49.2']);
});
