import { describe, expect, it } from '@jest/globals';
import { described } from './describing.ts';

const HIDDEN = { showsEvents: false };

describe('describe configmap', () => {
  // Recorded from a genuine cluster.
  it('shows texts and the sizes of binary data', async () => {
    const text = await described(`
kind: ConfigMap
metadata: {name: conf, labels: {app: conf, env: test}, annotations: {note: described}}
data:
  simple: value
  blank: ""
  nolast: "no newline"
  file.conf: "[main]\\ndebug = true\\n\\n[end]\\n"
binaryData: {logo.png: iVBORw0KGgo=}
`);
    expect(text).toBe(`Name:         conf
Namespace:    default
Labels:       app=conf
              env=test
Annotations:  note: described

Data
====
blank:
----


file.conf:
----
[main]
debug = true

[end]


nolast:
----
no newline

simple:
----
value


BinaryData
====
logo.png: 8 bytes

Events:  <none>
`);
  });

  it('cannot move the cursor of a terminal', async () => {
    const text = await described('kind: ConfigMap\nmetadata: {name: c}\ndata: {k: "\\e[2Ja\\rb"}\n', HIDDEN);
    expect(text).toContain('\n^[[2Ja\\rb\n');
  });
});

describe('describe secret', () => {
  it.each([
    ['Opaque', '3 bytes'],
    ['kubernetes.io/service-account-token', 'abc'],
  ])('of type %s shows its token as %s', async (type, token) => {
    const text = await described(
      `kind: Secret\nmetadata: {name: s}\ntype: ${type}\ndata: {token: YWJj, ca.crt: YQ==}\n`,
    );
    expect(text).toBe(`Name:         s
Namespace:    default
Labels:       <none>
Annotations:  <none>

Type:  ${type}

Data
====
ca.crt:  1 bytes
token:   ${token}
`);
  });
});

describe('describe serviceaccount', () => {
  it.each([
    ['[]', '<none>'],
    ['[{name: reg}, {name: reg2}]', 'reg\n                     reg2'],
  ])('with the secrets %s', async (secrets, expected) => {
    const text = await described(`kind: ServiceAccount\nmetadata: {name: builder}\nimagePullSecrets: ${secrets}\n`);
    expect(text).toBe(`Name:                builder
Namespace:           default
Labels:              <none>
Annotations:         <none>
Image pull secrets:  ${expected}
Events:              <none>
`);
  });
});

describe('describe namespace', () => {
  it('has neither quota nor limits', async () => {
    expect(await described('kind: Namespace\nmetadata: {name: team}\nstatus: {phase: Active}\n'))
      .toBe(`Name:         team
Labels:       kubernetes.io/metadata.name=team
Annotations:  <none>
Status:       Active

No resource quota.

No LimitRange resource.
`);
  });

  it('has conditions, quotas and limits', async () => {
    const text = await described(`
kind: Namespace
metadata: {name: team}
status:
  phase: Terminating
  conditions:
  - type: NamespaceContentRemaining
    status: "True"
    lastTransitionTime: "2026-11-23T13:00:00Z"
    reason: SomeResourcesRemain
    message: "Some resources are remaining: pods. has 1 resource instances"
---
kind: ResourceQuota
metadata: {name: caps, namespace: team}
spec: {scopes: [Terminating, NotBestEffort]}
status: {hard: {pods: "2", configmaps: "4"}, used: {pods: "1"}}
---
kind: LimitRange
metadata: {name: sizes, namespace: team}
spec: {limits: [{type: Container, max: {memory: 1Gi, cpu: "2"}, default: {cpu: 500m}}]}
`);
    expect(text).toBe(`Name:         team
Labels:       kubernetes.io/metadata.name=team
Annotations:  <none>
Status:       Terminating
Conditions:
  Type                       Status  LastTransitionTime               Reason               Message
  ----                       ------  ------------------               ------               -------
  NamespaceContentRemaining  True    Mon, 23 Nov 2026 13:00:00 +0000  SomeResourcesRemain  Some resources are remaining: pods. has 1 resource instances

Resource Quotas
  Name:    caps
  Scopes:  NotBestEffort, Terminating
  * Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.
  * Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.
  Resource    Used  Hard
  --------    ---   ---
  configmaps  0     4
  pods        1     2

Resource Limits
 Type       Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio
 ----       --------  ---  ---  ---------------  -------------  -----------------------
 Container  cpu       -    2    500m             500m           -
 Container  memory    -    1Gi  1Gi              1Gi            -
`);
  });
});

describe('describe horizontalpodautoscaler', () => {
  it('shows each metric, the behaviour and the conditions', async () => {
    const text = await described(`
kind: HorizontalPodAutoscaler
metadata: {name: web, creationTimestamp: "2026-11-23T13:00:00Z"}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 9
  metrics:
  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}
  - {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}}
  - {type: ContainerResource, containerResource: {name: cpu, container: app, target: {type: Utilization, averageUtilization: 60}}}
  - {type: Pods, pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: "1k"}}}
  - {type: Object, object: {metric: {name: hits}, describedObject: {kind: Ingress, name: main}, target: {type: Value, value: "2k"}}}
  - {type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: "30"}}}
  - {type: External, external: {metric: {name: lag}, target: {type: Value, value: "5"}}}
  - {type: Odd}
  behavior:
    scaleUp: {stabilizationWindowSeconds: 0, selectPolicy: Max, policies: [{type: Pods, value: 4, periodSeconds: 15}, {type: Percent, value: 100, periodSeconds: 15}]}
    scaleDown: {selectPolicy: Disabled, policies: []}
status:
  currentReplicas: 3
  desiredReplicas: 4
  currentMetrics:
  - {type: Resource, resource: {name: cpu, current: {averageUtilization: 95, averageValue: 190m}}}
  - {type: Resource, resource: {name: memory, current: {averageValue: 90Mi}}}
  - {type: ""}
  - {type: Pods, pods: {metric: {name: rps}, current: {averageValue: "900"}}}
  - {type: Object, object: {metric: {name: hits}, describedObject: {kind: Ingress, name: main}, current: {value: "1k"}}}
  conditions: [{type: AbleToScale, status: "True", reason: ReadyForNewScale, message: recommended size matches current size}]
`);
    expect(text).toBe(`Name:                                                                     web
Namespace:                                                                default
Labels:                                                                   <none>
Annotations:                                                              <none>
CreationTimestamp:                                                        Mon, 23 Nov 2026 13:00:00 +0000
Reference:                                                                Deployment/web
Metrics:                                                                  ( current / target )
  resource cpu on pods  (as a percentage of request):                     95% (190m) / 80%
  resource memory on pods:                                                90Mi / 100Mi
  resource cpu of container "app" on pods  (as a percentage of request):  <unknown> / 60%
  "rps" on pods:                                                          900 / 1k
  "hits" on Ingress/main (target value):                                  1k / 2k
  "queue" (target average value):                                         <unknown> / 30
  "lag" (target value):                                                   <unknown> / 5
  <unknown metric type "Odd">
Min replicas:  2
Max replicas:  9
Behavior:
  Scale Up:
    Stabilization Window: 0 seconds
    Select Policy: Max
    Policies:
      - Type: Pods     Value: 4    Period: 15 seconds
      - Type: Percent  Value: 100  Period: 15 seconds
  Scale Down:
Deployment pods:  3 current / 4 desired
Conditions:
  Type         Status  Reason            Message
  ----         ------  ------            -------
  AbleToScale  True    ReadyForNewScale  recommended size matches current size
Events:        <none>
`);
  });
});
