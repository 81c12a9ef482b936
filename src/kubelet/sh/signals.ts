// How control leaves a command: exit, return, break, continue, and errors that end a script.
// Called by: interpreter, builtins, expansion. Must not know: what is left.
export class ExitSignal {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}
export class ReturnSignal {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}
export class LoopSignal {
  readonly kind: 'break' | 'continue';
  levels: number;
  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind;
    this.levels = levels;
  }
}
/** Ends a script with a message on its standard error. */
export class ShellError extends Error {
  readonly code: number;
  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

/** Returns ash's words for a syntax error that is given in dash's. */
export function busyboxWords(message: string): string {
  const unexpected = /^(.*?) unexpected/.exec(message)?.[1];
  return `syntax error: ${unexpected === undefined ? message.toLowerCase() : `unexpected ${unexpected}`}`;
}
