import { describe, expect, it } from '@jest/globals';
import { createKubeletCluster } from './cluster.ts';

const present = { imagePullPolicy: 'IfNotPresent' };
const kuard = { ...present, name: 'kuard', image: 'gcr.io/kuar-demo/kuard-amd64:1', ports: [{ containerPort: 8080 }] };
const shell = (script: string) => ({ ...present, name: 'c', image: 'busybox:1.36', command: ['sh', '-c', script] });
const put = (path: string, body: string) => ({
  method: 'PUT',
  path,
  headers: {},
  body: Buffer.from(body),
  remoteAddress: '127.0.0.1',
});

describe('a liveness probe', () => {
  it('kills a container whose file is gone', () => {
    const c = createKubeletCluster();
    const script = 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600';
    const probe = { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 };
    c.run({ containers: [{ ...shell(script), livenessProbe: probe }] });
    c.advance(80);
    expect(c.line()).toBe('Running c=running(1)');
    expect(c.container().lastState.terminated).toMatchObject({
      exitCode: 137,
      reason: 'Error',
      startedAt: '2026-11-23T14:00:02Z',
      finishedAt: '2026-11-23T14:01:12Z',
    });
    const failure = "Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n";
    expect(c.events().filter((e) => /Unhealthy|Killing/.test(e))).toEqual([
      `42s Warning Unhealthy ${failure} (x3)`,
      '42s Normal Killing Container c failed liveness probe, will be restarted',
    ]);
  });

  it('asks the application', () => {
    const c = createKubeletCluster();
    c.run({
      containers: [{ ...kuard, livenessProbe: { httpGet: { path: '/healthy', port: 8080 }, initialDelaySeconds: 5 } }],
    });
    c.settle();
    expect(c.manager.nextDueAtMs()).toBeUndefined();
    c.connector.proxy(c.pod(), 8080, put('/healthy/api', '{"failNext": 3}'));
    c.settle();
    expect(c.line()).toBe('Running kuard=running(1)');
    expect(c.events().filter((e) => e.includes('Unhealthy'))).toEqual([
      '38s Warning Unhealthy Liveness probe failed: HTTP probe failed with statuscode: 500 (x3)',
    ]);
    expect(c.container().lastState.terminated).toMatchObject({ exitCode: 2, reason: 'Error' });
  });
});

describe('a readiness probe', () => {
  it.each([
    {
      what: 'a port that nobody listens on',
      probe: { tcpSocket: { port: 81 } },
      output: 'dial tcp 10.244.0.2:81: connect: connection refused',
    },
    {
      what: 'a page that is not there',
      probe: { httpGet: { path: '/nope', port: 80 } },
      output: 'HTTP probe failed with statuscode: 404',
    },
    {
      what: 'a closed port',
      probe: { httpGet: { path: '/', port: 8080 } },
      output: 'Get "http://10.244.0.2:8080/": dial tcp 10.244.0.2:8080: connect: connection refused',
    },
    { what: 'a command that fails', probe: { exec: { command: ['false'] } }, output: '' },
    {
      what: 'a command that takes too long',
      probe: { exec: { command: ['sleep', '5'] } },
      output: 'command timed out: "sleep 5" timed out after 1s',
    },
  ])('keeps a pod from being ready: $what', ({ probe, output }) => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...present, name: 'web', image: 'nginx:1.25', readinessProbe: probe }] });
    c.settle();
    expect(c.line()).toBe('Running web=running:unready(0)');
    expect(c.events().at(-1)).toBe(`5s Warning Unhealthy Readiness probe failed: ${output}`);
    c.advance(20);
    expect(c.events().at(-1)).toBe(`25s Warning Unhealthy Readiness probe failed: ${output} (x3)`);
  });

  it('waits for a container that is on its way', () => {
    const c = createKubeletCluster();
    const probe = { exec: { command: ['test', '-f', '/ready'] }, periodSeconds: 5 };
    c.run({ containers: [{ ...shell('sleep 12; touch /ready; sleep 1d'), readinessProbe: probe }] });
    c.settle();
    expect(c.line()).toBe('Running c=running(0)');
    expect(c.clock.nowMs() - Date.parse(c.container().state.running?.startedAt ?? '')).toBe(16_000);
  });

  it('takes a pod out and lets it in again', () => {
    const c = createKubeletCluster();
    c.run({
      containers: [{ ...kuard, readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 2 } }],
    });
    c.settle();
    c.connector.proxy(c.pod(), 8080, put('/ready/api', '{"failNext": 4}'));
    c.advance(7);
    expect(c.line()).toBe('Running kuard=running:unready(0)');
    c.advance(10);
    expect(c.line()).toBe('Running kuard=running(0)');
    expect(c.manager.nextDueAtMs()).toBeUndefined();
  });

  it('names the executable that is missing', () => {
    const c = createKubeletCluster();
    c.run({
      containers: [{ ...present, name: 'web', image: 'nginx:1.25', readinessProbe: { exec: { command: ['nosuch'] } } }],
    });
    c.settle();
    expect(c.events().at(-1)).toMatch(
      /^5s Warning Unhealthy Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in \$PATH$/,
    );
  });
});

describe('a startup probe', () => {
  it('holds the others back until it passes', () => {
    const c = createKubeletCluster();
    const startupProbe = { exec: { command: ['cat', '/started'] }, periodSeconds: 3, failureThreshold: 10 };
    const livenessProbe = { exec: { command: ['cat', '/alive'] }, periodSeconds: 5, failureThreshold: 1 };
    c.run({ containers: [{ ...shell('sleep 10; touch /alive /started; sleep 1d'), startupProbe, livenessProbe }] });
    c.advance(10);
    expect(c.container()).toMatchObject({ started: false, ready: false, restartCount: 0 });
    c.settle();
    expect(c.container()).toMatchObject({ started: true, ready: true, restartCount: 0 });
  });

  it('kills a container that does not start in time', () => {
    const c = createKubeletCluster();
    const startupProbe = { tcpSocket: { port: 8080 }, periodSeconds: 1, failureThreshold: 3 };
    c.run({ terminationGracePeriodSeconds: 2, containers: [{ ...shell('sleep 1d'), startupProbe }] });
    c.advance(9);
    expect(c.events()).toContain('5s Normal Killing Container c failed startup probe, will be restarted');
    expect(c.container().restartCount).toBe(1);
  });
});

it('probes leave their lines in the access log', () => {
  const c = createKubeletCluster();
  c.run({
    containers: [
      {
        ...present,
        name: 'web',
        image: 'nginx:1.25',
        livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 10 },
      },
    ],
  });
  c.advance(20);
  const options = { container: 'web', previous: false, follow: false, timestamps: false, tailLines: 2 };
  expect(c.connector.logs(c.pod(), options).text).toBe(
    '10.244.0.1 - - [23/Nov/2026:14:00:05 +0000] "GET / HTTP/1.1" 200 615 "-" "kube-probe/1.35" "-"\n' +
      '10.244.0.1 - - [23/Nov/2026:14:00:15 +0000] "GET / HTTP/1.1" 200 615 "-" "kube-probe/1.35" "-"\n',
  );
});
