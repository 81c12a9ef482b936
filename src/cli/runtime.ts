// What kubectl is given by the program it runs in: streams, environment, the clock, the way to the server.
// Called by: cli/root.ts and cli/clientfactory.ts; made by main.ts and by tests. Must not know: the simulator.
import type { Duplex } from 'node:stream';
import type { Transport } from '../client/transport.ts';
import type { IOStreams } from './command.ts';
import type { CommandClock } from './factory.ts';
import type { Interrupt } from './interrupt.ts';

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

/** A port of this machine that takes connections. */
export interface LocalListener {
  /** The port in use, also when the system chose it. */
  readonly port: number;
  close(): Promise<void>;
}

/** Where port-forward and proxy listen: this machine's sockets, or a loopback network in memory. */
export interface LocalNetwork {
  /**
   * Calls `onConnection` with each connection to an address, or to a Unix socket's path.
   * @throws Error as Go words it: `listen tcp4 127.0.0.1:8080: bind: address already in use`.
   */
  listen(
    place: { network: 'tcp' | 'tcp4' | 'tcp6'; address: string; port: number } | { network: 'unix'; path: string },
    onConnection: (connection: Duplex) => void,
  ): Promise<LocalListener>;
}

export interface KubectlRuntime {
  streams: IOStreams;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /**
   * Returns the clock by which a command that asks this server reckons: the cluster's own where it is one of ours, else the
   * wall clock. Undefined: no server can be told from the kubeconfig.
   */
  clockFor(config: ConnectionConfig | undefined): CommandClock;
  /** The kubeconfig when neither --kubeconfig nor KUBECONFIG names one. */
  defaultKubeconfig: string;
  /** Opens the way to a server. Called at most once, on first use. @throws Error when no server can be reached. */
  connect(config: ConnectionConfig): Promise<Transport>;
  /** Commits, flushes output and lets others write, before something outside is waited for. */
  yieldState(): Promise<void>;
  /** From here until the returned function is called, signals come to the listener instead of ending the program. */
  onInterrupt(listener: (signal: Interrupt) => void): () => void;
  /** Default: the sockets of this machine. */
  network?: LocalNetwork;
  /** Folders in which plugins (`kubectl-foo`) are looked for. Default: PATH. */
  pluginFolders?: readonly string[];
}
