import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askJson } from '../server/client.ts';
import { serveCluster, type ServedCluster } from '../server/fixture.ts';
import { genuine, genuineProgram, type GenuineResult } from '../server/genuine.ts';

const kubectl = genuine('kubectl');
const describeGenuine = kubectl ? describe : describe.skip;

let served: ServedCluster;
beforeAll(async () => {
  served = await serveCluster({ advancesOnWait: true });
  if (!kubectl) return;
  await out('run web --image=nginx --port=80');
  await out('run shell --image=busybox -i --attach=false --restart=Never -- sh');
  await out('wait --for=condition=Ready pod/web pod/shell');
});
afterAll(() => served.close());

function run(line: string | readonly string[], stdin = ''): Promise<GenuineResult> {
  if (!kubectl) throw new Error('no kubectl');
  return kubectl(typeof line === 'string' ? line.split(' ') : line, { kubeconfig: served.kubeconfig, stdin });
}

async function out(line: string | readonly string[], stdin?: string): Promise<string> {
  const { stdout, stderr, exitCode } = await run(line, stdin);
  if (exitCode !== 0) throw new Error(`${String(line)}: exit ${exitCode}\n${stderr}`);
  return stdout;
}

const PROMPT = `All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.
If you don't see a command prompt, try pressing enter.
`;

