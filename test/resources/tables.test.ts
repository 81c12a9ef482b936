import { describe, expect, it } from '@jest/globals';
import { type Given, created, definitionOf, rowOf } from './definitions.ts';

const CREATED = '2026-11-23T13:55:00Z';

function pod(status: object, more: { spec?: object; metadata?: object } = {}): Given {
  const containers = [{ name: 'a' }, { name: 'b' }];
  return {
    kind: 'Pod',
    metadata: { creationTimestamp: CREATED, ...more.metadata },
    spec: { containers, ...more.spec },
    status,
  };
}
const running = (name: string, more = {}): object => ({
  name,
  ready: true,
  restartCount: 0,
  state: { running: {} },
  ...more,
});
const ended = (name: string, exitCode: number, more = {}): object => ({
  name,
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode, ...more } },
});
const waiting = (name: string, reason: string, more = {}): object => ({
  name,
  ready: false,
  restartCount: 0,
  state: { waiting: { reason } },
  ...more,
});
const restarted = { restartCount: 5, lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-23T13:59:15Z' } } };
const READY = [{ type: 'Ready', status: 'True' }];
const sidecar = { initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }] };

describe('the row of a pod', () => {
  it.each<[string, Given, string]>([
    ['new', pod({ phase: 'Pending' }), '0/2 Pending 0 5m'],
    [
      'creating',
      pod({
        phase: 'Pending',
        containerStatuses: [waiting('a', 'ContainerCreating'), waiting('b', 'ContainerCreating')],
      }),
      '0/2 ContainerCreating 0 5m',
    ],
    ['running', pod({ phase: 'Running', containerStatuses: [running('a'), running('b')] }), '2/2 Running 0 5m'],
    [
      'in a back-off',
      pod({ phase: 'Running', containerStatuses: [waiting('a', 'CrashLoopBackOff', restarted), running('b')] }),
      '1/2 CrashLoopBackOff 5 (45s ago) 5m',
    ],
    [
      'completed',
      pod({
        phase: 'Succeeded',
        containerStatuses: [ended('a', 0, { reason: 'Completed' }), ended('b', 0, { reason: 'Completed' })],
      }),
      '0/2 Completed 0 5m',
    ],
    [
      'half completed, half running',
      pod({ phase: 'Running', containerStatuses: [ended('a', 0, { reason: 'Completed' }), running('b')] }),
      '1/2 NotReady 0 5m',
    ],
    [
      'half completed, and ready',
      pod({
        phase: 'Running',
        conditions: READY,
        containerStatuses: [ended('a', 0, { reason: 'Completed' }), running('b')],
      }),
      '1/2 Running 0 5m',
    ],
    [
      'failed without a reason',
      pod({ phase: 'Failed', containerStatuses: [ended('a', 3), ended('b', 0)] }),
      '0/2 ExitCode:3 0 5m',
    ],
    ['killed', pod({ phase: 'Failed', containerStatuses: [ended('a', 137, { signal: 9 })] }), '0/2 Signal:9 0 5m'],
    ['evicted', pod({ phase: 'Failed', reason: 'Evicted' }), '0/2 Evicted 0 5m'],
    [
      'initializing',
      pod(
        { phase: 'Pending', initContainerStatuses: [running('i', { ready: false })] },
        { spec: { initContainers: [{ name: 'i' }, { name: 'j' }] } },
      ),
      '0/2 Init:0/2 0 5m',
    ],
    [
      'failing to initialize',
      pod(
        { phase: 'Pending', initContainerStatuses: [waiting('i', 'CrashLoopBackOff', restarted)] },
        { spec: { initContainers: [{ name: 'i' }] } },
      ),
      '0/2 Init:CrashLoopBackOff 5 (45s ago) 5m',
    ],
    [
      'with a sidecar, whose restarts count and an init container whose do not',
      pod(
        {
          phase: 'Running',
          conditions: [{ type: 'Initialized', status: 'True' }],
          initContainerStatuses: [
            { ...ended('i', 0), restartCount: 7 },
            running('s', { started: true, restartCount: 1 }),
          ],
          containerStatuses: [running('a'), running('b')],
        },
        { spec: sidecar },
      ),
      '3/3 Running 1 5m',
    ],
    [
      'waiting for a sidecar to start',
      pod(
        { phase: 'Pending', initContainerStatuses: [ended('i', 0), running('s', { started: false, ready: false })] },
        { spec: sidecar },
      ),
      '0/3 Init:1/2 0 5m',
    ],
    [
      'terminating',
      pod(
        { phase: 'Running', containerStatuses: [running('a'), running('b')] },
        { metadata: { deletionTimestamp: CREATED } },
      ),
      '2/2 Terminating 0 5m',
    ],
    [
      'completed and being deleted',
      pod(
        { phase: 'Succeeded', containerStatuses: [ended('a', 0, { reason: 'Completed' })] },
        { metadata: { deletionTimestamp: CREATED } },
      ),
      '0/2 Completed 0 5m',
    ],
    [
      'on a lost node',
      pod({ phase: 'Running', reason: 'NodeLost' }, { metadata: { deletionTimestamp: CREATED } }),
      '0/2 Unknown 0 5m',
    ],
    [
      'gated',
      pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
      '0/2 SchedulingGated 0 5m',
    ],
  ])('%s', (_, given, row) => {
    const { Ready, Status, Restarts, Age } = rowOf(given);
    expect([Ready, Status, Restarts, Age].join(' ')).toBe(row);
  });

  it('shows where it is, when asked for more', () => {
    const gates = [{ conditionType: 'a.io/up' }, { conditionType: 'a.io/lit' }];
    const status = {
      phase: 'Running',
      podIPs: [{ ip: '10.244.1.2' }],
      conditions: [{ type: 'a.io/lit', status: 'True' }],
    };
    const row = rowOf(pod(status, { spec: { nodeName: 'node-1', readinessGates: gates } }));
    expect([row['IP'], row['Node'], row['Nominated Node'], row['Readiness Gates']]).toEqual([
      '10.244.1.2',
      'node-1',
      '<none>',
      '1/2',
    ]);
  });

  it.each([
    ['Succeeded', 'The pod has completed successfully.'],
    ['Failed', 'The pod failed.'],
  ])('%s: its row is marked completed', (phase, message) => {
    const conditions = definitionOf('Pod').table.conditions?.(created(pod({})) && (pod({ phase }) as never));
    expect(conditions).toEqual([{ type: 'Completed', status: 'True', reason: phase, message }]);
  });
});

