import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';

const manifest = `apiVersion: v1
kind: ConfigMap
metadata: {name: one, labels: {app: paint, tier: web}}
data: {a: "1"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: two, labels: {app: paint, part: map}}
data: {a: "2", b: "3"}
---
apiVersion: v1
kind: Secret
metadata: {name: one, labels: {app: paint}}
stringData: {k: v}
---
apiVersion: v1
kind: Namespace
metadata: {name: far, labels: {part: map}}
`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  sandbox.write('objects.yaml', manifest);
  await sandbox.out('kubectl create -f objects.yaml');
});
afterAll(() => sandbox.close());

describe('kubectl get', () => {
  it.each<[string, string]>([
    ['get cm -l app=paint', 'NAME   DATA   AGE\none    1      0s\ntwo    2      0s\n'],
    ['get cm one --no-headers', 'one   1     0s\n'],
    ['get cm one -o name', 'configmap/one\n'],
    [
      'get cm,secret -l app=paint',
      'NAME            DATA   AGE\nconfigmap/one   1      0s\nconfigmap/two   2      0s\n\nNAME         TYPE     DATA   AGE\nsecret/one   Opaque   1      0s\n',
    ],
    ['get cm/one secret/one --no-headers', 'configmap/one   1     0s\nsecret/one   Opaque   1     0s\n'],
    ['get cm -l app=paint -L tier', 'NAME   DATA   AGE   TIER\none    1      0s    web\ntwo    2      0s    \n'],
    [
      'get cm -l app=paint --show-labels',
      'NAME   DATA   AGE   LABELS\none    1      0s    app=paint,tier=web\ntwo    2      0s    app=paint,part=map\n',
    ],
    ['get cm -A -l tier=web', 'NAMESPACE   NAME   DATA   AGE\ndefault     one    1      0s\n'],
    ['get cm one --show-kind', 'NAME            DATA   AGE\nconfigmap/one   1      0s\n'],
    ['get cm -l app=paint --sort-by=.data.b', 'NAME   DATA   AGE\none    1      0s\ntwo    2      0s\n'],
    ['get cm one --server-print=false', 'NAME   AGE\none    0s\n'],
    ['get cm -l app=paint --chunk-size=1', 'NAME   DATA   AGE\none    1      0s\ntwo    2      0s\n'],
    ['get cm one -o jsonpath={.data}', '{"a":"1"}'],
    [
      'get cm -l app=none -o json',
      '{\n    "apiVersion": "v1",\n    "items": [],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n',
    ],
    ['get cm nope --ignore-not-found', ''],
    ['get --raw /healthz', 'ok'],
  ])('%s', async (line, expected) => {
    expect(await sandbox.run(['kubectl', ...line.split(' ')])).toEqual({ stdout: expected, stderr: '', exitCode: 0 });
  });

  it.each<[string, string, number]>([
    ['get cm -l app=none', 'No resources found in default namespace.\n', 0],
    ['get cm -A -l app=none', 'No resources found\n', 0],
    ['get cm -l app=paint --sort-by=.nope', 'No resources found in default namespace.\n', 0],
    ['get cm nope', 'Error from server (NotFound): configmaps "nope" not found\n', 1],
    ['get cm one -n nosuch', 'Error from server (NotFound): namespaces "nosuch" not found\n', 1],
    ['get foobar', 'error: the server doesn\'t have a resource type "foobar"\n', 1],
    ['get cm one --show-labels -o json', 'error: --show-labels option cannot be used with json printer\n', 1],
    [
      'get cm --output-watch-events',
      'error: --output-watch-events option can only be used with --watch or --watch-only\n',
      1,
    ],
    ['get --raw nope', 'error: --raw must be a valid URL path: parse "nope": invalid URI for request\n', 1],
    ['get pods --raw /healthz', 'error: arguments may not be passed when --raw is specified\n', 1],
    ['get --raw /healthz -o json', 'error: --raw and --output are mutually exclusive\n', 1],
    [
      'get',
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n' +
        'error: Required resource not specified.\n' +
        'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\n' +
        "See 'kubectl get -h' for help and examples\n",
      1,
    ],
  ])('%s says what is wrong', async (line, stderr, exitCode) => {
    expect(await sandbox.run(['kubectl', ...line.split(' ')])).toEqual({ stdout: '', stderr, exitCode });
  });

  it('prints what it found before what it did not', async () => {
    expect(await sandbox.run('kubectl get cm one nope -o name')).toEqual({
      stdout: 'configmap/one\n',
      stderr: 'Error from server (NotFound): configmaps "nope" not found\n',
      exitCode: 1,
    });
  });

  it('keeps the namespace column for all types once one has it', async () => {
    expect(await sandbox.out('kubectl get cm,ns -A -l part=map')).toBe(
      'NAMESPACE   NAME            DATA   AGE\ndefault     configmap/two   2      0s\n\n' +
        'NAMESPACE   NAME            STATUS   AGE\n            namespace/far   Active   0s\n',
    );
    expect(await sandbox.out('kubectl get ns,cm -A -l part=map')).toBe(
      'NAME            STATUS   AGE\nnamespace/far   Active   0s\n\n' +
        'NAMESPACE   NAME            DATA   AGE\ndefault     configmap/two   2      0s\n',
    );
  });
});

describe('kubectl get --watch, ended by Ctrl-C', () => {
  it.each<[string, string]>([
    ['get cm -l app=paint -w', 'NAME   DATA   AGE\none    1      0s\ntwo    2      0s\n'],
    ['get cm one -w', 'NAME   DATA   AGE\none    1      0s\n'],
    ['get cm -l tier=web -w --output-watch-events', 'EVENT      NAME   DATA   AGE\nADDED      one    1      0s\n'],
    ['get cm one -w -o name', 'configmap/one\n'],
    ['get cm one --watch-only', ''],
  ])('%s', async (line, stdout) => {
    const interrupt = new Promise<void>((resolve) => setImmediate(resolve));
    const result = await sandbox.run(['kubectl', ...line.split(' ')], { interrupt });
    expect(result).toEqual({ stdout, stderr: '', exitCode: 1 });
  });
});
