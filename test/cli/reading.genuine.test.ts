import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalNetwork } from '../../src/cli/localnetwork.ts';
import type { LocalNetwork } from '../../src/cli/runtime.ts';
import { createSandbox, type RunResult, type Sandbox } from '../harness.ts';
import { genuine } from '../server/genuine.ts';

// Genuine kubectl asks the same cluster, through our `kubectl proxy`: both must print the same.
const kubectl = genuine('kubectl');
const describeGenuine = kubectl ? describe : describe.skip;

const manifest = `apiVersion: v1
kind: Pod
metadata: {name: duo, labels: {app: duo}}
spec:
  initContainers:
  - {name: setup, image: busybox, command: [sh, -c, "echo prepared"]}
  containers:
  - {name: left, image: busybox, command: [sh, -c, "echo left; sleep 1000"]}
  - {name: right, image: busybox, command: [sh, -c, "echo right; sleep 1000"]}
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: lock, annotations: {note: hand-made}}
spec: {holderIdentity: me, leaseDurationSeconds: 40, acquireTime: "2026-01-01T00:00:00.000000Z"}
`;

let sandbox: Sandbox;
let kubeconfig: string;
let proxy: Promise<RunResult>;
let stop = (): void => undefined;

beforeAll(async () => {
  sandbox = await createSandbox();
  sandbox.write('objects.yaml', manifest);
  await sandbox.out('kubectl apply -f objects.yaml');
  await sandbox.out('sandkube settle');
  const interrupt = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const network = createLocalNetwork();
  const port = await new Promise<number>((resolve) => {
    const listen: LocalNetwork['listen'] = async (place, onConnection) => {
      const listener = await network.listen(place, onConnection);
      resolve(listener.port);
      return listener;
    };
    proxy = sandbox.run('kubectl proxy --port=0', { network: { listen }, interrupt });
  });
  kubeconfig = path.join(sandbox.home, 'genuine.yaml');
  const server = `http://127.0.0.1:${port}`;
  const cluster = `clusters: [{name: c, cluster: {server: "${server}"}}]`;
  fs.writeFileSync(kubeconfig, `${cluster}\ncontexts: [{name: c, context: {cluster: c}}]\ncurrent-context: c\n`);
});
afterAll(async () => {
  stop();
  await proxy;
  sandbox.close();
});

/** Ages differ: genuine kubectl lives in another time. So do the widths of their columns. */
function folded({ stdout, stderr, exitCode }: RunResult): RunResult {
  const fold = (text: string): string =>
    text.replaceAll(/\b\d+[smhdy](\d+[smhdy])?\b/g, 'AGE').replaceAll(/(?<=AGE) +/g, ' ');
  return { stdout: fold(stdout), stderr: fold(stderr), exitCode };
}

describeGenuine('beside genuine kubectl', () => {
  it.each([
    'version -o yaml',
    'api-versions',
    'api-resources',
    'api-resources -o wide --sort-by=kind',
    'api-resources -o json --namespaced=false',
    'api-resources -o name --verbs=list,get',
    'explain pods',
    'explain pods --recursive',
    'explain deployments.apps.spec.strategy',
    'explain pod.spec.containers.livenessProbe',
    'explain pods.spec.nope',
    'explain hpa --api-version=autoscaling/v1',
    'explain node.status.capacity',
    'events --for pod/duo',
    'events --for pod/duo -o json',
    'events -n kube-public',
    'logs duo',
    'logs duo -c right --timestamps',
    'logs -l app=duo -c left --prefix --tail=1',
    'logs ds/kube-proxy -n kube-system --tail=1',
    'logs duo -c nope',
    'logs ns/default',
    'logs duo --previous',
    'describe lease lock',
    'describe lease lo',
    'describe lease nope',
    'describe -f objects.yaml',
    'describe pods -l app=none',
    'describe nodes node-1',
    'cordon node-1 --dry-run=client',
    'cordon node-1 --dry-run=server',
    'uncordon node-1',
    'cordon nope',
    'taint nodes node-1 a=b:NoSchedule --dry-run=server',
    'taint nodes node-1 a=b:NoSchedule --dry-run=client -o yaml',
    'taint nodes node-1 a-',
    'taint nodes --all a=b=c:NoSchedule',
    'drain node-1 --pod-selector=(',
    'attach nope',
    'exec duo -c left',
    'exec cm/kube-root-ca.crt -- date',
    'port-forward duo x',
    'port-forward svc/kubernetes 1443:https',
    'cp nope duo:/x',
    'diff -f objects.yaml',
    'diff --nope',
    'cluster-info dump -o name',
  ])('%s', async (line) => {
    const theirs = await kubectl?.(line.split(' '), { kubeconfig, cwd: sandbox.directory });
    const ours = await sandbox.run(['kubectl', ...line.split(' ')]);
    expect(folded(ours)).toEqual(folded(theirs as RunResult));
  });
});
