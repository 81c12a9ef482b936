import { describe, expect, it } from '@jest/globals';
import { described, describedLines } from './describing.ts';

const PLAIN = 'kind: Pod\nmetadata: {name: plain}\nspec: {containers: [{name: only, image: "redis:7"}]}\n';

describe('describe pod', () => {
  // Recorded from a genuine cluster.
  it('shows all that a spec can say', async () => {
    const text = await described(`
kind: Pod
metadata:
  name: kitchen-sink
  labels: {app: kitchen, tier: test}
  annotations:
    team: cooks
    zeta: last
    kubectl.kubernetes.io/last-applied-configuration: '{}'
spec:
  priority: 0
  serviceAccountName: default
  hostNetwork: true
  nodeSelector: {disktype: ssd, zone: a}
  readinessGates: [{conditionType: example.com/gate}]
  tolerations:
  - {key: dedicated, operator: Equal, value: gpu, effect: NoSchedule}
  - {key: spot, operator: Exists}
  - {operator: Exists, effect: NoExecute, tolerationSeconds: 60}
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: kitchen}}}
  initContainers:
  - name: prepare
    image: busybox:1.36
    command: [sh, -c, "echo preparing\\nsleep 1"]
    volumeMounts: [{name: scratch, mountPath: /work}]
  containers:
  - name: main
    image: nginx:1.25
    command: [nginx]
    args: ["-g", "daemon off;"]
    ports:
    - {name: http, containerPort: 8080, hostPort: 8080}
    - {containerPort: 9090, hostPort: 9090, protocol: UDP}
    resources: {limits: {cpu: "1", memory: 256Mi}, requests: {cpu: 250m, memory: 128Mi, ephemeral-storage: 1Gi}}
    livenessProbe:
      httpGet: {path: /healthz, port: http, scheme: HTTPS}
      initialDelaySeconds: 7
      periodSeconds: 11
      timeoutSeconds: 2
      failureThreshold: 5
    readinessProbe: {tcpSocket: {port: 8080}, successThreshold: 2}
    startupProbe: {exec: {command: [cat, /tmp/ok]}, failureThreshold: 30}
    env:
    - {name: PLAIN, value: hello}
    - {name: EMPTY}
    - {name: FROM_CM, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}
    - {name: FROM_CM_OPT, valueFrom: {configMapKeyRef: {name: settings, key: extra, optional: true}}}
    - {name: FROM_SECRET, valueFrom: {secretKeyRef: {name: creds, key: token}}}
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: LIMIT, valueFrom: {resourceFieldRef: {resource: limits.memory}}}
    envFrom:
    - {configMapRef: {name: settings}}
    - {secretRef: {name: creds, optional: true}, prefix: S_}
    volumeMounts:
    - {name: scratch, mountPath: /work}
    - {name: conf, mountPath: /etc/conf, readOnly: true}
    - {name: data, mountPath: /data, subPath: sub}
  - name: side
    image: busybox:1.36
    args: ["sleep", "3600"]
  volumes:
  - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 64Mi}}
  - {name: data, persistentVolumeClaim: {claimName: data-claim, readOnly: true}}
status: {phase: Pending}
`);
    expect(text).toBe(`Name:             kitchen-sink
Namespace:        default
Priority:         0
Service Account:  default
Node:             <none>
Labels:           app=kitchen
                  tier=test
Annotations:      team: cooks
                  zeta: last
Status:           Pending
IP:               
IPs:              <none>
Init Containers:
  prepare:
    Image:      busybox:1.36
    Port:       <none>
    Host Port:  <none>
    Command:
      sh
      -c
      echo preparing
      sleep 1
    Environment:  <none>
    Mounts:
      /work from scratch (rw)
Containers:
  main:
    Image:       nginx:1.25
    Ports:       8080/TCP (http), 9090/UDP
    Host Ports:  8080/TCP (http), 9090/UDP
    Command:
      nginx
    Args:
      -g
      daemon off;
    Limits:
      cpu:     1
      memory:  256Mi
    Requests:
      cpu:                250m
      ephemeral-storage:  1Gi
      memory:             128Mi
    Liveness:             http-get https://:http/healthz delay=7s timeout=2s period=11s #success=1 #failure=5
    Readiness:            tcp-socket :8080 delay=0s timeout=1s period=10s #success=2 #failure=3
    Startup:              exec [cat /tmp/ok] delay=0s timeout=1s period=10s #success=1 #failure=30
    Environment Variables from:
      settings  ConfigMap                Optional: false
      creds     Secret with prefix 'S_'  Optional: true
    Environment:
      PLAIN:        hello
      EMPTY:        
      FROM_CM:      <set to the key 'mode' of config map 'settings'>   Optional: false
      FROM_CM_OPT:  <set to the key 'extra' of config map 'settings'>  Optional: true
      FROM_SECRET:  <set to the key 'token' in secret 'creds'>         Optional: false
      NODE:          (v1:spec.nodeName)
      POD:          kitchen-sink (v1:metadata.name)
      LIMIT:        268435456 (limits.memory)
    Mounts:
      /data from data (rw,path="sub")
      /etc/conf from conf (ro)
      /work from scratch (rw)
  side:
    Image:      busybox:1.36
    Port:       <none>
    Host Port:  <none>
    Args:
      sleep
      3600
    Environment:  <none>
    Mounts:       <none>
Readiness Gates:
  Type               Status
  example.com/gate   <none> 
Volumes:
  scratch:
    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:     Memory
    SizeLimit:  64Mi
  data:
    Type:                     PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
    ClaimName:                data-claim
    ReadOnly:                 true
QoS Class:                    Burstable
Node-Selectors:               disktype=ssd
                              zone=a
Tolerations:                  :NoExecute op=Exists for 60s
                              dedicated=gpu:NoSchedule
                              spot op=Exists
Topology Spread Constraints:  zone:ScheduleAnyway when max skew 1 is exceeded for selector app=kitchen
Events:                       <none>
`);
  });

  it('shows where it runs and how its containers fare', async () => {
    const text = await described(
      `
kind: Pod
metadata:
  name: web-1
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: u, controller: true}]
spec:
  nodeName: node-1
  securityContext: {seccompProfile: {type: Localhost, localhostProfile: strict.json}}
  containers: [{name: web, image: "nginx:1.25", ports: [{containerPort: 80}]}, {name: new, image: "busybox"}]
  ephemeralContainers: [{name: debugger, image: busybox}]
status:
  phase: Running
  reason: Odd
  message: it is what it is
  hostIP: 192.168.49.2
  podIP: 10.244.0.5
  podIPs: [{ip: 10.244.0.5}, {ip: "fd00::5"}]
  startTime: "2026-11-23T13:00:00Z"
  qosClass: BestEffort
  conditions: [{type: Initialized, status: "True"}, {type: Ready, status: "False"}]
  containerStatuses:
  - name: web
    containerID: containerd://abc
    imageID: docker.io/library/nginx@sha256:1
    ready: true
    restartCount: 2
    state: {running: {startedAt: "2026-11-23T13:01:00Z"}}
    lastState:
      terminated:
        exitCode: 137
        signal: 9
        reason: OOMKilled
        message: too much
        startedAt: "2026-11-23T13:00:10Z"
        finishedAt: "2026-11-23T13:00:50Z"
`,
      { utcOffsetMinutes: () => -210 },
    );
    expect(text).toBe(`Name:              web-1
Namespace:         default
Node:              node-1/192.168.49.2
Start Time:        Mon, 23 Nov 2026 09:30:00 -0330
Labels:            <none>
Annotations:       <none>
Status:            Running
Reason:            Odd
Message:           it is what it is
SeccompProfile:    Localhost
LocalhostProfile:  strict.json
IP:                10.244.0.5
IPs:
  IP:           10.244.0.5
  IP:           fd00::5
Controlled By:  ReplicaSet/web
Containers:
  web:
    Container ID:   containerd://abc
    Image:          nginx:1.25
    Image ID:       docker.io/library/nginx@sha256:1
    Port:           80/TCP
    Host Port:      0/TCP
    State:          Running
      Started:      Mon, 23 Nov 2026 09:31:00 -0330
    Last State:     Terminated
      Reason:       OOMKilled
      Message:      too much
      Exit Code:    137
      Signal:       9
      Started:      Mon, 23 Nov 2026 09:30:10 -0330
      Finished:     Mon, 23 Nov 2026 09:30:50 -0330
    Ready:          True
    Restart Count:  2
    Environment:    <none>
    Mounts:         <none>
  new:
    Image:        busybox
    Port:         <none>
    Host Port:    <none>
    Environment:  <none>
    Mounts:       <none>
Ephemeral Containers:
  debugger:
    Image:        busybox
    Port:         <none>
    Host Port:    <none>
    Environment:  <none>
    Mounts:       <none>
Conditions:
  Type           Status
  Initialized    True 
  Ready          False 
Volumes:         <none>
QoS Class:       BestEffort
Node-Selectors:  <none>
Tolerations:     <none>
Events:          <none>
`);
  });

  it.each([
    ['{}', 'Waiting'],
    ['{waiting: {reason: ImagePullBackOff, message: no}}', 'Waiting\n      Reason:       ImagePullBackOff'],
    [
      '{terminated: {exitCode: 0}}',
      `Terminated
      Exit Code:    0
      Started:      Mon, 01 Jan 0001 00:00:00 +0000
      Finished:     Mon, 01 Jan 0001 00:00:00 +0000`,
    ],
  ])('shows the container state %s', async (state, expected) => {
    const status = `status: {containerStatuses: [{name: only, state: ${state}}]}\n`;
    expect(await describedLines(PLAIN + status, '    State', '    Environment')).toBe(`    State:          ${expected}
    Ready:          False
    Restart Count:  0`);
  });

  it.each([
    ['Running', 'Status:                    Terminating (lasts 5m)\nTermination Grace Period:  30s'],
    ['Succeeded', 'Status:       Succeeded'],
  ])('shows a pod that is being deleted while %s', async (phase, expected) => {
    const deleted = 'deletionTimestamp: "2026-11-23T13:55:00Z", deletionGracePeriodSeconds: 30';
    const yaml = PLAIN.replace('name: plain', `name: plain, ${deleted}`);
    expect(await describedLines(`${yaml}status: {phase: ${phase}}\n`, 'Status', 'IP')).toBe(expected);
  });

  it('keeps annotations to the width of a page', async () => {
    const yaml = PLAIN.replace('name: plain', `name: plain, annotations: {a: "${'x'.repeat(150)}", b: "one\\ntwo\\n"}`);
    expect(await describedLines(yaml, 'Annotations', 'Status')).toBe(`Annotations:  a:
                ${'x'.repeat(138)}...
              b:
                one
                two`);
  });

  it.each([
    ['httpGet: {port: 80, path: "a b?c=ü", host: "::1"}', 'http-get http://[::1]:80/a%20b%3Fc=%C3%BC'],
    ['grpc: {port: 9000, service: health}', 'grpc <pod>:9000 health'],
    ['exec: {}', 'exec []'],
  ])('words the probe %s', async (probe, expected) => {
    const yaml = PLAIN.replace('"redis:7"', `"redis:7", livenessProbe: {${probe}}`);
    expect(await describedLines(yaml, '    Liveness', '    Environment')).toBe(
      `    Liveness:     ${expected} delay=0s timeout=1s period=10s #success=1 #failure=3`,
    );
  });

  it.each([
    ['resource: limits.cpu', 'node allocatable (limits.cpu)'],
    ['resource: requests.memory, divisor: 1Mi', '2 (requests.memory)'],
    ['resource: requests.cpu, divisor: 1m', '300 (requests.cpu)'],
    ['resource: requests.hugepages-2Mi', '0 (requests.hugepages-2Mi)'],
    ['resource: requests.gpu', ' (requests.gpu)'],
  ])('resolves the environment from %s', async (ref, expected) => {
    const more = `resources: {requests: {cpu: 300m, memory: 1500Ki}}, env: [{name: X, valueFrom: {resourceFieldRef: {${ref}}}}]`;
    const yaml = PLAIN.replace('"redis:7"', `"redis:7", ${more}`);
    expect(await describedLines(yaml, '      X', '    Mounts')).toBe(`      X:         ${expected}`);
  });
});
