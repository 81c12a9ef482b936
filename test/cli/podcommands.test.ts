import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';

const manifest = `apiVersion: v1
kind: Pod
metadata: {name: solo}
spec:
  containers:
  - {name: main, image: busybox, command: [sh, -c, "echo one; echo two; echo three; sleep 1000"]}
---
apiVersion: v1
kind: Pod
metadata: {name: duo, labels: {app: duo}}
spec:
  initContainers:
  - {name: setup, image: busybox, command: [sh, -c, "echo prepared"]}
  containers:
  - {name: left, image: busybox, command: [sh, -c, "echo left; sleep 1000"]}
  - {name: right, image: busybox, command: [sh, -c, "echo right; sleep 1000"]}
---
apiVersion: v1
kind: Pod
metadata: {name: over}
spec:
  restartPolicy: Never
  containers: [{name: main, image: busybox, command: [sh, -c, "echo bye"]}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  sandbox.write('pods.yaml', manifest);
  await sandbox.out('kubectl apply -f pods.yaml');
  await sandbox.out('sandkube settle');
});
afterAll(() => sandbox.close());

async function run(words: string | readonly string[], stdin = '') {
  const line = typeof words === 'string' ? `kubectl ${words}` : ['kubectl', ...words];
  const { stdout, stderr, exitCode } = await sandbox.run(line, { stdin });
  return { out: stdout, err: stderr, exitCode };
}

const LOGS_USAGE = `error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.
POD or TYPE/NAME is a required argument for the logs command
See 'kubectl logs -h' for help and examples
`;
const DEFAULTED = 'Defaulted container "left" out of: left, right, setup (init)\n';

describe('logs', () => {
  it.each([
    ['logs', '', LOGS_USAGE, 1],
    ['logs a b c', '', LOGS_USAGE, 1],
    [
      'logs solo -l app=duo',
      '',
      "error: only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples\n",
      1,
    ],
    ['logs nope', '', 'error: error from server (NotFound): pods "nope" not found in namespace "default"\n', 1],
    [
      'logs cm/settings',
      '',
      'error: cannot get the logs from *v1.ConfigMap: selector for *v1.ConfigMap not implemented\n',
      1,
    ],
    [
      'logs svc/kubernetes',
      '',
      "error: cannot get the logs from *v1.Service: invalid service 'kubernetes': Service is defined without a selector\n",
      1,
    ],
    ['logs duo -c nope', '', 'error: container nope is not valid for pod duo\n', 1],
    ['logs solo --since=-1s', '', 'error: --since must be greater than 0\n', 1],
    ['logs solo --tail=-2', '', 'error: --tail must be greater than or equal to -1\n', 1],
    ['logs solo --limit-bytes=-2', '', 'error: --limit-bytes must be greater than 0\n', 1],
    ['logs duo left -c left', '', 'error: only one of -c or an inline [CONTAINER] arg is allowed\n', 1],
    [
      'logs duo left --all-containers',
      '',
      'error: --all-containers=true should not be specified with container name left\n',
      1,
    ],
    ['logs solo --pod-running-timeout=0s', '', 'error: --pod-running-timeout must be higher than zero\n', 1],
    [
      'logs solo --since-time=today',
      '',
      'error: parsing time "today" as "2006-01-02T15:04:05Z07:00": cannot parse "today" as "2006"\n',
      1,
    ],
    ['logs -l app=none', '', 'No resources found in default namespace.\n', 0],
    ['logs solo', 'one\ntwo\nthree\n', '', 0],
    ['logs solo --tail=1', 'three\n', '', 0],
    ['logs solo --limit-bytes=6', 'one\ntw', '', 0],
    ['logs pod/over', 'bye\n', '', 0],
    ['logs duo', 'left\n', DEFAULTED, 0],
    ['logs duo right', 'right\n', '', 0],
    ['logs duo --all-containers', 'prepared\nleft\nright\n', '', 0],
    [
      'logs -l app=duo --all-containers --prefix',
      '[pod/duo/setup] prepared\n[pod/duo/left] left\n[pod/duo/right] right\n',
      '',
      0,
    ],
    ['logs -f over', 'bye\n', '', 0],
    [
      'logs -f -l app=duo --all-containers --max-log-requests=2',
      '',
      'error: you are attempting to follow 3 log streams, but maximum allowed concurrency is 2, use --max-log-requests to increase the limit\n',
      1,
    ],
  ])('%s', async (line, out, err, exitCode) => {
    expect(await run(line)).toEqual({ out, err, exitCode });
  });

  it('chooses one of several pods', async () => {
    const pods = (await sandbox.out('kubectl get pods -n kube-system -l k8s-app=kube-proxy -o name')).split('\n');
    const { out, err, exitCode } = await run('logs ds/kube-proxy -n kube-system --tail=0');
    expect({ out, exitCode }).toEqual({ out: '', exitCode: 0 });
    expect(pods.filter((pod) => err === `Found 4 pods, using ${pod}\n`)).toHaveLength(1);
  });
});

describe('exec', () => {
  it.each([
    ['exec', '', 'error: pod, type/name or --filename must be specified\n', 1],
    [
      'exec solo date',
      '',
      "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples\n",
      1,
    ],
    ['exec solo', '', 'error: you must specify at least one command for the container\n', 1],
    ['exec nope -- date', '', 'Error from server (NotFound): pods "nope" not found\n', 1],
    [
      'exec over -- date',
      '',
      'error: cannot exec into a container in a completed pod; current phase is Succeeded\n',
      1,
    ],
    [
      'exec cm/settings -- date',
      '',
      'error: cannot attach to *v1.ConfigMap: selector for *v1.ConfigMap not implemented\n',
      1,
    ],
    ['exec duo -c nope -- date', '', 'Error from server (BadRequest): container nope is not valid for pod duo\n', 1],
    ['exec solo -- echo hello', 'hello\n', '', 0],
    ['exec duo -- echo hello', 'hello\n', DEFAULTED, 0],
    ['exec duo -q -- echo hello', 'hello\n', '', 0],
    [
      'exec -it solo -- echo hello',
      'hello\n',
      'Unable to use a TTY - input is not a terminal or the right kind of file\n',
      0,
    ],
    ['exec -f pods.yaml -- date', '', 'error: cannot exec into multiple objects at a time\n', 1],
  ])('%s', async (line, out, err, exitCode) => {
    expect(await run(line)).toEqual({ out, err, exitCode });
  });

  it('passes the exit code on', async () => {
    expect(await run(['exec', 'solo', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      out: 'out\n',
      err: 'err\ncommand terminated with exit code 3\n',
      exitCode: 3,
    });
  });

  it('passes stdin', async () => {
    expect(await run('exec -i solo -- cat', 'typed\n')).toEqual({ out: 'typed\n', err: '', exitCode: 0 });
  });
});

describe('attach', () => {
  it.each([
    ['attach', 'error: at least 1 argument is required for attach\n'],
    ['attach a b c', 'error: expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw 3: [a b c]\n'],
    ['attach nope', 'Error from server (NotFound): pods "nope" not found\n'],
    ['attach over', 'error: cannot attach a container in a completed pod; current phase is Succeeded\n'],
    ['attach duo -c nope', 'error: cannot attach to the container: container nope not found in pod duo\n'],
  ])('%s', async (line, err) => {
    expect(await run(line)).toEqual({ out: '', err, exitCode: 1 });
  });
});

describe('processes that end', () => {
  const brief = (name: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  containers: [{name: main, image: busybox, command: [sh, -c, "echo begun; sleep 60; echo done"]}]
`;
  beforeAll(async () => {
    for (const name of ['followed', 'attached']) await sandbox.out('kubectl apply -f -', { stdin: brief(name) });
    await sandbox.out('kubectl wait --for=condition=Ready pod/followed pod/attached');
    await sandbox.out('sandkube advance 10s');
  });

  it('are attached to until then', async () => {
    const { out, err, exitCode } = await run('attach attached');
    expect({ out, exitCode }).toEqual({ out: 'done\n', exitCode: 0 });
    expect(err).toBe(
      'All commands and output from this session will be recorded in container logs, including credentials and ' +
        "sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    );
  });

  it('are followed until then', async () => {
    expect(await run('logs -f followed')).toEqual({ out: 'begun\ndone\n', err: '', exitCode: 0 });
  });
});

