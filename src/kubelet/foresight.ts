// What the scripts of a pod will do if nothing happens from outside: when one ends, when files change.
// Called by: scriptprogram.ts, probes. A cache, as the simulation is. Must not know: stages.
import type { LoopbackClient } from '../client/loopback.ts';
import type { ProgramExit } from '../images/image.ts';
import { newSimulation, signatureOf, type PodSimulation } from './simulation.ts';
import type { ContainerRun } from './view.ts';

export interface Foresight {
  /** When the run's script ends by itself, as far as can be seen. */
  exit: ProgramExit | undefined;
  /** Instants at which a script of the pod changes files, becomes a server or ends; ascending. */
  changes: readonly number[];
  /** How far was looked; undefined when nothing more can happen. */
  untilMs: number | undefined;
}

/** The first look goes this far; each later one twice as far. */
const FIRST_MS = 600_000;
const MAX_MS = 7 * 86_400_000;
const MAX_CACHED = 512;

interface Cached {
  signature: string;
  horizonMs: number;
  /** Stands at the horizon. */
  simulation: PodSimulation;
  foresight: Foresight;
}

const caches = new WeakMap<LoopbackClient, Map<string, Cached>>();

/** Returns how far ahead of its start a run is foreseen at an instant: 10 min, 20 min, 40 min … beyond the instant. */
function horizonOf(run: ContainerRun): number {
  let spanMs = FIRST_MS;
  while (run.startedAtMs + spanMs <= run.nowMs && spanMs < MAX_MS) spanMs *= 2;
  return spanMs < MAX_MS ? run.startedAtMs + spanMs : run.nowMs + MAX_MS;
}

/** Returns what can be foreseen at the run's instant. */
export function foresee(run: ContainerRun): Foresight {
  let cache = caches.get(run.client);
  if (!cache) caches.set(run.client, (cache = new Map()));
  const horizonMs = horizonOf(run);
  const signature = signatureOf(run);
  const key = `${run.pod.metadata.uid}/${run.container.name}`;
  const known = cache.get(key);
  const fits = known?.signature === signature && known.horizonMs <= horizonMs;
  if (fits && known.horizonMs === horizonMs) return known.foresight;
  const simulation = fits ? known.simulation : newSimulation(run);
  simulation.advanceTo(horizonMs, run.record, run.pod);
  const foresight: Foresight = {
    exit: simulation.process(run.container.name)?.exit,
    changes: simulation.changeTimes,
    untilMs: simulation.scheduler.isSettled() ? undefined : horizonMs,
  };
  cache.delete(key);
  cache.set(key, { signature, horizonMs, simulation, foresight });
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
  return foresight;
}
