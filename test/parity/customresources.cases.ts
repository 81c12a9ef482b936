// Kinds that users define: from the definition to the last object, through every command that meets them.
// Called by: speaking.test.ts.
import type { ParityGroup } from './compare.ts';

const DEFINITION = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: crontabs.stable.example.com
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    selectableFields: [{jsonPath: .spec.image}]
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}
    additionalPrinterColumns:
    - {name: Spec, type: string, description: The cron spec, jsonPath: .spec.cronSpec}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas}
    - {name: Image, type: string, priority: 1, jsonPath: .spec.image}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    schema:
      openAPIV3Schema:
        description: A job by a schedule.
        type: object
        required: [spec]
        properties:
          spec:
            description: What is wanted.
            type: object
            required: [cronSpec]
            properties:
              cronSpec: {type: string, description: When it runs., pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'}
              image: {type: string, default: busybox}
              replicas: {type: integer, minimum: 1, maximum: 10, default: 1}
              paused: {type: boolean}
              policy: {type: string, enum: [Allow, Forbid]}
              port: {x-kubernetes-int-or-string: true, description: A number or a name.}
              labels: {type: object, additionalProperties: {type: string}}
              raw: {type: object, x-kubernetes-preserve-unknown-fields: true}
              steps:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items:
                  type: object
                  required: [name]
                  properties: {name: {type: string}, command: {type: string}}
          status:
            type: object
            properties: {replicas: {type: integer}, selector: {type: string}, phase: {type: string}}
`;

const OBJECT = `apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: night, labels: {app: night}}
spec:
  cronSpec: "* * * * */5"
  port: http
  labels: {a: b}
  raw: {any: [1, {thing: true}]}
  steps: [{name: a, command: run}, {name: b}]
