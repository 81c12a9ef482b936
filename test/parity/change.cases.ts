// Changing objects: patch, edit, replace, label, annotate, set, scale, rollout.
// Called by: writing.test.ts.
import type { ParityGroup } from './compare.ts';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.25", ports: [{containerPort: 80}], env: [{name: COLOR, value: red}]}
      - {name: side, image: busybox, command: [sleep, "10000"]}
`;
const OBJECTS = `${WEB}---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: web}}
data: {color: red}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
data: {a: b}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: "busybox:1", command: [sleep, "10000"]}]}
`;
const CM = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, labels: {app: web}}\ndata: {color: blue}\n';
const script = (body: string): string => `#!/bin/sh\n${body}\n`;
const files = {
  'objects.yaml': OBJECTS,
  'cm.yaml': CM,
  'patch.yaml': 'data:\n  size: big\n',
  'new.yaml': CM.replace('settings', 'fresh'),
  'service.yaml':
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 8080}]}\n',
  'selector.yaml': WEB.replaceAll('app: web}', 'app: other}'),
  'raw.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"other"},"data":{"raw":"yes"}}',
  'broken.yaml': 'apiVersion: v1\nkind: [\n',
  'vars.env': 'A=1\nB=2\n',
  'blue.sh': script('sed -i s/red/blue/ "$1"'),
  'same.sh': script('true'),
  'empty.sh': script(': > "$1"'),
  'bad.sh': script('sed -i "s/color: .*/color: [/" "$1"'),
  'name.sh': script('sed -i "s/name: settings/name: renamed/" "$1"'),
  'invalid.sh': script('sed -i "s/replicas: .*/replicas: -1/" "$1"'),
  'field.sh': script('sed -i "s/^data:/datum:/" "$1"'),
  'fails.sh': script('exit 3'),
};
const setup = ['apply -f objects.yaml', 'sandkube settle'];
const editor = (name: string): { EDITOR: string } => ({ EDITOR: `./${name}.sh` });

