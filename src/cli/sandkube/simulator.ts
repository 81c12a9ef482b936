// What the sandkube command needs of the simulator; main.ts hands in an implementation.
// Called by: cli/sandkube/*. Must not know: how the simulator keeps or moves a cluster.

export interface StartOptions {
  /** Name of a starter cluster, or the objects' file as the user named it. */
  starter: string;
  file: string;
  clock: 'real' | 'manual';
  seed: string;
  allowsLegacyApis: boolean;
}

export interface ClusterReport {
  state: 'running' | 'stopped' | 'absent';
  /** Absolute path of the state folder. */
  directory: string;
  clock: 'real' | 'manual';
  seed: string;
  version: string;
  nowMs: number;
  revision: number;
  nodes: { name: string; isReady: boolean }[];
  /** Simulated instant at which something happens next. */
  nextDueAtMs: number | undefined;
  /** Where the API is served, when it is. */
  servedAt?: string;
}

export interface SettleReport {
  isSettled: boolean;
  elapsedMs: number;
}

export interface ScenarioReport {
  file: string;
  commands: number;
  /** Readable differences, empty when the transcript replayed to the byte. */
  differences: string[];
  isUpdated: boolean;
}

/** Every method throws an Error with a one-line message for what the user did wrong. */
export interface Simulator {
  /** Makes a cluster, or lets the time of a stopped one go on. @returns whether one was made. */
  start(
    options: StartOptions,
    changed: { [K in keyof StartOptions]: boolean },
  ): Promise<{ isNew: boolean; report: ClusterReport }>;
  status(): Promise<ClusterReport>;
  /** Simulated time stands still until the next start. */
  stop(): Promise<ClusterReport>;
  /** Deletes the cluster and its state. @returns whether there was one. */
  reset(): Promise<boolean>;
  /** Goes to the next instant at which something happens. @returns the simulated ms that passed; undefined: nothing is due. */
  tick(): Promise<number | undefined>;
  advance(ms: number): Promise<void>;
  settle(maxMs: number): Promise<SettleReport>;
  setNodeFault(node: string, isFailed: boolean): Promise<void>;
  runScenario(file: string, options: { isUpdate: boolean }): Promise<ScenarioReport>;
  /** Runs the first lesson on this cluster, its output going to the streams. @returns the folder with its manifests. */
  showFirstLesson(): Promise<string>;
}
