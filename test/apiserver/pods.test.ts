// What the server does to pods of its own accord: admission, graceful deletion, binding, eviction, logs.
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeConnector } from '../../src/kubelet/types.ts';
import { pod as podDefinition, type Pod } from '../../src/resources/pod.ts';
import { createFixture, messageOf, NOW, type Fixture } from './fixture.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };
const PODS = '/api/v1/namespaces/default/pods';

let fixture: Fixture;
beforeEach(() => {
  fixture = createFixture();
});

function manifest(name: string, spec: object = {}): object {
  const containers = [{ name: 'c', image: 'nginx' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, ...spec } };
}
function create(name: string, spec: object = {}): Pod {
  const response = fixture.send('POST', PODS, manifest(name, spec));
  expect(messageOf(response)).toBe('');
  return response.body as Pod;
}

describe('admission', () => {
  it('gives a pod its account, token, tolerations and priority', () => {
    const { spec } = create('p');
    const [volume] = spec.volumes ?? [];
    expect(volume).toEqual({
      name: expect.stringMatching(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/),
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
      },
    });
    expect(spec.containers[0]?.volumeMounts).toEqual([
      { name: volume?.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ]);
    const effect = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      serviceAccount: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', ...effect },
        { key: 'node.kubernetes.io/unreachable', ...effect },
      ],
    });
  });
  it('mounts no token where none is wanted', () => {
    expect(create('p', { automountServiceAccountToken: false }).spec.volumes).toBeUndefined();
  });
  it.each([
    [
      { serviceAccountName: 'ghost' },
      'pods "p" is forbidden: error looking up service account default/ghost: serviceaccount "ghost" not found',
    ],
    [{ priorityClassName: 'vip' }, 'pods "p" is forbidden: no PriorityClass with name vip was found'],
    [
      { priority: 7 },
      'pods "p" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
  ])('refuses %j', (spec, message) => {
    const response = fixture.send('POST', PODS, manifest('p', spec));
    expect([response.status, messageOf(response)]).toEqual([403, message]);
  });
  it('knows the system classes', () => {
    expect(create('p', { priorityClassName: 'system-node-critical' }).spec.priority).toBe(2_000_001_000);
  });
});

describe('deletion', () => {
  it('is immediate for a pod without a node, in two steps', () => {
    create('p');
    const { watch } = fixture.send(
      'GET',
      `${PODS}?watch=true&resourceVersion=${fixture.server.registry.context.store.revision}`,
    );
    const response = fixture.send('DELETE', `${PODS}/p`);
    expect(response.body).toMatchObject({ kind: 'Pod', metadata: { deletionTimestamp: NOW } });
    expect(watch?.next().map((e) => e.type)).toEqual(['MODIFIED', 'DELETED']);
    expect(fixture.send('GET', `${PODS}/p`).status).toBe(404);
  });
  it('gives a running pod its grace period, which may only be shortened', () => {
    create('p');
    fixture.server.loopback.bind({ namespace: 'default', name: 'p' }, 'node-1');
    const deleted = fixture.send('DELETE', `${PODS}/p`).body as Pod;
    expect(deleted.metadata).toMatchObject({
      deletionTimestamp: '2026-11-23T12:00:30Z',
      deletionGracePeriodSeconds: 30,
    });
    fixture.clock.advanceTo(fixture.clock.nowMs() + 4000);
    const longer = fixture.send('DELETE', `${PODS}/p`, { gracePeriodSeconds: 60 }).body as Pod;
    expect(longer.metadata.deletionTimestamp).toBe('2026-11-23T12:00:30Z');
    const shorter = fixture.send('DELETE', `${PODS}/p`, { gracePeriodSeconds: 10 }).body as Pod;
    expect(shorter.metadata.deletionTimestamp).toBe('2026-11-23T12:00:10Z');
    fixture.send('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 });
    expect(fixture.send('GET', `${PODS}/p`).status).toBe(404);
  });
});

describe('binding', () => {
  it('sets the node and the condition, once', () => {
    create('p');
    const body = { apiVersion: 'v1', kind: 'Binding', target: { kind: 'Node', name: 'node-1' } };
    expect(fixture.send('POST', `${PODS}/p/binding`, body).status).toBe(201);
    const pod = fixture.send('GET', `${PODS}/p`).body as Pod;
    expect(pod.spec.nodeName).toBe('node-1');
    expect(pod.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'PodScheduled', status: 'True', lastTransitionTime: NOW }),
    );
    expect(messageOf(fixture.send('POST', `${PODS}/p/binding`, body))).toBe(
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-1"',
    );
  });
});

