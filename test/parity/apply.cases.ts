// Declarative work: apply in all its forms, diff, prune, the last applied configuration, server-side apply.
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
      - {name: web, image: "nginx:1.25", ports: [{containerPort: 80}], env: [{name: A, value: "1"}, {name: B, value: "2"}]}
`;

const files = {
  'web.yaml': WEB,
  'web2.yaml': WEB.replace('replicas: 2', 'replicas: 3').replace('{name: A, value: "1"}, ', ''),
  'selector.yaml': WEB.replaceAll('app: web}', 'app: other}'),
  'service.yaml': `apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{port: 80}]}
`,
  'cm.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, labels: {app: web}}\ndata: {color: red, size: big}\n',
  'cm2.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, labels: {app: web}}\ndata: {color: blue}\n',
  'list.json':
    '{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"}},{"apiVersion":"v1","kind":"Secret","metadata":{"name":"two"},"stringData":{"a":"b"}}]}',
  'named.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: some-}\n',
  'unknown.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndatum: {a: b}\nmore: 1\n',
  'types.yaml': WEB.replace('replicas: 2', 'replicas: many').replace('name: web, labels', 'name: typed, labels'),
  'kind.yaml': 'apiVersion: v1\nkind: Nothing\nmetadata: {name: x}\n',
  'version.yaml': 'apiVersion: apps/v9\nkind: Deployment\nmetadata: {name: x}\n',
  'nokind.yaml': 'apiVersion: v1\nmetadata: {name: x}\n',
  'noversion.yaml': 'kind: ConfigMap\nmetadata: {name: x}\n',
  'noname.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {a: b}}\n',
  'broken.yaml': 'apiVersion: v1\nkind: [\n',
  'tabs.yaml': 'apiVersion: v1\n\tkind: ConfigMap\n',
  'empty.yaml': '# nothing\n',
  'badname.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_Name}\n',
  'many.yaml': `${WEB.replace('name: web, labels', 'name: Web, labels').replace('replicas: 2', 'replicas: -1').replace('containerPort: 80', 'containerPort: 800000')}`,
  'some.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: first}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: Second}
---
apiVersion: v1
kind: Service
metadata: {name: third}
spec: {ports: [{port: 0}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: fourth}
`,
  'size.sh': '#!/bin/sh\nsed -i s/big/small/ "$1"\n',
  'folder/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: in-folder}\n',
  'folder/b.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"in-json"}}',
  'folder/deep/c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: deep}\n',
  'nowhere.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: nowhere}\n',
};