describe('cp', () => {
  it.each([
    ['cp', 'error: source and destination are required\n'],
    ['cp a b', 'error: one of src or dest must be a remote file specification\n'],
    ['cp a:/x b:/y', 'error: one of src or dest must be a local file specification\n'],
    ['cp a: b', 'error: filepath can not be empty\n'],
    ['cp :a b', 'error: filespec must match the canonical format: [[namespace/]pod:]file/path\n'],
    ['cp none solo:/x', "error: none doesn't exist in local filesystem\n"],
    ['cp pods.yaml nope:/x', 'Error from server (NotFound): pods "nope" not found\n'],
    ['cp over:/x x', 'error: cannot exec into a container in a completed pod; current phase is Succeeded\n'],
  ])('%s', async (line, err) => {
    expect(await run(line)).toEqual({ out: '', err, exitCode: 1 });
  });

  it('copies a file to a pod and back, byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 3000 }, (_, i) => i % 256));
    fs.writeFileSync(path.join(sandbox.directory, 'bytes'), bytes);
    expect(await run('cp bytes solo:/tmp/there')).toEqual({ out: '', err: '', exitCode: 0 });
    const back = await run('cp solo:/tmp/there back');
    expect({ ...back, bytes: fs.readFileSync(path.join(sandbox.directory, 'back')).equals(bytes) }).toEqual({
      out: "tar: removing leading '/' from member names\n",
      err: '',
      exitCode: 0,
      bytes: true,
    });
  });

  it('copies a folder into one that is there, with links', async () => {
    sandbox.write('tree/deep/leaf', 'green\n');
    fs.mkdirSync(path.join(sandbox.directory, 'tree/empty'));
    fs.symlinkSync('deep/leaf', path.join(sandbox.directory, 'tree/link'));
    expect(await run('cp tree duo:/tmp -c right')).toEqual({ out: '', err: '', exitCode: 0 });
    expect((await run('exec duo -c right -- cat /tmp/tree/link')).out).toBe('green\n');
    const back = await run('cp default/duo:/tmp/tree copy -c right');
    expect(back).toEqual({
      out: "tar: removing leading '/' from member names\n",
      err: 'warning: skipping symlink: "copy/link" -> "deep/leaf" (consider using "kubectl exec -n "default" "duo" -- tar cf - "/tmp/tree" | tar xf -")\n',
      exitCode: 0,
    });
    const files = fs.readdirSync(path.join(sandbox.directory, 'copy'), { recursive: true, encoding: 'utf8' });
    expect(files.sort()).toEqual(['deep', 'deep/leaf', 'empty']);
  });

  it('tells what tar says, and its exit code', async () => {
    expect(await run('cp solo:/none x')).toEqual({
      out: 'tar: /none: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\n',
      err: 'command terminated with exit code 2\n',
      exitCode: 2,
    });
  });

  it('does not write over a folder', async () => {
    fs.mkdirSync(path.join(sandbox.directory, 'folder'));
    await run('exec solo -- touch /tmp/file');
    const { err, exitCode } = await run('cp solo:/tmp/file folder');
    expect({ err, exitCode }).toEqual({ err: 'error: open folder: is a directory\n', exitCode: 1 });
  });
});
