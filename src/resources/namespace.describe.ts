// What `kubectl describe namespace` says, with its quotas and limits.
// Called by: namespace.ts. Must not know: HTTP, storage.
import type {
  LimitRange as UpstreamLimitRange,
  LimitRangeItem,
  ResourceQuota as UpstreamResourceQuota,
} from 'kubernetes-types/core/v1';
import type { Kind, KubeObject } from '../machinery/types.ts';
import { defineResource, type ResourceDefinition } from './definition.ts';
import { timeText, writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import type { Namespace } from './namespace.ts';

type ResourceQuota = Kind<UpstreamResourceQuota>;
type LimitRange = Kind<UpstreamLimitRange>;

/** Kinds that our server does not have, but others do: enough for asking. */
function foreignResource<T extends KubeObject>(kind: string): ResourceDefinition<T> {
  const singular = kind.toLowerCase();
  return defineResource<T>({
    gvr: { group: '', version: 'v1', resource: `${singular}s` },
    kind,
    singular,
    namespaced: true,
    schema: `io.k8s.api.core.v1.${kind}`,
    strategy: {},
    table: { columns: [], row: () => [] },
  });
}

/**
 * Upstream: NamespaceDescriber.Describe, describeNamespace.
 * Differs: upstream leaves quotas and limits out when the server does not serve them; every genuine one does.
 */
export async function describeNamespace(namespace: Namespace, context: DescribeContext): Promise<string> {
  const { metadata, status } = namespace;
  const inside = { namespace: metadata.name };
  const quotas = await context.reader.list(foreignResource<ResourceQuota>('ResourceQuota'), inside);
  const limits = await context.reader.list(foreignResource<LimitRange>('LimitRange'), inside);
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

/** Upstream: helpTextForResourceQuotaScope. */
function scopeMeaning(scope: string): string | undefined {
  switch (scope) {
    case 'Terminating':
      return (
        'Matches all pods that have an active deadline. ' +
        'These pods have a limited lifespan on a node before being actively terminated by the system.'
      );
    case 'NotTerminating':
      return (
        'Matches all pods that do not have an active deadline. ' +
        'These pods usually include long running pods whose container command is not expected to terminate.'
      );
    case 'BestEffort':
      return (
        'Matches all pods that do not have resource requirements set. ' +
        'These pods have a best effort quality of service.'
      );
    case 'NotBestEffort':
      return (
        'Matches all pods that have at least one resource requirement set. ' +
        'These pods have a burstable or guaranteed quality of service.'
      );
    default:
      return undefined;
  }
}

/** Upstream: DescribeLimitRanges. */
function writeLimits(w: PrefixWriter, ranges: readonly LimitRange[]): void {
  if (ranges.length === 0) {
    w.write(0, 'No LimitRange resource.\n');
    return;
  }
  const titles = ['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit', 'Max Limit/Request Ratio'];
  w.write(0, `Resource Limits\n ${titles.join('\t')}\n`);
  w.write(0, ` ${titles.map((title) => '-'.repeat(title.length)).join('\t')}\n`);
  for (const { spec } of ranges) for (const item of spec.limits) writeLimit(w, item);
}

/** Upstream prints the rows in no fixed order; here they are sorted. */
function writeLimit(w: PrefixWriter, item: LimitRangeItem): void {
  const columns = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
  const names = new Set(columns.flatMap((column) => Object.keys(column ?? {})));
  for (const name of [...names].sort()) w.row(0, ` ${item.type}`, name, ...columns.map((c) => c?.[name] ?? '-'));
}
