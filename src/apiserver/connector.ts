// What the API server asks of nodes: logs, exec, attach, ports, proxied requests, use of resources.
// Called by: subresources.*; implemented by kubelet/connector.ts. Must not know: how a node does it.
import type { KubeObject, ObjectKey } from '../machinery/types.ts';
import type { ApiResponse, PortConnection, StreamHandler } from './types.ts';

export interface SimulatedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array;
  /** Address of whoever asks. */
  remoteAddress: string;
}
export interface SimulatedResponse {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | string;
  /** How long the application takes, in simulated ms; probes compare it with their timeout. */
  latencyMs?: number;
  /** Files of its container that the exchange leaves written: what an application remembers until it restarts. */
  writes?: Readonly<Record<string, string>>;
}

export interface LogOptions {
  container: string;
  previous: boolean;
  follow: boolean;
  sinceSeconds?: number;
  sinceTime?: string;
  timestamps: boolean;
  tailLines?: number;
  limitBytes?: number;
}
export interface ExecOptions {
  container: string;
  command: readonly string[];
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** The node side of pods/log, pods/exec, pods/attach, pods/portforward and services/proxy. Refusals throw StatusError. */
export interface NodeConnector {
  /** Returns the text that is there now; with follow, a stream that ends with the container. */
  logs(pod: KubeObject, options: LogOptions): Pick<ApiResponse, 'text' | 'stream'>;
  exec(pod: KubeObject, options: ExecOptions): StreamHandler;
  attach(pod: KubeObject, options: ExecOptions): StreamHandler;
  openPort(pod: KubeObject, port: number): PortConnection;
  /** One HTTP exchange with a pod's port (pods/proxy, services/proxy). */
  proxy(pod: KubeObject, port: number, request: SimulatedRequest): SimulatedResponse;
  /** CPU and memory of a pod's containers now. */
  usage(pod: ObjectKey): { containers: { name: string; cpuMilli: number; memoryBytes: number }[] } | undefined;
  /** CPU and memory of a node's own programs now; undefined when it is down or unknown. */
  nodeUsage(name: string): { cpuMilli: number; memoryBytes: number } | undefined;
}
