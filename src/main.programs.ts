// The programs by name: builds what one needs, runs it, and makes its work durable before the exit code is told.
// Called by: main.ts and the test harness. Must not know: the process it runs in.
import type { Program } from './cli/program.ts';
import type { ClusterServer } from './cli/sandkube/serve.ts';
import type { Simulator } from './cli/sandkube/simulator.ts';
import { minikubeCluster, sandkubeCluster, type Clusters } from './main.clusters.ts';
import { createRuntime, type RuntimeOptions } from './main.runtime.ts';
import { StateError } from './storage/files.ts';

/** Runs one command line and returns its exit code. Throws for our own bugs only. */
export async function runCommand(program: string, argv: readonly string[], options: RuntimeOptions): Promise<number> {
  const { clusters, streams } = options;
  try {
    const exitCode = await run(program, argv, options);
    clusters.leave();
    return exitCode;
  } catch (error) {
    clusters.abandon();
    if (!(error instanceof StateError)) throw error;
    streams.err.write(`error: ${error.message}\n`);
    return 1;
  }
}

async function run(program: string, argv: readonly string[], options: RuntimeOptions): Promise<number> {
  const runtime = createRuntime(options);
  if (program === 'kubectl') {
    const { runKubectl } = await import('./cli/root.ts');
    return runKubectl(argv, runtime);
  }
  const { runProgram } = await import('./cli/program.ts');
  return runProgram(await loadProgram(program, options), argv, runtime);
}

async function loadProgram(name: string, options: RuntimeOptions): Promise<Program> {
  if (name === 'minikube') {
    const { minikubeCommands } = await import('./cli/minikube/commands.ts');
    const { createMachine } = await import('./main.minikube.ts');
    return {
      name,
      long: 'minikube runs a local Kubernetes cluster.',
      commands: minikubeCommands(createMachine(options)),
    };
  }
  if (name === 'docker') {
    const { dockerCommands } = await import('./cli/docker/commands.ts');
    const { createImageHost } = await import('./main.minikube.ts');
    return {
      name,
      long: 'docker builds images for the minikube cluster.',
      commands: dockerCommands(createImageHost(options)),
    };
  }
  const { sandkubeCommands } = await import('./cli/sandkube/commands.ts');
  const { serveCommands } = await import('./cli/sandkube/serve.ts');
  const { clusters, cwd } = options;
  const { createSimulator } = await import('./main.simulator.ts');
  const local = createSimulator({
    clusters,
    cwd,
    runScenario: async (file, how) => {
      const { runScenarioFile } = await import('./main.scenario.ts');
      return runScenarioFile(file, how);
    },
    showFirstLesson: async () => {
      const { showFirstLesson } = await import('./main.demo.ts');
      const runInFolder = ([program = '', ...argv]: readonly string[], folder: string) =>
        run(program, argv, { ...options, cwd: folder });
      return showFirstLesson({ home: clusters.home, streams: options.streams, run: runInFolder });
    },
  });
  const simulator = withTimeInUse(await servedOrLocal(local, clusters), options);
  const commands = [...sandkubeCommands(simulator), ...serveCommands(lazyServer(options))];
  return { name, long: 'sandkube runs a Kubernetes cluster in a folder.', commands };
}

/** While a process serves the cluster, what sandkube does is done there. */
async function servedOrLocal(local: Simulator, clusters: Clusters): Promise<Simulator> {
  const identity = sandkubeCluster;
  const address = addressOf(clusters);
  if (address === undefined) return local;
  const { createRemoteSimulator } = await import('./main.serve.client.ts');
  return createRemoteSimulator({ clusters, identity, address }, local);
}

/** A state that cannot be read is nobody's: the command that needs it says so. */
function addressOf(clusters: Clusters): string | undefined {
  try {
    return clusters.session(sandkubeCluster).state.lockOwner()?.address;
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}

/** Time and faults are those of the cluster that kubectl asks, which may be minikube's. */
function withTimeInUse(simulator: Simulator, { clusters, cwd }: RuntimeOptions): Simulator {
  const inUse = async (): Promise<Simulator> => {
    const identity = clusters.current();
    if (identity !== minikubeCluster) return simulator;
    const { createSimulator } = await import('./main.simulator.ts');
    const { runScenario, showFirstLesson } = simulator;
    return createSimulator({ clusters, cwd, runScenario, showFirstLesson, identity });
  };
  return {
    ...simulator,
    tick: async () => (await inUse()).tick(),
    advance: async (ms) => (await inUse()).advance(ms),
    settle: async (maxMs) => (await inUse()).settle(maxMs),
    setNodeFault: async (node, isFailed) => (await inUse()).setNodeFault(node, isFailed),
  };
}

/** Certificates and sockets are loaded by the commands that need them. */
function lazyServer(options: RuntimeOptions): ClusterServer {
  const load = async (): Promise<ClusterServer> => (await import('./main.serve.ts')).createClusterServer(options);
  return {
    serve: async (serveOptions, onReady) => (await load()).serve(serveOptions, onReady),
    serveInBackground: async (serveOptions) => (await load()).serveInBackground(serveOptions),
    kubeconfig: async () => (await load()).kubeconfig(),
  };
}
