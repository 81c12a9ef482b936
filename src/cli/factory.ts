// What commands are given to reach the cluster. One is made for each invocation by cli/root.ts.
// Called by: cli/commands/*. Must not know: whether the server is in process or behind HTTPS.
import type { KubeconfigAccess, RESTMapper, RestClient } from '../client/types.ts';
import type { Transport } from '../client/transport.ts';
import type { Builder } from './builder.ts';
import type { Interrupt } from './interrupt.ts';
import type { ConnectionConfig, KubectlRuntime } from './runtime.ts';

/** Simulated or wall time, as the command sees it. */
export interface CommandClock {
  nowMs(): number;
  /** Lets time pass: sleeps on the real clock, jumps on the manual one. */
  sleep(ms: number): Promise<void>;
}

export interface Factory {
  /** The REST client of the current context. Created on first use: `kubectl config` never needs a cluster. */
  rest(): Promise<RestClient>;
  /** `attempts`: how often kubectl asks what the server serves before it gives up, saying each time why. Default 1. */
  mapper(attempts?: number): Promise<RESTMapper>;
  /** The namespace of --namespace or the context, and whether the user gave it with --namespace (`enforce`). */
  namespace(): Promise<{ namespace: string; isEnforced: boolean }>;
  builder(): Builder;
  kubeconfig(): KubeconfigAccess;
  /** Who is asked, as whom: the context with the overrides of the command line. @throws ConfigurationError. */
  connection(): ConnectionConfig;
  /** What the REST client talks through; for `kubectl proxy`. */
  transport(): Promise<Transport>;
  /** Prints `Warning: text` on stderr, once for each text. */
  warn(text: string): void;
  clock: CommandClock;
  env: Readonly<Record<string, string | undefined>>;
  /** The user's working directory: relative paths are resolved against it. */
  cwd: string;
  /** Commits, flushes output and lets others write, before something outside is waited for (an editor, a key). */
  yieldState(): Promise<void>;
  /** Resolves when the user asks to stop; from then on only this ends the program. */
  interrupted(): Promise<Interrupt>;
  readonly runtime: KubectlRuntime;
}
