// Lifecycle hooks: what postStart and preStop do, how long they take, and what their failure leads to.
// Called by: stages.start.ts, stages.stop.ts. Must not know: when containers start and stop.
import type { ContainerStatus } from './apitypes.ts';
import type { ContainerSpec, PodWork } from './work.ts';

export function runPostStart(_work: PodWork, _container: ContainerSpec, _status: ContainerStatus): void {}

/** Returns how long the preStop hook takes, in ms, at most `limitMs`. */
export function preStopMs(_work: PodWork, container: ContainerSpec, limitMs: number): number {
  const sleep = (container.lifecycle?.preStop as { sleep?: { seconds: number } } | undefined)?.sleep;
  return Math.min((sleep?.seconds ?? 0) * 1000, limitMs);
}
