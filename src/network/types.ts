// Who reaches whom: where a call comes from, what it asks, how it ends.
// Called by: network, kubelet. Types only.
import type { LoopbackClient } from '../client/loopback.ts';
import type { ClusterSettings } from '../controllers/controller.ts';
import type { SimulatedRequest, SimulatedResponse } from '../images/image.ts';
import type { Random } from '../machinery/random.ts';
import type { Pod } from '../resources/pod.ts';

/** Where a call comes from; without a pod, from outside the cluster. */
export interface Origin {
  pod?: Pod;
  /** Address that the far side sees. */
  address: string;
}

/** What pods do with what reaches them; the kubelet implements it. */
export interface PodPorts {
  /** Whether the pod's node is up. */
  isReachable(pod: Pod): boolean;
  /** What listens on a port of a pod now, or undefined. */
  protocolOf(pod: Pod, port: number): 'http' | 'tcp' | undefined;
  /** Returns the answer to one request, or undefined when the connection is refused. */
  exchange(pod: Pod, port: number, request: SimulatedRequest): SimulatedResponse | undefined;
}

export interface NetworkOptions {
  client: LoopbackClient;
  random: Random;
  settings: Pick<ClusterSettings, 'clusterDomain'>;
  ports: PodPorts;
}

/** One end that can answer. */
export interface Endpoint {
  /** Absent for an address outside the cluster. */
  pod?: Pod;
  address: string;
  port: number;
}

/** Why nobody answered. */
export type Failure = 'dns' | 'refused' | 'timeout' | 'unreachable';

/** Where a connection to an address and a port ends: several for a Service. */
export type Route =
  | { kind: 'endpoints'; endpoints: Endpoint[]; affinity: boolean }
  | { kind: 'internet'; host: string }
  | { kind: 'apiserver' }
  | { kind: 'failure'; failure: Failure };
