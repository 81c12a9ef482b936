import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { ask, askJson } from './client.ts';
import { serveCluster, type ServedCluster } from './fixture.ts';
import { genuine, genuineProgram, type GenuineOptions } from './genuine.ts';

const kubectl = genuine('kubectl');
const describeGenuine = kubectl ? describe : describe.skip;

let served: ServedCluster;
beforeAll(async () => {
  served = await serveCluster({ advancesOnWait: true });
  if (!kubectl) return;
  await run(['run', 'web', '--image=nginx', '--port=80']);
  await run(['run', 'box', '--image=busybox', '--', 'sh', '-c', 'while true; do echo tick; sleep 5; done']);
  await run(['wait', '--for=condition=Ready', 'pod/web', 'pod/box']);
});
afterAll(() => served.close());

function run(args: readonly string[], options: Partial<GenuineOptions> = {}) {
  if (!kubectl) throw new Error('no kubectl');
  return kubectl(args, { kubeconfig: served.kubeconfig, ...options });
}

describeGenuine.each([
  ['WebSocket', {}],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
])('genuine kubectl over %s', (_, env) => {
  it('runs a command and hears of its end', async () => {
    const script = 'echo out; echo err >&2; exit 3';
    expect(await run(['exec', 'web', '--', 'sh', '-c', script], { env })).toEqual({
      stdout: 'out\n',
      stderr: 'err\ncommand terminated with exit code 3\n',
      exitCode: 3,
    });
  });

  it('hands stdin over to its end', async () => {
    expect(await run(['exec', '-i', 'box', '--', 'sh', '-c', 'cat; exit 3'], { env, stdin: 'one\ntwo\n' })).toEqual({
      stdout: 'one\ntwo\n',
      stderr: 'command terminated with exit code 3\n',
      exitCode: 3,
    });
  });

  it('is told what cannot be run', async () => {
    const { stderr, exitCode } = await run(['exec', 'web', '--', 'nosuch'], { env });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/exec: "nosuch": executable file not found in \$PATH\n$/);
  });

  it('copies 5 MiB both ways', async () => {
    const cwd = served.directory;
    const bytes = randomBytes(5 * 1024 * 1024);
    const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
    fs.writeFileSync(path.join(cwd, 'large'), bytes);
    expect(await run(['cp', 'large', 'web:/tmp/large'], { env, cwd })).toMatchObject({ exitCode: 0 });
    expect(await run(['cp', 'web:/tmp/large', 'back'], { env, cwd })).toMatchObject({ exitCode: 0 });
    expect(hash(fs.readFileSync(path.join(cwd, 'back')))).toBe(hash(bytes));
  });

  it('forwards a port, for several requests', async () => {
    const forwarding = await forward(['pod/web', ':80'], env);
    try {
      const answers = await Promise.all(['/', '/nosuch'].map((where) => fetchText(forwarding.port, where)));
      expect(answers.map(({ status }) => status)).toEqual([200, 404]);
      expect(answers[0]?.text).toContain('<title>Welcome to nginx!</title>');
    } finally {
      forwarding.stop();
    }
  });

  it('is told that nothing listens on a port', async () => {
    const forwarding = await forward(['pod/web', ':81'], env);
    await expect(fetchText(forwarding.port, '/')).rejects.toThrow();
    expect(await forwarding.end).toMatch(/failed to connect to localhost:81 inside namespace/);
  });
});

describeGenuine('our kubectl', () => {
  it('forwards a port as the genuine one does: answers come in their own time', async () => {
    const env = { SANDKUBE_HOME: path.join(served.directory, 'other') };
    const forwarding = await forward(['pod/web', ':80'], env, path.resolve(import.meta.dirname, '../../bin/kubectl'));
    try {
      const answers = await Promise.all(['/', '/nosuch'].map((where) => fetchText(forwarding.port, where)));
      expect(answers.map(({ status, text }) => [status, text.length])).toEqual([
        [200, 615],
        [404, 153],
      ]);
    } finally {
      forwarding.stop();
    }
  });
});

