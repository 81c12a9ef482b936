// The load that scripts put on servers: requests of the last seconds, shared among the endpoints they go to.
// Called by: usage.ts. Must not know: autoscalers.
//
// The rule: a request costs the container that answers it so many ms of CPU as its image says (requestCpuMs, default
// 1). The rate is that of the last 15 s, in which the scripts of all pods count, each Service's requests spread evenly
// over its endpoints.
import type { LoopbackClient } from '../client/loopback.ts';
import { findRoute } from '../network/request.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { podRecords, type PodRecord } from './podrecord.ts';
import { listenerOf } from './podport.ts';
import { currentRun, type NodeWorld } from './runs.ts';
import { podPorts } from './scriptnetwork.ts';
import { simulationOf } from './simulation.ts';
import { imageOf, type ContainerRun } from './view.ts';

export const NETWORK_INDEX = 'network';
const WINDOW_MS = 15_000;

/** Returns the records of pods whose scripts use the network. */
function callers(client: LoopbackClient): Pod[] {
  const found: Pod[] = [];
  for (const { metadata } of client.byIndex(podRecords, NETWORK_INDEX, 'yes')) {
    const pod = client.get(podResource, metadata);
    if (pod) found.push(pod);
  }
  return found;
}

/** The index value of a record whose container uses the network. */
export function usesNetwork(record: PodRecord): boolean {
  return Object.values(record.containers ?? {}).some(({ run }) => run?.network !== undefined);
}

/** Returns the CPU (milli-cores) that requests of scripts take in a container. */
export function requestLoad(world: NodeWorld, run: ContainerRun): number {
  let perSecond = 0;
  for (const caller of callers(world.client)) perSecond += rateFrom(world, caller, run);
  return perSecond * (imageOf(run).requestCpuMs ?? 1);
}

function rateFrom(world: NodeWorld, caller: Pod, to: ContainerRun): number {
  let requests = 0;
  for (const { name } of caller.spec.containers) {
    const from = currentRun(world, caller, name, to.nowMs);
    const process = from && simulationOf(from).process(name);
    for (const [target, times] of process?.calls ?? []) {
      const recent = times.filter((atMs) => atMs > to.nowMs - WINDOW_MS && atMs <= to.nowMs).length;
      if (recent > 0) requests += recent * shareOf(world, caller, target, to);
    }
  }
  return requests / (WINDOW_MS / 1000);
}

/** The part of the requests to `host:port` that this container answers. */
function shareOf(world: NodeWorld, caller: Pod, target: string, to: ContainerRun): number {
  const { client, random, settings } = world;
  const colon = target.lastIndexOf(':');
  const options = { client, random, settings, ports: podPorts(world, to.nowMs, false) };
  const origin = { pod: caller, address: caller.status.podIP ?? '' };
  const { route } = findRoute(options, origin, target.slice(0, colon), Number(target.slice(colon + 1)));
  if (route.kind !== 'endpoints') return 0;
  const mine = route.endpoints.find(({ pod }) => pod?.metadata.uid === to.pod.metadata.uid);
  if (!mine?.pod) return 0;
  const listener = listenerOf({ client, random, settings }, mine.pod, mine.port, to.nowMs);
  return listener?.run.container.name === to.container.name ? 1 / route.endpoints.length : 0;
}
