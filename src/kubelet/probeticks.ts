// The instants at which a probe runs: from its delay on, one a period, in whole seconds.
// Called by: probes.ts, probes.log.ts. Must not know: what probes find.
import type { Probe } from 'kubernetes-types/core/v1';

/** The first instant at which a probe runs: after its delay, and when the kubelet has seen the container run. */
export function firstTickMs(startedMs: number, probe: Probe): number {
  return startedMs + Math.max(probe.initialDelaySeconds ?? 0, 1) * 1000;
}

export function periodMs(probe: Probe): number {
  return (probe.periodSeconds ?? 10) * 1000;
}

/** Returns the first tick at or after an instant. */
export function tickAtOrAfter(startedMs: number, probe: Probe, ms: number): number {
  const first = firstTickMs(startedMs, probe);
  if (ms <= first) return first;
  return first + Math.ceil((ms - first) / periodMs(probe)) * periodMs(probe);
}
