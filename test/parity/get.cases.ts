// Reading objects: every form of output, every way to choose.
// Called by: reading.test.ts.
import type { ParityGroup } from './compare.ts';

const SHOP = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web, tier: front}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      containers:
      - {name: web, image: "nginx:1.25", ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: web}}
data: {color: red, text: "two\\nlines\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
data: {password: Z2VoZWlt}
---
apiVersion: v1
kind: Pod
metadata: {name: lone, labels: {app: lone, tier: back}}
spec:
  containers:
  - {name: main, image: busybox, command: [sh, -c, "echo hello; sleep 1000"]}
`;

const columns = `NAME            STATE           NODE
.metadata.name  .status.phase   .spec.nodeName
`;

const setup = ['apply -f shop.yaml', 'sandkube settle', 'sandkube advance 90s'];
const files = { 'shop.yaml': SHOP, 'columns.txt': columns, 'short.txt': 'NAME\n' };

const forms: ParityGroup = {
  name: 'get in every form',
  files,
  setup,
  lines: [
    'get pods',
    'get pods -o wide',
    'get pods -A -o wide',
    'get pods --no-headers',
    'get pods --show-labels',
    'get pods -L app,tier',
    'get pods -L app --show-labels -o wide',
    'get pods --show-kind',
    'get pod lone -o yaml',
    'get pod lone -o json',
    'get pod lone -o yaml --show-managed-fields',
    'get pods -o name',
    'get pods -o yaml',
    'get deploy,svc,cm',
    'get deploy,svc -o wide --show-labels',
    'get deploy,svc -o json',
    'get deploy/web svc/web',
    'get all',
    'get all -A',
    'get nodes -o wide',
    'get ns',
    'get cm settings -o kyaml',
    'get cm -o kyaml',
    'get pods -o jsonpath={.items[*].metadata.name}',
    'get pods -o jsonpath=\'{range .items[*]}{.metadata.name}{"\\t"}{.status.podIP}{"\\n"}{end}\'',
    'get pod lone -o jsonpath-as-json={.spec.containers[*].name}',
    'get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image',
    'get pods -o custom-columns=NAME:.metadata.name,NONE:.spec.nope --no-headers',
    'get pods -o custom-columns-file=columns.txt',
    'get pods -o go-template=\'{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}\'',
    "get pods --template='{{len .items}}'",
    'get pods --sort-by=.metadata.creationTimestamp',
    'get pods --sort-by={.metadata.name} -o name',
    'get pods -l app=web',
    'get pods -l app!=web',
    "get pods -l 'app in (web,lone),tier notin (front)'",
    'get pods -l tier',
    'get pods -l !tier',
    'get pods --field-selector=status.phase=Running,metadata.name!=lone',
    'get pods --chunk-size=1',
    'get pods --chunk-size=1 -o name',
    'get pod nosuch --ignore-not-found',
    'get pods -n kube-public',
    'get pods -l app=none',
    'get pods -l app=none -o yaml',
    'get -f shop.yaml',
    'get -f shop.yaml -o name',
    'get --raw /api/v1/namespaces/default/configmaps/settings',
    'get deploy web --subresource=status',
    'get deploy web --subresource=scale -o yaml',
    'get deployments.v1.apps web -o name',
    'get secret key -o yaml',
    'get events --sort-by=.lastTimestamp',
    'get events -o wide',
    'get endpointslices,endpoints',
    'get rs --output-watch-events=false',
    'get cs',
  ],
};

const failures: ParityGroup = {
  name: 'get that fails',
  files: { ...files, 'bad.yaml': 'apiVersion: v1\nkind: [\n', 'nokind.yaml': 'metadata: {name: x}\n' },
  setup,
  lines: [
    '! get',
    '! get pod nosuch',
    '! get pods nosuch another',
    '! get pod lone nosuch',
    '! get pod,svc nosuch',
    '! get nothings',
    '! get pod/lone svc',
    '! get pods lone -l app=lone',
    '! get pods -l app=(',
    '! get pods --field-selector=spec.nope=1',
    '! get pods --field-selector=a',
    '! get pods -o bogus',
    '! get pods -o jsonpath={.items',
    'get pods -o jsonpath={.items[0].nope.more}',
    '! get pods -o go-template={{.a',
    '! get pods -o custom-columns=',
    '! get pods -o custom-columns=NAME',
    '! get pods -o custom-columns-file=short.txt',
    '! get pods -o custom-columns-file=missing.txt',
    '! get pods --sort-by=.nope -o name',
    'get pods --sort-by={',
    '! get -f bad.yaml',
    '! get -f nokind.yaml',
    '! get -f missing.yaml',
    '! get --raw /nowhere',
    'get --raw /api/v1/pods/',
    '! get --raw api',
    '! get pods --raw /api',
    '! get deploy web --subresource=nope',
    '! get cm settings --subresource=status',
    '! get pods -A lone',
    '! get -A pod/lone',
    '! get pods --chunk-size=x',
    '! get pods --show-labels -o json --bogus',
    '! get deployments.v2.apps',
    '! get pods.apps',
    '! get pod lone -n nowhere',
    '! get node node-9',
    '! get all web',
  ],
};

export const gettingGroups: readonly ParityGroup[] = [forms, failures];
