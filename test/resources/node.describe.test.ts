import { describe, expect, it } from '@jest/globals';
import { described } from './describing.ts';

const HIDDEN = { showsEvents: false };

describe('describe node', () => {
  const node = `
kind: Node
metadata:
  name: node-1
  creationTimestamp: "2026-11-23T05:50:07Z"
  labels: {node-role.kubernetes.io/worker: "", kubernetes.io/role: old}
spec:
  unschedulable: true
  podCIDR: 10.244.1.0/24
  podCIDRs: [10.244.1.0/24]
  providerID: kind://node-1
  taints: [{key: b, effect: NoSchedule}, {key: a, value: x, effect: NoSchedule}, {key: z, effect: NoExecute}]
status:
  conditions:
  - type: Ready
    status: "True"
    lastHeartbeatTime: "2026-11-23T13:55:00Z"
    lastTransitionTime: "2026-11-23T05:51:00Z"
    reason: KubeletReady
    message: kubelet is posting ready status
  addresses: [{type: InternalIP, address: 192.168.49.3}, {type: Hostname, address: node-1}]
  capacity: {cpu: "2", memory: 4Gi, ephemeral-storage: 10Gi, pods: "110", example.com/gpu: "2", hugepages-2Mi: 64Mi}
  allocatable: {cpu: "2", memory: 2Gi, ephemeral-storage: 0, pods: "110", example.com/gpu: "2", hugepages-2Mi: 64Mi}
  nodeInfo:
    machineID: m
    systemUUID: s
    bootID: b
    kernelVersion: 6.1.0
    osImage: Debian
    operatingSystem: linux
    architecture: amd64
    containerRuntimeVersion: containerd://2.2.1
    kubeletVersion: v1.35.2
`;
  const pods = `---
kind: Pod
metadata: {name: big, creationTimestamp: "2026-11-23T13:50:00Z"}
spec:
  nodeName: node-1
  overhead: {cpu: 50m}
  initContainers:
  - {name: sidecar, restartPolicy: Always, resources: {requests: {cpu: 100m}}}
  - {name: setup, resources: {requests: {cpu: 900m, memory: 64Mi}}}
  containers:
  - {name: a, resources: {requests: {cpu: 300m, memory: 128Mi, example.com/gpu: 1}, limits: {cpu: 500m, example.com/gpu: 1}}}
  - {name: b, resources: {requests: {cpu: 100m}}}
status:
  phase: Running
  containerStatuses: [{name: b, resources: {requests: {cpu: 200m}}, allocatedResources: {cpu: 150m}}]
---
kind: Pod
metadata: {name: done, creationTimestamp: "2026-11-23T13:50:00Z"}
spec: {nodeName: node-1, containers: [{name: a, resources: {requests: {cpu: "1"}}}]}
status: {phase: Succeeded}
`;
  const extras = `---
kind: Lease
metadata: {name: node-1, namespace: kube-node-lease}
spec: {holderIdentity: node-1, renewTime: "2026-11-23T13:59:55.000000Z"}
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: Node, name: node-1, uid: node-1}
type: Normal
reason: Starting
message: Starting kubelet.
source: {component: kubelet}
firstTimestamp: "2026-11-23T13:00:00Z"
lastTimestamp: "2026-11-23T13:00:00Z"
---
kind: Event
metadata: {name: e2}
involvedObject: {kind: Node, name: node-1, uid: uid-of-node-1}
type: Normal
reason: RegisteredNode
message: "Node node-1 event: Registered Node node-1 in Controller"
source: {component: node-controller}
firstTimestamp: "2026-11-23T13:00:01Z"
lastTimestamp: "2026-11-23T13:00:01Z"
`;

  it('shows what it is and what its pods ask for', async () => {
    expect(await described(node + pods + extras)).toBe(`Name:               node-1
Roles:              old,worker
Labels:             kubernetes.io/role=old
                    node-role.kubernetes.io/worker=
Annotations:        <none>
CreationTimestamp:  Mon, 23 Nov 2026 05:50:07 +0000
Taints:             z:NoExecute
                    a=x:NoSchedule
                    b:NoSchedule
Unschedulable:      true
Lease:
  HolderIdentity:  node-1
  AcquireTime:     <unset>
  RenewTime:       Mon, 23 Nov 2026 13:59:55 +0000
Conditions:
  Type    Status  LastHeartbeatTime                 LastTransitionTime                Reason         Message
  ----    ------  -----------------                 ------------------                ------         -------
  Ready   True    Mon, 23 Nov 2026 13:55:00 +0000   Mon, 23 Nov 2026 05:51:00 +0000   KubeletReady   kubelet is posting ready status
Addresses:
  InternalIP:  192.168.49.3
  Hostname:    node-1
Capacity:
  cpu:                2
  ephemeral-storage:  10Gi
  example.com/gpu:    2
  hugepages-2Mi:      64Mi
  memory:             4Gi
  pods:               110
Allocatable:
  cpu:                2
  ephemeral-storage:  0
  example.com/gpu:    2
  hugepages-2Mi:      64Mi
  memory:             2Gi
  pods:               110
System Info:
  Machine ID:                 m
  System UUID:                s
  Boot ID:                    b
  Kernel Version:             6.1.0
  OS Image:                   Debian
  Operating System:           linux
  Architecture:               amd64
  Container Runtime Version:  containerd://2.2.1
  Kubelet Version:            v1.35.2
  Kube-Proxy Version:         
PodCIDR:                      10.244.1.0/24
PodCIDRs:                     10.244.1.0/24
ProviderID:                   kind://node-1
Non-terminated Pods:          (1 in total)
  Namespace                   Name    CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
  ---------                   ----    ------------  ----------  ---------------  -------------  ---
  default                     big     1050m (52%)   550m (27%)  128Mi (6%)       0 (0%)         10m
Allocated resources:
  (Total limits may be over 100 percent, i.e., overcommitted.)
  Resource           Requests     Limits
  --------           --------     ------
  cpu                1050m (52%)  550m (27%)
  memory             128Mi (6%)   0 (0%)
  ephemeral-storage  0 (0%)       0 (0%)
  hugepages-2Mi      0 (0%)       0 (0%)
  example.com/gpu    1            1
Events:
  Type    Reason          Age   From             Message
  ----    ------          ----  ----             -------
  Normal  Starting        60m   kubelet          Starting kubelet.
  Normal  RegisteredNode  59m   node-controller  Node node-1 event: Registered Node node-1 in Controller
`);
  });

  it('may be all but empty', async () => {
    const text = await described(`kind: Node\nmetadata: {name: bare}\n${pods.replaceAll('node-1', 'bare')}`, HIDDEN);
    const none = '(-9223372036854775808%)';
    expect(text).toBe(`Name:               bare
Roles:              <none>
Labels:             <none>
Annotations:        <none>
CreationTimestamp:  Mon, 01 Jan 0001 00:00:00 +0000
Taints:             <none>
Unschedulable:      false
Lease:              Failed to get lease: leases.coordination.k8s.io "bare" not found
Addresses:
System Info:
  Machine ID:                 
  System UUID:                
  Boot ID:                    
  Kernel Version:             
  OS Image:                   
  Operating System:           
  Architecture:               
  Container Runtime Version:  
  Kubelet Version:            
  Kube-Proxy Version:         
Non-terminated Pods:          (1 in total)
  Namespace                   Name    CPU Requests                   CPU Limits                    Memory Requests                Memory Limits              Age
  ---------                   ----    ------------                   ----------                    ---------------                -------------              ---
  default                     big     1050m ${none}  550m ${none}  128Mi ${none}  0 ${none}  10m
Allocated resources:
  (Total limits may be over 100 percent, i.e., overcommitted.)
  Resource           Requests    Limits
  --------           --------    ------
  cpu                1050m (0%)  550m (0%)
  memory             128Mi (0%)  0 (0%)
  ephemeral-storage  0 (0%)      0 (0%)
`);
  });
});
