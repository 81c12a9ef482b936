import { describe, expect, it } from '@jest/globals';
import { described } from './describing.ts';

const PLAIN = 'kind: Pod\nmetadata: {name: plain}\nspec: {containers: [{name: only, image: "redis:7"}]}\n';

/** Returns the lines of the description from the one that begins with `from` up to the one that begins with `to`. */
async function lines(yaml: string, from: string, to: string): Promise<string> {
  const all = (await described(yaml)).split('\n');
  const start = all.findIndex((line) => line.startsWith(from));
  const end = all.findIndex((line, i) => i > start && line.startsWith(to));
  return all.slice(start, end).join('\n');
}

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
    expect(await lines(PLAIN + status, '    State', '    Environment')).toBe(`    State:          ${expected}
    Ready:          False
    Restart Count:  0`);
  });

  it.each([
    ['Running', 'Status:                    Terminating (lasts 5m)\nTermination Grace Period:  30s'],
    ['Succeeded', 'Status:       Succeeded'],
  ])('shows a pod that is being deleted while %s', async (phase, expected) => {
    const deleted = 'deletionTimestamp: "2026-11-23T13:55:00Z", deletionGracePeriodSeconds: 30';
    const yaml = PLAIN.replace('name: plain', `name: plain, ${deleted}`);
    expect(await lines(`${yaml}status: {phase: ${phase}}\n`, 'Status', 'IP')).toBe(expected);
  });

  it('keeps annotations to the width of a page', async () => {
    const yaml = PLAIN.replace('name: plain', `name: plain, annotations: {a: "${'x'.repeat(150)}", b: "one\\ntwo\\n"}`);
    expect(await lines(yaml, 'Annotations', 'Status')).toBe(`Annotations:  a:
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
    expect(await lines(yaml, '    Liveness', '    Environment')).toBe(
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
    expect(await lines(yaml, '      X', '    Mounts')).toBe(`      X:         ${expected}`);
  });
});

describe('the events of a description', () => {
  const about = 'involvedObject: {kind: Pod, namespace: default, name: plain, uid: uid-of-plain';
  const events = `---
kind: Event
metadata: {name: b}
${about}, fieldPath: "spec.containers{only}"}
type: Warning
reason: BackOff
message: "Back-off restarting \\n"
source: {component: kubelet, host: node-1}
count: 5
firstTimestamp: "2026-11-23T13:50:00Z"
lastTimestamp: "2026-11-23T13:57:00Z"
---
kind: Event
metadata: {name: a}
${about}}
type: Normal
reason: Scheduled
message: done
reportingComponent: default-scheduler
eventTime: "2026-11-23T13:30:00.000000Z"
---
kind: Event
metadata: {name: c}
${about}}
type: Normal
reason: Seen
message: again
reportingComponent: x
eventTime: "2026-11-23T13:30:00.000000Z"
series: {count: 3, lastObservedTime: "2026-11-23T13:59:00.000000Z"}
---
kind: Event
metadata: {name: other}
involvedObject: {kind: Pod, namespace: default, name: plain, uid: older}
type: Normal
reason: Old
message: of a pod that had this name before
`;

  it('stand at the end, those seen last below', async () => {
    const text = await described(PLAIN + events);
    expect(text.slice(text.indexOf('Events:'))).toBe(`Events:
  Type     Reason     Age                From               Message
  ----     ------     ----               ----               -------
  Normal   Scheduled  30m                default-scheduler  done
  Normal   Seen       60s (x3 over 30m)  x                  again
  Warning  BackOff    3m (x5 over 10m)   kubelet            spec.containers{only}: Back-off restarting
`);
  });

  it('are left out when nobody wants them', async () => {
    expect(await described(PLAIN + events, { showsEvents: false })).not.toContain('Events');
  });
});

describe('the volumes of a description', () => {
  it.each([
    ['hostPath: {path: /x}', 'HostPath (bare host directory volume)\nPath: /x\nHostPathType:'],
    [
      'secret: {secretName: s, optional: true}',
      'Secret (a volume populated by a Secret)\nSecretName: s\nOptional: true',
    ],
    [
      'nfs: {server: s, path: /p}',
      'NFS (an NFS mount that lasts the lifetime of a pod)\nServer: s\nPath: /p\nReadOnly: false',
    ],
    [
      'projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: 3607}}, {configMap: {name: c}}, {downwardAPI: {}}, {secret: {name: s}}]}',
      'Projected (a volume that contains injected data from multiple sources)\nTokenExpirationSeconds: 3607\nConfigMapName: c\nOptional: false\nDownwardAPI: true\nSecretName: s\nOptional: false',
    ],
    [
      'downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}',
      'DownwardAPI (a volume populated by information about the pod)\nItems:\nmetadata.labels -> l',
    ],
    [
      'image: {reference: r, pullPolicy: Always}',
      'Image (a container image or OCI artifact)\nReference: r\nPullPolicy: Always',
    ],
    [
      'csi: {driver: d, volumeAttributes: {b: "2", a: "1"}}',
      'CSI (a Container Storage Interface (CSI) volume source)\nDriver: d\nFSType:\nReadOnly: false\nVolumeAttributes: a=1\nb=2',
    ],
    [
      'iscsi: {targetPortal: t, iqn: i, lun: 0, iscsiInterface: default, portals: [p, q]}',
      `ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)
TargetPortal: t
IQN: i
Lun: 0
ISCSIInterface default
FSType:
ReadOnly: false
Portals: [p q]
DiscoveryCHAPAuth: false
SessionCHAPAuth: false
SecretRef: nil
InitiatorName: <none>`,
    ],
    [
      'cephfs: {monitors: [m], secretRef: {name: s}}',
      "CephFS (a CephFS mount on the host that shares a pod's lifetime)\nMonitors: [m]\nPath:\nUser:\nSecretFile:\nSecretRef: &LocalObjectReference{Name:s,}\nReadOnly: false",
    ],
    ['fc: {targetWWNs: [a, b]}', 'FC (a Fibre Channel disk)\nTargetWWNs: a, b\nLUN: <none>\nFSType:\nReadOnly: false'],
    [
      'ephemeral: {volumeClaimTemplate: {metadata: {labels: {a: b, c: d}}, spec: {storageClassName: fast, volumeMode: Block}}}',
      `EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)
StorageClass: fast
Volume:
Labels: a=b
c=d
Annotations: <none>
Capacity:
Access Modes:
VolumeMode: Block`,
    ],
  ])('say of %s what it is', async (source, expected) => {
    const yaml = PLAIN.replace('spec: {', `spec: {volumes: [{name: v, ${source}}], `);
    const text = await lines(yaml, '  v:', 'QoS');
    const squeezed = text
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace(/ {2,}/g, ' '));
    expect(squeezed.join('\n')).toBe(`Type: ${expected}`);
  });

  it('are unknown when they are of no known type', async () => {
    const yaml = PLAIN.replace('spec: {', 'spec: {volumes: [{name: v, vapour: {}}], ');
    expect(await lines(yaml, 'Volumes', 'QoS')).toBe('Volumes:\n  v:\n  <unknown>');
  });
});
