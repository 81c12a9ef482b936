import { describe, expect, it } from '@jest/globals';
import { describePodTemplate } from '../../src/resources/podtemplate.describe.ts';
import { described } from './describing.ts';

const TEMPLATE =
  'template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: server, image: "nginx:1.25"}]}}';
const HIDDEN = { showsEvents: false };

function pod(name: string, owner: string, phase: string): string {
  return `---
kind: Pod
metadata:
  name: ${name}
  labels: {app: shop}
  ownerReferences: [{apiVersion: apps/v1, kind: Any, name: any, uid: ${owner}, controller: true}]
spec: {containers: []}
status: {phase: ${phase}}
`;
}

const POD_TEMPLATE = `Pod Template:
  Labels:  app=shop
  Containers:
   server:
    Image:         nginx:1.25
    Port:          <none>
    Host Port:     <none>
    Environment:   <none>
    Mounts:        <none>
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
`;

describe('describe deployment', () => {
  const deployment = `
kind: Deployment
metadata: {name: shop, creationTimestamp: "2026-11-23T07:05:31Z", labels: {app: shop, tier: front}}
spec:
  replicas: 10
  selector: {matchLabels: {app: shop}}
  strategy: {rollingUpdate: {maxUnavailable: 20%, maxSurge: 3}}
  ${TEMPLATE}
status:
  updatedReplicas: 5
  replicas: 13
  availableReplicas: 8
  unavailableReplicas: 5
  conditions: [{type: Available, status: "True", reason: MinimumReplicasAvailable}]
`;
  const owned =
    'ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: shop, uid: uid-of-shop, controller: true}]';

  it('shows the rollout, the template and its replica sets', async () => {
    const text = await described(`${deployment}---
kind: ReplicaSet
metadata: {name: shop-new, creationTimestamp: "2026-11-23T07:09:00Z", labels: {app: shop}, ${owned}}
spec:
  replicas: 5
  ${TEMPLATE.replace('app: shop', 'app: shop, pod-template-hash: "1"')}
status: {replicas: 5}
---
kind: ReplicaSet
metadata: {name: shop-b, creationTimestamp: "2026-11-23T07:05:00Z", labels: {app: shop}, ${owned}}
spec: {replicas: 8, template: {spec: {containers: []}}}
status: {replicas: 8}
---
kind: ReplicaSet
metadata: {name: shop-a, creationTimestamp: "2026-11-23T07:05:00Z", labels: {app: shop}, ${owned}}
spec: {replicas: 0, template: {spec: {containers: []}}}
---
kind: ReplicaSet
metadata: {name: stranger, labels: {app: shop}}
spec: {replicas: 1, template: {spec: {containers: []}}}
`);
    expect(text).toBe(`Name:                   shop
Namespace:              default
CreationTimestamp:      Mon, 23 Nov 2026 07:05:31 +0000
Labels:                 app=shop
                        tier=front
Annotations:            <none>
Selector:               app=shop
Replicas:               10 desired | 5 updated | 13 total | 8 available | 5 unavailable
StrategyType:           RollingUpdate
MinReadySeconds:        0
RollingUpdateStrategy:  20% max unavailable, 3 max surge
${POD_TEMPLATE}Conditions:
  Type           Status  Reason
  ----           ------  ------
  Available      True    MinimumReplicasAvailable
OldReplicaSets:  shop-a (0/0 replicas created), shop-b (8/8 replicas created)
NewReplicaSet:   shop-new (5/5 replicas created)
Events:          <none>
`);
  });

  it('says nothing of replica sets before there are any', async () => {
    expect(await described(deployment)).not.toContain('ReplicaSet:');
  });
});

describe('describe replicaset', () => {
  it('counts the pods it controls by phase', async () => {
    const text = await described(
      `
kind: ReplicaSet
metadata: {name: front}
spec: {replicas: 4, selector: {matchExpressions: [{key: app, operator: In, values: [shop, other]}]}, ${TEMPLATE}}
status: {replicas: 3, conditions: [{type: ReplicaFailure, status: "True", reason: FailedCreate}]}
${pod('a', 'uid-of-front', 'Running')}${pod('b', 'uid-of-front', 'Pending')}${pod('c', 'uid-of-front', 'Failed')}${pod('d', 'someone', 'Running')}`,
    );
    expect(text).toBe(`Name:         front
Namespace:    default
Selector:     app in (other,shop)
Labels:       <none>
Annotations:  <none>
Replicas:     3 current / 4 desired
Pods Status:  1 Running / 1 Waiting / 0 Succeeded / 1 Failed
${POD_TEMPLATE}Conditions:
  Type             Status  Reason
  ----             ------  ------
  ReplicaFailure   True    FailedCreate
Events:            <none>
`);
  });
});

