// Pods at work: logs, exec, cp, attach, events, debug, top, port-forward and proxy as far as they refuse.
// Called by: running.test.ts.
import type { ParityGroup } from './compare.ts';

const OBJECTS = `apiVersion: v1
kind: Pod
metadata: {name: duo, labels: {app: duo}}
spec:
  initContainers:
  - {name: setup, image: busybox, command: [sh, -c, "echo prepared"]}
  containers:
  - {name: left, image: busybox, command: [sh, -c, "echo left; echo more; sleep 10000"], env: [{name: COLOR, value: red}]}
  - {name: right, image: busybox, command: [sh, -c, "echo right; sleep 10000"]}
---
apiVersion: v1
kind: Pod
metadata: {name: crash, labels: {app: crash}}
spec:
  containers: [{name: main, image: busybox, command: [sh, -c, "echo broken; exit 3"]}]
---
apiVersion: v1
kind: Pod
metadata: {name: pending}
spec: {nodeSelector: {disk: none}, containers: [{name: main, image: busybox}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1.25", ports: [{containerPort: 80, name: http}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox, command: [sh, -c, "echo done"]}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: later}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox, command: [sh, -c, "echo one; sleep 30; echo two"]}]}}}
`;
const files = { 'objects.yaml': OBJECTS, 'file.txt': 'some text\n', 'folder/a.txt': 'a\n', 'folder/deep/b.txt': 'b\n' };
const setup = ['apply -f objects.yaml', 'sandkube settle', 'sandkube advance 5s'];

export const runningGroups: readonly ParityGroup[] = [
  {
    name: 'logs and events',
    files,
    setup: ['apply -f objects.yaml', 'sandkube advance 10s'],
    lines: [
      { line: 'logs -f job/later' },
      { line: '! logs -f duo -c left', interrupt: true },
      'logs duo -c left',
      'logs duo',
      // Of several containers, genuine kubectl shows the logs in no order.
      'logs crash --all-containers --prefix --previous',
      'logs duo -c right --timestamps',
      'logs duo -c left --tail=1',
      'logs duo -c left --limit-bytes=3',
      'logs duo -c left --since=1s',
      'logs duo -c left --since-time=2026-01-01T00:00:00Z',
      'logs -l app=web --all-containers --prefix --tail=1',
      'logs deploy/web',
      'logs job/once',
      'logs crash --previous',
      'logs ds/kube-proxy -n kube-system --tail=1',
      'logs svc/web --tail=2',
      'logs -l app=none',
      'events',
      'events --for pod/crash',
      'events --types=Warning',
      'events -A',
      'events -o json --for pod/pending',
      'events -n kube-public',
      'events --no-headers --for deploy/web',
      'get events --field-selector involvedObject.name=crash',
      '! logs',
      '! logs nosuch',
      '! logs duo -c nope',
      '! logs duo left right',
      'logs pending',
      '! logs duo --previous',
      '! logs duo --since=1s --since-time=2026-01-01T00:00:00Z',
      '! logs duo --since-time=x',
      '! logs duo --tail=x',
      '! logs duo --limit-bytes=-1',
      '! logs duo --tail=-5',
      '! logs cm/kube-root-ca.crt',
      '! logs ns/default',
      '! logs -l app=duo -c nope',
      '! logs -l app=(',
      '! logs duo -l app=duo',
      '! logs duo -n nowhere',
      '! events --for pod',
      '! events --for nothings/x',
      '! events -o bogus',
      '! events --types=Odd',
      'events extra',
      '! events -o wide',
    ],
  },
  {
    name: 'exec, attach and cp',
    files,
    setup,
    lines: [
      'exec duo -- echo hello',
      'exec duo -c right -- sh -c "echo out; echo err >&2"',
      'exec pod/duo -c left -- printenv COLOR',
      'exec deploy/web -- cat /etc/hostname',
      'exec svc/web -- ls /usr/share/nginx/html',
      { line: 'exec -i duo -c left -- cat', stdin: 'one\ntwo\n' },
      { line: 'exec -i duo -c left -- sh -c "cat > /tmp/in; wc -c /tmp/in"', stdin: 'counted' },
      'exec duo -c left -- date',
      'cp file.txt duo:/tmp/file.txt -c left',
      'exec duo -c left -- cat /tmp/file.txt',
      // What tar says on stderr of absolute and missing paths, genuine kubectl shows when it comes soon enough.
      'cp duo:tmp/file.txt back.txt -c left',
      'cp folder default/duo:/tmp/folder -c left',
      'exec duo -c left -- find /tmp/folder -type f',
      'cp -c left duo:tmp/folder copied',
      'cp -c left duo:tmp/folder copied --no-preserve',
      {
        line: '! exec -f - -- date',
        stdin: '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"duo"}}]}',
      },
      '! exec duo -- sh -c "exit 3"',
      '! exec duo -c left -- nosuch',
      '! exec duo -c left -- cat /nowhere',
      '! exec duo -c nope -- date',
      '! exec duo',
      '! exec duo date',
      '! exec',
      '! exec nosuch -- date',
      '! exec pending -- date',
      '! exec crash -- date',
      '! exec cm/kube-root-ca.crt -- date',
      '! exec job/once -- date',
      '! exec duo -n nowhere -- date',
      '! cp',
      '! cp file.txt',
      '! cp a b',
      '! cp missing.txt duo:/tmp/x -c left',
      '! cp file.txt nosuch:/tmp/x',
      '! cp file.txt duo:/tmp/x -c nope',
      '! cp duo:/tmp/a duo:/tmp/b',
      '! cp file.txt duo:',
      '! cp a/b/c/duo:/x here.txt',
      '! attach nosuch',
      '! attach pending',
      '! attach crash',
      '! attach duo -c nope',
      '! attach cm/kube-root-ca.crt',
      '! attach',
      'get pods',
    ],
  },
  {
    name: 'debug, top and ports',
    isFurther: true,
    files,
    setup,
    lines: [
      'debug duo --image=busybox -c look -- sh -c "echo looking"',
      'get pod duo -o yaml',
      'debug duo --image=busybox --copy-to=twin -c extra --share-processes -- sleep 1000',
      'debug duo --copy-to=second --set-image=left=busybox:2',
      'debug duo --image=busybox -c again --target=left --profile=general --quiet',
      'get pods -o wide',
      '! debug',
      '! debug nosuch --image=busybox',
      '! debug duo',
      '! debug duo --image=busybox -c left',
      '! debug duo --image=busybox --profile=none',
      '! debug duo --image=busybox -c third --target=nope',
      '! debug duo --image=busybox --replace',
      '! debug duo --image=busybox --copy-to=duo -c x',
      '! debug cm/kube-root-ca.crt --image=busybox',
      '! debug node/nosuch --image=busybox',
      '! top pod nosuch',
      '! top node nosuch',
      '! top pods --sort-by=age',
      '! top pods duo -l a=b',
      '! port-forward',
      '! port-forward duo',
      '! port-forward nosuch 80',
      '! port-forward duo x',
      '! port-forward duo 70000',
      '! port-forward pending 80',
      '! port-forward svc/web x:http',
      '! port-forward svc/web 8080:nope',
      '! port-forward svc/nosuch 80',
      '! port-forward cm/kube-root-ca.crt 80',
      '! port-forward duo 80 --address=nowhere.invalid',
      '! proxy --port=x',
      '! proxy --port=70000',
      '! proxy --www=missing --accept-hosts=(',
      '! proxy --reject-paths=^ok$,a**',
      '! proxy --reject-methods=[z-a]',
      '! proxy extra --unix-socket=/nowhere/x',
    ],
  },
];
