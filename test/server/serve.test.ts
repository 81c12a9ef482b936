import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { genuine, genuineProgram, runProgram, type GenuineResult } from './genuine.ts';

const bin = path.resolve(import.meta.dirname, '../../bin');
const genuineKubectl = genuine('kubectl');
const itGenuine = genuineKubectl ? it : it.skip;

const folders: string[] = [];
const children: ChildProcess[] = [];
/** A home with a cluster that nobody serves; tests work on copies. */
let template: string;
/** A home whose cluster is served in the background. */
let served: { home: string; url: string };
beforeAll(async () => {
  template = newHome();
  await sandkube(template, 'start --clock manual');
  const home = copyHome();
  served = { home, url: await serveInBackground(home, '--token geheim') };
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await sandkube(served.home, 'stop');
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

function newHome(): string {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-serve-'));
  folders.push(home);
  return home;
}

function copyHome(): string {
  const home = newHome();
  fs.cpSync(template, home, { recursive: true });
  return home;
}

const kubeconfig = (home: string): string => path.join(home, 'kubeconfig');
const logs = (home: string): string[] =>
  fs.readdirSync(path.join(home, 'clusters/sandkube')).filter((file) => file.startsWith('serve.'));
const hasLock = (home: string): boolean => fs.existsSync(path.join(home, 'clusters/sandkube/lock'));

function ours(home: string, program: string, line: string): Promise<GenuineResult> {
  const env = { SANDKUBE_HOME: home };
  return runProgram(path.join(bin, program), line.split(' '), { kubeconfig: kubeconfig(home), cwd: home, env });
}
const sandkube = (home: string, line: string): Promise<GenuineResult> => ours(home, 'sandkube', line);
const kubectl = (home: string, line: string): Promise<GenuineResult> => ours(home, 'kubectl', line);

/** Starts a program that goes on; `seen` resolves when its output matches. */
function start(home: string, file: string, line: string) {
  const env = { PATH: process.env['PATH'], HOME: home, SANDKUBE_HOME: home, KUBECONFIG: kubeconfig(home) };
  const child = spawn(file, line.split(' '), { cwd: home, env });
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

async function serve(home: string, flags = '') {
  const server = start(home, path.join(bin, 'sandkube'), `serve --port 0${flags === '' ? '' : ` ${flags}`}`);
  return { ...server, url: /https?:\/\/\S+/.exec(await server.seen(/KUBECONFIG=/))?.[0] ?? '' };
}

async function serveInBackground(home: string, flags: string): Promise<string> {
  const { stdout, stderr, exitCode } = await sandkube(home, `serve --port 0 --background ${flags}`);
  if (exitCode !== 0) throw new Error(stderr);
  return /https?:\/\/\S+/.exec(stdout)?.[0] ?? '';
}

describe('a cluster that is served', () => {
  it('has one server, which is told of', async () => {
    const [status, second] = await Promise.all([sandkube(served.home, 'status'), sandkube(served.home, 'serve')]);
    expect(status.stdout).toContain(`served at:    ${served.url}\n`);
    expect(second).toEqual({
      stdout: '',
      stderr: expect.stringMatching(/^error: process \d+ serves the cluster already, on https:.*\n$/) as unknown,
      exitCode: 1,
    });
  });

  it('keeps keys to their owner', () => {
    const folder = path.join(served.home, 'clusters/sandkube/pki');
    const modes = fs.readdirSync(folder).map((file) => fs.statSync(path.join(folder, file)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    expect(fs.statSync(kubeconfig(served.home)).mode & 0o777).toBe(0o600);
  });

  itGenuine('lets genuine kubectl see what ours does in another process, and the other way round', async () => {
    const { home } = served;
    const watch = start(home, genuineProgram('kubectl') ?? '', 'get configmaps -w');
    const ownWatch = start(home, path.join(bin, 'kubectl'), 'get configmaps -w');
    await Promise.all([watch.seen(/kube-root-ca\.crt/), ownWatch.seen(/kube-root-ca\.crt/)]);
    expect(await kubectl(home, 'create configmap ours --from-literal=a=b')).toMatchObject({ exitCode: 0 });
    await watch.seen(/^ours +1 +0s$/m);
    await genuineKubectl?.(['create', 'configmap', 'theirs'], { kubeconfig: kubeconfig(home) });
    await Promise.all([watch.seen(/^theirs +0 +0s$/m), ownWatch.seen(/^ours +1 +0s\ntheirs +0 +0s$/m)]);
  });

  it('stands still on the manual clock, until sandkube moves it', async () => {
    const { home } = served;
    await kubectl(home, 'run web --image=nginx');
    expect((await kubectl(home, 'get pod web --no-headers')).stdout).toMatch(/^web +0\/1 +ContainerCreating +0 +0s\n$/);
    expect((await sandkube(home, 'settle')).stdout).toMatch(/^Settled after \ds\.\n$/);
    expect((await kubectl(home, 'get pod web --no-headers')).stdout).toMatch(/^web +1\/1 +Running +0 +\ds\n$/);
  });

  it('has a kubeconfig that holds everything', async () => {
    const { stdout } = await sandkube(served.home, 'kubeconfig');
    expect(stdout).toContain(`server: ${served.url}\n`);
    expect(stdout).toContain('token: geheim\n');
    const elsewhere = newHome();
    fs.writeFileSync(path.join(elsewhere, 'theirs'), stdout);
    // Another home has no cluster: only what is in the file leads there.
    const result = await kubectl(elsewhere, '--kubeconfig=theirs get namespace default -o name');
    expect(result).toEqual({ stdout: 'namespace/default\n', stderr: '', exitCode: 0 });
    expect(fs.existsSync(path.join(elsewhere, 'clusters'))).toBe(false);
  });
});

describe('sandkube serve', () => {
  it('makes a cluster where there is none, one of several that start at once, and goes on until it is stopped', async () => {
    const home = newHome();
    const results = await Promise.all([1, 2].map(() => sandkube(home, 'serve --port 0 --background')));
    const [first, second] = results.sort((a, b) => a.exitCode - b.exitCode);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(second).toMatchObject({ exitCode: 1, stdout: '' });
    const url = /https:\S+/.exec(first?.stdout ?? '')?.[0];
    expect(second?.stderr).toMatch(/^error: process \d+ serves the cluster already, on /);
    expect(second?.stderr.endsWith(`, on ${url}\n`)).toBe(true);
    expect(logs(home)).toEqual(['serve.log']);
    expect((await sandkube(home, 'stop')).stdout).toBe('Cluster stopped. Its time goes on with "sandkube start".\n');
    expect(hasLock(home)).toBe(false);
    expect((await kubectl(home, 'get namespace default -o name')).stdout).toBe('namespace/default\n');
  });

  it('takes over what goes on in other terminals, and leaves the state whole when it is killed', async () => {
    const home = copyHome();
    const watch = start(home, path.join(bin, 'kubectl'), 'get configmaps -w');
    await watch.seen(/^kube-root-ca\.crt /m);
    await kubectl(home, 'create configmap before');
    const server = await serve(home);
    expect(await kubectl(home, 'create configmap kept')).toMatchObject({ stdout: 'configmap/kept created\n' });
    await watch.seen(/^before +0 +0s\nkept +0 +0s$/m);
    server.child.kill('SIGKILL');
    await server.end;
    expect(await kubectl(home, 'delete configmap before kept')).toEqual({
      stdout: 'configmap "before" deleted from default namespace\nconfigmap "kept" deleted from default namespace\n',
      stderr: '',
      exitCode: 0,
    });
  });

  it('has on disk what it reported when it is killed amid writes', async () => {
    const home = copyHome();
    const server = await serve(home, '--http');
    const reported: string[] = [];
    const write = async (worker: number): Promise<void> => {
      for (let i = 0; ; i += 1) {
        const body = JSON.stringify({ metadata: { name: `kept-${worker}-${i}` } });
        const headers = { 'content-type': 'application/json' };
        const target = `${server.url}/api/v1/namespaces/default/configmaps`;
        const answer = await fetch(target, { method: 'POST', headers, body }).catch(() => undefined);
        if (answer?.status !== 201) return;
        reported.push(`configmap/kept-${worker}-${i}`);
        if (reported.length === 40) server.child.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, worker) => write(worker)));
    await server.end;
    expect(reported.length).toBeGreaterThanOrEqual(40);
    const { stdout, stderr, exitCode } = await kubectl(home, 'get configmaps -o name');
    expect([stderr, exitCode]).toEqual(['', 0]);
    const there = new Set(stdout.split('\n'));
    expect(reported.filter((name) => !there.has(name))).toEqual([]);
  });

  it('serves plain HTTP without credentials, on this machine, until Ctrl-C', async () => {
    const home = copyHome();
    const { child, end, url } = await serve(home, '--http');
    const statusOf = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${url}/api/v1/namespaces`, { headers })).status;
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await statusOf({ origin: 'https://elsewhere.example' })).toBe(403);
    expect((await kubectl(home, 'get namespace default -o name')).stdout).toBe('namespace/default\n');
    child.kill('SIGINT');
    expect(await end).toBe(0);
    expect(hasLock(home)).toBe(false);
  });

  it('says why it cannot listen', async () => {
    const home = copyHome();
    const other = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as net.AddressInfo;
    const expected = {
      stdout: '',
      stderr: `error: listen tcp 127.0.0.1:${port}: bind: address already in use\n`,
      exitCode: 1,
    };
    expect(await sandkube(home, `serve --background --port ${port}`)).toEqual(expected);
    expect(logs(home)).toEqual([]);
    expect(await sandkube(home, `serve --port ${port}`)).toEqual(expected);
    other.close();
  });

  it('warns of other machines, and goes nowhere near them without being told', async () => {
    const home = copyHome();
    expect(await sandkube(home, 'serve --http --address 0.0.0.0')).toEqual({
      stdout: '',
      stderr: 'error: --http on an address that others can reach needs --token\n',
      exitCode: 1,
    });
    const open = start(home, path.join(bin, 'sandkube'), 'serve --port 0 --address 0.0.0.0');
    const text = await open.seen(/KUBECONFIG=/);
    expect(text).toMatch(/^Warning: other machines can reach https:\/\/0\.0\.0\.0:\d+; whoever has the token can/m);
    // A terminal that is closed ends it, too.
    open.child.kill('SIGHUP');
    expect([await open.end, hasLock(home)]).toEqual([0, false]);
    expect(served.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
  });
});