describe('describe daemonset', () => {
  it('counts nodes', async () => {
    const text = await described(
      `
kind: DaemonSet
metadata: {name: agent, annotations: {deprecated.daemonset.template.generation: "1"}}
spec:
  selector: {matchLabels: {app: shop}}
  ${TEMPLATE.replace('spec: {', 'spec: {nodeSelector: {ssd: "true"}, ')}
status: {desiredNumberScheduled: 3, currentNumberScheduled: 2, updatedNumberScheduled: 1, numberAvailable: 1, numberMisscheduled: 1}
${pod('a', 'uid-of-agent', 'Running')}`,
      HIDDEN,
    );
    expect(text).toBe(`Name:           agent
Namespace:      default
Selector:       app=shop
Node-Selector:  ssd=true
Labels:         <none>
Annotations:    deprecated.daemonset.template.generation: 1
Desired Number of Nodes Scheduled: 3
Current Number of Nodes Scheduled: 2
Number of Nodes Scheduled with Up-to-date Pods: 1
Number of Nodes Scheduled with Available Pods: 1
Number of Nodes Misscheduled: 1
Pods Status:  1 Running / 0 Waiting / 0 Succeeded / 0 Failed
${POD_TEMPLATE.replace('Node-Selectors:  <none>', 'Node-Selectors:  ssd=true')}`);
  });
});

describe('describe job', () => {
  it('shows how far it has come', async () => {
    const text = await described(`
apiVersion: batch/v1
kind: Job
metadata:
  name: sums
  ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: nightly, uid: u, controller: true}]
spec:
  parallelism: 2
  completions: 4
  completionMode: Indexed
  backoffLimit: 3
  ttlSecondsAfterFinished: 60
  activeDeadlineSeconds: 900
  selector: {matchLabels: {batch.kubernetes.io/controller-uid: u1}}
  ${TEMPLATE}
status:
  startTime: "2026-11-23T13:00:00Z"
  completionTime: "2026-11-23T13:03:20Z"
  ready: 1
  active: 2
  succeeded: 2
  completedIndexes: "${[...Array(30).keys()].join(',')}"
`);
    expect(text).toBe(`Name:                        sums
Namespace:                   default
Selector:                    batch.kubernetes.io/controller-uid=u1
Labels:                      app=shop
Annotations:                 <none>
Controlled By:               CronJob/nightly
Parallelism:                 2
Completions:                 4
Completion Mode:             Indexed
Suspend:                     false
Backoff Limit:               3
TTL Seconds After Finished:  60
Start Time:                  Mon, 23 Nov 2026 13:00:00 +0000
Completed At:                Mon, 23 Nov 2026 13:03:20 +0000
Duration:                    3m20s
Active Deadline Seconds:     900s
Pods Statuses:               2 Active (1 Ready) / 2 Succeeded / 0 Failed
Completed Indexes:           0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,...
${POD_TEMPLATE}Events:            <none>
`);
  });

  it('says what is unset', async () => {
    const text = await described(`
apiVersion: batch/v1
kind: Job
metadata: {name: queue}
spec: {parallelism: 1, ${TEMPLATE}}
`);
    expect(text.slice(0, text.indexOf('Pod Template'))).toBe(`Name:             queue
Namespace:        default
Selector:         
Labels:           app=shop
Annotations:      <none>
Parallelism:      1
Completions:      <unset>
Completion Mode:  NonIndexed
Suspend:          false
Backoff Limit:    6
Pods Statuses:    0 Active / 0 Succeeded / 0 Failed
`);
  });
});

describe('a pod template on its own', () => {
  // Recorded from a genuine cluster: rollout history and rollout undo --dry-run print the tabs.
  it('keeps its tabs', () => {
    const template = {
      metadata: {
        labels: { app: 'news', 'pod-template-hash': '9c6' },
        annotations: { 'kubernetes.io/change-cause': 'x' },
      },
      spec: {
        containers: [{ name: 'nginx', image: 'nginx:1.22', ports: [{ containerPort: 80, protocol: 'TCP' }] }],
        priorityClassName: 'high',
        serviceAccountName: 'bot',
        tolerations: [{ operator: 'Exists' }],
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' },
          { maxSkew: 2, topologyKey: 'host', whenUnsatisfiable: 'ScheduleAnyway' },
        ],
      },
    };
    expect(describePodTemplate(template)).toBe(`Pod Template:
  Labels:	app=news
	pod-template-hash=9c6
  Annotations:	kubernetes.io/change-cause: x
  Service Account:	bot
  Containers:
   nginx:
    Image:	nginx:1.22
    Port:	80/TCP
    Host Port:	0/TCP
    Environment:	<none>
    Mounts:	<none>
  Volumes:	<none>
  Topology Spread Constraints:	host:ScheduleAnyway when max skew 2 is exceeded
  	zone:DoNotSchedule when max skew 1 is exceeded
  Priority Class Name:	high
  Node-Selectors:	<none>
  Tolerations:	op=Exists
`);
  });

  it('may be missing', () => {
    expect(describePodTemplate(undefined)).toBe('Pod Template:\n  <unset>');
  });
});
