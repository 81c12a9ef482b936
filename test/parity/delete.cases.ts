// Ending and waiting: delete in all ways, wait in all forms.
// Called by: running.test.ts.
import type { ParityGroup } from './compare.ts';

const OBJECTS = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1.25", readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 5}}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: two, labels: {app: two}}
spec:
  selector: {matchLabels: {app: two}}
  template:
    metadata: {labels: {app: two}}
    spec: {containers: [{name: two, image: nginx}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: web}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: held, finalizers: [example.com/hold]}
---
apiVersion: v1
kind: Pod
metadata: {name: slow, labels: {kind: lone}}
spec:
  terminationGracePeriodSeconds: 20
  containers: [{name: main, image: busybox, command: [sh, -c, "sleep 10000"]}]
---
apiVersion: v1
kind: Pod
metadata: {name: stuck, labels: {kind: lone}}
spec: {nodeSelector: {disk: none}, containers: [{name: main, image: busybox}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox, command: [sleep, "5"]}]}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: far}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: inside, namespace: far}
`;
const files = {
  'objects.yaml': OBJECTS,
  'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n',
  'kind.yaml': 'apiVersion: v1\nkind: Nothing\nmetadata: {name: x}\n',
  'nokind.yaml': 'apiVersion: v1\nmetadata: {name: x}\n',
  'broken.yaml': 'kind: [\n',
};

export const deletingGroups: readonly ParityGroup[] = [
  {
    name: 'delete',
    files,
    setup: ['apply -f objects.yaml', 'sandkube settle'],
    lines: [
      'delete cm settings --dry-run=client',
      'delete cm settings --dry-run=server',
      'delete cm settings -o name',
      '! delete cm settings',
      'delete cm settings --ignore-not-found',
      'create -f cm.yaml',
      'delete -f cm.yaml',
      'delete pod slow',
      'delete pod stuck --now',
      'delete pods -l app=two --wait=false',
      'get pods',
      'sandkube settle',
      'delete pod -l app=two --grace-period=1',
      'delete pods -l app=two --force --grace-period=0',
      'delete deploy two --cascade=orphan',
      'get rs,pods -l app=two',
      'delete rs -l app=two --cascade=foreground',
      'delete deploy/web job/once',
      'get all',
      'delete cm held --wait=false',
      'get cm held -o yaml',
      { line: '! delete cm held --timeout=2s', vain: '20m' },
      `patch cm held --type=json -p '[{"op":"remove","path":"/metadata/finalizers"}]'`,
      'delete ns far',
      'delete cm --all -n kube-public',
      'delete pods --all',
      'delete pods -l app=none',
      'delete cm --all -n nowhere',
      'delete --raw /api/v1/namespaces/default/services/none',
      'create deploy again --image=nginx',
      'delete deploy,rs,pods --all',
      'get all -A',
      'get events -A',
    ].map((line) => (line === 'delete --raw /api/v1/namespaces/default/services/none' ? `! ${line}` : line)),
  },
  {
    name: 'delete that fails',
    files,
    setup: ['apply -f objects.yaml', 'sandkube settle'],
    lines: [
      '! delete',
      '! delete pod',
      '! delete pod nosuch',
      '! delete pod slow nosuch --grace-period=0 --force',
      '! delete nothings x',
      '! delete pods slow --all',
      '! delete pods slow -l a=b',
      '! delete pods -l a=(',
      '! delete pods --all -l a=b',
      '! delete -f missing.yaml',
      '! delete -f kind.yaml',
      '! delete -f nokind.yaml',
      '! delete -f broken.yaml',
      '! delete pod/slow cm settings',
      '! delete pod stuck -o yaml',
      '! delete pod stuck --cascade=bogus',
      '! delete pod stuck --grace-period=0 --now',
      '! delete pod stuck --grace-period=0 --wait=maybe',
      '! delete pod stuck --timeout=5',
      '! delete pod stuck -n nowhere',
      '! delete ns default',
      '! delete ns nosuch',
      '! delete node nosuch',
      '! delete all',
      '! delete deploy web --dry-run=bogus',
      '! delete pods --field-selector=spec.nope=x',
      '! delete cs scheduler',
      'get all,cm,ns -o name',
    ],
  },
  {
    name: 'wait',
    files,
    setup: ['apply -f objects.yaml'],
    lines: [
      'wait --for=condition=Ready pod/slow',
      'wait --for=condition=Available deploy/web deploy/two',
      'wait --for=condition=available=true deploy --all --timeout=60s',
      "wait --for=jsonpath='{.status.readyReplicas}'=2 deploy/web",
      "wait --for=jsonpath='{.spec.replicas}' deploy/web",
      "wait --for=jsonpath='{.status.phase}'=Running pod -l app=web -o name",
      'wait --for=condition=complete job/once --timeout=5m',
      '! wait --for=condition=Ready=false pod/stuck -o name --timeout=0',
      'wait --for=create cm/settings',
      'wait --for=delete pod/nosuch',
      'delete pod slow --wait=false',
      'wait --for=delete pod/slow --timeout=2m',
      'wait --for=condition=PodScheduled=False pod/stuck',
      'wait -f cm.yaml --for=jsonpath={.kind}=ConfigMap',
      'get pods',
      '! wait',
      '! wait pod/stuck',
      '! wait --for=nonsense pod/stuck',
      '! wait --for=condition=Ready',
      '! wait --for=condition=Ready pod/nosuch',
      '! wait --for=condition=Ready pods -l app=none',
      '! wait --for=condition=Ready pod/stuck --timeout=0',
      "! wait --for=jsonpath='{.status.phase' pod/stuck",
      "! wait --for=jsonpath='{.status.phase}'= pod/stuck",
      "! wait --for=jsonpath='{.status.nope}'=1 pod/stuck --timeout=0",
      '! wait --for=delete pod/stuck --timeout=0',
      { line: '! wait --for=condition=Ready pod/stuck --timeout=2s', vain: '20m' },
      { line: '! wait --for=delete pod/stuck --timeout=2s', vain: '20m' },
      { line: '! wait --for=create cm/never --timeout=2s', vain: '20m' },
      '! wait --for=condition=Ready cm/settings --timeout=0',
      '! wait --for=condition=Ready pods --all -l a=b',
      '! wait --for=condition=Ready pod/stuck --timeout=x',
    ],
  },
];
