import { describe, expect, it } from '@jest/globals';
import type { LogOptions } from '../../src/kubelet/types.ts';
import { service } from '../../src/resources/service.ts';
import { controllers } from '../../src/controllers/index.ts';
import { createNodeConnector } from '../../src/kubelet/connector.ts';
import { createKubeletCluster, settings, type KubeletCluster } from './cluster.ts';
import { exec } from './exec.ts';

const present = { imagePullPolicy: 'IfNotPresent' };
const shell = (script: string) => ({ ...present, name: 'c', image: 'busybox:1.36', command: ['sh', '-c', script] });

function logs(c: KubeletCluster, options: Partial<LogOptions> = {}, pod?: string): string | undefined {
  return c.connector.logs(c.pod(pod), { container: 'c', previous: false, follow: false, timestamps: false, ...options })
    .text;
}

describe('the log of a script', () => {
  const counter = 'i=0; while true; do echo "$i: $(date +%T)"; i=$((i+1)); sleep 1; done';

  it.each<{ options: Partial<LogOptions>; text: string }>([
    { options: {}, text: '0: 14:00:02\n1: 14:00:03\n2: 14:00:04\n3: 14:00:05\n' },
    { options: { tailLines: 2 }, text: '2: 14:00:04\n3: 14:00:05\n' },
    { options: { tailLines: 0 }, text: '' },
    { options: { sinceSeconds: 1 }, text: '2: 14:00:04\n3: 14:00:05\n' },
    { options: { sinceTime: '2026-11-23T14:00:05Z' }, text: '3: 14:00:05\n' },
    { options: { limitBytes: 5 }, text: '0: 14' },
    {
      options: { timestamps: true, tailLines: 1 },
      text: '2026-11-23T14:00:05.000000000Z 3: 14:00:05\n',
    },
  ])('$options', ({ options, text }) => {
    const c = createKubeletCluster();
    c.run({ containers: [shell(counter)] });
    c.advance(5);
    expect(logs(c, options)).toBe(text);
  });

  it('is the same after a long time, and costs nothing meanwhile', () => {
    const c = createKubeletCluster();
    c.run({ containers: [shell('while true; do date; sleep 5; done')] });
    c.settle();
    expect(c.manager.nextDueAtMs()).toBeUndefined();
    c.advance(30 * 86_400);
    expect(logs(c, { tailLines: 2 })).toBe('Wed Dec 23 13:59:57 UTC 2026\nWed Dec 23 14:00:02 UTC 2026\n');
  });

  it('tells of the run before', () => {
    const c = createKubeletCluster();
    c.run({ containers: [shell('echo start of a run; sleep 5; exit 1')] });
    c.advance(9);
    expect(c.line()).toBe('Running c=running(1)');
    expect(logs(c, { previous: true, timestamps: true })).toBe('2026-11-23T14:00:02.000000000Z start of a run\n');
    expect(logs(c, { timestamps: true })).toBe('2026-11-23T14:00:08.000000000Z start of a run\n');
    c.advance(7);
    expect(c.line()).toBe('Running c=waiting:CrashLoopBackOff(1)');
    expect(logs(c, { timestamps: true })).toBe('2026-11-23T14:00:08.000000000Z start of a run\n');
  });

  it('keeps what cannot be repeated', () => {
    const c = createKubeletCluster();
    const volumeMounts = [{ name: 'v', mountPath: '/v' }];
    const writer = { ...shell('while true; do date +%T >> /v/log; sleep 2; done'), volumeMounts };
    const reader = { ...shell('sleep 5; cat /v/log'), name: 'reader', volumeMounts };
    c.run({ restartPolicy: 'Never', volumes: [{ name: 'v', emptyDir: {} }], containers: [writer, reader] });
    c.advance(3600);
    expect(logs(c, { container: 'reader' })).toBe('14:00:02\n14:00:04\n14:00:06\n');
  });

  it('has what was typed into the files of its container', async () => {
    const c = createKubeletCluster();
    c.run({ containers: [shell('until [ -f /go ]; do echo waiting; sleep 2; done; echo going; sleep 1d')] });
    c.advance(5);
    await exec(c, { command: ['touch', '/go'] });
    c.advance(10);
    expect(logs(c)).toBe('waiting\nwaiting\ngoing\n');
  });
});

