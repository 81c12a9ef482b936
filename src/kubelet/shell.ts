// The large shell (just-bash), for what the small one does not know: awk, jq, arrays, long pipelines.
// Called by: exec.ts, session.ts. The only file that imports just-bash, and only when it is needed.
// Must not know: pods beyond the execution it is handed.
import { emit, type Execution } from './execution.ts';
import type { Interpreter } from './sh/interpreter.ts';

/** Runs a command. Returns its exit code. */
export async function runLargeShell(
  { io, isTerminal }: Execution,
  command: readonly string[],
  _input: Buffer,
): Promise<number> {
  emit(io, true, isTerminal, `${command[0]}: not available in this simulation\n`);
  return 1;
}

/** Runs a line of an interactive shell with its variables. Returns its exit code. */
export async function runLargeShellLine(
  { io, isTerminal }: Execution,
  _shell: Interpreter,
  text: string,
): Promise<number> {
  emit(io, true, isTerminal, `${text}: not available in this simulation\n`);
  return 1;
}
