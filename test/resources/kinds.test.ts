import { describe, expect, it } from '@jest/globals';
import { SettableClock } from '../../src/machinery/clock.ts';
import { clone, deepFreeze } from '../../src/machinery/meta.ts';
import type { KubeObject } from '../../src/machinery/types.ts';
import { resourceDefinitions } from '../../src/resources/index.ts';
import { type Given, NOW_MS, contextWith, created, definitionOf } from './definitions.ts';

const CONTAINER = { name: 'c', image: 'nginx' };
const DEFAULTED = {
  name: 'c',
  image: 'nginx',
  imagePullPolicy: 'Always',
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};
const POD_SPEC = {
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
};

function roundTrip(kind: string, group: string, given: object): [unknown, unknown] {
  const version = definitionOf(kind).versions?.find((v) => v.gvr.group === group);
  const object = clone({ apiVersion: '', kind, metadata: { name: 'x' }, ...given }) as KubeObject;
  version?.setDefaults?.(object);
  const hub = version?.toHub(object);
  return [clone(hub), hub && version?.fromHub(deepFreeze(hub))];
}

function nextGeneration(before: KubeObject, after: KubeObject): number | undefined {
  const object = clone(after);
  const definition = definitionOf(before.kind);
  definition.strategy.prepareForUpdate?.(object, deepFreeze(before), contextWith());
  return object.metadata.generation;
}

function pod(spec: object, phase = 'Running'): never {
  return { kind: 'Pod', metadata: {}, spec, status: { phase } } as never;
}

describe('what a kind fills in', () => {
  it.each<[string, Given, Partial<Record<'spec' | 'status' | 'data' | 'type', unknown>>]>([
    [
      'a pod',
      { kind: 'Pod', spec: { containers: [CONTAINER] } },
      {
        spec: { containers: [DEFAULTED], enableServiceLinks: true, ...POD_SPEC },
        status: { phase: 'Pending', qosClass: 'BestEffort' },
      },
    ],
    [
      'a Deployment',
      {
        kind: 'Deployment',
        spec: { template: { metadata: { labels: { a: 'b' } }, spec: { containers: [CONTAINER] } } },
      },
      {
        spec: {
          replicas: 1,
          revisionHistoryLimit: 10,
          progressDeadlineSeconds: 600,
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [DEFAULTED], ...POD_SPEC } },
        },
        status: {},
      },
    ],
    [
      'a Service',
      { kind: 'Service', spec: { clusterIP: '10.96.0.10', ports: [{ port: 53, protocol: 'UDP' }] } },
      {
        spec: {
          clusterIP: '10.96.0.10',
          clusterIPs: ['10.96.0.10'],
          internalTrafficPolicy: 'Cluster',
          ipFamilies: ['IPv4'],
          ipFamilyPolicy: 'SingleStack',
          ports: [{ port: 53, protocol: 'UDP', targetPort: 53 }],
          sessionAffinity: 'None',
          type: 'ClusterIP',
        },
        status: { loadBalancer: {} },
      },
    ],
    ['a Secret', { kind: 'Secret', stringData: { k: 'v' } }, { type: 'Opaque', data: { k: 'dg==' } }],
    [
      'a Namespace',
      { kind: 'Namespace', spec: {} },
      { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
    ],
    [
      'an autoscaler',
      { kind: 'HorizontalPodAutoscaler', spec: { maxReplicas: 3 } },
      {
        spec: {
          maxReplicas: 3,
          minReplicas: 1,
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
          ],
        },
      },
    ],
  ])('%s', (_, given, expected) => expect(created(given)).toMatchObject(expected));

  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['localhost:5000/nginx', 'Always'],
    ['localhost:5000/team/nginx:2', 'IfNotPresent'],
    [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
    ['Not A Name', 'IfNotPresent'],
  ])('pulls %s %s', (image, policy) => {
    const object = created({ kind: 'Pod', spec: { containers: [{ name: 'c', image }] } });
    expect(object).toMatchObject({ spec: { containers: [{ imagePullPolicy: policy }] } });
  });

  it.each([
    [{}, 'BestEffort'],
    [{ requests: { cpu: '100m' } }, 'Burstable'],
    [{ limits: { cpu: '100m', memory: '1Mi' } }, 'Guaranteed'],
    [{ limits: { cpu: '100m', memory: '1Mi' }, requests: { cpu: '50m' } }, 'Burstable'],
  ])('with resources %j a pod is %s', (resources, qosClass) => {
    const object = created({ kind: 'Pod', spec: { containers: [{ ...CONTAINER, resources }] } });
    expect(object).toMatchObject({ status: { qosClass } });
  });

  it('defaults, filled in twice, are the same', () => {
    for (const definition of resourceDefinitions) {
      if (definition.virtual) continue;
      const spec = { containers: [CONTAINER], maxReplicas: 1, template: { spec: { containers: [CONTAINER] } } };
      const object = created({ kind: definition.kind, spec, involvedObject: {}, addressType: 'IPv4' });
      const again = clone(object);
      definition.setDefaults?.(again);
      expect(again).toEqual(object);
    }
  });
});

