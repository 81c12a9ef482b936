// What a shell needs of the container it runs in, and what its programs are: the seam between the shell and the
// kubelet.
// Called by: interpreter, tools; implemented by kubelet/script.ts and exec. Must not know: pods.
import type { CommandAnswer } from '../../images/image.ts';
import type { FileSystem } from '../vfs.ts';
import type { Interpreter } from './interpreter.ts';

/** What a script waits for. The scheduler resumes it at that instant, or never. */
export type Wait =
  | { kind: 'until'; atMs: number; /** It does not wait, it works. */ isBusy?: boolean }
  | { kind: 'forever' }
  /** Until more comes on the input. */
  | { kind: 'input' }
  /** Until what was started with & has ended. */
  | { kind: 'join' }
  /** The process becomes this server of the image. */
  | { kind: 'server'; command: readonly string[] };

export interface HttpCall {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: Uint8Array;
}
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
  address: string;
  latencyMs: number;
}
/** Why there is no answer. */
export interface HttpFailure {
  failure: 'dns' | 'refused' | 'timeout' | 'unreachable';
  address: string;
  latencyMs: number;
}
export interface NameAnswer {
  /** The name that was found, with its search domain. */
  name: string;
  addresses: string[];
  /** Set for an ExternalName. */
  canonicalName?: string;
}

/** What commands reach over the network, as it is or was at an instant. */
export interface ScriptNetwork {
  http(call: HttpCall, atMs: number): HttpAnswer | HttpFailure;
  connect(address: string, port: number, atMs: number): 'open' | HttpFailure['failure'];
  resolve(name: string, atMs: number): NameAnswer | undefined;
}

export interface ShellHost {
  nowMs(): number;
  readonly fs: FileSystem;
  readonly hostname: string;
  readonly os: 'debian' | 'alpine' | 'busybox' | 'none';
  /** Whether a program of that name is in the image. */
  hasExecutable(name: string): boolean;
  /** Whether the name is the image's own server. */
  isServer(name: string): boolean;
  readonly user: { uid: number; gid: number; name: string };
  readonly podIp: string;
  readonly nameserver: string;
  /** `ps`: process 1 first. */
  processes(): { pid: number; user: string; command: string; startedAtMs: number }[];
  http(call: HttpCall): HttpAnswer | HttpFailure;
  connect(address: string, port: number): 'open' | HttpFailure['failure'];
  resolve(name: string): NameAnswer | undefined;
  fraction(purpose: string): number;
  /** What a program of the image's own says, or undefined. */
  answer?(command: readonly string[]): CommandAnswer | undefined;
  /** The size of the terminal that a command is typed at; absent where there is none. */
  terminalSize?(): { columns: number; rows: number };
  /** Sends a signal ('TERM') to process 1. */
  signal?(name: string): void;
}

export interface ToolIO {
  /** Without the name. */
  args: readonly string[];
  name: string;
  /** Everything that is left of the input; of one that goes on, what is there if that is enough. */
  input(isEnough?: (text: string) => boolean): string;
  out(text: string): void;
  err(text: string): void;
  shell: Interpreter;
  host: ShellHost;
}

/** Returns the exit code. A tool that does not know an option throws UnsupportedError. */
export type Tool = (io: ToolIO) => number | Generator<Wait, number, void>;

/** Thrown for what this shell does not know; exec then takes the larger shell. */
export class UnsupportedError extends Error {}