describe('eviction', () => {
  it('deletes the pod', () => {
    create('p');
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } };
    expect(fixture.send('POST', `${PODS}/p/eviction`, body).status).toBe(201);
    expect(fixture.send('GET', `${PODS}/p`).status).toBe(404);
  });
  it('is refused by a budget, with the fields in the order of Go', () => {
    create('p');
    fixture.send('PATCH', `${PODS}/p`, { metadata: { labels: { a: 'b' } } }, MERGE);
    const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    fixture.send('PATCH', `${PODS}/p/status`, { status: running }, MERGE);
    const budget = { metadata: { name: 'b' }, spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } } };
    fixture.send('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', budget);
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } };
    const refused = fixture.send('POST', `${PODS}/p/eviction`, body);
    expect(refused.headers['retry-after']).toBe('10');
    expect(JSON.stringify(refused.body)).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",' +
        `"message":"Cannot evict pod as it would violate the pod's disruption budget.","reason":"TooManyRequests",` +
        '"details":{"causes":[{"reason":"DisruptionBudget",' +
        '"message":"The disruption budget b is still being processed by the server."}],"retryAfterSeconds":10},"code":429}',
    );
  });
});

describe('binding', () => {
  const bind = (target: string, pod: string) =>
    fixture.send('POST', target, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: pod },
      target: { kind: 'Node', name: 'node-1' },
    });
  it.each([`${PODS}/p/binding`, '/api/v1/namespaces/default/bindings'])('POST %s gives a pod its node', (target) => {
    create('p');
    expect(bind(target, 'p').status).toBe(201);
    expect(fixture.send('GET', `${PODS}/p`).body).toMatchObject({ spec: { nodeName: 'node-1' } });
    expect(messageOf(bind(target, 'p'))).toBe(
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-1"',
    );
  });
  it('is of a pod that there is', () => {
    expect(messageOf(bind('/api/v1/namespaces/default/bindings', 'q'))).toBe('pods "q" not found');
    expect(fixture.send('GET', '/api/v1/namespaces/default/bindings').status).toBe(405);
  });
});

describe('logs', () => {
  it('asks the kubelet with what the query says', () => {
    const asked: unknown[] = [];
    fixture.server.setConnector({
      logs: (pod: Pod, options: unknown) => {
        asked.push([pod.metadata.name, options]);
        return { text: 'hello\n' };
      },
    } as unknown as NodeConnector);
    create('p');
    expect(fixture.send('GET', `${PODS}/p/log`).text).toBe('');
    fixture.server.loopback.bind({ namespace: 'default', name: 'p' }, 'node-1');
    expect(fixture.send('GET', `${PODS}/p/log?tailLines=5&timestamps=true`).text).toBe('hello\n');
    expect(asked).toEqual([['p', { container: 'c', previous: false, follow: false, timestamps: true, tailLines: 5 }]]);
  });
  it('wants to know which container', () => {
    create('p', {
      containers: [
        { name: 'a', image: 'nginx' },
        { name: 'b', image: 'nginx' },
      ],
      initContainers: [{ name: 'i', image: 'nginx' }],
    });
    expect(messageOf(fixture.send('GET', `${PODS}/p/log`))).toBe(
      'a container name must be specified for pod p, choose one of: [a b] or one of the init containers: [i]',
    );
    expect(messageOf(fixture.send('GET', `${PODS}/p/log?container=x`))).toBe('container x is not valid for pod p');
    expect(messageOf(fixture.send('POST', `${PODS}/p/exec?container=a&command=ls&stdout=true`))).toBe(
      'pod p does not have a host assigned',
    );
  });
});

describe('the loopback client', () => {
  it('writes status only, and nothing when nothing changes', () => {
    create('p');
    const { loopback, registry } = fixture.server;
    const pod = loopback.get(podDefinition, { namespace: 'default', name: 'p' }) as Pod;
    const running = { ...pod, spec: { ...pod.spec, nodeName: 'x' }, status: { ...pod.status, phase: 'Running' } };
    const updated = loopback.updateStatus(podDefinition, running);
    expect([updated.status.phase, updated.spec.nodeName]).toEqual(['Running', undefined]);
    const { revision } = registry.context.store;
    loopback.updateStatus(podDefinition, { ...updated, status: { ...updated.status } });
    expect(registry.context.store.revision).toBe(revision);
  });
  it('keeps internal state in the same store', () => {
    const { internal } = fixture.server.loopback;
    internal.put('_files', { namespace: 'default', name: 'p' }, { '/tmp/x': 'hello' });
    internal.put('_files', { namespace: 'default', name: 'p' }, { '/tmp/x': 'bye' });
    expect(internal.get('_files', { namespace: 'default', name: 'p' })).toEqual({ '/tmp/x': 'bye' });
    expect(internal.list('_files')).toEqual([{ key: { namespace: 'default', name: 'p' }, value: { '/tmp/x': 'bye' } }]);
    internal.delete('_files', { namespace: 'default', name: 'p' });
    expect(internal.get('_files', { namespace: 'default', name: 'p' })).toBeUndefined();
  });
});