`;

const CLUSTERED = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shirts.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {plural: shirts, singular: shirt, kind: Shirt}
  versions:
  - name: v1
    served: true
    storage: true
    selectableFields: [{jsonPath: .spec.color}, {jsonPath: .spec.size}]
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {color: {type: string}, size: {type: string}}}}}}
  - name: v1beta1
    served: true
    storage: false
    deprecated: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;

const SHIRTS = `apiVersion: example.com/v1
kind: Shirt
metadata: {name: one}
spec: {color: blue, size: S}
---
apiVersion: example.com/v1
kind: Shirt
metadata: {name: two}
spec: {color: green, size: M}
`;

const files = { 'crd.yaml': DEFINITION, 'night.yaml': OBJECT, 'both.yaml': `${DEFINITION}---\n${OBJECT}` };
const setup = ['apply -f crd.yaml', 'apply -f night.yaml'];

const beginning: ParityGroup = {
  name: 'a definition makes a kind',
  isFurther: true,
  files,
  lines: [
    'get crd',
    '! get crontabs',
    '! get crontabs.v1.stable.example.com',
    '! apply -f night.yaml',
    '! apply -f both.yaml',
    'get crontabs',
    'apply -f both.yaml',
    'wait --for=condition=established crd/crontabs.stable.example.com',
    'wait --for=condition=NamesAccepted --timeout=10s crd --all',
    'get crd',
    'get crd -o wide',
    'get crd crontabs.stable.example.com -o yaml',
    'get crd crontabs.stable.example.com -o yaml --show-managed-fields',
    'describe crd crontabs.stable.example.com',
    'api-resources --api-group=stable.example.com',
    'api-resources --api-group=stable.example.com -o wide',
    'api-resources --categories=all -o name',
    'api-versions',
    'get ct',
    'get crontab/night -o wide',
    'get crontabs.stable.example.com night -o yaml',
    'get ct night -o json --show-managed-fields',
    'describe ct night',
    'get all',
    'explain crontabs',
    'explain ct.spec',
    'explain ct.spec.steps',
    'explain ct.spec.cronSpec',
    'explain ct --recursive',
    'explain ct --output=plaintext-openapiv2',
    '! explain ct.spec.nope',
    'explain crd.spec.names',
    'delete ct night',
    'get ct',
    'delete crd crontabs.stable.example.com',
    'api-versions',
    '! get ct',
    'get crd',
  ],
};

const writing: ParityGroup = {
  name: 'custom resources are written',
  isFurther: true,
  files: {
    ...files,
    'unknown.yaml': OBJECT.replace('port: http', 'prot: http'),
    'wrong.yaml': OBJECT.replace('port: http', 'replicas: many'),
    'bad.yaml': OBJECT.replace('port: http', 'replicas: 11\n  policy: Never').replace('"* * * * */5"', 'daily'),
    'missing.yaml': 'apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: {name: none}\nspec: {}\n',
    'twice.yaml': OBJECT.replace('{name: b}', '{name: a}'),
    'double.yaml': OBJECT.replace('port: http', 'image: a\n  image: b'),
    'changed.yaml': OBJECT.replace('[{name: a, command: run}, {name: b}]', '[{name: b, command: go}]'),
    'owned.yaml': OBJECT.replace('port: http', 'replicas: 4').replace(/ {2}labels[\s\S]*$/, ''),
  },
  setup,
  lines: [
    'apply -f night.yaml',
    'diff -f night.yaml',
    '! apply -f unknown.yaml',
    'apply -f unknown.yaml --validate=warn',
    'apply -f unknown.yaml --validate=false',
    '! create -f unknown.yaml',
    '! apply -f wrong.yaml',
    '! apply -f bad.yaml',
    '! apply -f missing.yaml',
    '! create -f missing.yaml --validate=false',
    '! apply -f twice.yaml',
    'apply -f double.yaml',
    'apply -f changed.yaml',
    'get ct night -o yaml',
    `patch ct night --type=merge -p '{"spec":{"image":"alpine","port":80}}'`,
    `! patch ct night -p '{"spec":{"image":"nginx"}}'`,
    `! patch ct night --type=merge -p '{"spec":{"replicas":0}}'`,
    `! patch ct night --type=json -p '[{"op":"remove","path":"/spec/cronSpec"}]'`,
    `patch ct night --type=json -p '[{"op":"add","path":"/spec/paused","value":true}]'`,
    `patch ct night --subresource=status --type=merge -p '{"status":{"replicas":2,"selector":"app=night","phase":"Ready"}}'`,
    'get ct night --subresource=status -o yaml',
    'get ct night --subresource=scale',
    'get ct night --subresource=scale -o yaml',
    'scale ct night --replicas=3',
    'scale --replicas=4 --current-replicas=3 ct/night',
    '! scale ct night --replicas=11',
    '! scale ct night --replicas=2 --current-replicas=9',
    'label ct night tier=front',
    'annotate ct night note=hello',
    'label ct night tier-',
    'get ct night -o jsonpath={.metadata.generation}/{.spec.replicas}/{.status.phase}',
    'wait --for=jsonpath={.status.phase}=Ready ct/night',
    'wait --for=jsonpath={.spec.image}=alpine ct/night --timeout=5s',
    'apply --server-side -f owned.yaml',
    'apply --server-side --force-conflicts -f owned.yaml',
    'get ct night -o yaml --show-managed-fields',
    'apply --server-side --field-manager=other -f night.yaml --force-conflicts',
    'get ct night -o yaml --show-managed-fields',
    'replace -f night.yaml',
    'replace --force -f night.yaml',
    'get ct night -o yaml',
    'get ct -l app=night',
    'get ct --field-selector spec.image=busybox',
    '! get ct --field-selector spec.replicas=1',
    'get ct --sort-by=.spec.cronSpec',
    'get ct -o custom-columns=N:.metadata.name,S:.spec.cronSpec',
    'delete ct -l app=night',
    'get ct -A',
  ],
};

const versions: ParityGroup = {
  name: 'custom resources in two versions, for the whole cluster',
  isFurther: true,
  files: {
    'crd.yaml': CLUSTERED,
    'shirts.yaml': SHIRTS,
    'beta.yaml': SHIRTS.replaceAll('example.com/v1', 'example.com/v1beta1').replace('size: S', 'size: L, extra: 1'),
  },
  setup: ['apply -f crd.yaml'],
  lines: [
    'apply -f shirts.yaml',
    'get shirts',
    'get shirts.v1beta1.example.com',
    'apply -f beta.yaml',
    'get shirts -o yaml',
    'get shirts.v1beta1.example.com one -o yaml',
    'get shirts --field-selector spec.color=blue',
    'get shirts --field-selector spec.color=green,spec.size=M',
    '! get shirts --field-selector spec.other=green',
    'explain shirts --api-version=example.com/v1beta1',
    'explain shirts',
    'api-resources --api-group=example.com',
    { line: 'edit shirt one', env: { KUBE_EDITOR: 'sed -i s/blue/red/' } },
    '! get shirt/one shirt/nope',
    'get shirt one --v=0 -o name',
    'delete shirt --all',
    'apply -f shirts.yaml',
    'delete -f crd.yaml',
    'api-resources --api-group=example.com',
    '! get shirts',
  ],
};

const typed: ParityGroup = {
  name: 'commands that know types of their own do not know custom resources',
  isFurther: true,
  files: { ...files, 'subject.yaml': OBJECT },
  setup,
  lines: [
    '! set image ct/night main=nginx',
    '! set image -f night.yaml main=nginx',
    '! set image -f night.yaml main=nginx --local',
    '! set image ct --all main=nginx',
    '! set env ct/night A=b',
    '! set env -f night.yaml --list',
    '! set resources ct/night --limits=cpu=1',
    '! set serviceaccount ct/night default',
    '! set selector ct/night a=b',
    '! set selector -f night.yaml a=b',
    '! set subject ct/night --user=joe',
    '! rollout status ct/night',
    '! rollout history ct/night',
    '! rollout pause ct/night',
    '! rollout resume ct/night',
    '! rollout restart ct/night',
    '! rollout restart -f night.yaml',
    '! rollout restart crd/crontabs.stable.example.com',
    '! rollout undo ct/night',
    '! expose ct/night --port=80',
    '! logs ct/night',
    '! exec ct/night -- ls',
    '! attach ct/night',
    '! port-forward ct/night 80',
    '! debug ct/night --image=busybox',
    '! taint ct/night a=b:NoSchedule',
    '! create job x --from=ct/night',
    'annotate --local -f night.yaml a=b -o yaml',
    'autoscale ct night --max=3',
    '! autoscale ct night --max=3',
  ],
};

export const customResourceGroups: readonly ParityGroup[] = [beginning, writing, versions, typed];
