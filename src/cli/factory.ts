// What commands are given to reach the cluster. One is made for each invocation by cli/root.ts.
// Called by: cli/commands/*. Must not know: whether the server is in process or behind HTTPS.
import type { RestClient } from '../client/types.ts';
import type { RESTMapper } from '../client/types.ts';
import type { KubeconfigAccess } from '../client/types.ts';
import type { Builder } from './builder.ts';

/** Simulated or wall time, as the command sees it. */
export interface CommandClock {
  nowMs(): number;
  /** Lets time pass: sleeps on the real clock, jumps on the manual one. */
  sleep(ms: number): Promise<void>;
}

export interface Factory {
  /** The REST client of the current context. Created on first use: `kubectl config` never needs a cluster. */
  rest(): Promise<RestClient>;
  mapper(): Promise<RESTMapper>;
  /** The namespace of --namespace or the context, and whether the user gave it with --namespace (`enforce`). */
  namespace(): Promise<{ namespace: string; isEnforced: boolean }>;
  builder(): Builder;
  kubeconfig(): KubeconfigAccess;
  clock: CommandClock;
  env: Readonly<Record<string, string | undefined>>;
  /** The user's working directory: relative paths are resolved against it. */
  cwd: string;
  /** Commits, flushes output and lets others write, before something outside is waited for (an editor, a key). */
  yieldState(): Promise<void>;
}
