import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      nodeSelector: {kubernetes.io/hostname: node-1}
      containers: [{name: web, image: nginx}]
---
apiVersion: v1
kind: Pod
metadata: {name: lonely}
spec:
  nodeName: node-1
  containers: [{name: c, image: nginx}]
  volumes: [{name: scratch, emptyDir: {}}]
`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  sandbox.write('web.yaml', manifest);
  await sandbox.out('kubectl apply -f web.yaml');
  await sandbox.out('sandkube settle');
});
afterAll(() => sandbox.close());

async function run(line: string) {
  const { stdout, stderr, exitCode } = await sandbox.run(`kubectl ${line}`);
  return { out: stdout, err: stderr, exitCode };
}

describe('cordon and uncordon', () => {
  it.each([
    ['cordon', '', "error: USAGE: cordon NODE [flags]\nSee 'kubectl cordon -h' for help and examples\n", 1],
    [
      'cordon node-2 -l a=b',
      '',
      "error: cannot specify both a node name and a --selector option\nSee 'kubectl cordon -h' for help and examples\n",
      1,
    ],
    ['cordon nope', '', 'Error from server (NotFound): nodes "nope" not found\n', 1],
    ['cordon node-2 --dry-run=client', 'node/node-2 cordoned (dry run)\n', '', 0],
    ['cordon node-2 --dry-run=server', 'node/node-2 cordoned (server dry run)\n', '', 0],
    ['cordon node-2', 'node/node-2 cordoned\n', '', 0],
    ['cordon node-2 node-3', 'node/node-2 already cordoned\nnode/node-3 cordoned\n', '', 0],
    ['get node node-2 -o jsonpath={.spec.unschedulable}', 'true', '', 0],
    ['uncordon -l kubernetes.io/hostname=node-2', 'node/node-2 uncordoned\n', '', 0],
    ['uncordon node-2 node-3', 'node/node-2 already uncordoned\nnode/node-3 uncordoned\n', '', 0],
    ['get node node-2 -o jsonpath={.spec.unschedulable}', '', '', 0],
  ])('%s', async (line, out, err, exitCode) => {
    expect(await run(line)).toEqual({ out, err, exitCode });
  });
});

describe('taint', () => {
  it.each([
    ['taint', '', 'error: one or more resources must be specified as <resource> <name>\n', 1],
    ['taint nodes node-2', '', 'error: at least one taint update is required\n', 1],
    [
      'taint nodes a=b:NoSchedule node-2',
      '',
      'error: all resources must be specified before taint changes: node-2\n',
      1,
    ],
    [
      'taint nodes node-2 a=b:Never',
      '',
      "error: invalid taint effect: Never, unsupported taint effect\nSee 'kubectl taint -h' for help and examples\n",
      1,
    ],
    [
      'taint nodes node-2 a=b',
      '',
      "error: invalid taint spec: a=b, name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')\nSee 'kubectl taint -h' for help and examples\n",
      1,
    ],
    ['taint pods lonely a=b:NoSchedule', '', 'error: invalid resource type pods, only node types are supported\n', 1],
    [
      'taint nodes node-2 a=b:NoSchedule a-',
      '',
      'error: can not both modify and remove the following taint(s) in the same command: a=\n',
      1,
    ],
    ['taint nodes node-2 a=b:NoSchedule --dry-run=server', 'node/node-2 tainted\n', '', 0],
    ['taint nodes node-2 a=b:NoSchedule c:PreferNoSchedule', 'node/node-2 tainted\n', '', 0],
    [
      'taint nodes node-2 a=z:NoSchedule',
      '',
      'error: node node-2 already has a taint(s) with same effect(s) and --overwrite is false\n',
      1,
    ],
    ['taint nodes node-2 a=z:NoSchedule --overwrite', 'node/node-2 modified\n', '', 0],
    [
      'get node node-2 -o jsonpath={.spec.taints}',
      '[{"effect":"NoSchedule","key":"a","value":"z"},{"effect":"PreferNoSchedule","key":"c"}]',
      '',
      0,
    ],
    ['taint nodes node-2 a:NoSchedule-', 'node/node-2 untainted\n', '', 0],
    ['taint nodes node-2 a-', '', 'error: taint "a" not found\n', 1],
    ['taint nodes -l kubernetes.io/hostname=node-2 c-', 'node/node-2 untainted\n', '', 0],
    ['get node node-2 -o jsonpath={.spec.taints}', '', '', 0],
  ])('%s', async (line, out, err, exitCode) => {
    expect(await run(line)).toEqual({ out, err, exitCode });
  });
});

describe('drain', () => {
  const ofPods = (text: string): string => text.replaceAll(/(kube-proxy|web-\w+)-\w+/g, '$1');

  it('names what forbids it', async () => {
    const { out, err, exitCode } = await run('drain node-1');
    const problems = [
      'cannot delete Pods with local storage (use --delete-emptydir-data to override): default/lonely',
      'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): kube-system/kube-proxy',
    ];
    expect({ out, err: ofPods(err), exitCode }).toEqual({
      out: 'node/node-1 cordoned\n',
      err:
        `error: unable to drain node "node-1" due to error: [${problems.join(', ')}], continuing command...\n` +
        `There are pending nodes to be drained:\n node-1\n${problems.join('\n')}\n`,
      exitCode: 1,
    });
  });

  it('tells what it would do', async () => {
    const flags =
      '--ignore-daemonsets --delete-emptydir-data --force --pod-selector=k8s-app!=kube-dns,k8s-app!=kubernetes-dashboard';
    const { out, err } = await run(`drain node-1 ${flags} --dry-run=client`);
    expect({ out: ofPods(out), err: ofPods(err) }).toEqual({
      out:
        'node/node-1 already cordoned (dry run)\nevicting pod default/lonely (dry run)\n' +
        `evicting pod default/${webSet} (dry run)\nnode/node-1 drained (dry run)\n`,
      err: 'Warning: deleting Pods that declare no controller: default/lonely; ignoring DaemonSet-managed Pods: kube-system/kube-proxy\n',
    });
  });

  it('evicts all pods before it waits for one', async () => {
    const { out, err, exitCode } = await run(
      'drain node-1 --ignore-daemonsets --delete-emptydir-data --force --pod-selector=k8s-app!=kube-dns,k8s-app!=kubernetes-dashboard',
    );
    const lines = ofPods(out)
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.slice(0, 3)).toEqual([
      'node/node-1 already cordoned',
      'evicting pod default/lonely',
      `evicting pod default/${webSet}`,
    ]);
    expect(lines.slice(3).sort()).toEqual(['node/node-1 drained', 'pod/lonely evicted', `pod/${webSet} evicted`]);
    expect({ err: ofPods(err), exitCode }).toEqual({
      err: 'Warning: deleting Pods that declare no controller: default/lonely; ignoring DaemonSet-managed Pods: kube-system/kube-proxy\n',
      exitCode: 0,
    });
  });

  let webSet: string;
  beforeAll(async () => {
    webSet = await sandbox.out('kubectl get rs -o jsonpath={.items[0].metadata.name}');
  });
});