describe('rows of other kinds', () => {
  const template = {
    spec: {
      containers: [
        { name: 'a', image: 'nginx' },
        { name: 'b', image: 'redis:7' },
      ],
    },
  };
  const selector = {
    matchLabels: { app: 'x' },
    matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }],
  };
  it.each<[string, Given, (string | number | null)[]]>([
    [
      'Deployment',
      {
        kind: 'Deployment',
        spec: { replicas: 3, template, selector },
        status: { readyReplicas: 1, updatedReplicas: 2 },
      },
      ['x', '1/3', 2, 0, '5m', 'a,b', 'nginx,redis:7', 'app=x,tier in (a,b)'],
    ],
    [
      'ReplicaSet',
      { kind: 'ReplicaSet', spec: { replicas: 3, template, selector }, status: { replicas: 2, readyReplicas: 1 } },
      ['x', 3, 2, 1, '5m', 'a,b', 'nginx,redis:7', 'app=x,tier in (a,b)'],
    ],
    [
      'DaemonSet',
      {
        kind: 'DaemonSet',
        spec: { template: { spec: { ...template.spec, nodeSelector: { b: '2', a: '1' } } }, selector },
        status: { desiredNumberScheduled: 3, currentNumberScheduled: 2, numberReady: 1 },
      },
      ['x', 3, 2, 1, 0, 0, 'a=1,b=2', '5m', 'a,b', 'nginx,redis:7', 'app=x,tier in (a,b)'],
    ],
    [
      'Job',
      {
        kind: 'Job',
        spec: { completions: 3, parallelism: 2, template, selector: {} },
        status: { succeeded: 1, startTime: '2026-11-23T13:59:00Z' },
      },
      ['x', 'Running', '1/3', '60s', '5m', 'a,b', 'nginx,redis:7', '<none>'],
    ],
    [
      'Job that is done',
      {
        kind: 'Job',
        spec: { parallelism: 2, template, selector: {} },
        status: {
          succeeded: 1,
          startTime: '2026-11-23T13:59:00Z',
          completionTime: '2026-11-23T13:59:07Z',
          conditions: [{ type: 'Complete', status: 'True' }],
        },
      },
      ['x', 'Complete', '1/1 of 2', '7s', '5m', 'a,b', 'nginx,redis:7', '<none>'],
    ],
    [
      'Service of a load balancer',
      {
        kind: 'Service',
        spec: {
          type: 'LoadBalancer',
          clusterIPs: ['10.96.1.1'],
          externalIPs: ['9.9.9.9'],
          ports: [
            { port: 80, nodePort: 30080, protocol: 'TCP' },
            { port: 53, protocol: 'UDP' },
          ],
        },
        status: { loadBalancer: { ingress: [{ hostname: 'lb' }, { ip: '8.8.8.8' }] } },
      },
      ['x', 'LoadBalancer', '10.96.1.1', '8.8.8.8,lb,9.9.9.9', '80:30080/TCP,53/UDP', '5m', '<none>'],
    ],
    [
      'Service that waits for one',
      {
        kind: 'Service',
        spec: { type: 'LoadBalancer', clusterIPs: ['10.96.1.1'], selector: { app: 'x' } },
        status: {},
      },
      ['x', 'LoadBalancer', '10.96.1.1', '<pending>', '<none>', '5m', 'app=x'],
    ],
    [
      'Service of elsewhere',
      { kind: 'Service', spec: { type: 'ExternalName', externalName: 'db.acme.org' } },
      ['x', 'ExternalName', '<none>', 'db.acme.org', '<none>', '5m', '<none>'],
    ],
    [
      'Endpoints',
      {
        kind: 'Endpoints',
        subsets: [{ addresses: ['1', '2', '3', '4'].map((ip) => ({ ip })), ports: [{ port: 80 }] }],
      },
      ['x', '1:80,2:80,3:80 + 1 more...', '5m'],
    ],
    ['Endpoints of nothing', { kind: 'Endpoints' }, ['x', '<none>', '5m']],
    [
      'EndpointSlice',
      {
        kind: 'EndpointSlice',
        addressType: 'IPv4',
        ports: [{ port: 80 }, { name: 'any' }],
        endpoints: [{ addresses: ['1', '2'] }, { addresses: ['3', '4'] }],
      },
      ['x', 'IPv4', '80,any', '1,2,3 + 1 more...', '5m'],
    ],
    [
      'Ingress',
      {
        kind: 'Ingress',
        spec: { rules: [{ host: 'a' }, {}, { host: 'b' }, { host: 'c' }, { host: 'd' }], tls: [{}] },
        status: { loadBalancer: { ingress: [{ ip: '9.9.9.9' }] } },
      },
      ['x', '<none>', 'a,b,c + 2 more...', '9.9.9.9', '80, 443', '5m'],
    ],
    [
      'IngressClass',
      { kind: 'IngressClass', spec: { controller: 'a.io/b', parameters: { apiGroup: 'k.io', kind: 'P', name: 'n' } } },
      ['x', 'a.io/b', 'P.k.io/n', '5m'],
    ],
    ['ConfigMap', { kind: 'ConfigMap', data: { a: '1' }, binaryData: { b: 'MQ==' } }, ['x', 2, '5m']],
    ['Secret', { kind: 'Secret', type: 'Opaque', data: { a: 'MQ==' } }, ['x', 'Opaque', 1, '5m']],
    ['ServiceAccount', { kind: 'ServiceAccount' }, ['x', '5m']],
    ['Namespace', { kind: 'Namespace', status: { phase: 'Terminating' } }, ['x', 'Terminating', '5m']],
    ['Lease', { kind: 'Lease', spec: { holderIdentity: 'node-1' } }, ['x', 'node-1', '5m']],
    [
      'ControllerRevision',
      {
        kind: 'ControllerRevision',
        metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'ds', controller: true }] },
        revision: 2,
      },
      ['x', 'daemonset.apps/ds', 2, '5m'],
    ],
    [
      'Node',
      {
        kind: 'Node',
        metadata: { labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge' } },
        spec: { unschedulable: true },
        status: {
          conditions: [{ type: 'Ready', status: 'True' }],
          addresses: [{ type: 'InternalIP', address: '192.168.49.2' }],
          nodeInfo: {
            kubeletVersion: 'v1.35.2',
            osImage: 'Debian',
            kernelVersion: '6.1',
            containerRuntimeVersion: 'containerd://2.0',
          },
        },
      },
      [
        'x',
        'Ready,SchedulingDisabled',
        'edge,worker',
        '5m',
        'v1.35.2',
        '192.168.49.2',
        '<none>',
        'Debian',
        '6.1',
        'containerd://2.0',
      ],
    ],
    [
      'Event',
      {
        kind: 'Event',
        involvedObject: { kind: 'Pod', name: 'web', fieldPath: 'spec.containers{c}' },
        type: 'Warning',
        reason: 'BackOff',
        message: 'Back-off\n',
        source: { component: 'kubelet', host: 'node-1' },
        firstTimestamp: '2026-11-23T13:50:00Z',
        lastTimestamp: '2026-11-23T13:59:30Z',
        count: 4,
      },
      ['30s', 'Warning', 'BackOff', 'pod/web', 'spec.containers{c}', 'kubelet, node-1', 'Back-off', '10m', 4, 'x'],
    ],
    [
      'HorizontalPodAutoscaler',
      {
        kind: 'HorizontalPodAutoscaler',
        spec: {
          minReplicas: 1,
          maxReplicas: 4,
          scaleTargetRef: { kind: 'Deployment', name: 'web' },
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } },
            { type: 'Pods', pods: { target: { averageValue: '1k' } } },
            { type: 'External', external: { target: { value: '30' } } },
          ],
        },
        status: {
          currentReplicas: 2,
          currentMetrics: [{ type: 'Resource', resource: { current: { averageUtilization: 12 } } }],
        },
      },
      ['x', 'Deployment/web', 'cpu: 12%/80%, <unknown>/1k + 1 more...', '1', 4, 2, '5m'],
    ],
  ])('%s', (_, given, cells) => {
    const row = rowOf({ ...given, metadata: { creationTimestamp: CREATED, ...given.metadata } });
    expect(Object.values(row)).toEqual(cells);
  });
});