it('is the same whoever looks, however often somebody looked before', async () => {
  const c = createKubeletCluster(1, controllers);
  const script =
    'n=0; while true; do n=$((n+1)); [ -f /stop ] && echo stopped at $n && sleep 1h; wget -qO- http://site | head -1; sleep 7; done';
  c.client.create(service, {
    metadata: { name: 'site', namespace: 'default' },
    spec: { ports: [{ port: 80 }], selector: { app: 'site' }, clusterIP: '10.96.1.9' },
  });
  c.run({ containers: [shell(script)] });
  for (let i = 0; i < 5; i++) {
    c.advance(20);
    logs(c);
    if (i === 2) await exec(c, { command: ['touch', '/stop'] });
  }
  const { clock, random } = c;
  // Another client has caches of its own, empty ones.
  const fresh = createNodeConnector({ client: { ...c.client }, clock, random, settings });
  const options = { container: 'c', previous: false, follow: false, timestamps: true };
  const text = fresh.logs(c.pod(), options).text;
  expect(text).toBe(logs(c, { timestamps: true }));
  expect(text?.split('\n').at(-2)).toBe('2026-11-23T14:01:05.000000000Z stopped at 10');
});

describe('a log that cannot be had', () => {
  it.each([
    {
      image: 'busybox:1.36',
      options: {},
      message: 'container "c" in pod "web" is waiting to start: ContainerCreating',
    },
    {
      image: 'grc.io/x/y',
      advance: 2,
      options: {},
      message: 'container "c" in pod "web" is waiting to start: image can\'t be pulled',
    },
    {
      image: 'grc.io/x/y',
      advance: 4,
      options: {},
      message: 'container "c" in pod "web" is waiting to start: trying and failing to pull image',
    },
    {
      image: 'busybox:1.36',
      advance: 9,
      options: { previous: true },
      message: 'previous terminated container "c" in pod "web" not found',
    },
  ])('$message', ({ image, advance = 0, options, message }) => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...shell('sleep 1d'), image }] });
    c.advance(advance);
    expect(() => logs(c, options)).toThrow(message);
  });
});

describe('commands that use the network', () => {
  const mydb = {
    metadata: { name: 'mydb', namespace: 'default' },
    spec: { ports: [{ port: 3306 }], clusterIP: '10.96.1.1' },
  };

  it.each([
    { seconds: 597, last: '14:10:00', found: '14:10:02' },
    // Amid a round of the loop.
    { seconds: 600, last: '14:10:04', found: '14:10:06' },
  ])('go on when what they wait for comes, and tell of the time before: $seconds s', ({ seconds, last, found }) => {
    const c = createKubeletCluster(1, controllers);
    c.run({
      initContainers: [
        { ...shell('until nslookup mydb > /dev/null; do echo waiting; sleep 2; done; echo found'), name: 'wait' },
      ],
      containers: [{ ...present, name: 'c', image: 'nginx:1.25' }],
    });
    c.settle();
    expect(c.line()).toBe('Pending wait=running:unready(0) c=waiting:PodInitializing(0)');
    c.advance(seconds);
    c.client.create(service, mydb);
    c.settle();
    expect(c.line()).toBe('Running wait=Completed:0(0) c=running(0)');
    expect(c.container('wait').state.terminated?.finishedAt).toBe(`2026-11-23T${found}Z`);
    expect(logs(c, { container: 'wait', tailLines: 2, timestamps: true })).toBe(
      `2026-11-23T${last}.000000000Z waiting\n2026-11-23T${found}.000000000Z found\n`,
    );
  });

  it('put load on those who answer', () => {
    const c = createKubeletCluster(1, controllers);
    const resources = { requests: { cpu: '200m' }, limits: { cpu: '500m' } };
    c.run({ containers: [{ ...present, name: 'php', image: 'registry.k8s.io/hpa-example', resources }] });
    c.settle();
    expect(c.connector.usage({ namespace: 'default', name: 'web' })?.containers[0]?.cpuMilli).toBeLessThan(3);
    const loop = `while sleep 0.01; do wget -q -O- http://${c.status().podIP}; done`;
    c.run({ name: 'load', containers: [shell(loop)] });
    c.advance(60);
    const { cpuMilli } = c.connector.usage({ namespace: 'default', name: 'web' })?.containers[0] ?? { cpuMilli: 0 };
    expect(cpuMilli).toBe(500);
  });
});
