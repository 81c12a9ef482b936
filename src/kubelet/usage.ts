// How much CPU and memory a pod's containers use at an instant: what their programs take, and the load on top.
// Called by: connector.ts, the autoscaler through ControllerContext.podUsage, kubelet (out of memory).
// Must not know: metrics APIs.
import type { Random } from '../machinery/random.ts';
import { milliValue, parseQuantity, value } from '../machinery/quantity.ts';
import type { Pod } from '../resources/pod.ts';
import { programOf } from './process.ts';
import { requestLoad } from './requestload.ts';
import { containerStatuses, currentRun, type NodeWorld } from './runs.ts';
import type { ContainerRun } from './view.ts';

export interface ContainerUsage {
  name: string;
  cpuMilli: number;
  memoryBytes: number;
}

/**
 * On a pod: the CPU that load adds to each of its containers, as a quantity ('250m') or in percent of the request
 * ('80%').
 */
export const CPU_LOAD_ANNOTATION = 'sandkube.dev/cpu-load';
/** On a pod: the memory that load adds to each of its containers, as a quantity ('64Mi'). */
export const MEMORY_LOAD_ANNOTATION = 'sandkube.dev/memory-load';

/** Returns the use of every running container, or undefined when none runs. */
export function podUsage(world: NodeWorld, pod: Pod, nowMs: number): { containers: ContainerUsage[] } | undefined {
  const containers: ContainerUsage[] = [];
  for (const { name, state } of containerStatuses(pod)) {
    if (!state.running) continue;
    const run = currentRun(world, pod, name, nowMs);
    if (run) containers.push({ name, ...containerUsage(run, world) });
  }
  return containers.length > 0 ? { containers } : undefined;
}

const MEBIBYTE = 1024 * 1024;

/** Returns what a node uses besides its pods: the kubelet, the container runtime, the system. A little different for each. */
export function systemUsage(random: Random, node: string): { cpuMilli: number; memoryBytes: number } {
  return {
    cpuMilli: 40 + random.int('system-cpu', node, 30),
    memoryBytes: (320 + random.int('system-memory', node, 80)) * MEBIBYTE,
  };
}

/** Returns the use of one container: CPU never beyond its limit. Without a world, without the load of requests. */
export function containerUsage(run: ContainerRun, world?: NodeWorld): { cpuMilli: number; memoryBytes: number } {
  const own = programOf(run).usage(run.nowMs);
  const { resources } = run.container;
  const load = loadOf(run);
  const requests = world ? requestLoad(world, run) : 0;
  const limit = resources?.limits?.['cpu'];
  const cpuMilli = Math.min(
    own.cpuMilli + load.cpuMilli + requests,
    limit === undefined ? 4000 : milliValue(parseQuantity(limit)),
  );
  return { cpuMilli: Math.ceil(cpuMilli), memoryBytes: own.memoryBytes + load.memoryBytes };
}

function loadOf(run: ContainerRun): { cpuMilli: number; memoryBytes: number } {
  const annotations = run.pod.metadata.annotations ?? {};
  const cpu = annotations[CPU_LOAD_ANNOTATION];
  const memory = annotations[MEMORY_LOAD_ANNOTATION];
  return {
    cpuMilli: cpu === undefined ? 0 : cpuLoad(cpu, run.container.resources?.requests?.['cpu']),
    memoryBytes: memory === undefined ? 0 : quantityOr0(memory, value),
  };
}

function cpuLoad(text: string, request: string | undefined): number {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent === undefined) return quantityOr0(text, milliValue);
  return request === undefined ? 0 : (Number(percent) / 100) * milliValue(parseQuantity(request));
}

function quantityOr0(text: string, read: (quantity: ReturnType<typeof parseQuantity>) => number): number {
  try {
    return read(parseQuantity(text));
  } catch {
    return 0;
  }
}
