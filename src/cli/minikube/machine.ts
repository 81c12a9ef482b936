// What the minikube command needs of the simulator; main.ts hands in an implementation.
// Called by: cli/minikube/*. Must not know: how a cluster is kept.
import type { Interrupt } from '../interrupt.ts';

export type MachineState = 'absent' | 'running' | 'stopped';

/** Upstream: minikube pkg/minikube/machine. Methods throw an Error with a one-line message. */
export interface Machine {
  state(): Promise<MachineState>;
  /** Makes the cluster or starts it again; its context becomes the current one. */
  start(options: { kubernetesVersion: string; nodes: number }): Promise<void>;
  /** Lets the machine stand still and, unless it is to be kept, takes its context out of the kubeconfig. */
  stop(keepsContext: boolean): Promise<void>;
  /** Deletes the cluster and its kubeconfig entries. */
  remove(): Promise<void>;
  /** The node's address. */
  readonly ip: string;
  /** 'v1.35.2' */
  readonly kubernetesVersion: string;
  /** The folder that `docker-env` puts first in PATH, and the project's host for images. */
  readonly dockerFolder: string;
  /** Whether the kubeconfig leads to this cluster. */
  isInKubeconfig(): boolean;
  /** Puts the cluster into the kubeconfig and makes its context the current one. */
  writeKubeconfig(): void;
  /** Serves the dashboard on loopback until interrupted. @returns its address once it listens. */
  serveDashboard(): Promise<{ url: string; closed: Promise<Interrupt> }>;
}
