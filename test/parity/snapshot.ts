// What a cluster is at an instant: every object as canonical JSON, the newest revision, the time.
// Called by: doors.ts, compare.ts. Must not know: through which door the cluster was worked on.
import type { State } from '../../src/storage/state.ts';

export interface Snapshot {
  revision: number;
  nowMs: number;
  /** By 'resource namespace/name', those that no API serves among them. */
  objects: ReadonlyMap<string, string>;
}

/** Objects of a store are never changed: what was made of one holds as long as there is that one. */
const made = new WeakMap<object, string>();

/** Returns what is stored. `last`, when nothing was written since, is taken over. */
export function snapshotOf(state: State, nowMs: number, last?: Snapshot): Snapshot {
  const { revision } = state.store;
  if (last?.revision === revision) return { ...last, nowMs };
  const objects = new Map<string, string>();
  for (const { resource, objects: list } of state.objects())
    for (const object of list) {
      const { namespace = '', name } = object.metadata;
      let text = made.get(object);
      if (text === undefined) made.set(object, (text = JSON.stringify(canonical(object))));
      objects.set(`${resource} ${namespace}/${name}`, text);
    }
  return { revision, nowMs, objects };
}

/** Returns what differs, in a few lines; '' when nothing does. */
export function differenceOf(expected: Snapshot, found: Snapshot): string {
  const lines: string[] = [];
  if (expected.nowMs !== found.nowMs) lines.push(`time ${time(expected.nowMs)} / ${time(found.nowMs)}`);
  if (expected.revision !== found.revision) lines.push(`revision ${expected.revision} / ${found.revision}`);
  const keys = new Set([...expected.objects.keys(), ...found.objects.keys()]);
  for (const key of keys) {
    const [a, b] = [expected.objects.get(key), found.objects.get(key)];
    if (a !== b) lines.push(`${key}:\n${excerpt(a, b)}`);
  }
  return lines.length > 6 ? [...lines.slice(0, 6), `and ${lines.length - 6} more`].join('\n') : lines.join('\n');
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

function excerpt(a: string | undefined, b: string | undefined): string {
  if (a === undefined || b === undefined) return a === undefined ? '  only in the second' : '  only in the first';
  let at = 0;
  while (a[at] === b[at]) at++;
  const from = Math.max(0, at - 80);
  return `  …${a.slice(from, at + 120)}\n  …${b.slice(from, at + 120)}`;
}

function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, canonical(child)]),
  );
}
