// Completion indexes of Indexed Jobs: on pods, as sets, and as the text of status.completedIndexes.
// Called by: job*.ts. Must not know: the client.
import type { Job } from '../resources/job.ts';
import type { Pod } from '../resources/pod.ts';

const MAX_PREFIX_LENGTH = 58;

export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';

export function isIndexed(job: Job): boolean {
  return job.spec.completionMode === 'Indexed';
}

/** Returns a pod's index, or undefined when it has none or one that is no number. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Returns the numbers that a text such as '0,2-4' stands for, below `completions`. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',').filter(Boolean)) {
    const [first = Number.NaN, last = first] = part.split('-').map(Number);
    for (let i = first; i <= Math.min(last, completions - 1); i++) indexes.add(i);
  }
  return indexes;
}

/** Returns the text of a set of indexes: runs of three and more are joined by a dash. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const index of sorted) {
    const run = runs.at(-1);
    if (run && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([a, b]) => (a === b ? `${a}` : b === a + 1 ? `${a},${b}` : `${a}-${b}`)).join(',');
}

/** Returns the lowest `count` indexes that are not in `taken`. Upstream: firstPendingIndexes. */
export function pendingIndexes(taken: ReadonlySet<number>, completions: number, count: number): number[] {
  const pending: number[] = [];
  for (let i = 0; i < completions && pending.length < count; i++) if (!taken.has(i)) pending.push(i);
  return pending;
}

/** Returns the beginning of a pod's name: the Job's name makes room for the index. Upstream: podGenerateNameWithIndex. */
export function indexedPrefix(jobName: string, index: number): string {
  const tail = `-${index}-`;
  return jobName.slice(0, MAX_PREFIX_LENGTH - tail.length) + tail;
}

/** Gives a pod its index: label, annotation, host name and the variable JOB_COMPLETION_INDEX. Changes its argument. */
export function adjustForIndex(job: Job, pod: { metadata: Pod['metadata']; spec: Pod['spec'] }, index: number): void {
  const { metadata, spec } = pod;
  metadata.labels = { ...metadata.labels, [COMPLETION_INDEX]: String(index) };
  metadata.annotations = { ...metadata.annotations, [COMPLETION_INDEX]: String(index) };
  spec.hostname = `${job.metadata.name}-${index}`;
  const name = 'JOB_COMPLETION_INDEX';
  const fieldPath = `metadata.labels['${COMPLETION_INDEX}']`;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    if (container.env?.some((variable) => variable.name === name)) continue;
    container.env = [...(container.env ?? []), { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } }];
  }
}
