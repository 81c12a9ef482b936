// What the parts of pods/exec share: one command being run in a container, its streams, and time that passes while it
// waits.
// Called by: exec.ts, session.ts, shell.ts, attach.ts. Must not know: how clients are connected.
import type { StreamIO } from '../apiserver/types.ts';
import { statusSuccess, type Status } from '../machinery/status.ts';
import { pod as podResource } from '../resources/pod.ts';
import type { ConnectorWorld } from './connector.ts';
import { editRun } from './podrecord.ts';
import { Keyboard } from './keyboard.ts';
import { programOf, readContainerFile } from './process.ts';
import { statusOf } from './runs.ts';
import { bytesOf } from './sh/bytes.ts';
import type { ShellHost, Wait } from './sh/host.ts';
import type { Interpreter } from './sh/interpreter.ts';
import { Input } from './sh/streams.ts';
import { liveNetwork } from './scriptnetwork.ts';
import { shellHost } from './shellhost.ts';
import { simulationOf, type PodSimulation } from './simulation.ts';
import { Decoder, TerminalLines } from './terminal.ts';
import { keyOfRun, viewOf, type ContainerRun } from './view.ts';

/** One command being run in a container. */
export interface Execution {
  world: ConnectorWorld;
  run: ContainerRun;
  simulation: PodSimulation;
  host: ShellHost;
  env: Record<string, string>;
  cwd: string;
  io: StreamIO;
  isTerminal: boolean;
  keyboard: Keyboard;
  /** What the command reads. `more` resolves when more came of it, or its end, or the command is to end. */
  input: Input;
  more(): Promise<void>;
  /** Lets simulated time pass, until the command is to end. */
  sleep(ms: number): Promise<void>;
}

export const INTERNAL = 'Internal error occurred: ';

/** The Status of a session that could not be had: kubectl prints its message after `error: `. */
export function failedStatus(message: string): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'InternalError',
    code: 500,
  };
}

export function containerMissing(container: string): Status {
  return failedStatus(`${INTERNAL}unable to upgrade connection: container not found ("${container}")`);
}

/** The Status of a command that ended: kubectl prints `command terminated with exit code 3`. */
export function exitStatus(exitCode: number): Status {
  if (exitCode === 0) return statusSuccess();
  const message = `command terminated with non-zero exit code: exit status ${exitCode}`;
  const details = { causes: [{ reason: 'ExitCode', message: String(exitCode) }] };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'NonZeroExitCode',
    details,
  };
}

/** Returns an execution in a run, its file system brought forward to now. */
export function newExecution(world: ConnectorWorld, run: ContainerRun, io: StreamIO, isTerminal: boolean): Execution {
  const simulation = simulationOf(run);
  const view = viewOf(run, (path) => readContainerFile(run, path));
  const files = simulation.files(run.container.name);
  if (!files) throw new Error('assertion: the container is not part of its simulation');
  // Without a way to let time pass, only the command's own clock moves while it waits.
  const clock = new ExecClock(world);
  const live = { ...run, network: liveNetwork(world, run) };
  const inner = shellHost(live, view, { fs: files.fs, now: () => clock.nowMs() });
  const host: ShellHost = {
    ...inner,
    signal: (name) => signalProcess(world, run, name),
    ...(isTerminal ? { terminalSize: () => io.terminalSize?.() ?? { columns: 80, rows: 24 } } : {}),
  };
  const env: Record<string, string> = { ...view.env, ...(isTerminal ? { TERM: 'xterm' } : {}) };
  const keyboard = new Keyboard(io, isTerminal);
  const sleep = (ms: number): Promise<void> => clock.sleep(ms, keyboard.signal, () => hasRunEnded(world, run));
  const input = new Input('', io.readStdin !== undefined);
  const more = reader(input, keyboard, isTerminal ? (text) => io.writeStdout(bytesOf(text)) : undefined);
  return { world, run, simulation, host, env, cwd: view.workingDir, io, isTerminal, keyboard, input, more, sleep };
}

