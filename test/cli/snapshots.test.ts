import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, labels: {app: shop}}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - name: server
        image: nginx:1.25
        ports: [{containerPort: 80}]
        env: [{name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}]
        resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
        readinessProbe: {httpGet: {path: /, port: 80}}
        volumeMounts: [{name: settings, mountPath: /etc/shop}]
      volumes: [{name: settings, configMap: {name: settings}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: dark}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {token: t0ken}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {type: NodePort, selector: {app: shop}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec: {rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}]}}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: "fluentd:v1.16"}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: once, image: "busybox:1.36", command: [sh, -c, "echo done"]}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}
  maxReplicas: 4
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: broken}
spec: {containers: [{name: c, image: "grc.io/nobody/nothing:1"}]}
`;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
  sandbox.write('all.yaml', MANIFESTS);
  await sandbox.out('kubectl apply -f all.yaml');
  await sandbox.out('sandkube advance 2m');
});
afterAll(() => sandbox.close());

it.each([
  'kubectl get nodes',
  'kubectl get nodes -o wide',
  'kubectl get namespaces --show-labels',
  'kubectl get all',
  'kubectl get all -o wide',
  'kubectl get pods -A -o wide',
  'kubectl get configmaps,secrets,serviceaccounts,ingresses,endpointslices',
  'kubectl get events --sort-by=.metadata.name',
  'kubectl get leases -n kube-node-lease',
  'kubectl get controllerrevisions',
  'kubectl get deployment shop -o yaml',
])('%s', async (line) => {
  expect(await sandbox.out(line)).toMatchSnapshot();
});

it.each([
  'kubectl describe node node-1',
  'kubectl describe namespace default',
  'kubectl describe deployment shop',
  'kubectl describe replicasets',
  'kubectl describe pods',
  'kubectl describe service shop',
  'kubectl describe ingress shop',
  'kubectl describe daemonset agent',
  'kubectl describe job once',
  'kubectl describe hpa shop',
  'kubectl describe configmap settings',
  'kubectl describe secret keys',
  'kubectl describe serviceaccount default',
])('%s', async (line) => {
  expect(await sandbox.out(line)).toMatchSnapshot();
});
