// What kubectl is given by the program it runs in: streams, environment, the clock, the way to the server.
// Called by: cli/root.ts and cli/clientfactory.ts; made by main.ts and by tests. Must not know: the simulator.
import type { Transport } from '../client/transport.ts';
import type { IOStreams } from './command.ts';
import type { CommandClock } from './factory.ts';

/** A context of the kubeconfig with the command line's overrides: who is asked, as whom. */
export interface ConnectionConfig {
  /** 'https://127.0.0.1:6443'; 'http://localhost:8080' when nothing names a server. */
  serverUrl: string;
  /** clientcmd's Cluster and AuthInfo after overrides; empty when none is named. */
  cluster: Readonly<Record<string, unknown>>;
  user: Readonly<Record<string, unknown>>;
  impersonate: { user: string; uid: string; groups: readonly string[]; extra: ReadonlyMap<string, readonly string[]> };
  /** 0 for none. */
  requestTimeoutMs: number;
  /** Name of the context in use, '' for none. */
  contextName: string;
  /** The kubeconfig's files: their maker knows which cluster a context means that names none. */
  kubeconfigFiles: readonly string[];
}

/** A running HTTP server on loopback. */
export interface ProxyServer {
  /** '127.0.0.1:8001' */
  readonly address: string;
  close(): Promise<void>;
}

export interface ProxyOptions {
  address: string;
  /** 0 lets the system choose. */
  port: number;
  unixSocket: string;
  apiPrefix: string;
  www: string;
  wwwPrefix: string;
  acceptHosts: string;
  acceptPaths: string;
  rejectPaths: string;
  rejectMethods: string;
  disableFilter: boolean;
  appendServerPath: boolean;
}

export interface KubectlRuntime {
  streams: IOStreams;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  clock: CommandClock;
  /** The kubeconfig when neither --kubeconfig nor KUBECONFIG names one. */
  defaultKubeconfig: string;
  /** Opens the way to a server. Called at most once, on first use. @throws Error when no server can be reached. */
  connect(config: ConnectionConfig): Promise<Transport>;
  /** Commits, flushes output and lets others write, before something outside is waited for. */
  yieldState(): Promise<void>;
  /** Resolves when the user asks to stop (SIGINT, SIGTERM). */
  interrupted(): Promise<void>;
  /** `kubectl proxy`: serves the API without authentication. Absent where no socket can be opened. */
  serveProxy?(transport: Transport, options: ProxyOptions): Promise<ProxyServer>;
  /** Folders in which plugins (`kubectl-foo`) are looked for. Default: PATH. */
  pluginFolders?: readonly string[];
}
