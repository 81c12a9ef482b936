import { describe, expect, it } from '@jest/globals';
import { controllers } from '../../src/controllers/index.ts';
import { resolveName } from '../../src/network/dns.ts';
import { ingressTarget, matchesHost, matchesPath } from '../../src/network/ingress.ts';
import { connectTo, exchangeHttp, exchangeThroughIngress } from '../../src/network/request.ts';
import type { NetworkOptions, Origin } from '../../src/network/types.ts';
import { podPorts } from '../../src/kubelet/scriptnetwork.ts';
import { setNodeFault } from '../../src/kubelet/faults.ts';
import { ingress } from '../../src/resources/ingress.ts';
import { pod, type Pod } from '../../src/resources/pod.ts';
import { service } from '../../src/resources/service.ts';
import { createKubeletCluster, settings, type KubeletCluster } from '../kubelet/cluster.ts';

const present = { imagePullPolicy: 'IfNotPresent' };
const namespace = 'default';

interface World {
  cluster: KubeletCluster;
  options: NetworkOptions;
  origin: Origin;
}

/** Two web servers behind Services of each kind, and a pod that asks. */
function world(): World {
  const cluster = createKubeletCluster(2, controllers);
  const { client, random } = cluster;
  const web = (name: string, nodeName: string, spec: Partial<Pod['spec']> = {}): void =>
    void client.create(pod, {
      metadata: { name, namespace, labels: { app: 'web' } },
      spec: {
        nodeName,
        automountServiceAccountToken: false,
        containers: [{ ...present, name: 'web', image: 'traefik/whoami' }],
        ...spec,
      },
    });
  web('web-1', 'node-1', { hostname: 'web-1', subdomain: 'pair' });
  web('web-2', 'node-2', { hostname: 'web-2', subdomain: 'pair' });
  const ports = [{ port: 8000, targetPort: 80 }];
  const selector = { app: 'web' };
  client.create(service, { metadata: { name: 'web', namespace }, spec: { ports, selector, clusterIP: '10.96.1.1' } });
  client.create(service, { metadata: { name: 'pair', namespace }, spec: { ports, selector, clusterIP: 'None' } });
  client.create(service, {
    metadata: { name: 'open', namespace },
    spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }], selector, clusterIP: '10.96.1.2' },
  });
  client.create(service, {
    metadata: { name: 'sticky', namespace },
    spec: { ports: [{ port: 80 }], selector, clusterIP: '10.96.1.3', sessionAffinity: 'ClientIP' },
  });
  client.create(service, {
    metadata: { name: 'empty', namespace },
    spec: { ports, selector: { app: 'none' }, clusterIP: '10.96.1.4' },
  });
  client.create(service, {
    metadata: { name: 'db', namespace },
    spec: { type: 'ExternalName', externalName: 'db.example.com' },
  });
  cluster.settle();
  cluster.run({
    name: 'client',
    containers: [{ ...present, name: 'c', image: 'busybox:1.36', command: ['sleep', '1d'] }],
  });
  cluster.settle();
  const nowMs = cluster.clock.nowMs();
  const options = { client, random, settings, ports: podPorts({ client, random, settings }, nowMs, true) };
  const origin = { pod: cluster.pod('client'), address: cluster.status('client').podIP ?? '' };
  return { cluster, options, origin };
}

function get({ options, origin }: World, url: string, purpose = ''): string {
  const answer = exchangeHttp(options, origin, { method: 'GET', url: new URL(url), headers: {}, purpose });
  if ('failure' in answer) return answer.failure;
  const host = /^Hostname: (.*)$/m.exec(Buffer.from(answer.body).toString())?.[1];
  return host ?? `${answer.status} ${Buffer.from(answer.body).toString().split('\n')[0]}`;
}

describe('names', () => {
  it.each([
    ['web', 'web.default.svc.cluster.local', ['10.96.1.1']],
    ['web.default', 'web.default.svc.cluster.local', ['10.96.1.1']],
    ['web.default.svc.cluster.local', 'web.default.svc.cluster.local', ['10.96.1.1']],
    ['web.other', undefined, []],
    ['nosuch', undefined, []],
    ['pair', 'pair.default.svc.cluster.local', ['10.244.0.2', '10.244.1.2']],
    ['web-2.pair', 'web-2.pair.default.svc.cluster.local', ['10.244.1.2']],
    ['10-244-0-2.default.pod', '10-244-0-2.default.pod.cluster.local', ['10.244.0.2']],
    ['client', 'client', ['10.244.0.3']],
    ['grc.io', undefined, []],
  ])('%s', (name, found, addresses) => {
    const { options, origin } = world();
    const answer = resolveName(options, origin, name);
    expect(answer?.name).toBe(found);
    expect([...(answer?.addresses ?? [])].sort()).toEqual(addresses);
  });

  it('of an ExternalName stand for another', () => {
    const { options, origin } = world();
    expect(resolveName(options, origin, 'db')).toEqual({
      name: 'db.default.svc.cluster.local',
      canonicalName: 'db.example.com',
      addresses: [expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/)],
    });
  });

  it('of the cluster are unknown outside', () => {
    const { options } = world();
    expect(resolveName(options, { address: '203.0.113.9' }, 'web.default.svc.cluster.local')).toBeUndefined();
    expect(resolveName(options, { address: '203.0.113.9' }, 'kubernetes.io')?.addresses).toHaveLength(1);
  });
});

