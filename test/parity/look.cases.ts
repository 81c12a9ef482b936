// Looking around in a cluster: one pod of two containers, a Lease and the nodes, by every command that only reads or refuses.
// Called by: reading.test.ts.
import type { ParityGroup } from './compare.ts';

const OBJECTS = `apiVersion: v1
kind: Pod
metadata: {name: duo, labels: {app: duo}}
spec:
  initContainers:
  - {name: setup, image: busybox, command: [sh, -c, "echo prepared"]}
  containers:
  - {name: left, image: busybox, command: [sh, -c, "echo left; sleep 1000"]}
  - {name: right, image: busybox, command: [sh, -c, "echo right; sleep 1000"]}
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: lock, annotations: {note: hand-made}}
spec: {holderIdentity: me, leaseDurationSeconds: 40, acquireTime: "2026-01-01T00:00:00.000000Z"}
`;

export const lookingGroups: readonly ParityGroup[] = [
  {
    name: 'looking around',
    files: { 'objects.yaml': OBJECTS },
    setup: ['apply -f objects.yaml', 'sandkube settle'],
    lines: [
      'describe lease lock',
      'describe lease lo',
      'describe -f objects.yaml',
      'describe nodes node-1',
      'events --for pod/duo',
      'events --for pod/duo -o json',
      'logs -l app=duo -c left --prefix --tail=1',
      'api-resources -o json --namespaced=false',
      'cordon node-1 --dry-run=client',
      'cordon node-1 --dry-run=server',
      'taint nodes node-1 a=b:NoSchedule --dry-run=server',
      'taint nodes node-1 a=b:NoSchedule --dry-run=client -o yaml',
      '! cluster-info dump -o name',
      'diff -f objects.yaml',
      '! describe lease nope',
      '! exec duo -c left',
      '! port-forward svc/kubernetes 1443:https',
      '! port-forward duo x',
      '! cp nope duo:/x',
      '! diff --nope',
      '! taint nodes --all a=b=c:NoSchedule',
      '! taint nodes node-1 a-',
      'uncordon node-1',
      '! cordon nope',
      '! drain node-1 --pod-selector=(',
      'describe pods -l app=none',
      '! attach nope',
      '! exec cm/kube-root-ca.crt -- date',
      'logs duo',
      'logs duo -c right --timestamps',
      'logs ds/kube-proxy -n kube-system --tail=1',
      '! logs duo -c nope',
      '! logs duo --previous',
      '! logs ns/default',
      'events -n kube-public',
      'explain pods',
      'explain pods --recursive',
      'explain deployments.apps.spec.strategy',
      'explain pod.spec.containers.livenessProbe',
      '! explain pods.spec.nope',
      'explain hpa --api-version=autoscaling/v1',
      'explain node.status.capacity',
      'version -o yaml',
      'api-versions',
      'api-resources',
      'api-resources -o wide --sort-by=kind',
      'api-resources -o name --verbs=list,get',
    ],
  },
];
