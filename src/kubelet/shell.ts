// The large shell (just-bash), for what the small one does not know: awk, jq, arrays, here-strings in pipelines.
// Called by: exec.ts, session.ts. The only file that loads just-bash, and only when it is needed.
// Must not know: pods beyond the execution it is handed.
import type { Bash, CustomCommand } from 'just-bash';
import { emit, type Execution } from './execution.ts';
import { UnsupportedError } from './sh/host.ts';
import { Interpreter } from './sh/interpreter.ts';
import { Input } from './sh/streams.ts';
import { shellFileSystem } from './shell.fs.ts';
import { baseName, imageOf } from './view.ts';

/** Programs that must tell of the container, not of the shell's own make-believe: the small shell's are taken. */
const OWN_PROGRAMS = new Set(
  'curl wget nslookup ping nc ps id uname whoami hostname env printenv date which df free uptime nproc ls kill sleep'.split(
    ' ',
  ),
);

type Module = typeof import('just-bash');
let loaded: Promise<Module> | undefined;

function load(): Promise<Module> {
  loaded ??= import('just-bash');
  return loaded;
}

/** Runs a command. Returns its exit code. */
export async function runLargeShell(execution: Execution, command: readonly string[], input: Buffer): Promise<number> {
  const bash = await newBash(execution, execution.env, execution.cwd);
  const [name = '', ...args] = command;
  const isShell = /^(sh|ash|dash|bash)$/.test(baseName(name)) && args[0] === '-c';
  const text = isShell ? (args[1] ?? '') : quote(name);
  const rest = isShell ? {} : { args: [...args] };
  const { stdout, stderr, exitCode, stdoutKind } = await bash.exec(text, {
    stdin: input.toString('latin1'),
    stdinKind: 'bytes',
    signal: execution.keyboard.signal,
    ...rest,
  });
  if (execution.keyboard.signal.aborted) await execution.keyboard.resume();
  show(execution, stdout, stdoutKind === 'bytes', stderr);
  return exitCode;
}

/** Runs a line of an interactive shell with its variables and its directory. Returns its exit code. */
export async function runLargeShellLine(execution: Execution, shell: Interpreter, text: string): Promise<number> {
  const bash = await newBash(execution, Object.fromEntries(shell.variables()), shell.cwd);
  const { stdout, stderr, exitCode, env, stdoutKind } = await bash.exec(text, {
    signal: execution.keyboard.signal,
  });
  if (execution.keyboard.signal.aborted) await execution.keyboard.resume();
  show(execution, stdout, stdoutKind === 'bytes', stderr);
  for (const [name, value] of Object.entries(env)) {
    if (name === 'PWD') shell.cwd = value;
    else if (/^[a-zA-Z_]\w*$/.test(name) && !SHELL_VARIABLES.has(name)) shell.set(name, value);
  }
  return exitCode;
}

const SHELL_VARIABLES = new Set(['IFS', 'OPTIND', 'SHELLOPTS', 'BASHOPTS', 'OLDPWD', '_', 'SHLVL']);

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function show({ io, isTerminal }: Execution, stdout: string, isBytes: boolean, stderr: string): void {
  if (isBytes) io.writeStdout(Buffer.from(stdout, 'latin1'));
  else if (stdout !== '') emit(io, false, isTerminal, stdout);
  if (stderr !== '') emit(io, true, isTerminal, stderr);
}

async function newBash(execution: Execution, env: Record<string, string>, cwd: string): Promise<Bash> {
  const { Bash, defineCommand, getCommandNames } = await load();
  const { host } = execution;
  const known = new Set<string>(getCommandNames());
  const { executables } = imageOf(execution.run);
  // Whatever else the image has is a file without content, which the large shell would run as an empty script.
  const own = executables
    .filter((name) => OWN_PROGRAMS.has(name) || !known.has(name))
    .map((name): CustomCommand =>
      defineCommand(name, async (args, { cwd: at, env: vars, stdin }) =>
        runOwn(execution, [name, ...args], { cwd: at, env: Object.fromEntries(vars), stdin: String(stdin) }),
      ),
    );
  const commands = getCommandNames().filter((name) => host.hasExecutable(name));
  return new Bash({
    fs: shellFileSystem(host.fs),
    env,
    cwd,
    commands: commands as never,
    customCommands: own,
    sleep: (ms) => execution.sleep(ms),
    processInfo: { pid: 7, ppid: 1, uid: host.user.uid, gid: host.user.gid },
    executionLimits: { maxCommandCount: 1_000_000, maxLoopIterations: 1_000_000 },
  });
}

/** Runs one of the small shell's programs inside the large one. */
async function runOwn(
  execution: Execution,
  words: readonly string[],
  { cwd, env, stdin }: { cwd: string; env: Record<string, string>; stdin: string },
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  let stdout = '';
  let stderr = '';
  const streams = {
    input: new Input(stdin),
    out: (text: string) => void (stdout += text),
    err: (text: string) => void (stderr += text),
  };
  const visible = Object.fromEntries(Object.entries(env).filter(([name]) => !SHELL_VARIABLES.has(name)));
  const shell = new Interpreter({ host: execution.host, env: visible, cwd, name: 'sh', streams });
  try {
    const steps = shell.command(words);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return { stdout, stderr, exitCode: step.value };
      if (step.value.kind !== 'until' || execution.keyboard.signal.aborted) return { stdout, stderr, exitCode: 130 };
      await execution.sleep(Math.max(0, step.value.atMs - execution.host.nowMs()));
    }
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    const isUnknown = error.message === baseName(words[0] ?? '');
    const why = isUnknown ? 'not available in this simulation' : `unrecognized option: ${error.message}`;
    return { stdout, stderr: `${stderr}${words[0]}: ${why}\n`, exitCode: 1 };
  }
}