describeGenuine('genuine kubectl', () => {
  it('is told who owns the fields that it would apply, and takes them with --force-conflicts', async () => {
    const manifest = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'owned' },
      data: { a: '1' },
    });
    const apply = 'apply --server-side -f -';
    expect(await out(apply, manifest)).toBe('configmap/owned serverside-applied\n');
    await out(['patch', 'configmap', 'owned', '--patch={"data":{"a":"9"}}']);
    expect(await run(apply, manifest)).toEqual({
      stdout: '',
      stderr: `error: Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: .data.a
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
`,
      exitCode: 1,
    });
    expect(await out(`${apply} --force-conflicts`, manifest)).toBe('configmap/owned serverside-applied\n');
  });

  it('runs a shell in a Pod of its own, which goes with it', async () => {
    const line = 'run box --rm -it --image=busybox --restart=Never -- sh';
    expect(await run(line, 'echo $((6 * 7))\nexit 3\n')).toEqual({
      stdout: '42\npod "box" deleted from default namespace\n',
      stderr:
        'Unable to use a TTY - input is not a terminal or the right kind of file\n' +
        `${PROMPT}pod default/box terminated (Error)\n`,
      exitCode: 3,
    });
    expect((await run('get pod box')).stderr).toBe('Error from server (NotFound): pods "box" not found\n');
    expect(await run('run box --rm -i --image=busybox --restart=Never -- cat', 'one\ntwo\n')).toEqual({
      stdout: 'one\ntwo\npod "box" deleted from default namespace\n',
      stderr: PROMPT,
      exitCode: 0,
    });
  });

  it('attaches to a shell that waits for somebody', async () => {
    expect(await run('attach -i shell', 'echo here\nexit 2\n')).toEqual({
      stdout: 'here\n',
      stderr: PROMPT,
      exitCode: 0,
    });
    await out('wait --for=jsonpath={.status.phase}=Failed pod/shell');
    expect(await out('logs shell')).toBe('here\n');
  });

  it('debugs a Pod beside its containers, in a copy, and its node', async () => {
    const beside = await run('debug web -i --image=busybox --profile=general -c eye -- sh', 'wget -qO- localhost\n');
    expect(beside).toMatchObject({ stderr: PROMPT, exitCode: 0 });
    expect(beside.stdout).toContain('<h1>Welcome to nginx!</h1>');
    const { status } = await askJson<{ status: { ephemeralContainerStatuses: { name: string; state: object }[] } }>(
      served,
      '/api/v1/namespaces/default/pods/web',
    );
    expect(status.ephemeralContainerStatuses).toMatchObject([{ name: 'eye', state: { terminated: { exitCode: 0 } } }]);

    await out('debug web --copy-to=copy --set-image=web=httpd --profile=general');
    await out('wait --for=condition=Ready pod/copy');
    expect(await out('logs copy')).toContain('Apache/2.4');

    const node = await run('debug node/node-2 -i --image=busybox --profile=general -- sh', 'hostname\n');
    expect(node.stdout).toMatch(
      /^Creating debugging pod node-debugger-node-2-\w+ with container debugger on node node-2\.\nnode-2\n$/,
    );
  });

  it('says who may do what, for itself and for others', async () => {
    await out('create serviceaccount robot');
    await out('create role reader --verb=get,list --resource=pods');
    await out('create rolebinding reader --role=reader --serviceaccount=default:robot');
    const robot = '--as=system:serviceaccount:default:robot';
    expect(await out('auth can-i delete nodes')).toBe('yes\n');
    expect(await out(`auth can-i list pods ${robot}`)).toBe('yes\n');
    expect(await run(`auth can-i delete pods ${robot}`)).toEqual({ stdout: 'no\n', stderr: '', exitCode: 1 });
    const rows = (await out(`auth can-i --list --no-headers ${robot}`)).split('\n').map((row) => row.split(/ {2,}/));
    expect(rows).toContainEqual(['pods', '[]', '[]', '[get list]']);
    expect(rows).toContainEqual(['', '[/healthz]', '[]', '[get]']);
    expect(rows.some(([resources]) => resources === '*.*')).toBe(false);
    expect((await out('auth can-i --list --no-headers')).startsWith('*.*  ')).toBe(true);
    expect((await run(`get secrets ${robot}`)).stderr).toBe(
      'Error from server (Forbidden): secrets is forbidden: User "system:serviceaccount:default:robot" ' +
        'cannot list resource "secrets" in API group "" in the namespace "default"\n',
    );
  });

  it('shows what nodes and Pods use', async () => {
    expect(await out('top nodes --no-headers')).toMatch(
      /^control-plane( +\d+m +\d+% +\d+Mi +\d+% +\n)node-1(?: +\d+m +\d+% +\d+Mi +\d+% +\n)node-2/,
    );
    expect(await out('top pods -n kube-system -l component=etcd --containers --no-headers')).toMatch(
      /^etcd-control-plane +etcd +\d+m +\d+Mi +\n$/,
    );
  });

  it.each(['genuine', 'our own'])('is a proxy through which others ask: the %s one', async (whose) => {
    const ours = path.resolve(import.meta.dirname, '../../bin/kubectl');
    const child = spawn(whose === 'genuine' ? (genuineProgram('kubectl') ?? '') : ours, ['proxy', '--port=0'], {
      env: {
        PATH: process.env['PATH'],
        KUBECONFIG: served.kubeconfig,
        SANDKUBE_HOME: path.join(served.directory, 'other'),
      },
    });
    try {
      const address = await new Promise<string>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => resolve(/127\.0\.0\.1:\d+/.exec(chunk.toString())?.[0] ?? ''));
      });
      const page = await fetch(`http://${address}/api/v1/namespaces/default/pods/web:80/proxy/`);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<h1>Welcome to nginx!</h1>')]);
      const dashboard = '/api/v1/namespaces/kube-system/services/https:kubernetes-dashboard:/proxy/';
      const workloads = await (await fetch(`http://${address}${dashboard}`)).text();
      expect(workloads).toMatch(
        /<title>Kubernetes Dashboard<[^]*<h2>Pods<[^]*<td>web<\/td><td>1\/1<\/td><td>Running<\/td>/,
      );
      const status = await (await fetch(`http://${address}/api/v1/namespaces/nosuch`)).json();
      expect(status).toMatchObject({ kind: 'Status', code: 404, message: 'namespaces "nosuch" not found' });
      // Larger answers come packed.
      const { info } = (await (await fetch(`http://${address}/openapi/v3/apis/apps/v1`)).json()) as { info: object };
      expect(info).toMatchObject({ title: 'Kubernetes' });
    } finally {
      child.kill();
    }
  });
});
