// What `kubectl describe namespace` says, with its quotas and limits.
// Called by: namespace.ts. Must not know: HTTP, storage.
import { timeText, writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import { writeLimitRows, writeLimitTitles } from './limitrange.describe.ts';
import { limitRange, type LimitRange } from './limitrange.ts';
import type { Namespace } from './namespace.ts';
import { scopeMeaning } from './resourcequota.describe.ts';
import { resourceQuota, type ResourceQuota } from './resourcequota.ts';

/**
 * Upstream: NamespaceDescriber.Describe, describeNamespace.
 * Differs: upstream leaves quotas and limits out when the server does not serve them; every genuine one does.
 */
export async function describeNamespace(namespace: Namespace, context: DescribeContext): Promise<string> {
  const { metadata, status } = namespace;
  const inside = { namespace: metadata.name };
  const quotas = await context.reader.list(resourceQuota, inside);
  const limits = await context.reader.list(limitRange, inside);
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    writeLabelsAndAnnotations(w, metadata);
    w.field(0, 'Status', status.phase);
    writeNamespaceConditions(w, namespace, context);
    w.write(0, '\n');
    writeQuotas(w, quotas);
    w.write(0, '\n');
    writeLimits(w, limits);
  });
}

function writeNamespaceConditions(w: PrefixWriter, { status }: Namespace, context: DescribeContext): void {
  const { conditions = [] } = status;
  if (conditions.length === 0) return;
  w.write(0, 'Conditions:\n');
  w.row(1, 'Type', 'Status', 'LastTransitionTime', 'Reason', 'Message');
  w.row(1, '----', '------', '------------------', '------', '-------');
  for (const { type, status: value, lastTransitionTime, reason, message } of conditions)
    w.row(1, type, value, timeText(lastTransitionTime, context), reason, message);
}

/** Upstream: DescribeResourceQuotas. */
function writeQuotas(w: PrefixWriter, quotas: readonly ResourceQuota[]): void {
  if (quotas.length === 0) {
    w.write(0, 'No resource quota.\n');
    return;
  }
  w.write(0, 'Resource Quotas\n');
  const byName = [...quotas].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const { metadata, spec, status } of byName) {
    w.field(1, 'Name', metadata.name);
    const scopes = [...(spec.scopes ?? [])].sort();
    if (scopes.length > 0) w.field(1, 'Scopes', scopes.join(', '));
    for (const scope of scopes) {
      const meaning = scopeMeaning(scope);
      if (meaning !== undefined) w.write(1, `* ${meaning}\n`);
    }
    w.row(1, 'Resource', 'Used', 'Hard');
    w.row(1, '--------', '---', '---');
    const { hard = {}, used = {} } = status ?? {};
    for (const name of Object.keys(hard).sort()) w.row(1, name, used[name] ?? '0', hard[name]);
  }
}

/** Upstream: DescribeLimitRanges. */
function writeLimits(w: PrefixWriter, ranges: readonly LimitRange[]): void {
  if (ranges.length === 0) {
    w.write(0, 'No LimitRange resource.\n');
    return;
  }
  w.write(0, 'Resource Limits\n');
  writeLimitTitles(w, ' ');
  for (const { spec } of ranges) writeLimitRows(w, spec, ' ');
}
