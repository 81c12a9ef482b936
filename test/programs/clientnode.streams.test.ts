import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Attach,
  CoreV1Api,
  Cp,
  Exec,
  Log,
  makeInformer,
  PortForward,
  type KubeConfig,
  type V1Container,
  type V1Pod,
  type V1Status,
} from '@kubernetes/client-node';
import { serveCluster, type ServedCluster } from '../server/fixture.ts';
import { connect, input, later, Output } from './clientnode.ts';

const namespace = 'default';
const pods = `/api/v1/namespaces/${namespace}/pods`;

let served: ServedCluster;
let config: KubeConfig;
let core: CoreV1Api;
beforeAll(async () => {
  served = await serveCluster({ advancesOnWait: true });
  config = connect(served);
  core = config.makeApiClient(CoreV1Api);
  await runPods([
    { name: 'web', image: 'nginx' },
    { name: 'ticking', image: 'busybox', command: ['sh', '-c', 'while true; do echo tick; sleep 5; done'] },
    { name: 'shell', image: 'busybox', command: ['sh'], stdin: true },
  ]);
});
afterAll(() => served.close());

/** Creates Pods of one container each, and waits until all of them run. */
async function runPods(containers: V1Container[]): Promise<void> {
  const ready = later<void>();
  const informer = makeInformer<V1Pod>(config, pods, () => core.listNamespacedPod({ namespace }));
  informer.on('change', () => {
    if (informer.list().filter(({ status }) => status?.phase === 'Running').length === containers.length)
      ready.resolve();
  });
  await informer.start();
  for (const container of containers) {
    const body: V1Pod = {
      metadata: { name: container.name },
      spec: { restartPolicy: 'Never', containers: [container] },
    };
    await core.createNamespacedPod({ namespace, body });
  }
  await ready.promise;
  await informer.stop();
}

/** Runs a command in a Pod to its end. */
async function run(pod: string, command: string[], stdin?: string, isTerminal = false) {
  const [stdout, stderr, status] = [new Output(), new Output(), later<V1Status>()];
  const given = stdin === undefined ? null : input(stdin);
  const errors = isTerminal ? null : stderr;
  await new Exec(config).exec(namespace, pod, pod, command, stdout, errors, given, isTerminal, status.resolve);
  return { status: await status.promise, stdout: stdout.text, stderr: stderr.text };
}

describe('client-node streams', () => {
  it('runs a command with stdin, stdout, stderr and a status', async () => {
    expect(await run('web', ['sh', '-c', 'cat; echo err >&2; exit 3'], 'one\ntwo\n')).toMatchObject({
      stdout: 'one\ntwo\n',
      stderr: 'err\n',
      status: {
        status: 'Failure',
        reason: 'NonZeroExitCode',
        message: 'command terminated with non-zero exit code: exit status 3',
        details: { causes: [{ reason: 'ExitCode', message: '3' }] },
      },
    });
    const { status } = await run('web', ['true']);
    expect(status).toEqual({ metadata: {}, status: 'Success' });
  });

  it('has a terminal, whose lines end as those of terminals', async () => {
    const { stdout } = await run('web', ['sh', '-c', 'echo one; echo two'], undefined, true);
    expect(stdout).toBe('one\r\ntwo\r\n');
  });

  it('is told that a Pod is not there', async () => {
    await expect(run('nosuch', ['true'])).rejects.toMatchObject({ message: 'Unexpected server response: 404' });
  });

  it('follows a log: its waiting moves time', async () => {
    const output = new Output();
    const request = await new Log(config).log(namespace, 'ticking', 'ticking', output, { follow: true, tailLines: 1 });
    expect(await output.seen(/(tick\n){4}/)).toMatch(/^(tick\n){4,}$/);
    request.abort();
  });

  it('attaches to a shell that waits for somebody', async () => {
    const stdout = new Output();
    const stdin = input('echo "got $((20 + 3))"\n', { ends: false });
    await new Attach(config).attach(namespace, 'shell', 'shell', stdout, null, stdin, false);
    expect(await stdout.seen(/got/)).toBe('got 23\n');
    const informer = makeInformer<V1Pod>(config, pods, () => core.listNamespacedPod({ namespace }));
    const ended = later<string>();
    informer.on('update', ({ metadata, status }) => {
      const state = status?.containerStatuses?.[0]?.state?.terminated;
      if (metadata?.name === 'shell' && state) ended.resolve(`${state.reason} ${state.exitCode}`);
    });
    await informer.start();
    stdin.end('exit 4\n');
    expect(await ended.promise).toBe('Error 4');
    await informer.stop();
  });

  it('forwards a port', async () => {
    const output = new Output();
    const request = new PassThrough();
    const socket = await new PortForward(config).portForward(namespace, 'web', [80], output, null, request);
    request.write('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
    const answer = await output.seen(/<\/html>/);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*<title>Welcome to nginx!<\/title>/);
    (socket as { close(): void }).close();
  });

  it('copies a folder in, and its bytes are the same', async () => {
    const bytes = randomBytes(300_000);
    const folder = path.join(served.directory, 'folder');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'large'), bytes);
    await new Cp(config).cpToPod(namespace, 'web', 'web', folder, '/tmp');
    const hash = createHash('sha256').update(bytes).digest('hex');
    const script = 'until [ -f /tmp/large ]; do sleep 1; done; sha256sum /tmp/large';
    const { stdout, stderr } = await run('web', ['sh', '-c', script]);
    expect([stdout, stderr]).toEqual([`${hash}  /tmp/large\n`, '']);
  });
});