/** Returns whether a container's run is over: whatever was started in it is killed then. */
function hasRunEnded({ client }: ConnectorWorld, { pod, container, restartCount }: ContainerRun): boolean {
  const current = client.get(podResource, pod.metadata);
  if (current?.metadata.uid !== pod.metadata.uid || !current) return true;
  const status = statusOf(current, container.name);
  return !status?.state.running || status.restartCount !== restartCount;
}

/** Ends the command when its container ends. @returns what stops looking. */
export function endWithContainer({ world, run, keyboard }: Execution): () => void {
  const done = new AbortController();
  const isOver = (): boolean => hasRunEnded(world, run);
  void world.time?.until?.(isOver, done.signal).then(() => {
    if (!done.signal.aborted) keyboard.kill();
  });
  return () => done.abort();
}

/** Returns what waits for more of an input; at a terminal, which echoes, for a line. */
function reader(input: Input, keyboard: Keyboard, echo?: (text: string) => void): () => Promise<void> {
  const decoder = new Decoder();
  const lines = echo && new TerminalLines(echo);
  return async () => {
    for (;;) {
      const bytes = await keyboard.read();
      const keys = bytes ? decoder.text(bytes) : decoder.end();
      const { text, isEnd } = lines?.take(keys) ?? { text: keys, isEnd: false };
      input.push(text);
      if (isEnd || !bytes) input.end();
      if (text !== '' || !input.isOpen || keyboard.signal.aborted) return;
    }
  };
}

/** Process 1 of a container only gets the signals it has a handler for; a server has one for those that end it. */
export function signalProcess({ client, clock }: ConnectorWorld, run: ContainerRun, name: string): void {
  const stop = ['TERM', 'QUIT', 'INT'].includes(name) ? programOf(run).stop?.() : undefined;
  if (!stop) return;
  editRun(client.internal, keyOfRun(run), (record) => {
    record.stopping = { endsAtMs: clock.nowMs() + stop.afterMs, exitCode: stop.exitCode };
  });
}

class ExecClock {
  readonly #world: ConnectorWorld;
  #offsetMs = 0;
  constructor(world: ConnectorWorld) {
    this.#world = world;
  }
  nowMs(): number {
    return this.#world.clock.nowMs() + this.#offsetMs;
  }
  async sleep(ms: number, signal: AbortSignal, isOver: () => boolean): Promise<void> {
    if (this.#world.time) await this.#world.time.sleep(ms, signal, isOver);
    else this.#offsetMs += ms;
  }
}

export function emit(io: StreamIO, isError: boolean, isTerminal: boolean, text: string): void {
  const bytes = bytesOf(isTerminal ? text.replace(/\r?\n/g, '\r\n') : text);
  if (isError && !isTerminal) io.writeStderr(bytes);
  else io.writeStdout(bytes);
}

type Steps = ReturnType<Interpreter['command']>;

/** Lets a command run: time passes while it waits, until it ends, is ended at the terminal, or the client goes. */
export async function drive(execution: Execution, steps: Steps, beforeWait: (wait: Wait) => void): Promise<number> {
  const { keyboard, host, run, world, sleep } = execution;
  const { signal } = keyboard;
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    const wait = step.value;
    beforeWait(wait);
    if (wait.kind === 'server') return serverTaken(execution, wait.command);
    if (wait.kind === 'until' && !signal.aborted) await sleep(Math.max(0, wait.atMs - host.nowMs()));
    if (wait.kind === 'input') await execution.more();
    if (wait.kind === 'forever')
      while (world.time && !signal.aborted && !hasRunEnded(world, run))
        await world.time.waitForEvent(undefined, signal);
    // Where nobody else does anything, the container may have ended all the same.
    if (world.time && !signal.aborted && hasRunEnded(world, run)) keyboard.kill();
    // What a command had put aside, such as the streams it was redirected from, is put back.
    if (signal.aborted) await keyboard.resume();
    if (wait.kind === 'forever' || signal.aborted) return steps.return(keyboard.lastSignal.exitCode).value as number;
  }
}

/** A second server cannot have the ports of the first. */
function serverTaken({ io, isTerminal }: Execution, command: readonly string[]): number {
  emit(io, true, isTerminal, `${command[0]}: cannot listen: Address already in use\n`);
  return 1;
}