describe('generations', () => {
  const deployment = created({ kind: 'Deployment', spec: { template: { spec: { containers: [CONTAINER] } } } });
  it.each<[string, object, number]>([
    ['nothing', {}, 1],
    ['a label', { metadata: { ...deployment.metadata, labels: { a: 'b' } } }, 1],
    ['an annotation of a Deployment', { metadata: { ...deployment.metadata, annotations: { a: 'b' } } }, 2],
    ['its spec', { spec: { ...(deployment as unknown as { spec: object }).spec, replicas: 5 } }, 2],
  ])('%s', (_, change, generation) =>
    expect(nextGeneration(deployment, { ...deployment, ...change })).toBe(generation),
  );

  it("a DaemonSet's template counts for itself", () => {
    const before = created({ kind: 'DaemonSet', spec: { template: { spec: { containers: [CONTAINER] } } } });
    const after = clone(before) as KubeObject & { spec: { template: { spec: { hostNetwork?: boolean } } } };
    after.spec.template.spec.hostNetwork = true;
    expect(nextGeneration(before, after)).toBe(2);
    definitionOf('DaemonSet').strategy.prepareForUpdate?.(after, before, contextWith());
    expect(after.metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '2' });
  });
});

describe('the grace period of a pod', () => {
  it.each<[string, never, number | undefined, number]>([
    ['its own', pod({ nodeName: 'n', terminationGracePeriodSeconds: 30 }), undefined, 30],
    ['the one asked for', pod({ nodeName: 'n', terminationGracePeriodSeconds: 30 }), 5, 5],
    ['none before it is scheduled', pod({ terminationGracePeriodSeconds: 30 }), 5, 0],
    ['none after it ended', pod({ nodeName: 'n', terminationGracePeriodSeconds: 30 }, 'Succeeded'), undefined, 0],
    ['one second for a negative one', pod({ nodeName: 'n' }), -1, 1],
  ])('%s', (_, object, requested, seconds) => {
    expect(definitionOf('Pod').strategy.gracePeriodSeconds?.(object, requested)).toBe(seconds);
  });
});

describe('old and other versions', () => {
  it('a Deployment takes selector and labels from its template', () => {
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [CONTAINER] } };
    const [hub, back] = roundTrip('Deployment', 'extensions', { spec: { template } });
    expect(hub).toMatchObject({
      apiVersion: 'apps/v1',
      metadata: { labels: { app: 'x' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'x' } },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
        progressDeadlineSeconds: 2147483647,
      },
    });
    expect(back).toMatchObject({ apiVersion: 'extensions/v1beta1', spec: { selector: { matchLabels: { app: 'x' } } } });
  });

  it("an Ingress's backends are written in two ways", () => {
    const path = { path: '/', backend: { serviceName: 'web', servicePort: 80 } };
    const spec = { backend: { serviceName: 'other', servicePort: 'http' }, rules: [{ http: { paths: [path] } }] };
    const [hub, back] = roundTrip('Ingress', 'extensions', { spec });
    const backend = { service: { name: 'web', port: { number: 80 } } };
    expect(hub).toMatchObject({
      apiVersion: 'networking.k8s.io/v1',
      spec: {
        defaultBackend: { service: { name: 'other', port: { name: 'http' } } },
        rules: [{ http: { paths: [{ path: '/', pathType: 'ImplementationSpecific', backend }] } }],
      },
    });
    expect(back).toMatchObject({ spec: { ...spec, rules: [{ http: { paths: [path] } }] } });
  });

  it('an autoscaler keeps in annotations what autoscaling/v1 has no field for', () => {
    const version = definitionOf('HorizontalPodAutoscaler').versions?.[0];
    const hub = created({
      kind: 'HorizontalPodAutoscaler',
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '10Mi' } } },
        ],
        behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
      },
    });
    hub.apiVersion = 'autoscaling/v2';
    const v1 = version?.fromHub(deepFreeze(hub)) as KubeObject & { spec: object };
    expect(v1.spec).toEqual({
      maxReplicas: 3,
      minReplicas: 1,
      scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
      targetCPUUtilizationPercentage: 50,
    });
    expect(JSON.parse(v1.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'] ?? '')).toEqual([
      { type: 'Resource', resource: { name: 'memory', targetAverageValue: '10Mi' } },
    ]);
    const { metrics, behavior } = (hub as unknown as { spec: { metrics: unknown[]; behavior: unknown } }).spec;
    expect(version?.toHub(clone(v1))).toMatchObject({ spec: { metrics: [...metrics].reverse(), behavior } });
  });

  it('an Event has other names in events.k8s.io', () => {
    const given = { regarding: { kind: 'Pod' }, note: 'n', deprecatedCount: 2, reportingController: 'c', reason: 'r' };
    const [hub, back] = roundTrip('Event', 'events.k8s.io', given);
    expect(hub).toMatchObject({
      involvedObject: { kind: 'Pod' },
      message: 'n',
      count: 2,
      reportingComponent: 'c',
      reason: 'r',
    });
    expect(back).toMatchObject({ apiVersion: 'events.k8s.io/v1', ...given });
  });
});

it('heartbeats of a node are computed from the clock', () => {
  const condition = { type: 'Ready', status: 'True', lastHeartbeatTime: '2026-11-23T13:41:00Z' };
  const node = { kind: 'Node', metadata: { name: 'n' }, status: { conditions: [condition] } } as unknown as KubeObject;
  const decorated = definitionOf('Node').decorate?.(deepFreeze(node), new SettableClock(NOW_MS));
  expect(decorated).toMatchObject({ status: { conditions: [{ lastHeartbeatTime: '2026-11-23T13:56:00Z' }] } });
});
