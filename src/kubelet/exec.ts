// pods/exec: one command, or a shell at a terminal, in a running container.
// Called by: connector.ts. Must not know: how clients are connected.
import type { StreamHandler } from '../apiserver/types.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { saveChanges, watchChanges } from './changes.ts';
import type { ConnectorWorld } from './connector.ts';
import {
  containerMissing,
  drive,
  emit,
  endWithContainer,
  exitStatus,
  failedStatus,
  INTERNAL,
  newExecution,
  type Execution,
} from './execution.ts';
import { executableProblem } from './process.ts';
import { currentRun } from './runs.ts';
import { runLargeShell } from './shell.ts';
import { shellSession } from './session.ts';
import { bytesOf, textOf } from './sh/bytes.ts';
import { UnsupportedError, type Wait } from './sh/host.ts';
import { Interpreter } from './sh/interpreter.ts';
import { runTar } from './tar.ts';
import type { ExecOptions } from './types.ts';
import { baseName } from './view.ts';

/** Returns the stream of one command. Refusals are the Status that the stream ends with. */
export function execIn(world: ConnectorWorld, pod: Pod, options: ExecOptions): StreamHandler {
  return async (io) => {
    const current = world.client.get(podResource, pod.metadata) ?? pod;
    const run = currentRun(world, current, options.container, world.clock.nowMs());
    if (!run) return containerMissing(options.container);
    const problem = executableProblem(run, options.command[0] ?? '');
    if (problem !== undefined) {
      const id = world.random.bytes('exec', `${run.pod.metadata.uid}/${run.nowMs}`).toString('hex');
      const how = 'error executing command in container: failed to exec in container: failed to start exec';
      const runc = `OCI runtime exec failed: exec failed: unable to start container process: ${problem}`;
      return failedStatus(`${INTERNAL}${INTERNAL}${how} "${id}": ${runc}`);
    }
    const execution = newExecution(world, run, io, options.tty);
    const stop = endWithContainer(execution);
    try {
      const exitCode = await execute(execution, options);
      const { isKilled, lastSignal } = execution.keyboard;
      return exitStatus(isKilled ? lastSignal.exitCode : exitCode);
    } finally {
      stop();
    }
  };
}

const SHELLS = new Set(['sh', 'ash', 'dash', 'bash', 'zsh', 'ksh']);

/** Whether the command is a shell that reads its commands from its input. */
function isInteractiveShell(command: readonly string[]): boolean {
  return (
    SHELLS.has(baseName(command[0] ?? '')) &&
    command.slice(1).every((word) => /^-[ilexu]+$|^--(login|norc|noprofile)$/.test(word))
  );
}

async function execute(execution: Execution, { command, stdin }: ExecOptions): Promise<number> {
  const hasInput = stdin && execution.io.readStdin !== undefined;
  if (isInteractiveShell(command)) {
    if (hasInput) return shellSession(execution, baseName(command[0] ?? 'sh'));
    return 0;
  }
  if (!hasInput) execution.input.end();
  return execution.keyboard.during(() => runCommand(execution, command));
}

/** Runs a command to its end and keeps what it changed. Returns its exit code. */
async function runCommand(execution: Execution, command: readonly string[]): Promise<number> {
  const { simulation, run, io } = execution;
  const changes = watchChanges(simulation, run.container.name);
  try {
    const tar = await runOwnTar(execution, command);
    if (tar) {
      if (tar.stdout.length > 0) io.writeStdout(tar.stdout);
      if (tar.stderr !== '') io.writeStderr(Buffer.from(tar.stderr));
      return tar.exitCode;
    }
    return await runSmall(execution, command);
  } finally {
    changes.end();
    const record = saveChanges(run, changes.log);
    simulation.acknowledge(record);
  }
}

/** Archives are bytes, not text. */
async function runOwnTar(
  { host, cwd, keyboard, input, isTerminal }: Execution,
  [name = '', ...args]: readonly string[],
) {
  if (baseName(name) !== 'tar') return undefined;
  const isPacking = /^-?[a-z]*c/.test(args[0] ?? '');
  const stdin = input.isOpen && !isTerminal && !isPacking ? await keyboard.readAll() : Buffer.alloc(0);
  const tar = runTar(host.fs, { args, cwd, stdin });
  if (!tar) input.push(textOf(stdin));
  return tar;
}

/** Runs in the small shell; what that does not know goes to the large one, from the beginning. */
async function runSmall(execution: Execution, command: readonly string[]): Promise<number> {
  const { io, host, env, cwd, isTerminal, input } = execution;
  let held: { isError: boolean; text: string }[] | undefined = [];
  const write = (isError: boolean, text: string): void => {
    if (held) held.push({ isError, text });
    else emit(io, isError, isTerminal, text);
  };
  const release = (): void => {
    for (const { isError, text } of held ?? []) emit(io, isError, isTerminal, text);
    held = undefined;
  };
  const shell = new Interpreter({
    host,
    env,
    cwd,
    name: baseName(command[0] ?? 'sh'),
    leavesUnknown: true,
    streams: { input, out: (t) => write(false, t), err: (t) => write(true, t) },
  });
  try {
    // A command that has said nothing when it begins to read may still turn out to be one for the large shell.
    const beforeWait = ({ kind }: Wait): void => {
      if (kind !== 'input' || held?.length !== 0) release();
    };
    const code = await drive(execution, shell.command(command), beforeWait);
    release();
    return code;
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    if (held) return runLargeShell(execution, command, await wholeInput(execution));
    io.writeStderr(Buffer.from(`${error.message}: not available in this simulation\n`));
    return 1;
  }
}

/** At a terminal a command starts at once, with what was typed so far. */
async function wholeInput({ input, more, isTerminal }: Execution): Promise<Buffer> {
  if (!isTerminal) while (input.isOpen) await more();
  return bytesOf(input.whole);
}
