// The parts of the measurements that run inside one process: making states of a size, ageing one, timing many pods.
// Called by: bench.mjs, as a bundle of its own. Prints JSON.
import { Clusters, sandkubeCluster } from '../main.clusters.ts';
import { findHome } from '../main.home.ts';
import type { KubeObject } from '../machinery/types.ts';
import { deployment } from '../resources/deployment.ts';
import type { Cluster } from '../sim/cluster.ts';
import { openState } from '../storage/state.ts';

const [action, ...args] = process.argv.slice(2);

function clustersIn(home: string): Clusters {
  return new Clusters(findHome({ SANDKUBE_HOME: home }, '/'), {
    wallNowMs: () => Date.now(),
    sleep: async () => undefined,
    command: 'bench',
    flush: () => undefined,
    discard: () => undefined,
    warn: (message) => process.stderr.write(`${message}\n`),
  });
}

function nodes(count: number): KubeObject[] {
  const size = { cpu: '64', memory: '256Gi', pods: '250', 'ephemeral-storage': '1Ti' };
  return Array.from({ length: count }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${i + 1}` },
    status: { capacity: size, allocatable: size },
  }));
}

interface Wanted {
  home: string;
  pods: number;
  clock: 'real' | 'manual';
  /** Pods of one Deployment, at most. */
  replicas?: number;
}

async function makeReady(wanted: Wanted): Promise<{ seconds: number; cpuSeconds: number }> {
  const { home, pods, clock, replicas = pods } = wanted;
  const clusters = clustersIn(home);
  await clusters.create({
    identity: sandkubeCluster,
    clock,
    seed: '1',
    allowsLegacyApis: false,
    objects: nodes(Math.max(3, Math.ceil(pods / 100))),
  });
  const session = clusters.session(sandkubeCluster);
  const { client, loop } = await session.enter();
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  const names = Array.from({ length: Math.ceil(pods / replicas) }, (_, i) => (i === 0 ? 'web' : `web-${i}`));
  for (const name of names) createDeployment(client, name, replicas);
  await loop.settle(600_000);
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(startCpu);
  for (const name of names) {
    const ready = client.get(deployment, { namespace: 'default', name })?.status.readyReplicas;
    if (ready !== replicas) throw new Error(`${ready} of ${replicas} pods of ${name} are ready`);
  }
  if (clock === 'real') session.setRunning(true);
  clusters.leave();
  await session.state.lock();
  session.state.checkpoint();
  session.state.unlock();
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

function createDeployment(client: Cluster['client'], name: string, replicas: number): void {
  client.create(deployment, {
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'nginx', image: 'nginx:1.25' }] },
      },
    },
  });
}

async function main(): Promise<void> {
  const [first = '', second = '', third = '', fourth] = args;
  if (action === 'make') {
    const clock = third === 'real' ? 'real' : 'manual';
    await makeReady({ home: first, pods: Number(second), clock, ...(fourth && { replicas: Number(fourth) }) });
  } else if (action === 'ready') {
    const home = `${process.env['TMPDIR'] ?? '/tmp'}/sandkube-bench-ready-${process.pid}`;
    const spent = await makeReady({ home, pods: Number(first), clock: 'manual' });
    process.stdout.write(JSON.stringify({ ...spent, peakMiB: process.resourceUsage().maxRSS / 1024 }));
    const { rmSync } = await import('node:fs');
    rmSync(home, { recursive: true, force: true });
  } else if (action === 'age') {
    const state = openState(findHome({ SANDKUBE_HOME: first }, '/').clusterFolder(sandkubeCluster.name));
    await state.lock();
    const { clock } = state.meta;
    if (!clock) throw new Error('no cluster');
    state.updateMeta({ clock: { ...clock, wallMs: clock.wallMs - Number(second) } });
    state.commit({ command: 'bench age', atMs: clock.simulatedMs });
    state.close();
  } else throw new Error(`unknown action ${action}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
