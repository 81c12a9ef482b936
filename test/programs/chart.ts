// A chart as people write them: workload, configuration, account, hooks before and after, a test.
// Called by: helm.test.ts. Must not know: how Helm is run.
import fs from 'node:fs';
import path from 'node:path';

const chart = `apiVersion: v2
name: shop
description: A shop with a window.
version: 1.0.0
appVersion: "2.1"
`;

const values = `replicas: 1
tag: "1.27"
mode: dark
preInstall: date
`;

const common = (kind: string, apiVersion = 'v1', suffix = ''): string => `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: {{ .Release.Name }}${suffix}
  labels:
    app.kubernetes.io/name: shop
    app.kubernetes.io/instance: {{ .Release.Name }}
    app.kubernetes.io/managed-by: {{ .Release.Service }}
`;

const deployment = `${common('Deployment', 'apps/v1')}spec:
  replicas: {{ .Values.replicas }}
  progressDeadlineSeconds: 20
  selector:
    matchLabels:
      app: {{ .Release.Name }}
  template:
    metadata:
      labels:
        app: {{ .Release.Name }}
    spec:
      serviceAccountName: {{ .Release.Name }}
      containers:
        - name: web
          image: nginx:{{ .Values.tag }}
          ports:
            - name: http
              containerPort: 80
          envFrom:
            - configMapRef:
                name: {{ .Release.Name }}
          readinessProbe:
            httpGet:
              path: /
              port: http
          volumeMounts:
            - name: keys
              mountPath: /keys
      volumes:
        - name: keys
          secret:
            secretName: {{ .Release.Name }}
`;

const service = `${common('Service')}spec:
  selector:
    app: {{ .Release.Name }}
  ports:
    - name: http
      port: 8080
      targetPort: http
`;

/** A Job that runs at a hook. `policy` says when Helm deletes it. */
const hook = (event: string, policy: string, script: string): string => `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-${event}
  annotations:
    helm.sh/hook: ${event}
    helm.sh/hook-weight: "1"
    helm.sh/hook-delete-policy: ${policy}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: work
          image: busybox
          command: ["sh", "-c", ${JSON.stringify(script)}]
`;

const files: Readonly<Record<string, string>> = {
  'Chart.yaml': chart,
  'values.yaml': values,
  'templates/deployment.yaml': deployment,
  'templates/service.yaml': service,
  'templates/configmap.yaml': `${common('ConfigMap')}data:\n  MODE: {{ .Values.mode }}\n`,
  'templates/secret.yaml': `${common('Secret')}type: Opaque\nstringData:\n  key: geheim\n`,
  'templates/serviceaccount.yaml': common('ServiceAccount'),
  'templates/hooks/before.yaml': hook('pre-install', 'before-hook-creation,hook-succeeded', '{{ .Values.preInstall }}'),
  'templates/hooks/after.yaml': hook('post-install', 'before-hook-creation', 'sleep 2; echo installed'),
  'templates/hooks/last.yaml': hook('pre-delete', 'hook-succeeded', 'sleep 1'),
  'templates/tests/connection.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-connection
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  restartPolicy: Never
  containers:
    - name: wget
      image: busybox
      command: [wget, -qO-, "{{ .Release.Name }}:8080"]
`,
  'templates/NOTES.txt': 'The shop {{ .Release.Name }} is {{ .Values.mode }}.\n',
};

/** Writes the chart into a new folder `shop` and returns its path. */
export function writeChart(directory: string): string {
  const root = path.join(directory, 'shop');
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
  return root;
}
