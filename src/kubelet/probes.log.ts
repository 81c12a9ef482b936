// The lines that HTTP probes leave in the access logs of those they ask: worked out when a log is read.
// Called by: logs.ts. Must not know: results of probes.
import type { LogLine } from '../images/image.ts';
import type { ContainerRun } from './view.ts';

export function probeLogLines(_run: ContainerRun, _fromMs: number, _toMs: number): LogLine[] {
  return [];
}
