import { describe, expect, it } from '@jest/globals';
import { pod } from '../../src/resources/pod.ts';
import { setNodeFault } from '../../src/kubelet/faults.ts';
import { createKubeletCluster, START_MS } from './cluster.ts';

const present = { imagePullPolicy: 'IfNotPresent' };
const nginx = { ...present, name: 'web', image: 'nginx:1.25' };
const busybox = { ...present, name: 'c', image: 'busybox:1.36' };
const key = (name = 'web') => ({ namespace: 'default', name });

describe('a pod that is deleted', () => {
  it.each([
    { what: 'a server', container: nginx, seconds: 1 },
    { what: 'a command that ignores SIGTERM', container: { ...busybox, command: ['sleep', '1d'] }, seconds: 30 },
    {
      what: 'a preStop hook',
      container: { ...nginx, lifecycle: { preStop: { exec: { command: ['sh', '-c', 'sleep 3'] } } } },
      seconds: 4,
    },
    {
      what: 'a shell with a trap',
      container: { ...busybox, command: ['sh', '-c', "trap 'exit 0' TERM; while true; do sleep 1; done"] },
      seconds: 1,
    },
  ])('goes when its containers have ended: $what', ({ container, seconds }) => {
    const c = createKubeletCluster();
    c.run({ containers: [container] });
    c.settle();
    const fromMs = c.clock.nowMs();
    c.client.delete(pod, key());
    c.settle();
    expect(c.client.get(pod, key())).toBeUndefined();
    expect((c.clock.nowMs() - fromMs) / 1000).toBe(seconds);
    expect(c.events().at(-1)).toMatch(/Normal Killing Stopping container/);
  });

  it('goes at once while nothing runs', () => {
    const c = createKubeletCluster();
    c.run({ containers: [nginx] });
    c.client.delete(pod, key());
    c.settle();
    expect(c.client.get(pod, key())).toBeUndefined();
    expect(c.clock.nowMs()).toBe(START_MS);
  });

  it('leaves no trace on its node', () => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...nginx, livenessProbe: { httpGet: { path: '/', port: 80 } } }] });
    c.settle();
    c.client.delete(pod, key());
    c.settle();
    expect(c.client.internal.list('_containers')).toEqual([]);
  });
});

describe('a pod that may not go on', () => {
  it('fails at its deadline', () => {
    const c = createKubeletCluster();
    c.run({ activeDeadlineSeconds: 20, containers: [nginx] });
    c.advance(30);
    expect(c.line()).toBe('Failed web=Completed:0(0)');
    expect(c.status()).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
  });

  it('is refused by a node that is full', () => {
    const c = createKubeletCluster();
    c.run({ containers: [{ ...nginx, resources: { requests: { cpu: '5' } } }] });
    expect(c.status()).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000",
    });
  });
});

describe('a node that is down', () => {
  it('leaves its pods as they are, and takes up its work again', () => {
    const c = createKubeletCluster();
    c.run({ containers: [nginx] });
    c.settle();
    setNodeFault(c.client, 'node-1', { isDown: true });
    c.client.delete(pod, key());
    c.advance(60);
    expect(c.line()).toBe('Running web=running(0)');
    const options = { container: 'web', previous: false, follow: false, timestamps: false };
    expect(() => c.connector.logs(c.pod(), options)).toThrow(
      'Get "https://192.168.49.2:10250/containerLogs/default/web/web": dial tcp 192.168.49.2:10250: connect: no route to host',
    );
    setNodeFault(c.client, 'node-1', undefined);
    c.settle();
    expect(c.client.get(pod, key())).toBeUndefined();
  });
});
