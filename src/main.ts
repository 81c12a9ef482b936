// The programs' door: finds the home, opens what the command needs, runs it, sets the exit code.
// Called by: bin/launch.cjs. Everything below is handed its streams, its clock and its way to the cluster from here.
import type { Program } from './cli/program.ts';
import type { KubectlRuntime } from './cli/runtime.ts';
import { Clusters } from './main.clusters.ts';
import { findHome } from './main.home.ts';
import { createRuntime } from './main.runtime.ts';
import { openProcessStreams } from './main.streams.ts';
import { StateError } from './storage/files.ts';

/** Exit code of a program that nobody reads any more, as if SIGPIPE had ended it. */
const SIGPIPE_EXIT_CODE = 141;

/** Runs one command line of one of the programs as this process, and ends the process. */
export async function main(program: string, argv: readonly string[]): Promise<void> {
  const { env } = process;
  const cwd = process.cwd();
  const streams = openProcessStreams(() => clusters.commit());
  const clusters = new Clusters(findHome(env, cwd), {
    wallNowMs: () => Date.now(),
    sleep,
    command: [program, ...argv].join(' '),
    flush: () => {
      if (!streams.flush()) process.exit(SIGPIPE_EXIT_CODE);
    },
    warn: (message) => streams.err.write(`sandkube: ${message}\n`),
  });
  const runtime = createRuntime({ clusters, streams, env, cwd, interrupted });
  let exitCode = await run(program, argv, { runtime, clusters });
  try {
    clusters.leave();
    streams.flush();
  } catch (error) {
    exitCode = 1;
    process.stderr.write(`error: ${(error as Error).message}\n`);
  }
  process.exit(exitCode);
}

async function run(
  program: string,
  argv: readonly string[],
  { runtime, clusters }: { runtime: KubectlRuntime; clusters: Clusters },
): Promise<number> {
  try {
    if (program === 'kubectl') {
      const { runKubectl } = await import('./cli/root.ts');
      return await runKubectl(argv, runtime);
    }
    const { runProgram } = await import('./cli/program.ts');
    return await runProgram(await loadProgram(program, clusters, runtime), argv, runtime);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    runtime.streams.err.write(`error: ${error.message}\n`);
    return 1;
  }
}

async function loadProgram(name: string, clusters: Clusters, runtime: KubectlRuntime): Promise<Program> {
  const { createSimulator } = await import('./main.simulator.ts');
  const { sandkubeCommands } = await import('./cli/sandkube/commands.ts');
  const runScenario = async (): Promise<never> => {
    throw new Error('scenarios cannot be run yet');
  };
  const simulator = createSimulator({ clusters, cwd: runtime.cwd, runScenario });
  return { name, long: 'sandkube runs a Kubernetes cluster in a folder.', commands: sandkubeCommands(simulator) };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}

let interruption: Promise<void> | undefined;

/** Resolves at the first SIGINT or SIGTERM; from the first call on these no longer end the process by themselves. */
function interrupted(): Promise<void> {
  interruption ??= new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  return interruption;
}
