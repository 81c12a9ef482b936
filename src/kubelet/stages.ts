// A pod's life on its node as a table of stages: when each is due, and what it does then.
// Called by: kubelet.ts. Must not know: how a single stage works.
import { adoption, sandbox } from './stages.admit.ts';
import { definitionChange, resize } from './stages.change.ts';
import { containerStart } from './stages.start.ts';
import { containerExit, containerProbes } from './stages.run.ts';
import { deadline, finalRemoval, shutdown } from './stages.stop.ts';
import type { Due } from './runof.ts';
import type { PodWork } from './work.ts';

export interface Stage {
  name: string;
  /** Returns the instant at which the stage acts on the pod as it is now, or undefined. Derived, never remembered. */
  due(work: PodWork): Due | undefined;
  /** Acts: changes the working status and record, writes events. */
  run(work: PodWork): void;
}

/** In the order in which they act at one instant. */
export const stages: readonly Stage[] = [
  finalRemoval,
  shutdown,
  deadline,
  adoption,
  sandbox,
  definitionChange,
  resize,
  containerExit,
  containerProbes,
  containerStart,
];

/** More steps than any pod takes at one instant: containers times what happens to each. */
const MAX_STEPS = 2000;

/** Runs every stage that is due now, again and again, until none is. Returns what is due next. */
export function runStages(work: PodWork): Due | undefined {
  for (let step = 0; step < MAX_STEPS; step++) {
    const stage = stages.find((s) => isDue(s.due(work), work.nowMs));
    if (!stage) return nextDue(work);
    stage.run(work);
    if (work.isRemoved) return undefined;
  }
  throw new Error(`assertion: pod ${work.pod.metadata.name} does not come to rest`);
}

function isDue(due: Due | undefined, nowMs: number): boolean {
  return due !== undefined && due.atMs <= nowMs;
}

/** The earliest; when a background and a foreground one coincide, the pod counts as busy. */
function nextDue(work: PodWork): Due | undefined {
  let next: Due | undefined;
  let hasForeground = false;
  for (const stage of stages) {
    const due = stage.due(work);
    if (!due) continue;
    hasForeground ||= due.isBackground !== true;
    if (!next || due.atMs < next.atMs) next = due;
  }
  if (!next) return undefined;
  return hasForeground ? { atMs: next.atMs } : next;
}