describe('requests', () => {
  it.each([
    { url: 'http://10.244.0.2/', answer: 'web-1' },
    { url: 'http://web-2.pair/', answer: 'web-2' },
    { url: 'http://web:8000/', answer: /^web-[12]$/ },
    { url: 'http://web/', answer: 'timeout' },
    { url: 'http://192.168.49.2:30080/', answer: /^web-[12]$/ },
    { url: 'http://192.168.49.3:30080/', answer: /^web-[12]$/ },
    { url: 'http://192.168.49.2:30081/', answer: 'refused' },
    { url: 'http://empty:8000/', answer: 'refused' },
    { url: 'http://10.244.0.2:81/', answer: 'refused' },
    { url: 'http://10.244.0.99/', answer: 'unreachable' },
    { url: 'http://nosuch/', answer: 'dns' },
    { url: 'http://localhost/', answer: 'refused' },
    { url: 'http://example.com/', answer: '200 <!doctype html>' },
  ])('$url', ({ url, answer }) => {
    expect(get(world(), url)).toMatch(answer);
  });

  it('go to all endpoints in turn, or always to one', () => {
    const w = world();
    const ask = (host: string): Set<string> => new Set(Array.from({ length: 20 }, (_, i) => get(w, host, String(i))));
    expect([...ask('http://web:8000')].sort()).toEqual(['web-1', 'web-2']);
    expect(ask('http://sticky').size).toBe(1);
  });

  it('do not reach a node that is down', () => {
    const w = world();
    setNodeFault(w.cluster.client, 'node-2', { isDown: true });
    expect(get(w, 'http://10.244.1.2/')).toBe('timeout');
    expect(connectTo(w.options, w.origin, '10.244.1.2', 80)).toBe('timeout');
    expect(connectTo(w.options, w.origin, '10.244.0.2', 80)).toBe('open');
  });
});

describe('Ingresses', () => {
  it.each([
    ['Prefix', '/', '/anything', true],
    ['Prefix', '/foo', '/foo', true],
    ['Prefix', '/foo', '/foo/', true],
    ['Prefix', '/foo/', '/foo', true],
    ['Prefix', '/foo', '/foobar', false],
    ['Exact', '/foo', '/foo', true],
    ['Exact', '/foo', '/foo/', false],
    ['ImplementationSpecific', '/foo', '/foo/bar', true],
  ])('%s %s takes %s: %s', (type, rule, path, result) => {
    expect(matchesPath(type, rule, path)).toBe(result);
  });

  it.each([
    ['*.foo.com', 'bar.foo.com', true],
    ['*.foo.com', 'baz.bar.foo.com', false],
    ['*.foo.com', 'foo.com', false],
    ['foo.com', 'foo.com', true],
    [undefined, 'any', true],
  ])('host %s takes %s: %s', (rule, host, result) => {
    expect(matchesHost(rule, host)).toBe(result);
  });

  it('send requests to the backend of the longest path', () => {
    const w = world();
    const backend = (name: string) => ({ service: { name, port: { number: 8000 } } });
    const paths = [
      { path: '/', pathType: 'Prefix', backend: backend('web') },
      { path: '/none', pathType: 'Prefix', backend: backend('empty') },
    ];
    w.cluster.client.create(ingress, {
      metadata: { name: 'front', namespace },
      spec: { rules: [{ host: 'shop.test', http: { paths } }] },
    });
    const { client } = w.cluster;
    expect(ingressTarget(client, 'shop.test', '/none/x')?.service.metadata.name).toBe('empty');
    expect(ingressTarget(client, 'shop.test', '/x')?.service.metadata.name).toBe('web');
    const through = (url: string): string => {
      const answer = exchangeThroughIngress(
        w.options,
        { address: '203.0.113.9' },
        { method: 'GET', url: new URL(url), headers: {}, purpose: '' },
      );
      return `${answer.status} ${Buffer.from(answer.body).toString().split(/\r?\n/)[0]}`;
    };
    expect(through('http://shop.test/x')).toMatch(/^200 Hostname: web-[12]$/);
    expect(through('http://shop.test/none')).toBe('503 <html>');
    expect(through('http://other.test/')).toBe('404 <html>');
  });
});
