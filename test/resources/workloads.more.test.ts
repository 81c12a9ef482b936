import { describe, expect, it } from '@jest/globals';
import { errorsOnCreate, errorsOnUpdate, rowOf, type Given } from './definitions.ts';

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const sts = (spec: object): Given => ({
  kind: 'StatefulSet',
  spec: { selector: { matchLabels: { a: 'b' } }, template, ...spec },
});
const pdb = (spec: object): Given => ({ kind: 'PodDisruptionBudget', spec });
const pv = (spec: object): Given => ({
  kind: 'PersistentVolume',
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/d' }, ...spec },
});
const pvc = (spec: object): Given => ({
  kind: 'PersistentVolumeClaim',
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});
const sc = (more: object): Given => ({ kind: 'StorageClass', provisioner: 'example.com/disk', ...more });
const cj = (spec: object): Given => ({
  kind: 'CronJob',
  spec: {
    schedule: '@daily',
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } },
    ...spec,
  },
});
const rc = (spec: object): Given => ({ kind: 'ReplicationController', spec: { template, ...spec } });
const pc = (name: string, more: object): Given => ({ kind: 'PriorityClass', metadata: { name }, ...more });

describe('what is refused', () => {
  it.each<[string, Given, string[]]>([
    ['a StatefulSet', sts({}), []],
    [
      'a StatefulSet with wrong words',
      sts({ podManagementPolicy: 'Random', replicas: -1, persistentVolumeClaimRetentionPolicy: { whenScaled: 'Ask' } }),
      [
        `spec.podManagementPolicy: Invalid value: "Random": must be 'OrderedReady' or 'Parallel'`,
        'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Ask": supported values: "Retain", "Delete"',
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'a StatefulSet that waits and rolls',
      sts({ updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } }),
      [
        `spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'`,
      ],
    ],
    [
      'a StatefulSet with another strategy',
      sts({ updateStrategy: { type: 'Recreate' } }),
      [
        `spec.updateStrategy: Invalid value: {"Type":"Recreate","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'`,
      ],
    ],
    [
      'a StatefulSet that may lose none',
      sts({ updateStrategy: { rollingUpdate: { partition: -1, maxUnavailable: '0%' } } }),
      [
        'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
        'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "0%": cannot be 0',
      ],
    ],
    [
      'a StatefulSet of other pods',
      sts({ selector: { matchLabels: { a: 'c' } } }),
      ['spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`'],
    ],
    [
      'a StatefulSet of all pods',
      sts({ selector: {} }),
      ['spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
    ],
    [
      'a budget with two bounds',
      pdb({ minAvailable: 1, maxUnavailable: '150%' }),
      [
        'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"150%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
        'spec.maxUnavailable: Invalid value: "150%": must not be greater than 100%',
      ],
    ],
    [
      'a budget with a policy of its own',
      pdb({ minAvailable: -1, unhealthyPodEvictionPolicy: 'Sometimes' }),
      [
        'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0',
        'spec.unhealthyPodEvictionPolicy: Unsupported value: "Sometimes": supported values: "AlwaysAllow", "IfHealthyBudget"',
      ],
    ],
    [
      'a class above all others',
      pc('x', { value: 1_000_000_001 }),
      ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ],
    [
      'a class of the system with another value',
      pc('system-node-critical', { value: 1 }),
      [
        `metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000`,
      ],
    ],
    [
      'a class that preempts whom it likes',
      pc('x', { value: 1, preemptionPolicy: 'All' }),
      ['preemptionPolicy: Unsupported value: "All": supported values: "PreemptLowerPriority", "Never"'],
    ],
    ['a CronJob', cj({}), []],
    [
      'a CronJob with wrong words',
      cj({
        schedule: 'TZ=UTC 99 * * * *',
        concurrencyPolicy: 'Wait',
        timeZone: 'Mars/Base',
        startingDeadlineSeconds: -1,
      }),
      [
        'spec.schedule: Invalid value: "TZ=UTC 99 * * * *": end of range (99) above maximum (59): 99',
        'spec.schedule: Invalid value: "TZ=UTC 99 * * * *": cannot use both timeZone field and TZ or CRON_TZ in schedule',
        'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
        'spec.concurrencyPolicy: Unsupported value: "Wait": supported values: "Allow", "Forbid", "Replace"',
        'spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base',
      ],
    ],
    [
      'a CronJob with too long a name',
      { ...cj({}), metadata: { name: 'x'.repeat(53) } },
      [`metadata.name: Invalid value: "${'x'.repeat(53)}": must be no more than 52 characters`],
    ],
    ['a ReplicationController', rc({}), []],
    [
      'a ReplicationController of other pods',
      rc({ selector: { a: 'c' }, replicas: -1 }),
      [
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'a ReplicationController of nothing',
      { kind: 'ReplicationController', spec: {} },
      ['spec.selector: Required value', 'spec.template: Required value'],
    ],
    [
      'a quota of what nobody counts',
      {
        kind: 'ResourceQuota',
        spec: {
          hard: { apples: '1', pods: '-1', 'count/widgets.example.com': '1' },
          scopes: ['BestEffort', 'NotBestEffort'],
        },
      },
      [
        'spec.hard[apples]: Invalid value: "apples": must be a standard resource for quota',
        'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
      ],
    ],
    [
      'a range that nothing fits',
      {
        kind: 'LimitRange',
        spec: {
          limits: [
            { type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } },
            { type: 'Pod', default: { cpu: '1' } },
          ],
        },
      },
      [
        'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
        'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
        'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
        "spec.limits[1].default: Forbidden: may not be specified when `type` is 'Pod'",
      ],
    ],
    ['a volume', pv({}), []],
    [
      'a volume of nothing',
      pv({ accessModes: ['Any'], capacity: { cpu: '1' }, hostPath: undefined, persistentVolumeReclaimPolicy: 'Burn' }),
      [
        'spec.accessModes: Unsupported value: "Any": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
        'spec.capacity: Unsupported value: {"cpu":"1"}: supported values: "storage"',
        'spec.persistentVolumeReclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Recycle", "Retain"',
        'spec: Required value: must specify a volume type',
      ],
    ],
    [
      'a volume of two sorts',
      pv({ nfs: { server: '', path: 'x' }, local: { path: '/d' }, volumeMode: 'Tape' }),
      [
        'spec.nfs: Forbidden: may not specify more than 1 volume type',
        'spec.local: Forbidden: may not specify more than 1 volume type',
        'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
      ],
    ],
    [
      'a local volume on any node',
      pv({ hostPath: undefined, local: { path: '/d' } }),
      ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
    ],
    ['a claim', pvc({}), []],
    [
      'a claim of nothing',
      pvc({ accessModes: [], resources: {}, storageClassName: 'Upper Case' }),
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
        `spec.storageClassName: Invalid value: "Upper Case": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      ],
    ],
    [
      'a class with wrong words',
      sc({ provisioner: '', reclaimPolicy: 'Recycle', volumeBindingMode: 'Later' }),
      [
        'provisioner: Required value',
        'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
        'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"',
      ],
    ],
  ])('%s', (_, given, expected) => {
    expect(errorsOnCreate(given)).toEqual(expected);
  });

  it.each<[string, Given, Given, string[]]>([
    [
      'another service of a StatefulSet',
      sts({ serviceName: 'a' }),
      sts({ serviceName: 'b' }),
      [
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ],
    ],
    ['more of a StatefulSet', sts({}), sts({ replicas: 3, minReadySeconds: 5, ordinals: { start: 2 } }), []],
    [
      'another value of a class',
      pc('x', { value: 1 }),
      pc('x', { value: 2, preemptionPolicy: 'Never' }),
      [
        'value: Forbidden: may not be changed in an update.',
        'preemptionPolicy: Invalid value: "Never": field is immutable',
      ],
    ],
    [
      'another provisioner of a class',
      sc({}),
      sc({ provisioner: 'a', parameters: { a: 'b' } }),
      [
        'parameters: Forbidden: updates to parameters are forbidden.',
        'provisioner: Forbidden: updates to provisioner are forbidden.',
      ],
    ],
    [
      'another folder of a volume',
      pv({}),
      pv({ hostPath: { path: '/e' } }),
      [
        expect.stringMatching(
          /^spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n@@/,
        ) as never,
      ],
    ],
    [
      'other modes of a claim',
      pvc({}),
      pvc({ accessModes: ['ReadOnlyMany'] }),
      [
        expect.stringMatching(
          /^spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n@@/,
        ) as never,
      ],
    ],
    ['a volume for a claim', pvc({}), pvc({ volumeName: 'v', storageClassName: 'c' }), []],
  ])('%s', (_, before, after, expected) => {
    expect(errorsOnUpdate(before, after)).toEqual(expected);
  });
});

describe('rows', () => {
  it.each<[Given, string]>([
    [{ ...sts({ replicas: 3 }), status: { readyReplicas: 2 } }, 'x 2/3 <unknown> c i'],
    [
      { ...cj({ suspend: true }), status: { active: [{ name: 'a' }], lastScheduleTime: '2026-11-23T13:59:00Z' } },
      'x @daily <none> True 1 60s <unknown> c i <none>',
    ],
    [
      { ...rc({ replicas: 3, selector: { a: 'b' } }), status: { replicas: 2, readyReplicas: 1 } },
      'x 3 2 1 <unknown> c i a=b',
    ],
    [{ kind: 'PodTemplate', template } as Given, 'x c i a=b'],
    [
      {
        kind: 'ResourceQuota',
        spec: {},
        status: { hard: { pods: '2', 'limits.cpu': '1' }, used: { pods: '1', 'limits.cpu': '500m' } },
      },
      'x pods: 1/2 limits.cpu: 500m/1 <unknown>',
    ],
    [
      { kind: 'LimitRange', metadata: { creationTimestamp: '2026-11-23T13:59:00Z' }, spec: {} },
      'x 2026-11-23T13:59:00Z',
    ],
    [{ ...pdb({ minAvailable: '50%' }), status: { disruptionsAllowed: 2 } }, 'x 50% N/A 2 <unknown>'],
    [pc('high', { value: 10, preemptionPolicy: 'Never' }), 'high 10 false <unknown> Never'],
    [
      { ...pv({ claimRef: { namespace: 'n', name: 'c' }, storageClassName: 's' }), status: { phase: 'Bound' } },
      'x 1Gi RWO  Bound n/c s <unset>  <unknown> <unset>',
    ],
    [pvc({ volumeMode: 'Filesystem' }), 'x      <unset> <unknown> Filesystem'],
    [
      {
        ...pvc({ volumeName: 'v' }),
        status: { phase: 'Bound', capacity: { storage: '5Gi' }, accessModes: ['ReadWriteMany', 'ReadWriteOnce'] },
      },
      'x Bound v 5Gi RWO,RWX  <unset> <unknown> <unset>',
    ],
    [
      sc({
        metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        allowVolumeExpansion: true,
      }),
      'x (default) example.com/disk Delete Immediate true <unknown>',
    ],
  ])('%j', (given, expected) => {
    expect(Object.values(rowOf(given)).join(' ')).toBe(expected);
  });
});
