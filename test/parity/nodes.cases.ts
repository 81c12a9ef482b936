// Nodes: taints, cordon, drain.
// Called by: running.test.ts.
import type { ParityGroup } from './compare.ts';

const OBJECTS = `apiVersion: v1
kind: Pod
metadata: {name: bare, labels: {app: bare}}
spec: {nodeName: node-1, containers: [{name: main, image: nginx}]}
---
apiVersion: v1
kind: Pod
metadata: {name: scratch, labels: {app: scratch}}
spec:
  nodeName: node-2
  containers: [{name: main, image: nginx}]
  volumes: [{name: scratch, emptyDir: {}}]
`;

export const nodeGroups: readonly ParityGroup[] = [
  {
    name: 'taint, cordon and drain',
    isFurther: true,
    files: { 'objects.yaml': OBJECTS },
    setup: ['delete deploy -n kube-system --all', 'apply -f objects.yaml', 'sandkube settle'],
    lines: [
      'taint nodes node-3 a=b:NoSchedule',
      'taint nodes node-3 a=b:NoExecute c:PreferNoSchedule',
      '! taint nodes node-3 a=c:NoSchedule',
      'taint nodes node-3 a=c:NoSchedule --overwrite',
      'taint nodes node-3 a:NoExecute-',
      'taint nodes node-3 a- c-',
      'taint nodes --all x=y:PreferNoSchedule --dry-run=server',
      'taint nodes -l kubernetes.io/hostname=node-3 x=y:PreferNoSchedule -o name',
      '! taint node/node-3 x- --dry-run=client',
      'taint node node-3 x- --dry-run=client',
      'cordon node-3',
      'cordon node-3',
      'cordon node-1 node-2 --dry-run=client',
      'cordon -l kubernetes.io/hostname=node-1 --dry-run=server',
      'uncordon node-3',
      'uncordon node-3',
      'get nodes',
      // Of several reasons, genuine kubectl tells in no order.
      '! drain node-3',
      '! drain node-1 --ignore-daemonsets',
      'drain node-1 --pod-selector=app=bare --force --dry-run=client',
      'drain node-1 --pod-selector=app=bare --force',
      'get pods -A -o wide',
      'uncordon node-1',
      '! drain node-2 --pod-selector=app=scratch --force',
      '! drain node-2 --ignore-daemonsets --force --delete-emptydir-data --pod-selector=app=none --timeout=x',
      'drain node-2 --pod-selector=app=scratch --force --delete-emptydir-data --disable-eviction --grace-period=1',
      'uncordon node-2',
      'describe node node-2',
      '! taint',
      '! taint nodes',
      '! taint nodes node-3',
      '! taint nodes nosuch a=b:NoSchedule',
      '! taint nodes node-3 a=b',
      '! taint nodes node-3 a=b:Odd',
      '! taint nodes node-3 a=b=c:NoSchedule',
      '! taint nodes node-3 none-',
      '! taint nodes node-3 a=b:NoSchedule a=b:NoSchedule',
      'taint nodes --all node-3 a=b:NoSchedule',
      '! taint pods bare a=b:NoSchedule',
      '! taint nodes node-3 "bad key=x:NoSchedule"',
      '! cordon',
      '! cordon nosuch',
      '! cordon node-1 -l a=b',
      'cordon -l a=none',
      '! cordon pod/bare',
      '! uncordon nosuch',
      '! drain',
      '! drain nosuch',
      '! drain node-1 --pod-selector=(',
      '! drain node-1 -l a=b',
      'drain -l a=none',
      '! drain node-1 --dry-run=bogus',
    ],
  },
];
