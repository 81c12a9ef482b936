// What a container image does when it runs: its files, its programs, its answers, its logs and its use of resources.
// Called by: kubelet, network, images/index.ts. Must not know: pods beyond the container it is handed.
export type { SimulatedRequest, SimulatedResponse } from '../apiserver/connector.ts';
import type { SimulatedRequest, SimulatedResponse } from '../apiserver/connector.ts';

/** What a program knows of the container it runs in. */
export interface ContainerView {
  podName: string;
  namespace: string;
  podIp: string;
  nodeName: string;
  containerName: string;
  image: string;
  /** Entry point and arguments after `$(VAR)` expansion: what is executed. */
  command: readonly string[];
  /** Ports that the pod's manifest declares for the container; a generic server listens on them. */
  declaredPorts: readonly number[];
  env: Readonly<Record<string, string>>;
  workingDir: string;
  startedAtMs: number;
  /** 0 for the first run of the container. */
  restartCount: number;
  /** A stable text for derived chance: the container's ID. */
  id: string;
  /** Reads a file of the container (volumes included) as it is now, or undefined. */
  readFile(path: string): Uint8Array | undefined;
  random: { fraction(purpose: string): number };
}

export interface LogLine {
  atMs: number;
  stream: 'stdout' | 'stderr';
  /** Without the newline. */
  text: string;
}

/** When and how a program ends by itself. */
export interface ProgramExit {
  atMs: number;
  exitCode: number;
  /** Terminated reason; default 'Completed' for 0 and 'Error' otherwise. */
  reason?: string;
  message?: string;
}

/** One run of an image's program. Everything is a function of time: nothing is remembered. */
export interface Program {
  /** Lines with fromMs <= at < toMs, oldest first. Request logs are added by the network on its own. */
  logs(fromMs: number, toMs: number): LogLine[];
  /** undefined: runs until it is told to stop, as far as can be foreseen. */
  exit(): ProgramExit | undefined;
  /**
   * When what the program shows to others (files, ports, its end) changes by itself, ascending, and how far that was
   * looked at (undefined: nothing more will happen). Absent: it changes only when it begins to listen.
   */
  foreseen?(): { changes: readonly number[]; untilMs: number | undefined };
  /** Ports that accept connections from `sinceMs` on. */
  listens(): readonly { port: number; protocol: 'http' | 'tcp'; sinceMs: number }[];
  /** Answers one HTTP exchange; undefined: the connection is refused. */
  handle?(request: SimulatedRequest, port: number, nowMs: number): SimulatedResponse | undefined;
  /** The lines an exchange leaves in the log (access log, error log). */
  accessLog?(request: SimulatedRequest, response: SimulatedResponse, nowMs: number): readonly LogLine[];
  /** CPU in milli-cores and memory in bytes at an instant, before load. */
  usage(atMs: number): { cpuMilli: number; memoryBytes: number };
  /**
   * Milliseconds from SIGTERM to the end and the exit code; undefined: ignores it and is killed after the grace
   * period.
   */
  stop?(): { afterMs: number; exitCode: number };
}

/** What a command printed, and how it ended. */
export interface CommandAnswer {
  stdout?: string;
  stderr?: string;
  exitCode: number;
}

export interface ImageDefinition {
  /** Repositories without the default registry: 'nginx', 'library/nginx', 'gcr.io/kuar-demo/kuard-amd64'. */
  repositories: readonly string[];
  /** Tags that exist; absent: every tag does. */
  tags?: RegExp;
  sizeBytes: number;
  /** From created to running. */
  startMs: number;
  entrypoint: readonly string[];
  cmd: readonly string[];
  env?: Readonly<Record<string, string>>;
  workingDir?: string;
  /** Name or number; absent: root. */
  user?: string;
  exposedPorts: readonly number[];
  /** Shells and tools found in it: decides `exec -- bash` against `executable file not found in $PATH`. */
  executables: readonly string[];
  /** CPU time that answering one request takes, in ms. Default 1. */
  requestCpuMs?: number;
  /**
   * Executables whose run is `program`; anything else that is found is run by the kubelet's own shell. Default: all.
   */
  servers?: readonly string[];
  /**
   * What its own programs say when they are run beside the server: `nginx -v`. undefined: nothing is known of the
   * command.
   */
  answer?(command: readonly string[], container: ContainerView): CommandAnswer | undefined;
  /** Static files, by absolute path. */
  files?: Readonly<Record<string, string>>;
  /** The distribution its /etc/os-release names. */
  os: 'debian' | 'alpine' | 'busybox' | 'none';
  /** The Event about its node with which its program starts. */
  startEvent?: { component: string; reason: string; action: string };
  program(container: ContainerView): Program;
}

export function defineImage(definition: ImageDefinition): ImageDefinition {
  return definition;
}
