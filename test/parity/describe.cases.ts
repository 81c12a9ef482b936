// Describing objects: one of every kind, and the ways to choose.
// Called by: reading.test.ts. Kinds come from the index of kinds: a new one is described without a change here.
import { resourceDefinitions } from '../../src/resources/index.ts';
import type { ParityGroup } from './compare.ts';

const MANY = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}, annotations: {note: hand-made}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {a: b}}
    spec:
      serviceAccountName: robot
      volumes:
      - {name: conf, configMap: {name: settings, optional: true}}
      - {name: key, secret: {secretName: key}}
      - {name: scratch, emptyDir: {}}
      - {name: host, hostPath: {path: /data, type: DirectoryOrCreate}}
      containers:
      - name: web
        image: nginx:1.25
        ports: [{containerPort: 80, name: http}]
        env:
        - {name: COLOR, value: red}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: key, key: password}}}
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        envFrom: [{configMapRef: {name: settings}}]
        resources: {requests: {cpu: 100m, memory: 32Mi}, limits: {cpu: 200m, memory: 64Mi}}
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}
        livenessProbe: {exec: {command: [cat, /etc/hostname]}, initialDelaySeconds: 3}
        volumeMounts: [{name: conf, mountPath: /conf, readOnly: true}, {name: scratch, mountPath: /tmp/x}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: busybox, command: [sleep, "10000"]}], nodeSelector: {kubernetes.io/os: linux}}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, type: NodePort, ports: [{name: http, port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {type: ExternalName, externalName: example.com}
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: web}}
data: {color: red, text: "two\\nlines\\n"}
binaryData: {bytes: AAEC}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
data: {password: Z2VoZWlt}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  completions: 2
  backoffLimit: 3
  template:
    spec: {restartPolicy: Never, containers: [{name: once, image: busybox, command: [date]}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 4
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: plain}
spec: {controller: example.com/plain}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: door}
spec:
  ingressClassName: plain
  tls: [{hosts: [shop.example.com], secretName: key}]
  rules:
  - host: shop.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: lock}
spec: {holderIdentity: me, leaseDurationSeconds: 40, acquireTime: "2026-01-01T00:00:00.000000Z"}
---
apiVersion: v1
kind: Pod
metadata: {name: broken}
spec:
  initContainers: [{name: first, image: busybox, command: [sh, -c, "exit 0"]}]
  containers: [{name: main, image: busybox, command: [sh, -c, "exit 3"]}, {name: lost, image: "nowhere.example.com/none:1"}]
---
apiVersion: v1
kind: Pod
metadata: {name: pending}
spec:
  tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 30}]
  nodeSelector: {disk: fast}
  containers: [{name: main, image: busybox}]
`;

const names = resourceDefinitions.map(({ gvr: { group, resource } }) => (group ? `${resource}.${group}` : resource));
const TYPES_IN_A_LINE = 12;
const listed = names.filter((name) => !/review|^bindings|^tokenrequests/.test(name));
const parts = listed.flatMap((_, i) =>
  i % TYPES_IN_A_LINE === 0 ? [listed.slice(i, i + TYPES_IN_A_LINE).join(',')] : [],
);
const setup = ['apply -f many.yaml', 'sandkube settle', 'sandkube advance 100s'];
const files = { 'many.yaml': MANY };

export const describingGroups: readonly ParityGroup[] = [
  {
    name: 'every kind',
    files,
    setup,
    lines: parts.flatMap((types) => [
      `describe ${types} -A`,
      `get ${types} -A -o wide`,
      `get ${types} -A -o yaml --show-managed-fields`,
    ]),
  },
  {
    name: 'describe',
    files,
    setup,
    lines: [
      'describe deploy/web svc/web',
      'describe pods -l app=web',
      'describe pod bro',
      'describe -f many.yaml',
      'describe cm settings --show-events=false',
      'describe pods -l app=none',
      'describe nodes',
      'describe no node-1 node-2',
      'describe deploy web --chunk-size=1',
      'sandkube advance 10m',
      'describe pod broken',
      '! describe pod nosuch',
      '! describe',
      '! describe nothings',
      '! describe cm,secret settings',
      '! describe pods broken -l app=web',
      '! describe pods -l app=(',
      '! describe -f missing.yaml',
      '! describe pod/broken svc',
      '! describe pods broken -A',
      '! describe pods --bogus',
    ],
  },
];
