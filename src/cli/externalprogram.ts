// The door to execa: editors, diff programs and plugins, with the user's terminal.
// Called by: cli/editor.ts, cli/plugins.ts, commands/diff.ts. Must not know: what they are started for. Loaded on first use.

export interface ProgramOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** 'inherit' gives the program the terminal; 'pipe' collects its output. */
  stdio: 'inherit' | 'pipe';
}

export interface ProgramResult {
  /** undefined when the program could not be started or was ended by a signal. */
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  /** Node's code when it could not be started: 'ENOENT'. */
  startError: string | undefined;
}

/** Runs a program to its end. Never throws for its exit code. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult> {
  const { execa } = await import('execa');
  const result = await execa(file, args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    stdio: options.stdio,
    reject: false,
    stripFinalNewline: false,
  });
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    exitCode: result.exitCode,
    stdout: text(result.stdout),
    stderr: text(result.stderr),
    startError: result.exitCode === undefined && result.signal === undefined ? (result.code ?? 'unknown') : undefined,
  };
}