describeGenuine('logs -f', () => {
  it('shows a line when it comes: who waits moves time', async () => {
    const file = genuineProgram('kubectl') ?? '';
    const child = spawn(file, ['logs', '-f', '--tail=1', 'box'], { env: environment({}) });
    let text = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.split('\n').length > 3) resolve();
      });
    });
    child.kill();
    expect(text.split('\n').slice(0, 3)).toEqual(['tick', 'tick', 'tick']);
  });
});

describeGenuine('a pod that is deleted', () => {
  it('takes commands along, also one that nobody types into, once its grace period is over', async () => {
    const real = await serveCluster({ clock: 'real' });
    try {
      const there = { kubeconfig: real.kubeconfig };
      await run(['run', 'stubborn', '--image=busybox', '--', 'sleep', '1d'], there);
      await run(['wait', '--for=condition=Ready', 'pod/stubborn'], there);
      const sleeper = run(['exec', 'stubborn', '--', 'sh', '-c', 'echo begun; sleep 3000; echo never'], there);
      const env = { ...environment({}), KUBECONFIG: real.kubeconfig };
      const reader = spawn(genuineProgram('kubectl') ?? '', ['exec', '-i', 'stubborn', '--', 'cat'], { env });
      const ended = new Promise((resolve) => reader.on('exit', resolve));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await run(['delete', 'pod', 'stubborn', '--grace-period=1'], there);
      const stderr = 'command terminated with exit code 137\n';
      expect(await sleeper).toEqual({ stdout: 'begun\n', stderr, exitCode: 137 });
      expect(await ended).toBe(137);
    } finally {
      await real.close();
    }
  });
});

describe('upgrades', () => {
  (kubectl ? it : it.skip)('take flags as Go does: what is not 0 or false is true', async () => {
    const target = `${served.url.replace('https', 'wss')}/api/v1/namespaces/default/pods/web/exec`;
    const query = 'command=hostname&stdout=True&stderr&stdin=False&tty=0';
    const headers = { authorization: `Bearer ${served.credentials.token}` };
    const socket = new WebSocket(`${target}?${query}`, 'v4.channel.k8s.io', { ca: served.credentials.ca, headers });
    const messages: string[] = [];
    socket.on('message', (data: Buffer) => messages.push(data.toString()));
    await new Promise((resolve) => socket.on('close', resolve));
    expect(messages).toEqual(['\x01web\n', '\x03{"metadata":{},"status":"Success"}']);
  });

  const exec = '/api/v1/namespaces/kube-system/pods/etcd-control-plane/exec?command=ls&stdout=true';
  const upgrade = (protocol: string): Record<string, string> => ({ connection: 'Upgrade', upgrade: protocol });

  it('are refused with a Status for a protocol that nobody speaks', async () => {
    const { status, text } = await ask(served, exec, { headers: upgrade('h2c') });
    expect([status, (JSON.parse(text) as { message: string }).message]).toEqual([
      400,
      'unable to upgrade: unexpected Upgrade header: h2c',
    ]);
  });

  it('are refused without credentials', async () => {
    const { status } = await ask(served, exec, { headers: { ...upgrade('SPDY/3.1'), authorization: '' } });
    expect(status).toBe(401);
  });

  it('answer as ever where there is nothing to upgrade to', async () => {
    const headers = upgrade('websocket');
    expect(await askJson(served, '/api/v1/namespaces/default/pods/nosuch', { headers })).toMatchObject({ code: 404 });
    expect(await askJson(served, '/version', { headers })).toMatchObject({ gitVersion: 'v1.35.2' });
  });
});

function environment(env: Record<string, string>): Record<string, string | undefined> {
  return { PATH: process.env['PATH'], HOME: served.directory, KUBECONFIG: served.kubeconfig, ...env };
}

/** Starts port-forward; `end` resolves with what it told until it ended. */
async function forward(args: readonly string[], env: Record<string, string>, file = genuineProgram('kubectl') ?? '') {
  const child = spawn(file, ['port-forward', ...args], { env: environment(env) });
  let text = '';
  const end = new Promise<string>((resolve) => child.on('close', () => resolve(text)));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const port = await new Promise<number>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /127\.0\.0\.1:(\d+) ->/.exec(text)?.[1];
      if (found) resolve(Number(found));
    });
  });
  return { port, end, stop: () => child.kill() };
}

function fetchText(port: number, where: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path: where, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      })
      .on('error', reject);
  });
}
