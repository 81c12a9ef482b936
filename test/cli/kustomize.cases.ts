// Kustomizations for the comparison with genuine kubectl.
export const files: Readonly<Record<string, string>> = {
  'a/kustomization.yaml': `resources: [gone.yaml]
`,
  'abs/kustomization.yaml': `resources: [/abs]
`,
  'bad/bad.yaml': `apiVersion: v1
kind: [
`,
  'bad/kustomization.yaml': `resources: [bad.yaml]
`,
  'base/all.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: robot
      imagePullSecrets: [{name: pull}]
      containers:
      - name: web
        image: nginx:1.25
        ports: [{containerPort: 80}]
        env:
        - {name: A, value: "1"}
        - name: B
          valueFrom: {configMapKeyRef: {name: conf, key: x}}
        envFrom: [{secretRef: {name: safe}}]
        volumeMounts: [{name: c, mountPath: /c}]
      initContainers: [{name: init, image: "reg.example.com:5000/init@sha256:0123456789abcdef0123456789abcdef"}]
      volumes:
      - {name: c, configMap: {name: conf}}
      - {name: s, secret: {secretName: safe}}
      - {name: p, projected: {sources: [{configMap: {name: conf}}, {secret: {name: safe}}]}}
      - {name: d, persistentVolumeClaim: {claimName: data}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {storageClassName: fast, accessModes: [ReadWriteOnce]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  tls: [{secretName: safe}]
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 3}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec: {schedule: "* * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: t, image: busybox, envFrom: [{configMapRef: {name: conf}}]}]}}}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: far}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: x
`,
  'base/kustomization.yaml': `resources: [all.yaml]
configMapGenerator: [{name: conf, literals: [x=1]}]
secretGenerator: [{name: safe, literals: [p=q]}, {name: pull, type: kubernetes.io/dockerconfigjson, literals: ['.dockerconfigjson={}']}]
`,
  'bigref/crd.yaml': `apiVersion: x/v1
kind: Foo
metadata: {name: f}
spec: {list: [{name: a}], keep: 1}
`,
  'bigref/kustomization.yaml': `resources: [crd.yaml]
patches: [{target: {kind: Foo}, patch: "kind: Foo\\napiVersion: x/v1\\nmetadata: {name: f}\\nspec: {list: [{name: b}]}"}]
`,
  'comp/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- target: {kind: Deployment}
  patch: |
    - {op: add, path: /spec/template/spec/containers/0/env/-, value: {name: C, value: "3"}}
`,
  'cyc/kustomization.yaml': `resources: [x]
`,
  'cyc/x/kustomization.yaml': `resources: [../cyc]
`,
  'depr/kustomization.yaml': `resources: [../base]
configMapGenerator: [{name: conf, literals: [a=b]}]
`,
  'dup/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: x}
`,
  'dup/b.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: x}
`,
  'dup/kustomization.yaml': `resources: [a.yaml, b.yaml]
`,
  'fifo/kustomization.yaml': `resources: [../base]
sortOptions: {order: fifo}
`,
  'gen/f.txt': `text
lines
`,
  'gen/kustomization.yaml': `namePrefix: p-
nameSuffix: -s
configMapGenerator:
- name: one
  literals: [a=1, 'b="quoted"', c=x=y]
- name: files
  files: [f.txt, k=f.txt, bin.dat]
- name: env
  envs: [v.env]
secretGenerator:
- name: long
  literals: [v=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]
- name: tls
  type: kubernetes.io/tls
  files: [tls.crt=f.txt]
generatorOptions: {labels: {g: x}, annotations: {note: yes-x}, immutable: true}
`,
  'gen/v.env': `# c
A=1

B=two words
C
`,
  'img/kustomization.yaml': `bases: [../base]
imageTags: [{name: nginx, newTag: "9"}]
`,
  'j6/kustomization.yaml': `resources: [../base]
patchesJson6902:
- target: {version: v1, kind: Service, name: web}
  patch: '[{"op": "replace", "path": "/spec/ports/0/port", "value": 81}]'
patchesStrategicMerge:
- |-
  apiVersion: v1
  kind: ServiceAccount
  metadata: {name: robot}
  automountServiceAccountToken: false
commonLabels: {old: style}
`,
  'lab/kustomization.yaml': `resources: [../base]
patches: [{path: none.yaml}]
`,
  'merge/kustomization.yaml': `resources: [../base]
replicas: [{name: none, count: 1}]
`,
  'nomatch/kustomization.yaml': `resources: [../rbac/../base]
patches: [{patch: "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: none}\\ndata: {a: b}"}]
`,
  'ns/kustomization.yaml': `resources: [../base]
configMapGenerator: [{name: nope, behavior: merge, literals: [a=b]}]
`,
  'over/kustomization.yaml': `resources: [../base]
namePrefix: pre-
nameSuffix: -suf
namespace: there
commonAnnotations: {who: me}
labels: [{pairs: {tier: a}, includeSelectors: true}, {pairs: {zz: yy}}, {pairs: {t: u}, includeTemplates: true}]
images: [{name: nginx, newName: acme/nginx, newTag: "2"}, {name: reg.example.com:5000/init, digest: sha256:ff}, {name: busybox, tagSuffix: -x}]
replicas: [{name: web, count: 4}]
configMapGenerator: [{name: conf, behavior: merge, literals: [y=2]}]
components: [../comp]
`,
  'rbac/kustomization.yaml': `resources: [r.yaml]
namePrefix: x-
namespace: ns1
`,
  'rbac/r.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: same}
rules: [{apiGroups: [""], resources: [configmaps], resourceNames: [cm], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: same}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: same}
subjects: [{kind: ServiceAccount, name: default}, {kind: ServiceAccount, name: sa, namespace: old}, {kind: User, name: u}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: cb}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: same}
subjects: [{kind: ServiceAccount, name: sa}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm}
`,
  'rep/kustomization.yaml': `resources: [../base]
replacements:
- source: {kind: Service, name: web, fieldPath: metadata.name}
  targets:
  - select: {kind: Deployment}
    fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=A].value"]
- source: {kind: Deployment, name: web, fieldPath: spec.template.spec.containers.0.image, options: {delimiter: ":", index: 1}}
  targets:
  - select: {kind: CronJob}
    fieldPaths: ["spec.jobTemplate.spec.template.spec.containers.*.image"]
    options: {delimiter: ":", index: 1}
  - select: {kind: Service}
    fieldPaths: ["metadata.annotations.v"]
    options: {create: true}
`,
  'smp/kustomization.yaml': `resources: [../base]
patches:
- path: p.yaml
- patch: |
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    $patch: delete
- target: {kind: Ingress|CronJob}
  patch: |
    apiVersion: x
    kind: y
    metadata: {name: z, labels: {patched: "1"}}
`,
  'smp/p.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: null
  template:
    spec:
      containers:
      - {name: side, image: side}
      - {name: web, env: [{name: A, $patch: delete}, {name: D, value: d}], ports: [{containerPort: 443}, {containerPort: 80, name: http}]}
      - {name: last, image: last}
      volumes: [{name: c, $patch: delete}]
      tolerations: [{key: a}]
`,
  'pair/a/kustomization.yaml': `namePrefix: a-
resources: [../../rbac]
`,
  'pair/b/kustomization.yaml': `namePrefix: b-
resources: [../../rbac]
`,
  'two/kustomization.yaml': `resources: [a, b]
`,
  'two/kustomization.yml': `resources: [x.yaml]
`,
  'unk/kustomization.yaml': `resourcs: [x.yaml]
`,
  'pair/kustomization.yaml': `resources: [a, b]
`,
};
