// What nodes and pods use: top, and the metrics API as a kind like others.
// Called by: reading.test.ts.
import type { ParityGroup } from './compare.ts';

const LOADED = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.25", resources: {requests: {cpu: 100m}}}
      - {name: side, image: busybox, command: [sleep, "100000"]}
---
apiVersion: v1
kind: Pod
metadata:
  name: busy
  labels: {app: busy}
  annotations: {sandkube.dev/cpu-load: 250m, sandkube.dev/memory-load: 64Mi}
spec:
  containers:
  - {name: main, image: "nginx:1.25"}
`;

const top: ParityGroup = {
  name: 'top and the metrics API',
  isFurther: true,
  files: { 'loaded.yaml': LOADED },
  setup: ['apply -f loaded.yaml', 'sandkube settle', 'sandkube advance 1m'],
  lines: [
    'top pod',
    'top pods --containers',
    'top pod busy',
    'top pod busy --containers --no-headers',
    'top pod -l app=web',
    'top pod -l app=web --sum',
    'top pod --containers --sum --no-headers',
    'top pod --sort-by=cpu',
    'top pod --sort-by=memory --containers',
    'top pod -A',
    'top pod -A --sum --sort-by=memory',
    'top pod -n kube-system -l component',
    'top pod --field-selector=metadata.name=busy',
    'top pod --show-swap',
    'top pod -n kube-public',
    '! top pod nosuch',
    '! top pod busy -l app=web',
    '! top pod --sort-by=disk',
    '! top pod --field-selector=spec.nodeName=node-1',
    "! top pod -l 'a b'",
    'top node',
    'top nodes --sort-by=cpu',
    'top node node-1 --no-headers',
    'top node -l kubernetes.io/hostname=node-2',
    'top node --show-capacity',
    'top node --sort-by=memory --show-capacity',
    '! top node nosuch',
    '! top node node-1 -l a=b',
    'get podmetrics',
    'get pods.metrics.k8s.io -A -o wide --show-labels',
    'get nodes.metrics.k8s.io',
    'get podmetrics busy -o yaml',
    'get --raw /apis/metrics.k8s.io/v1beta1/namespaces/default/pods/busy',
    'get --raw /apis/metrics.k8s.io/v1beta1/nodes?labelSelector=kubernetes.io/hostname%3Dnode-1',
    'get --raw /apis/metrics.k8s.io/v1beta1',
    'api-resources --api-group=metrics.k8s.io',
    'explain podmetrics.containers --api-version=metrics.k8s.io/v1beta1',
    '! delete pods.metrics.k8s.io busy',
    '! get pods.metrics.k8s.io -w',
  ],
};

const young: ParityGroup = {
  name: 'what is too young for metrics',
  isFurther: true,
  setup: [
    'run old --image=nginx',
    'sandkube settle',
    'sandkube advance 5m',
    'run young --image=nginx',
    'sandkube settle',
  ],
  lines: ['get pods', 'top pod', '! top pod young', 'sandkube advance 30s', 'top pod young', 'top pod --sum'],
};

export const metricsGroups: readonly ParityGroup[] = [top, young];
