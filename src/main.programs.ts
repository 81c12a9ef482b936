// The programs by name: builds what one needs, runs it, and makes its work durable before the exit code is told.
// Called by: main.ts and the test harness. Must not know: the process it runs in.
import type { Program } from './cli/program.ts';
import type { Simulator } from './cli/sandkube/simulator.ts';
import type { KubectlRuntime } from './cli/runtime.ts';
import type { Clusters } from './main.clusters.ts';
import { createRuntime, type RuntimeOptions } from './main.runtime.ts';
import { StateError } from './storage/files.ts';

/** Runs one command line and returns its exit code. Throws for our own bugs only. */
export async function runCommand(program: string, argv: readonly string[], options: RuntimeOptions): Promise<number> {
  const { clusters, streams } = options;
  try {
    const exitCode = await run(program, argv, createRuntime(options), clusters);
    clusters.leave();
    return exitCode;
  } catch (error) {
    clusters.abandon();
    if (!(error instanceof StateError)) throw error;
    streams.err.write(`error: ${error.message}\n`);
    return 1;
  }
}

async function run(program: string, argv: readonly string[], runtime: KubectlRuntime, clusters: Clusters): Promise<number> {
  if (program === 'kubectl') {
    const { runKubectl } = await import('./cli/root.ts');
    return runKubectl(argv, runtime);
  }
  const { runProgram } = await import('./cli/program.ts');
  return runProgram(await loadProgram(program, clusters, runtime), argv, runtime);
}

async function loadProgram(name: string, clusters: Clusters, runtime: KubectlRuntime): Promise<Program> {
  const { createSimulator } = await import('./main.simulator.ts');
  const { sandkubeCommands } = await import('./cli/sandkube/commands.ts');
  const runScenario: Simulator['runScenario'] = async (file, how) => {
    const { runScenarioFile } = await import('./main.scenario.ts');
    return runScenarioFile(file, how);
  };
  const simulator = createSimulator({ clusters, cwd: runtime.cwd, runScenario });
  return { name, long: 'sandkube runs a Kubernetes cluster in a folder.', commands: sandkubeCommands(simulator) };
}
