// The programs' door: finds the home, opens what the command needs, runs it, sets the exit code.
// Called by: bin/launch.cjs. Everything below is handed its streams, its clock and its way to the cluster from here.
import { Clusters } from './main.clusters.ts';
import { findHome } from './main.home.ts';
import { runCommand } from './main.programs.ts';
import { openProcessStreams } from './main.streams.ts';

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
    discard: () => streams.discard(),
    warn: (message) => streams.err.write(`sandkube: ${message}\n`),
  });
  let exitCode = await runCommand(program, argv, { clusters, streams, env, cwd, interrupted });
  if (!streams.flush()) exitCode = SIGPIPE_EXIT_CODE;
  // A watch that was broken off ends as the signal would have ended it; what serves is meant to be stopped that way.
  else if (signalExitCode !== undefined && exitCode === 0 && !serves(argv)) exitCode = signalExitCode;
  process.exit(exitCode);
}

function serves(argv: readonly string[]): boolean {
  return argv.includes('port-forward') || argv.includes('serve');
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
let signalExitCode: number | undefined;

/** Resolves at the first SIGINT or SIGTERM; from the first call on these no longer end the process by themselves. */
function interrupted(): Promise<void> {
  interruption ??= new Promise((resolve) => {
    const end = (code: number) => () => {
      signalExitCode = code;
      resolve();
    };
    process.once('SIGINT', end(130));
    process.once('SIGTERM', end(143));
  });
  return interruption;
}
