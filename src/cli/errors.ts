// Errors as kubectl prints them, and the exit codes they give. The only place that prints a Status.
// Called by: cli/root.ts; commands throw. Must not know: any command.

/** Wrong use of the command line: printed as it stands after `error: `, with the hint to the help. Exit code 1. */
export class UsageError extends Error {
  /** 'kubectl get': adds `See 'kubectl get -h' for help and examples`. */
  readonly commandPath: string;
  constructor(message: string, commandPath: string) {
    super(message);
    this.name = 'UsageError';
    this.commandPath = commandPath;
  }
}

/** An exit code without (further) output: kubectl diff's 1, exec's own code. */
export class ExitError extends Error {
  readonly exitCode: number;
  /** Printed on stderr as it stands, with a newline, when not empty. */
  constructor(exitCode: number, message = '') {
    super(message);
    this.name = 'ExitError';
    this.exitCode = exitCode;
  }
}
