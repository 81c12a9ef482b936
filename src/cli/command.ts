// What a kubectl command is: its place in the help, its flags, and complete → validate → run.
// Called by: cli/root.ts, cli/help.ts, cli/commands/*. Must not know: the simulator.
import type { Factory } from './factory.ts';

export type FlagType =
  | 'string'
  | 'bool'
  | 'int'
  | 'int32'
  | 'int64'
  | 'duration'
  | 'stringSlice'
  | 'stringArray'
  | 'stringToString';

/** One flag by pflag's rules. */
export interface FlagSpec {
  /** Without dashes: 'dry-run'. */
  name: string;
  /** One letter. */
  shorthand?: string;
  type: FlagType;
  /** As text, the way help prints it; '' for none; lists '[]'. */
  default: string;
  /** The value of the bare flag (`--dry-run`): pflag's NoOptDefVal. bool has 'true' by itself. */
  noOptDefault?: string;
  usage: string;
  deprecated?: string;
  shorthandDeprecated?: string;
  isHidden?: boolean;
  /** Refused when absent: `required flag(s) "image" not set`. */
  isRequired?: boolean;
}

/** The parsed flags of one invocation. Names must be declared by the command; a wrong type is an assertion. */
export interface Flags {
  string(name: string): string;
  bool(name: string): boolean;
  /** A whole number. */
  int(name: string): number;
  /** Milliseconds. */
  duration(name: string): number;
  /** stringSlice, stringArray. */
  strings(name: string): string[];
  /** stringToString. */
  map(name: string): Map<string, string>;
  /** Whether the user gave the flag. */
  changed(name: string): boolean;
}

export interface IOStreams {
  in: InputStream;
  out: OutputStream;
  err: OutputStream;
}
export interface OutputStream {
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** 0 when unknown. */
  readonly columns: number;
  /** Lines of the terminal; absent or 0 when unknown. */
  readonly rows?: number;
  /** Calls the listener when the terminal's size has changed. @returns what takes it away. */
  onResize?(listener: () => void): () => void;
}
export interface InputStream {
  /** The whole input as text. */
  readAll(): Promise<string>;
  /** The next bytes, or undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  readonly isTerminal: boolean;
  /** Who reads it, once that is known: credential plugins may then not. 'used by stdin resource manifest reader' */
  usedBy?: string;
  setRawMode(isRaw: boolean): void;
}

export interface CommandContext {
  factory: Factory;
  flags: Flags;
  streams: IOStreams;
  /** Positional arguments before `--`, and after it, in one list, as cobra hands them. */
  args: string[];
  /** Number of `args` that stood before `--`; -1 when there was none. Upstream: cobra ArgsLenAtDash. */
  argsLenAtDash: number;
  /** 'kubectl rollout undo': for usage errors. */
  commandPath: string;
  /** The command line as --record notes it: words, arguments, then flags with their values. */
  recordText?: string;
  /** Returns the help of this command, for those that print it with a refusal (`config use-context`). */
  help(): Promise<string>;
}

export interface CommandSpec {
  /** Usage line without 'kubectl': 'scale [--resource-version=version] … TYPE NAME'. Its first word is the name. */
  use: string;
  aliases?: readonly string[];
  /** Heading in `kubectl --help`: 'Deploy Commands:'. Only for commands directly under kubectl. */
  group?: string;
  /** One line. */
  short: string;
  /** Ours to word. */
  long?: string;
  example?: string;
  flags?: readonly FlagSpec[];
  /** Sub-commands: `config use-context`. A command with these and no `run` prints its help. */
  commands?: readonly CommandSpec[];
  /** Its help goes to stdout when no sub-command is named; others' to stderr. 'always': whatever is named, and it does not fail. */
  printsHelp?: boolean | 'always';
  isHidden?: boolean;
  /** Message of `Command "x" is deprecated, …`. */
  deprecated?: string;
  /** What to throw for flags that cannot be read. Default: the message and a hint to the help, exit code 1. */
  flagError?(message: string, commandPath: string): Error;
  run?(context: CommandContext): Promise<void>;
}

/** Returns the spec unchanged; a door for checks and for typing. */
export function defineCommand(spec: CommandSpec): CommandSpec {
  return spec;
}