export const applyingGroups: readonly ParityGroup[] = [
  {
    name: 'apply',
    files,
    lines: [
      'apply -f web.yaml',
      'apply -f web.yaml',
      'apply -f service.yaml -f cm.yaml',
      'diff -f web.yaml',
      '! diff -f cm2.yaml',
      'apply -f web2.yaml --dry-run=client',
      'apply -f web2.yaml --dry-run=server',
      'apply -f web2.yaml --dry-run=server -o yaml',
      'apply -f web2.yaml',
      'sandkube settle',
      'apply view-last-applied deploy web',
      'apply view-last-applied -f cm.yaml -o json',
      'apply -f cm2.yaml -o json',
      'apply -f cm2.yaml -o name',
      'apply -f list.json',
      'apply -f folder',
      'apply -f folder -R',
      '! apply -f folder --prune -l app=none --prune-allowlist=core/v1/ConfigMap',
      'create configmap made --from-literal=a=b',
      { line: 'apply -f -', stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made}\ndata: {c: d}\n' },
      'get cm made -o yaml --show-managed-fields',
      'apply set-last-applied -f cm.yaml',
      { line: 'apply edit-last-applied cm settings', env: { EDITOR: './size.sh' } },
      'apply view-last-applied cm settings',
      'apply set-last-applied -f web2.yaml --dry-run=client',
      'apply -f empty.yaml --validate=false -f cm.yaml',
      '! apply -f web.yaml --overwrite=false',
      'scale deploy web --replicas=5',
      'apply -f web.yaml',
      'apply -f cm.yaml --force',
      'apply -f cm2.yaml --server-side --field-manager=robot --force-conflicts',
      'apply -f unknown.yaml --validate=ignore',
      'apply -f unknown.yaml --validate=warn',
      'apply -f cm.yaml --prune --all --namespace=default --prune-allowlist=core/v1/ConfigMap',
      'apply -f cm.yaml --prune --all --namespace=default --dry-run=server',
      'get all,cm,secret -o name',
    ],
  },
  {
    name: 'apply that fails',
    files,
    setup: ['apply -f web.yaml -f cm.yaml', 'create configmap bare'],
    lines: [
      '! apply',
      '! apply web.yaml',
      '! apply -f missing.yaml',
      '! apply -f cm.yaml -f missing.yaml',
      '! apply -f selector.yaml',
      '! apply -f unknown.yaml',
      '! apply -f unknown.yaml --validate=bogus',
      '! apply -f types.yaml',
      '! apply -f kind.yaml',
      '! apply -f version.yaml',
      '! apply -f nokind.yaml',
      '! apply -f noversion.yaml',
      '! apply -f noname.yaml',
      '! apply -f named.yaml',
      '! apply -f broken.yaml',
      '! apply -f tabs.yaml',
      '! apply -f empty.yaml',
      '! apply -f badname.yaml',
      '! apply -f many.yaml',
      '! apply -f some.yaml',
      '! apply -f nowhere.yaml',
      '! apply -f cm.yaml -n other',
      '! apply -f cm.yaml --dry-run=bogus',
      '! apply -f cm.yaml -o bogus',
      '! apply -f cm.yaml --prune',
      '! apply -f cm.yaml --prune --all -l a=b',
      '! apply -f cm.yaml --prune --all --prune-allowlist=x',
      '! apply -f cm.yaml --server-side --dry-run=client',
      '! apply -f cm2.yaml --server-side --field-manager=other',
      '! apply -f cm.yaml --force --server-side',
      '! apply -f cm.yaml --force --dry-run=server',
      '! apply -k .',
      '! apply -f cm.yaml -k .',
      'apply view-last-applied cm bare',
      '! apply view-last-applied cm nosuch',
      '! apply view-last-applied',
      '! apply set-last-applied -f service.yaml',
      '! apply set-last-applied -f missing.yaml',
      '! apply edit-last-applied cm nosuch',
      '! diff -f missing.yaml',
      '! diff -f kind.yaml',
      '! diff -f many.yaml',
      '! diff -f unknown.yaml',
      { line: '! apply -f -', stdin: '{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "x"}' },
      { line: '! apply -f -', stdin: 'just words\n' },
      'get all,cm,secret -o name',
    ],
  },
  {
    name: 'server-side apply',
    isFurther: true,
    files,
    lines: [
      'apply --server-side -f web.yaml',
      'apply --server-side -f web.yaml',
      'get deploy web -o yaml --show-managed-fields',
      'scale deploy web --replicas=4',
      '! apply --server-side -f web.yaml',
      '! apply --server-side -f web2.yaml --field-manager=other',
      'apply --server-side -f web2.yaml --force-conflicts',
      'apply --server-side -f cm.yaml --dry-run=server -o yaml',
      'apply --server-side -f cm.yaml -o name',
      'apply --server-side -f cm2.yaml',
      'get cm settings -o yaml --show-managed-fields',
      'apply -f cm.yaml',
      'apply -f cm2.yaml --server-side',
      'diff --server-side -f cm2.yaml',
      '! diff --server-side --force-conflicts -f cm.yaml',
      'label cm settings extra=label',
      'apply --server-side -f cm2.yaml --field-manager=second',
      'get cm settings -o json --show-managed-fields',
      '! apply --server-side -f unknown.yaml',
      '! apply --server-side -f noname.yaml',
      '! apply --server-side -f many.yaml',
      '! apply --server-side -f badname.yaml',
      '! apply --server-side -f kind.yaml',
    ],
  },
];
