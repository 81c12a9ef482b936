// Commands of ours inside this process, as a shell's jobs: each one works until it ends or waits for the world outside.
// Called by: main.scenario.ts. Must not know: how scenarios are written or compared.
import type { InputStream, IOStreams, OutputStream } from './cli/command.ts';
import type { LocalNetwork } from './cli/runtime.ts';
import { Clusters, minikubeCluster, sandkubeCluster } from './main.clusters.ts';
import { findHome } from './main.home.ts';
import { runCommand } from './main.programs.ts';
import { throwawayFileSystem } from './storage/files.ts';
import type { Interrupt } from './cli/interrupt.ts';

/** Wall time of scenarios on the real clock, so that they print the same dates each time. */
const WALL_MS = Date.UTC(2026, 0, 1);

export interface JobOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  stdin: string;
  network: LocalNetwork;
  /** Takes standard output and standard error, as a terminal shows them. */
  write(bytes: Uint8Array): void;
}

/** One command line of one of the programs, on the state as it lies on disk. */
export class Job {
  readonly #ended: Promise<number>;
  #exitCode: number | undefined;
  #isInterrupted = false;
  #listens = false;
  #wake: () => void = () => undefined;
  /** Resolves when the command waits for something that only others can bring about. */
  #idle: Promise<void>;
  #setIdle: () => void = () => undefined;
  readonly #interruptListeners = new Set<(signal: Interrupt) => void>();

  constructor([program = '', ...argv]: readonly string[], { cwd, env, stdin, network, write }: JobOptions) {
    const out: OutputStream = { write: (text) => write(Buffer.from(text as string)), isTerminal: false, columns: 0 };
    const streams: IOStreams = { in: inputOf(stdin), out, err: out };
    this.#idle = this.#nextIdle();
    const clusters = new Clusters(findHome(env, cwd), {
      wallNowMs: () => WALL_MS,
      sleep: (ms) => this.#sleep(ms),
      command: [program, ...argv].join(' '),
      // A command that listens lets go of the cluster when it has said so, and then waits for connections.
      flush: () => this.#listens && this.#setIdle(),
      discard: () => undefined,
      warn: (message) => out.write(`sandkube: ${message}\n`),
      fs: throwawayFileSystem,
    });
    const listen: LocalNetwork['listen'] = async (place, onConnection) => {
      const listener = await network.listen(place, onConnection);
      this.#listens = true;
      return listener;
    };
    this.#ended = runCommand(program, argv, {
      clusters,
      streams,
      env,
      cwd,
      network: { listen },
      onInterrupt: (listener) => {
        this.#interruptListeners.add(listener);
        return () => this.#interruptListeners.delete(listener);
      },
    });
    this.#ended.then(
      (exitCode) => (this.#exitCode = exitCode),
      () => (this.#exitCode = 1),
    );
  }

  get isRunning(): boolean {
    return this.#exitCode === undefined;
  }

  /** Resolves with the exit code when the command has ended, with undefined when it waits for the world outside. */
  async rest(): Promise<number | undefined> {
    return Promise.race([this.#ended, this.#idle.then(() => undefined)]);
  }

  /** Lets a command that waits look at what others have done meanwhile, until it waits again. */
  async resume(): Promise<void> {
    if (!this.isRunning || this.#listens) return;
    this.#idle = this.#nextIdle();
    this.#wake();
    await this.rest();
  }

  /** Presses Ctrl-C. @returns the exit code. */
  async interrupt(): Promise<number> {
    this.#isInterrupted = true;
    for (const listener of this.#interruptListeners) listener('SIGINT');
    this.#wake();
    return this.#ended;
  }

  #nextIdle(): Promise<void> {
    return new Promise((resolve) => (this.#setIdle = resolve));
  }

  /** Nothing else writes meanwhile: waiting goes on when the next command has run. No time at all only lets others take a turn. */
  #sleep(ms: number): Promise<void> {
    if (this.#isInterrupted || ms === 0) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#setIdle();
    });
  }
}

/** Lets time pass on every cluster of the home that has a manual clock. @throws StateError */
export async function advanceClusters({ cwd, env }: Pick<JobOptions, 'cwd' | 'env'>, ms: number): Promise<void> {
  const clusters = new Clusters(findHome(env, cwd), {
    wallNowMs: () => WALL_MS,
    sleep: async () => undefined,
    command: `sleep ${ms / 1000}`,
    flush: () => undefined,
    discard: () => undefined,
    warn: () => undefined,
    fs: throwawayFileSystem,
  });
  for (const identity of [sandkubeCluster, minikubeCluster]) {
    if (!clusters.exists(identity)) continue;
    const session = clusters.session(identity);
    if (session.isManual && session.state.meta['isStopped'] !== true) await session.sleep(ms);
  }
  clusters.leave();
}

function inputOf(text: string): InputStream {
  let rest: string | undefined = text === '' ? undefined : text;
  const take = (): string | undefined => {
    const taken = rest;
    rest = undefined;
    return taken;
  };
  return {
    read: async () => {
      const taken = take();
      return taken === undefined ? undefined : Buffer.from(taken);
    },
    readAll: async () => take() ?? '',
    isTerminal: false,
    setRawMode: () => undefined,
  };
}
