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
import { textOf } from './sh/bytes.ts';
import { UnsupportedError } from './sh/host.ts';
import { Interpreter } from './sh/interpreter.ts';
import { Input } from './sh/streams.ts';
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
    return exitStatus(await execute(newExecution(world, run, io, options.tty), options));
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
  // A terminal has no end: a command there starts at once, and finds nothing typed.
  const isEndless = execution.isTerminal;
  const input = hasInput && !isEndless ? await execution.keyboard.readAll() : Buffer.alloc(0);
  return execution.keyboard.during(() => runCommand(execution, command, input));
}

/** Runs a command to its end and keeps what it changed. Returns its exit code. */
export async function runCommand(execution: Execution, command: readonly string[], input: Buffer): Promise<number> {
  const { simulation, run, io } = execution;
  const changes = watchChanges(simulation, run.container.name);
  try {
    const tar =
      baseName(command[0] ?? '') === 'tar'
        ? runTar(execution.host.fs, { args: command.slice(1), cwd: execution.cwd, stdin: input })
        : undefined;
    if (tar) {
      if (tar.stdout.length > 0) io.writeStdout(tar.stdout);
      if (tar.stderr !== '') io.writeStderr(Buffer.from(tar.stderr));
      return tar.exitCode;
    }
    return await runSmall(execution, command, input);
  } finally {
    changes.end();
    const record = saveChanges(run, changes.log);
    simulation.acknowledge(record);
  }
}

/** Runs in the small shell; what that does not know goes to the large one, from the beginning. */
async function runSmall(execution: Execution, command: readonly string[], input: Buffer): Promise<number> {
  const { io, host, env, cwd, isTerminal } = execution;
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
    streams: { input: new Input(textOf(input)), out: (t) => write(false, t), err: (t) => write(true, t) },
  });
  try {
    const code = await drive(execution, shell.command(command), release);
    release();
    return code;
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    if (held) return runLargeShell(execution, command, input);
    io.writeStderr(Buffer.from(`${error.message}: not available in this simulation\n`));
    return 1;
  }
}
