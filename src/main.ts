// The programs' door: finds the home, opens what the command needs, runs it, sets the exit code.
// Called by: bin/launch.cjs. Everything below is handed its streams, its clock and its way to the cluster from here.
import { Clusters } from './main.clusters.ts';
import type { Interrupt } from './cli/interrupt.ts';
import { findHome } from './main.home.ts';
import { runCommand } from './main.programs.ts';
import { openProcessStreams } from './main.streams.ts';

/** Exit code of a program that nobody reads any more, as if SIGPIPE had ended it. */
const SIGPIPE_EXIT_CODE = 141;
const INTERRUPTS: readonly Interrupt[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

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
  const exitCode = await runCommand(program, argv, { clusters, streams, env, cwd, onInterrupt });
  process.exit(streams.flush() ? exitCode : SIGPIPE_EXIT_CODE);
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

/** Hands signals to the listener, once, instead of letting them end the process. @returns what gives them back. */
function onInterrupt(listener: (signal: Interrupt) => void): () => void {
  const take = (signal: NodeJS.Signals): void => listener(signal as Interrupt);
  for (const signal of INTERRUPTS) process.once(signal, take);
  return () => {
    for (const signal of INTERRUPTS) process.removeListener(signal, take);
  };
}