export const changingGroups: readonly ParityGroup[] = [
  {
    name: 'patch',
    files,
    setup,
    lines: [
      `patch cm settings -p '{"data":{"color":"green"}}'`,
      `patch cm settings -p '{"data":{"color":"green"}}'`,
      `patch cm/settings --type=merge -p '{"data":{"size":"small","color":null}}' -o yaml`,
      `patch cm settings --type=json -p '[{"op":"add","path":"/data/x","value":"y"}]' -o json`,
      'patch cm settings --patch-file=patch.yaml',
      'patch cm settings -p "data: {from: yaml}"',
      `patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"nginx:1.26"}]}}}}'`,
      `patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"side","$patch":"delete"}]}}}}' --dry-run=server -o yaml`,
      `patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":1}}'`,
      `patch deploy web -p '{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}' -o name`,
      `patch -f cm.yaml -p '{"metadata":{"annotations":{"a":"b"}}}'`,
      `patch node node-1 -p '{"spec":{"unschedulable":true}}'`,
      `patch cm settings --dry-run=client -p '{"data":{"color":"none"}}' -o yaml`,
      `patch svc web -p '{"spec":{"type":"NodePort"}}'`,
      'get cm,deploy,svc -o yaml --show-managed-fields',
      '! patch',
      '! patch cm settings',
      '! patch cm settings -p nonsense',
      `! patch cm settings -p '{"data":1}'`,
      `! patch cm settings -p '{"data": '`,
      `! patch cm settings --type=json -p '{"data": '`,
      `! patch cm settings --type=json -p '[{"op":"replace","path":"/data/none/x","value":1}]'`,
      `! patch cm settings --type=json -p '[{"op":"test","path":"/data/color","value":"x"}]'`,
      `! patch cm settings --type=bogus -p '{}'`,
      `! patch cm settings -p '{"metadata":{"name":"x"}}'`,
      `! patch cm settings --type=merge -p '{"metadata":{"resourceVersion":"1"}}'`,
      `! patch cm settings -p '{"unknown":1}' --warnings-as-errors --type=merge`,
      `! patch cm nosuch -p '{"data":{}}'`,
      `! patch nothings x -p '{}'`,
      `! patch deploy web -p '{"spec":{"replicas":"two"}}'`,
      `! patch deploy web -p '{"spec":{"replicas":-2}}'`,
      `! patch deploy web -p '{"spec":{"selector":{"matchLabels":{"a":"b"}}}}'`,
      `! patch deploy web --subresource=bogus -p '{}'`,
      `! patch cm settings -p '{}' --patch-file=patch.yaml`,
      '! patch cm settings --patch-file=missing.yaml',
      `! patch svc web -p '{"spec":{"clusterIP":"10.1.1.1"}}'`,
      `! patch cm -l app=web -p '{}'`,
    ],
  },
  {
    name: 'edit and replace',
    files,
    setup,
    lines: [
      { line: 'edit cm settings', env: editor('blue') },
      { line: 'edit cm settings', env: editor('same') },
      { line: 'edit cm/settings deploy/web', env: editor('blue') },
      { line: 'edit deploy web -o json', env: editor('same') },
      { line: 'edit cm settings --save-config', env: editor('blue') },
      { line: '! edit cm settings', env: editor('empty') },
      { line: '! edit cm settings', env: editor('bad') },
      { line: '! edit cm settings', env: editor('name') },
      { line: '! edit deploy web', env: editor('invalid') },
      { line: '! edit cm settings', env: editor('field') },
      { line: '! edit cm settings', env: editor('fails') },
      { line: '! edit cm nosuch', env: editor('same') },
      { line: '! edit', env: editor('same') },
      { line: '! edit cm settings', env: { EDITOR: 'no-such-editor' } },
      { line: 'create -f new.yaml --edit', env: editor('same') },
      { line: '! create cm made --from-literal=a=red --edit', env: editor('blue') },
      { line: 'apply edit-last-applied cm settings', env: editor('blue') },
      { line: 'edit deploy web --subresource=status', env: editor('same') },
      'replace -f cm.yaml',
      'replace -f service.yaml',
      'replace -f cm.yaml --dry-run=server -o yaml',
      'replace -f cm.yaml --dry-run=client',
      'replace --force -f cm.yaml',
      'replace --force -f new.yaml',
      { line: 'replace --force -f -', stdin: files['cm.yaml'] },
      {
        line: '! replace --force -f -',
        stdin: `${files['new.yaml']}---\n${CM.replace('settings', 'odd')}datum: {a: b}\n`,
      },
      'replace -f objects.yaml -o name',
      'replace --raw /api/v1/namespaces/default/configmaps/other -f raw.json',
      '! replace',
      '! replace -f missing.yaml',
      '! replace -f selector.yaml',
      '! replace -f broken.yaml',
      '! replace -f new2.yaml',
      '! replace -f cm.yaml --grace-period=0',
      'replace --force -f cm.yaml --grace-period=-3 --timeout=-1s',
      '! replace -f cm.yaml --subresource=status',
      'get cm,deploy,svc -o yaml --show-managed-fields',
    ],
  },
  {
    name: 'label and annotate',
    files,
    setup,
    lines: [
      // Genuine kubectl lists several in no order.
      'label cm settings --list',
      'label cm,svc -l app=web --list',
      'annotate cm other --list',
      'label cm settings tier=front',
      'label cm settings tier=front',
      'label cm settings tier=back --overwrite',
      'label cm settings tier- none-',
      'label cm --all every=one',
      'label cm -l app=web found=yes a=1 a=2',
      'label pods -l app=web x=y --field-selector=status.phase=Running',
      'label -f cm.yaml from=file',
      'label node node-1 disk=fast',
      'label cm settings dry=run --dry-run=client -o yaml',
      'label cm settings dry=run --dry-run=server',
      'label cm settings v=1 --resource-version=1 --dry-run=client',
      'annotate cm settings note="some words"',
      'annotate cm settings note="some words"',
      'annotate cm settings note=other --overwrite',
      'annotate cm settings note-',
      'annotate cm --all a=b -o name',
      'annotate deploy web kubernetes.io/change-cause="by hand"',
      '! label',
      '! label cm settings',
      '! label cm settings app=other',
      '! label cm settings a=b a-',
      '! label cm settings "bad key=x"',
      '! label cm settings a=bad/value',
      '! label cm nosuch a=b',
      '! label cm settings x=y --resource-version=1',
      '! label cm -l app=( a=b',
      '! label cm settings other',
      '! label nothings x a=b',
      '! label cm --all settings a=b',
      '! annotate cm settings',
      '! annotate cm settings a=b a-',
      '! annotate cm settings "bad key=x"',
      '! annotate cm nosuch a=b',
      'get cm,svc,deploy -o yaml --show-managed-fields',
    ],
  },
  {
    name: 'set and scale',
    files,
    setup,
    lines: [
      'set image deploy/web web=nginx:1.26',
      'set image deploy web web=nginx:1.26',
      'set image deploy,ds *=busybox:2 --all',
      'set image deploy/web web=x --dry-run=server -o yaml',
      'set env deploy/web SIZE=big COLOR-',
      'set env deploy/web --list',
      'set env deploy/web --from=configmap/settings --prefix=CM_',
      'set env deploy/web --list --resolve',
      'set env ds/agent -c agent A=1 --overwrite=false',
      { line: 'set env deploy/web -e -', stdin: 'X=1\nY=2\n' },
      'set resources deploy web --limits=cpu=200m,memory=64Mi --requests=cpu=100m',
      'set resources deploy web -c=side --limits=cpu=1 --dry-run=client -o yaml',
      'set serviceaccount deploy web robot',
      'set selector svc web app=other',
      'scale deploy web --replicas=3',
      'scale deploy web --current-replicas=3 --replicas=1',
      'scale deploy/web --replicas=1',
      '! scale deploy/web rs --all --replicas=1',
      'scale -f objects.yaml --replicas=2 --dry-run=client',
      'sandkube settle',
      'scale deploy web --replicas=0 --timeout=1m',
      'get all -o yaml --show-managed-fields',
      '! set image deploy/web',
      '! set image deploy/web nobody=x',
      '! set image deploy/nosuch web=x',
      '! set image cm/settings web=x',
      '! set image deploy/web web',
      'set env deploy/web',
      'set env deploy/web -e COLOR-',
      '! set env deploy/web -e SIZE-',
      'set env cm/settings --list',
      'set env deploy/web -c nobody A=1',
      '! set env deploy/web 1BAD=x',
      '! set env deploy/web --from=configmap/nosuch',
      '! set env cm/settings A=1',
      '! set resources deploy web',
      '! set resources deploy web --limits=cpu=x',
      '! set resources deploy web --limits=cpu=1 --requests=cpu=2',
      '! set resources deploy web -c nobody --limits=cpu=1',
      '! set serviceaccount deploy web',
      '! set selector svc web',
      '! set selector deploy web a=b',
      '! set subject clusterrolebinding none --user=x',
      '! scale',
      '! scale deploy web',
      '! scale deploy nosuch --replicas=1',
      '! scale deploy web --replicas=-1',
      '! scale deploy web --replicas=x',
      '! scale deploy web --current-replicas=7 --replicas=1',
      '! scale cm settings --replicas=1',
      '! scale ds agent --replicas=1',
      '! scale deploy web --replicas=1 --resource-version=1',
    ],
  },
  {
    name: 'rollout',
    files,
    setup,
    lines: [
      'rollout status deploy/web',
      'rollout history deploy/web',
      'set image deploy/web web=nginx:1.26',
      'rollout status deploy/web',
      'annotate deploy web kubernetes.io/change-cause=newer',
      'rollout history deploy/web',
      'rollout history deploy/web --revision=2',
      'rollout history deploy web -o yaml --revision=1',
      'rollout undo deploy/web --dry-run=client -o yaml',
      'rollout undo deploy/web --dry-run=server',
      'rollout undo deploy/web',
      'rollout status deploy web --timeout=5m',
      'rollout undo deploy/web --to-revision=2',
      'rollout pause deploy/web',
      'set image deploy/web web=nginx:1.27',
      'rollout resume deploy/web',
      'rollout status deploy/web -w=false',
      'rollout restart deploy/web',
      'rollout status deploy/web',
      'rollout restart ds/agent',
      'rollout status ds/agent',
      'rollout history ds/agent',
      'rollout undo ds/agent',
      'rollout status ds/agent --revision=0',
      'rollout restart deploy -l app=web',
      'rollout status deploy -l app=none',
      'sandkube settle',
      'get all -o wide',
      'get events',
      '! rollout bogus',
      '! rollout undo',
      '! rollout undo deploy/nosuch',
      '! rollout undo deploy/web --to-revision=99',
      '! rollout undo cm/settings',
      '! rollout history deploy/web --revision=99',
      '! rollout history deploy/nosuch',
      '! rollout history cm/settings',
      '! rollout history deploy/web --revision=-1',
      '! rollout status cm/settings',
      '! rollout status deploy/nosuch',
      '! rollout pause ds/agent',
      '! rollout resume deploy/web',
      '! rollout restart cm/settings',
      '! rollout restart deploy/nosuch',
      'rollout pause deploy/web',
      '! rollout pause deploy/web',
      '! rollout restart deploy/web',
      '! rollout undo deploy/web',
      'set image deploy/web web=nowhere.example.com/none:1',
      'rollout resume deploy/web',
      { line: '! rollout status deploy/web --timeout=2s', vain: '20m' },
    ],
  },
];
