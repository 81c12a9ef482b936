// Commands in a container that ends while they run.
import { describe, expect, it } from '@jest/globals';
import { createNodeConnector } from '../../src/kubelet/connector.ts';
import { pod as podResource } from '../../src/resources/pod.ts';
import { createKubeletCluster, settings, type KubeletCluster } from './cluster.ts';
import { exec } from './exec.ts';

function started(container: { name: string; image: string; command?: string[] }): KubeletCluster {
  const c = createKubeletCluster();
  c.run({ containers: [{ imagePullPolicy: 'IfNotPresent', ...container }] });
  c.settle();
  return c;
}
/** Its process minds no SIGTERM. */
const busybox = () => started({ name: 'c', image: 'busybox:1.36', command: ['sleep', '1d'] });
const nginx = () => started({ name: 'web', image: 'nginx:1.25' });

/** The cluster, with time that goes from event to event while streams wait, and tells who waits for something. */
function stepping(c: KubeletCluster): KubeletCluster {
  const sleep = async (ms: number, signal?: AbortSignal, isOver?: () => boolean): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1000) {
      if (signal?.aborted || isOver?.()) return;
      c.advance(1);
    }
  };
  const until = async (isOver: () => boolean, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted && !isOver()) {
      await new Promise((resolve) => setImmediate(resolve));
      c.advance(1);
    }
  };
  const connector = createNodeConnector({ ...c, settings, time: { sleep, waitForEvent: () => sleep(1000), until } });
  return { ...c, connector };
}

describe('a container that ends', () => {
  it('takes what runs in it along, once the grace period is over', async () => {
    const c = stepping(busybox());
    const startMs = c.clock.nowMs();
    c.client.delete(podResource, { namespace: 'default', name: 'web' });
    const outcome = await exec(c, { command: ['sh', '-c', 'echo begun; sleep 300; echo never'] });
    expect(outcome).toMatchObject({ stdout: 'begun\n', result: 137 });
    expect(c.clock.nowMs() - startMs).toBe(30_000);
  });

  it.each([
    ['a shell that is typed into', { command: ['sh'], tty: true }],
    ['a command that reads', { command: ['cat'] }],
  ])('takes %s along', async (_, request) => {
    const c = stepping(busybox());
    c.client.delete(podResource, { namespace: 'default', name: 'web' });
    const never = new Promise<undefined>(() => undefined);
    expect((await exec(c, { ...request, stdin: [], readStdin: () => never })).result).toBe(137);
  });

  it('is not there for its next run: a restarted container has commands of its own', async () => {
    const c = stepping(nginx());
    const command = ['sh', '-c', 'kill -TERM 1; sleep 60; echo never'];
    expect(await exec(c, { command })).toMatchObject({ stdout: '', result: 137 });
  });
});
