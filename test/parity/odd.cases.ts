// Lines that people type and manuals do not show: odd orders, odd forms of output, odd selectors, wrong kinds.
// Called by: reading.test.ts.
import type { ParityGroup } from './compare.ts';

const OBJECTS = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1.25"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: web}}
data: {color: red}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {password: geheim}
`;
const stdin = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {color: blue}\n';

const odd: ParityGroup = {
  name: 'odd lines',
  isFurther: true,
  files: { 'objects.yaml': OBJECTS },
  setup: ['apply -f objects.yaml', 'sandkube settle'],
  lines: [
    '! get po,deploy,rs -l app=web --sort-by=.metadata.name',
    'get pods --sort-by={.status.podIP} -o wide',
    'get nodes --sort-by=.metadata.name --no-headers -o custom-columns=N:.metadata.name,T:.spec.taints[*].key',
    'get pods -o jsonpath={..image}',
    'get pods -o jsonpath=\'{.items[?(@.status.phase=="Running")].spec.nodeName}\'',
    '! get pods -o jsonpath={.items[?(@.status.phase=Running)]}',
    'get pods -o jsonpath={range}',
    '! get pods -o jsonpath={.items[*}',
    "get secret key -o go-template='{{.data.password | base64decode}}'",
    "! get secret key -o go-template='{{.data.password | nope}}'",
    "! get secret key -o go-template='{{.data.password.more.yet}}'",
    '! get pods -o templatefile',
    '! get pods -o go-template-file=missing.tpl',
    'get deploy/web -o jsonpath-as-json={.spec.template.spec.containers}',
    '! get deploy/web -o yaml=x',
    '! get pods -o custom-columns=A:{.metadata.name',
    '! get pods --field-selector=spec.nodeName',
    'get pods --field-selector=spec.nodeName!=node-1,status.phase=Running -o name',
    '! get events --field-selector=nope=1',
    'get events --field-selector=reason=Scheduled -o name',
    'get secrets --field-selector=type=Opaque',
    '! get cm --field-selector=data.color=red',
    'get ns --field-selector=status.phase=Active',
    'get nodes --field-selector=spec.unschedulable=false -o name',
    'get rs --field-selector=status.replicas=2 -o name',
    "get pods -l 'app,app!=none,!gone'",
    '! get pods -l a==b=c',
    '! get pods -l app in',
    'get pods -l app==web,app=web -o name',
    '! get -l app=web',
    '! get cm/settings,deploy/web',
    'get deploy.apps,cm.v1. -o name',
    'get --raw /api/v1/namespaces/default/configmaps?limit=1&labelSelector=app%3Dweb',
    'get --raw /apis/apps/v1/namespaces/default/deployments/web/scale',
    '! get --raw /api/v1/namespaces/default/pods?limit=x',
    '! get --raw /api/v1/namespaces/default/pods?resourceVersion=x',
    '! create --raw /api/v1/namespaces/default/configmaps -f missing',
    { line: '! create --raw /api/v1/namespaces/default/configmaps -f -', stdin: '{"kind":"ConfigMap"}' },
    { line: 'apply -f - --dry-run=server -o yaml', stdin },
    { line: 'apply --server-side -f -', stdin },
    { line: 'apply --server-side --force-conflicts -f - -o name', stdin },
    { line: '! apply -f - -f -', stdin },
    { line: '! apply -f -', stdin: '' },
    { line: '! apply -f -', stdin: '---\n---\n' },
    { line: '! apply -f -', stdin: '[]' },
    { line: '! apply -f -', stdin: '42' },
    { line: '! create -f -', stdin: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"n":1}}' },
    { line: 'create -f -', stdin: '{"apiVersion":"v1","kind":"ConfigMap","kind":"Secret","metadata":{"name":"a"}}' },
    { line: 'delete -f - --ignore-not-found', stdin: stdin.replace('settings', 'nobody') },
    '! delete pod/a svc/b cm/c',
    '! delete deploy,svc nosuch',
    '! rollout status pod/x',
    '! rollout restart rs/web',
    '! rollout undo pods',
    '! rollout history nodes',
    '! scale cm/settings --replicas=2',
    '! scale node/node-1 --replicas=2',
    '! autoscale node node-1 --max=2',
    '! expose node node-1 --port=80',
    '! logs node/node-1',
    '! exec node/node-1 -- ls',
    '! patch deploy web --type=json -p {}',
    '! patch deploy web --type=merge -p []',
    '! patch deploy web --type=strategic -p 7',
    `patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":3}}'`,
    `! patch deploy web --subresource=scale -p '{"spec":{"replicas":-3}}'`,
    `patch deploy web --dry-run=client -p '{"metadata":{"labels":{"a":"b"}}}' -o yaml`,
    '! wait --for=condition=Available=maybe deploy/web --timeout=0',
    'wait --for=jsonpath={.metadata.name}=web deploy/web',
    'wait --for=condition=Progressing deploy -l app=web -o name',
    '! wait deploy/web --for=jsonpath={.spec.replicas}=9=8 --timeout=0',
    '! wait --for=delete',
    'explain deploy.metadata.ownerReferences.uid',
    '! explain deploy.spec.template.nope.more',
    'get cm settings --show-labels --no-headers -o wide',
    '! get cm settings -w=maybe',
    '! get cm -A -n default settings',
    'label --dry-run=client -o name deploy/web cm/settings x=y',
    '! label deploy/web cm settings x=y',
    'annotate deploy,cm -l app=web a=b c-',
    '! set image deploy/web web=',
    '! set env deploy/web =x',
    '! create secret generic s --from-literal==x',
    '! create cm c --from-file==x',
    '! top nodes extra more',
    'get pods,deploy -o custom-columns=K:.kind,N:.metadata.name --show-kind',
    'get deploy web -o custom-columns=A:.metadata.labels.app,B:.spec.template.spec.containers[0].image',
    'get deploy web -o custom-columns=A:.metadata..name:x',
    'get deploy web -o jsonpath={.metadata.creationTimestamp}{.spec.nope}{.spec.replicas}',
    'get deploy web -o jsonpath={.status.conditions[-1:].type}',
    '! get deploy web -o jsonpath={.status.conditions[9].type}',
    '! get deploy web -o jsonpath={.status.conditions[*].type}{"\\n"}{.spec.replicas}',
    'get deploy web --allow-missing-template-keys=false -o jsonpath={.metadata.name}',
    '! get deploy web --allow-missing-template-keys=false -o jsonpath={.metadata.nope}',
    'describe deploy we',
    'describe cm/settings secret/key',
    '! describe cm/settings deploy',
    'get pods --ignore-not-found nosuch',
    '! delete pods nosuch --ignore-not-found=false',
    'delete cm settings nosuch --ignore-not-found --dry-run=server',
    'rollout history deploy',
    'rollout status deploy,ds -l app=web',
    '! rollout undo deploy/web --to-revision=0 --dry-run=x',
    'create cm binary --from-literal=a=b --from-literal=c= -o json --dry-run=client',
    'create secret generic s --from-literal=a=b --type=example.com/t -o yaml --dry-run=client',
    '! create secret generic s --from-literal=a=b --from-literal=a=c',
    'create job j --image=busybox --dry-run=client -o yaml -- sh -c "exit 1"',
    'create cronjob c --image=busybox --schedule="*/5 * * * *" -o yaml --dry-run=server',
    '! create cronjob c --image=busybox --schedule=often',
    'run x --image=busybox --dry-run=server -o name -- sleep 1',
    '! run x --image=busybox --restart=Never --rm',
    'run x --image=busybox --command',
    'events --for=deploy/web --types=Normal',
    'auth can-i create pods --subresource=exec',
    '! auth can-i create pods/exec/more --as=ann',
    'api-resources --api-group= --namespaced=false -o name',
    'set resources deploy/web --requests=memory=1Gi --dry-run=client -o jsonpath={.spec.template.spec.containers[0].resources}',
    'label cm settings app-',
    'annotate cm settings none-',
    'label cm settings app- --dry-run=server -o jsonpath={.metadata.labels}',
    'run a b --image=x',
  ],
};

export const oddGroups: readonly ParityGroup[] = [odd];
