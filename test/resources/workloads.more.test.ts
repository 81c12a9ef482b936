import { describe, expect, it } from '@jest/globals';
import { errorsOnCreate, errorsOnUpdate, rowOf, type Given } from './definitions.ts';
import { described } from './describing.ts';

const HIDDEN = { showsEvents: false };
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const sts = (spec: object): Given => ({
  kind: 'StatefulSet',
  spec: { selector: { matchLabels: { a: 'b' } }, template, ...spec },
});
const pdb = (spec: object): Given => ({ kind: 'PodDisruptionBudget', spec });
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
  ])('%s', (_, before, after, expected) => {
    expect(errorsOnUpdate(before, after)).toEqual(expected);
  });
});

describe('rows', () => {
  it.each<[Given, string]>([
    [{ ...sts({ replicas: 3 }), status: { readyReplicas: 2 } }, 'x 2/3 <unknown> c i'],
    [{ ...pdb({ minAvailable: '50%' }), status: { disruptionsAllowed: 2 } }, 'x 50% N/A 2 <unknown>'],
    [pc('high', { value: 10, preemptionPolicy: 'Never' }), 'high 10 false <unknown> Never'],
  ])('%j', (given, expected) => {
    expect(Object.values(rowOf(given)).join(' ')).toBe(expected);
  });
});

describe('descriptions', () => {
  it('of a StatefulSet', async () => {
    const text = await described(
      `
kind: StatefulSet
metadata: {name: web, creationTimestamp: "2026-11-23T13:55:00Z"}
spec:
  serviceName: web
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 1Gi}}
status: {replicas: 2}
`,
      HIDDEN,
    );
    expect(text).toBe(`Name:               web
Namespace:          default
CreationTimestamp:  Mon, 23 Nov 2026 13:55:00 +0000
Selector:           app=web
Labels:             <none>
Annotations:        <none>
Replicas:           2 desired | 2 total
Update Strategy:    RollingUpdate
  Partition:        0
  MaxUnavailable:   1
Pods Status:        0 Running / 0 Waiting / 0 Succeeded / 0 Failed
Pod Template:
  Labels:  app=web
  Containers:
   c:
    Image:         nginx
    Port:          <none>
    Host Port:     <none>
    Environment:   <none>
    Mounts:        <none>
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
Volume Claims:
  Name:          data
  StorageClass:  
  Labels:        <none>
  Annotations:   <none>
  Capacity:      1Gi
  Access Modes:  [ReadWriteOnce]
`);
  });

  it('of a PodDisruptionBudget', async () => {
    const text = await described(
      `
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
status: {disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3}
`,
      HIDDEN,
    );
    expect(text).toBe(`Name:             web
Namespace:        default
Max unavailable:  1
Selector:         app=web
Status:
    Allowed disruptions:  1
    Current:              3
    Desired:              2
    Total:                3
`);
  });
});
