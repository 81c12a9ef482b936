// Which run of a container a request means, from the pod's status.
// Called by: logs, exec, usage, network. Must not know: programs.
import type { LoopbackClient } from '../client/loopback.ts';
import { parseTime } from '../machinery/clock.ts';
import type { ClusterSettings } from '../controllers/controller.ts';
import type { Random } from '../machinery/random.ts';
import type { Pod } from '../resources/pod.ts';
import type { ContainerStatus, PodStatus } from './apitypes.ts';
import { readPodRecord } from './podrecord.ts';
import type { ScriptNetwork } from './sh/host.ts';
import type { ContainerRun } from './view.ts';
import type { ContainerSpec } from './work.ts';

/** What is needed to look into containers. */
export interface NodeWorld {
  client: LoopbackClient;
  random: Random;
  settings: Pick<ClusterSettings, 'clusterDomain'>;
  /** What a container's commands reach; made for each run. */
  networkOf?(run: ContainerRun): ScriptNetwork;
}

/** Returns the container's part of the manifest, or undefined. */
export function containerOf(pod: Pod, name: string): ContainerSpec | undefined {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec;
  return [...initContainers, ...containers, ...(ephemeralContainers as ContainerSpec[])].find((c) => c.name === name);
}

/** Returns the statuses of all containers of a pod. */
export function containerStatuses(pod: Pod): ContainerStatus[] {
  const {
    initContainerStatuses = [],
    containerStatuses: own = [],
    ephemeralContainerStatuses = [],
  } = pod.status as PodStatus;
  return [...initContainerStatuses, ...own, ...ephemeralContainerStatuses];
}

export function statusOf(pod: Pod, name: string): ContainerStatus | undefined {
  return containerStatuses(pod).find((status) => status.name === name);
}

export interface RunOptions {
  pod: Pod;
  container: ContainerSpec;
  restartCount: number;
  startedAtMs: number;
  nowMs: number;
}

/** Returns a run with all that programs ask of it. */
export function newRun(world: NodeWorld, options: RunOptions): ContainerRun {
  const { client, random, networkOf } = world;
  const { pod } = options;
  const record = readPodRecord(client.internal, pod.metadata, pod.metadata.uid ?? '');
  const run: ContainerRun = { client, random, record, ...options };
  if (networkOf) run.network = networkOf(run);
  return run;
}

/** Returns the run of a container that runs now, or undefined. */
export function currentRun(world: NodeWorld, pod: Pod, name: string, nowMs: number): ContainerRun | undefined {
  const container = containerOf(pod, name);
  const status = statusOf(pod, name);
  const startedAtMs = parseTime(status?.state.running?.startedAt);
  if (!container || !status || startedAtMs === undefined) return undefined;
  return newRun(world, { pod, container, restartCount: status.restartCount, startedAtMs, nowMs });
}
