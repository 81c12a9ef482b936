import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { genuine, genuineProgram, runProgram, type GenuineResult } from './genuine.ts';

const bin = path.resolve(import.meta.dirname, '../../bin');
const kubectl = genuine('kubectl');
const itGenuine = kubectl ? it : it.skip;

let root: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-serve-'));
});
afterEach(async () => {
  await sandkube('stop');
  for (const child of children.splice(0)) child.kill('SIGKILL');
  fs.rmSync(root, { recursive: true, force: true });
});

const kubeconfig = (): string => path.join(root, 'kubeconfig');

function ours(program: string, line: string): Promise<GenuineResult> {
  const env = { SANDKUBE_HOME: root };
  return runProgram(path.join(bin, program), line.split(' '), { kubeconfig: kubeconfig(), cwd: root, env });
}
const sandkube = (line: string): Promise<GenuineResult> => ours('sandkube', line);

/** Starts a program that goes on; `seen` resolves when its output matches. */
function start(file: string, line: string) {
  const env = { PATH: process.env['PATH'], HOME: root, SANDKUBE_HOME: root, KUBECONFIG: kubeconfig() };
  const child = spawn(file, line.split(' '), { cwd: root, env });
  children.push(child);
  let text = '';
  let check: () => void = () => undefined;
  const take = (chunk: Buffer): void => {
    text += chunk.toString();
    check();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const seen = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      check = () => pattern.test(text) && resolve(text);
      child.on('close', () => (pattern.test(text) ? resolve(text) : reject(new Error(`ended with: ${text}`))));
      check();
    });
  const end = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  return { child, seen, end };
}

async function serveInBackground(flags = ''): Promise<string> {
  const { stdout, stderr, exitCode } = await sandkube(`serve --port 0 --background${flags === '' ? '' : ` ${flags}`}`);
  if (exitCode !== 0) throw new Error(stderr);
  return /https?:\/\/\S+/.exec(stdout)?.[0] ?? '';
}

describe('sandkube serve', () => {
  it('makes a cluster where there is none, and goes on until it is stopped', async () => {
    const url = await serveInBackground();
    const status = await sandkube('status');
    expect(status.stdout).toContain(`served at:  ${'  '}${url}`);
    expect(await sandkube('serve')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^error: process \d+ serves the cluster already, on https:/) as unknown as string,
    });
    expect((await sandkube('stop')).stdout).toBe('Cluster stopped. Its time goes on with "sandkube start".\n');
    expect(fs.existsSync(path.join(root, 'clusters/sandkube/lock'))).toBe(false);
  });

  it('keeps keys to their owner', async () => {
    await serveInBackground();
    const folder = path.join(root, 'clusters/sandkube/pki');
    const modes = fs.readdirSync(folder).map((file) => fs.statSync(path.join(folder, file)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    expect(fs.statSync(kubeconfig()).mode & 0o777).toBe(0o600);
  });

  itGenuine('lets genuine kubectl see what ours does in another process, and the other way round', async () => {
    await sandkube('start --clock manual');
    await serveInBackground('--advance-on-wait');
    const watch = start(genuineProgram('kubectl') ?? '', 'get configmaps -w');
    await watch.seen(/kube-root-ca\.crt/);
    expect(await ours('kubectl', 'create configmap ours --from-literal=a=b')).toMatchObject({ exitCode: 0 });
    await watch.seen(/^ours +1 +0s$/m);
    const ownWatch = start(path.join(bin, 'kubectl'), 'get configmaps -w');
    await ownWatch.seen(/^ours /m);
    await kubectl?.(['create', 'configmap', 'theirs'], { kubeconfig: kubeconfig() });
    await ownWatch.seen(/^theirs +0 +0s$/m);
    await sandkube('stop');
    expect((await ours('kubectl', 'get configmaps -o name')).stdout).toBe(
      'configmap/kube-root-ca.crt\nconfigmap/ours\nconfigmap/theirs\n',
    );
  });

  it('has on disk what it reported when it is killed amid writes', async () => {
    await sandkube('start --clock manual');
    const server = start(path.join(bin, 'sandkube'), 'serve --port 0 --http');
    const url = /http:\/\/\S+:\d+/.exec(await server.seen(/http:\/\/\S+:\d+\s/))?.[0];
    const reported: string[] = [];
    const write = async (worker: number): Promise<void> => {
      for (let i = 0; ; i += 1) {
        const body = JSON.stringify({ metadata: { name: `kept-${worker}-${i}` } });
        const headers = { 'content-type': 'application/json' };
        const target = `${url}/api/v1/namespaces/default/configmaps`;
        const answer = await fetch(target, { method: 'POST', headers, body }).catch(() => undefined);
        if (answer?.status !== 201) return;
        reported.push(`configmap/kept-${worker}-${i}`);
        if (reported.length === 40) server.child.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, worker) => write(worker)));
    await server.end;
    expect(reported.length).toBeGreaterThanOrEqual(40);
    const { stdout, stderr, exitCode } = await ours('kubectl', 'get configmaps -o name');
    expect([stderr, exitCode]).toEqual(['', 0]);
    const there = new Set(stdout.split('\n'));
    expect(reported.filter((name) => !there.has(name))).toEqual([]);
    expect(await ours('kubectl', 'delete configmap kept-0-0')).toMatchObject({ exitCode: 0 });
  });

  it('ends at Ctrl-C', async () => {
    const server = start(path.join(bin, 'sandkube'), 'serve --port 0');
    await server.seen(/KUBECONFIG=/);
    server.child.kill('SIGINT');
    expect(await server.end).toBe(0);
    expect(fs.existsSync(path.join(root, 'clusters/sandkube/lock'))).toBe(false);
  });

  it('stands still on the manual clock, until sandkube moves it', async () => {
    await sandkube('start --clock manual');
    await serveInBackground();
    await ours('kubectl', 'run web --image=nginx');
    expect((await ours('kubectl', 'get pod web --no-headers')).stdout).toMatch(
      /^web +0\/1 +ContainerCreating +0 +0s\n$/,
    );
    expect((await sandkube('settle')).stdout).toMatch(/^Settled after \ds\.\n$/);
    expect((await ours('kubectl', 'get pod web --no-headers')).stdout).toMatch(/^web +1\/1 +Running +0 +\ds\n$/);
  });

  it('says why it cannot listen', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as net.AddressInfo;
    const expected = `error: listen tcp 127.0.0.1:${port}: bind: address already in use\n`;
    expect(await sandkube(`serve --port ${port}`)).toEqual({ stdout: '', stderr: expected, exitCode: 1 });
    expect(await sandkube(`serve --background --port ${port}`)).toEqual({ stdout: '', stderr: expected, exitCode: 1 });
    other.close();
  });

  it('serves plain HTTP without credentials, on this machine', async () => {
    const url = await serveInBackground('--http');
    expect((await fetch(`${url}/api/v1/namespaces/default`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/namespaces`, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await ours('kubectl', 'get namespace default -o name')).stdout).toBe('namespace/default\n');
  });

  it('prints a kubeconfig that holds everything', async () => {
    const url = await serveInBackground('--token geheim');
    const { stdout } = await sandkube('kubeconfig');
    expect(stdout).toContain(`server: ${url}\n`);
    expect(stdout).toContain('token: geheim\n');
    fs.writeFileSync(path.join(root, 'elsewhere'), stdout);
    const result = await ours('kubectl', '--kubeconfig=elsewhere get namespace default -o name');
    expect(result).toEqual({ stdout: 'namespace/default\n', stderr: '', exitCode: 0 });
  });
});
