import { describe, expect, it } from '@jest/globals';
import type { NetworkPolicy } from '../../src/resources/networkpolicy.ts';
import { networkPolicy } from '../../src/resources/networkpolicy.ts';
import { isAllowed } from '../../src/network/policy.ts';
import { namespace as namespaceResource } from '../../src/resources/namespace.ts';
import { pod as podResource, type Pod } from '../../src/resources/pod.ts';
import { createTestCluster } from '../controllers/cluster.ts';

type Spec = Partial<NetworkPolicy['spec']>;
const WEB = { matchLabels: { app: 'web' } };
const OUTSIDE = '203.0.113.9';

/** Pods web and client in default, far in another namespace, host in its node's network; one policy in default. */
function world(...specs: Spec[]) {
  const { client } = createTestCluster([]);
  client.create(namespaceResource, { metadata: { name: 'other', labels: { team: 'red' } }, spec: {} });
  client.create(namespaceResource, { metadata: { name: 'host' }, spec: {} });
  const make = (name: string, namespace: string, address: string, more: Partial<Pod['spec']> = {}): Pod => {
    const ports = [{ name: 'http', containerPort: 8080 }];
    const made = client.create(podResource, {
      metadata: { name, namespace, labels: { app: name } },
      spec: { containers: [{ name: 'c', image: 'i', ports }], ...more },
    });
    return { ...made, status: { ...made.status, podIP: address } };
  };
  const pods: Record<string, Pod> = {
    web: make('web', 'default', '10.244.0.2'),
    client: make('client', 'default', '10.244.0.3'),
    far: make('far', 'kube-system', '10.244.0.4'),
    host: make('host', 'default', '192.168.0.1', { hostNetwork: true }),
  };
  for (const [i, spec] of specs.entries()) {
    const metadata = { name: `p${i}`, namespace: 'default' };
    client.create(networkPolicy, { metadata, spec: { podSelector: WEB, ...spec } });
  }
  return (from: string, to: string, port = 8080, protocol: 'TCP' | 'UDP' = 'TCP'): boolean => {
    const source = pods[from];
    const target = pods[to];
    const origin = source ? { pod: source, address: source.status.podIP ?? '' } : { address: from };
    const endpoint = target ? { pod: target, address: target.status.podIP ?? '', port } : { address: to, port };
    return isAllowed(client, origin, endpoint, protocol);
  };
}

describe('policies for what comes in', () => {
  it.each<[string, Spec[], Record<string, boolean>]>([
    ['none', [], { client: true, far: true, [OUTSIDE]: true }],
    ['one that lets nothing in', [{}], { client: false, far: false, host: false, [OUTSIDE]: false, web: true }],
    ['one for other pods', [{ podSelector: { matchLabels: { app: 'x' } } }], { client: true }],
    ['one that lets all in', [{ ingress: [{}] }], { client: true, far: true, [OUTSIDE]: true }],
    [
      'pods by label',
      [{ ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }] }] }],
      { client: true, far: false, [OUTSIDE]: false },
    ],
    ['all pods of the namespace', [{ ingress: [{ from: [{ podSelector: {} }] }] }], { client: true, far: false }],
    [
      'pods of a namespace by its name',
      [
        {
          ingress: [
            { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }] },
          ],
        },
      ],
      { client: false, far: true },
    ],
    [
      'pods by label in a namespace',
      [{ ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'client' } } }] }] }],
      { client: true, far: false },
    ],
    [
      'addresses with an exception',
      [{ ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.8/30'] } }] }] }],
      { [OUTSIDE]: false, '203.0.113.99': true, '198.51.100.1': false },
    ],
    [
      'two policies, of which each adds',
      [{}, { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }] }] }],
      { client: true, far: false },
    ],
    ['one about the way out', [{ policyTypes: ['Egress'] }], { client: true }],
  ])('%s', (_, specs, expected) => {
    const connects = world(...specs);
    expect(Object.fromEntries(Object.keys(expected).map((from) => [from, connects(from, 'web')]))).toEqual(expected);
  });

  it.each<[NonNullable<NetworkPolicy['spec']['ingress']>[number]['ports'], [number, 'TCP' | 'UDP', boolean][]]>([
    [
      [{ port: 80 }],
      [
        [80, 'TCP', true],
        [81, 'TCP', false],
        [80, 'UDP', false],
      ],
    ],
    [
      [{ port: 80, endPort: 90 }],
      [
        [85, 'TCP', true],
        [91, 'TCP', false],
      ],
    ],
    [
      [{ port: 'http' }],
      [
        [8080, 'TCP', true],
        [80, 'TCP', false],
      ],
    ],
    [
      [{ protocol: 'UDP' }],
      [
        [53, 'UDP', true],
        [53, 'TCP', false],
      ],
    ],
  ])('on ports %j', (ports, expected) => {
    const connects = world({ ingress: [{ ports: ports ?? [] }] });
    for (const [port, protocol, isOpen] of expected) expect(connects('client', 'web', port, protocol)).toBe(isOpen);
  });
});

describe('policies for what goes out', () => {
  it.each<[string, Spec[], Record<string, boolean>]>([
    ['one that lets nothing out', [{ policyTypes: ['Egress'] }], { client: false, far: false, [OUTSIDE]: false }],
    [
      'to pods by label',
      [{ policyTypes: ['Egress'], egress: [{ to: [{ podSelector: { matchLabels: { app: 'client' } } }] }] }],
      { client: true, far: false, [OUTSIDE]: false },
    ],
    [
      'to addresses',
      [{ policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }] }],
      { client: false, [OUTSIDE]: true },
    ],
    [
      'both ends must agree',
      [
        { policyTypes: ['Egress'], egress: [{}] },
        { podSelector: { matchLabels: { app: 'client' } }, policyTypes: ['Ingress'] },
      ],
      { client: false, far: true },
    ],
  ])('%s', (_, specs, expected) => {
    const connects = world(...specs);
    expect(Object.fromEntries(Object.keys(expected).map((to) => [to, connects('web', to)]))).toEqual(expected);
  });

  it('do not hold pods in their node’s network', () => {
    const connects = world({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect([connects('host', OUTSIDE), connects('client', OUTSIDE), connects(OUTSIDE, 'host')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
