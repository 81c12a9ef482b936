// What the kubelet offers to the API server's pod subresources: logs, exec, attach, ports, metrics.
// Called by: apiserver/subresources, sim. Must not know: HTTP.
import type { ApiResponse, PortConnection, StreamHandler } from '../apiserver/types.ts';
import type { KubeObject, ObjectKey } from '../machinery/types.ts';
import type { SimulatedRequest, SimulatedResponse } from '../images/image.ts';

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
}
