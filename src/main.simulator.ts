// The simulator behind the sandkube command: one cluster of this home, its time and its faults.
// Called by: main.ts. Must not know: how a command is worded.
import path from 'node:path';
import fs from 'node:fs';
import type { ClusterReport, Simulator, StartOptions } from './cli/sandkube/simulator.ts';
import { setNodeFault } from './kubelet/faults.ts';
import { objectsIn, sandkubeCluster, starterObjects, type ClusterIdentity, type Clusters } from './main.clusters.ts';
import { node, type Node } from './resources/node.ts';
import type { Cluster } from './sim/cluster.ts';

export interface SimulatorOptions {
  clusters: Clusters;
  cwd: string;
  runScenario: Simulator['runScenario'];
  showFirstLesson: Simulator['showFirstLesson'];
  identity?: ClusterIdentity;
}

/** Returns the simulator of one cluster of the home. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { clusters, cwd, runScenario, showFirstLesson, identity = sandkubeCluster } = options;
  const session = () => clusters.session(identity);
  const running = async (): Promise<Cluster> => {
    if (!clusters.exists(identity)) throw new Error('there is no cluster; make one with "sandkube start"');
    return session().enter();
  };
  /** Whose time can be moved. */
  const moving = async (): Promise<Cluster> => {
    const cluster = await running();
    if (session().state.meta['isStopped'] === true)
      throw new Error('the cluster is stopped; its time goes on with "sandkube start"');
    return cluster;
  };
  const report = async (): Promise<ClusterReport> => reportOf(clusters, identity);
  return {
    status: report,
    async start(startOptions, changed) {
      if (!clusters.exists(identity)) {
        const { file, starter, clock, seed, allowsLegacyApis } = startOptions;
        const objects = file === '' ? await starterObjects(starter) : await fileObjects(startOptions, cwd);
        const isNew = await clusters.create({ identity, clock, seed, allowsLegacyApis, objects });
        if (isNew) return { isNew, report: await report() };
      }
      refuseChanges(changed, session().state.directory);
      const { startServer, loop } = await session().enter();
      startServer();
      await loop.runToRest();
      session().setRunning(true, changed.clock ? startOptions.clock : undefined);
      return { isNew: false, report: await report() };
    },
    async stop() {
      await running();
      session().setRunning(false);
      return report();
    },
    async reset() {
      return clusters.remove(identity);
    },
    async tick() {
      const { loop } = await moving();
      const startMs = session().clock.nowMs();
      const hasStepped = await loop.step();
      return hasStepped ? session().clock.nowMs() - startMs : undefined;
    },
    async advance(ms) {
      const { loop } = await moving();
      await loop.advanceTo(session().clock.nowMs() + ms);
    },
    async settle(maxMs) {
      const { loop } = await moving();
      return loop.settle(maxMs);
    },
    async setNodeFault(name, isFailed) {
      const { client, loop } = await running();
      if (!client.get(node, { name })) throw new Error(`nodes ${JSON.stringify(name)} not found`);
      setNodeFault(client, name, isFailed ? { isDown: true } : undefined);
      await loop.runToRest();
    },
    runScenario,
    showFirstLesson,
  };
}

function refuseChanges(changed: { [K in keyof StartOptions]: boolean }, directory: string): void {
  const fixed = [
    ['starter', '--starter'],
    ['file', '--from'],
    ['seed', '--seed'],
    ['allowsLegacyApis', '--legacy-apis'],
  ] as const;
  const given = fixed.filter(([option]) => changed[option]).map(([, flag]) => flag);
  if (given.length > 0) {
    throw new Error(
      `a cluster lies in ${directory} already; ${given.join(' and ')} ${given.length > 1 ? 'need' : 'needs'} a new one: "sandkube reset" first`,
    );
  }
}

async function fileObjects({ file }: StartOptions, cwd: string) {
  let text: string;
  try {
    text = fs.readFileSync(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : (error as Error).message;
    throw new Error(`the path ${JSON.stringify(file)} ${reason}`, { cause: error });
  }
  try {
    return await objectsIn(text);
  } catch (error) {
    throw new Error(`error parsing ${file}: ${(error as Error).message}`, { cause: error });
  }
}

async function reportOf(clusters: Clusters, identity: ClusterIdentity): Promise<ClusterReport> {
  const session = clusters.session(identity);
  const { state } = session;
  const { meta } = state;
  const nodes = state.store.list('nodes') as readonly Node[];
  const settings = meta.settings as { version?: string } | undefined;
  return {
    state: !clusters.exists(identity) ? 'absent' : meta['isStopped'] === true ? 'stopped' : 'running',
    directory: state.directory,
    clock: meta.clock?.mode ?? 'real',
    seed: meta.seed ?? '',
    version: settings?.version ?? '',
    nowMs: session.isEntered ? session.clock.nowMs() : session.targetMs(),
    revision: state.store.revision,
    nodes: nodes.map(({ metadata, status }) => ({
      name: metadata.name,
      isReady: status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false,
    })),
    nextDueAtMs: meta.nextDueAtMs,
  };
}
