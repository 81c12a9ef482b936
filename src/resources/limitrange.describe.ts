// What `kubectl describe limitrange` says, and what describing a namespace says of its limits.
// Called by: limitrange.ts, namespace.describe.ts. Must not know: HTTP, storage.
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import type { LimitRange } from './limitrange.ts';

const TITLES = ['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit', 'Max Limit/Request Ratio'];

/** Upstream: describeLimitRange. It tells no events. */
export async function describeLimitRange({ metadata, spec }: LimitRange): Promise<string> {
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    w.field(0, 'Namespace', metadata.namespace);
    writeLimits(w, spec, '');
  });
}

/** Writes the titles of the table of limits. */
export function writeLimitTitles(w: PrefixWriter, prefix: string): void {
  w.write(0, `${prefix}${TITLES.join('\t')}\n`);
  w.write(0, `${prefix}${TITLES.map((title) => '-'.repeat(title.length)).join('\t')}\n`);
}

function writeLimits(w: PrefixWriter, spec: LimitRange['spec'], prefix: string): void {
  writeLimitTitles(w, prefix);
  writeLimitRows(w, spec, prefix);
}

/** Writes one row for each resource. Upstream prints them in no fixed order; here they are sorted. */
export function writeLimitRows(w: PrefixWriter, spec: LimitRange['spec'], prefix: string): void {
  for (const item of spec.limits ?? []) {
    const columns = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
    const names = new Set(columns.flatMap((column) => Object.keys(column ?? {})));
    for (const name of [...names].sort())
      w.row(0, `${prefix}${item.type}`, name, ...columns.map((c) => c?.[name] ?? '-'));
  }
}
