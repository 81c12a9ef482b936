// NodeMetrics: computed, never stored; what a node uses, its pods and its own programs.
// Called by: resources/index.ts. Must not know: kubelets, HTTP. Upstream: metrics-server pkg/api/node.go, pkg/storage/node.go.
import { formatTime, parseTime } from '../machinery/clock.ts';
import { newNotFound } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import { defineResource, type Amounts, type StrategyContext } from './definition.ts';
import { metricsColumns, sampleOf, sumOf, usageOf, type Sample, type Usage } from './metrics.ts';
import type { Pod } from './pod.ts';

export interface NodeMetrics extends KubeObject, Sample {
  usage: Usage;
}

const GROUP = 'metrics.k8s.io';

export const nodeMetrics = defineResource<NodeMetrics>({
  gvr: { group: GROUP, version: 'v1beta1', resource: 'nodes' },
  kind: 'NodeMetrics',
  singular: '',
  namespaced: false,
  verbs: ['get', 'list'],
  subresources: [],
  schema: 'io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetrics',
  strategy: {},
  table: {
    columns: metricsColumns,
    row: ({ metadata, usage, window }) => [metadata.name, usage.cpu, usage.memory, window],
  },
  virtual(context) {
    const used = usageByNode(context);
    return context.reader.list('nodes').flatMap((node) => metricsOf(node, used, context) ?? []);
  },
  virtualObject(context, { name }) {
    const node = context.reader.get('nodes', { name });
    if (!node) throw newNotFound({ group: '', resource: 'nodes' }, name);
    const found = metricsOf(node, usageByNode(context, name), context);
    if (!found) throw newNotFound({ group: GROUP, resource: 'nodemetrics' }, name);
    return found;
  },
});

function usageByNode({ reader, podUsage }: StrategyContext, only?: string): ReadonlyMap<string, Amounts[]> {
  const byNode = new Map<string, Amounts[]>();
  for (const { metadata, spec } of reader.list('pods') as readonly Pod[]) {
    const { nodeName } = spec;
    if (!nodeName || (only !== undefined && nodeName !== only)) continue;
    const found = byNode.get(nodeName) ?? [];
    found.push(...(podUsage?.(metadata)?.containers ?? []));
    byNode.set(nodeName, found);
  }
  return byNode;
}

function metricsOf(
  { metadata }: KubeObject,
  byNode: ReadonlyMap<string, Amounts[]>,
  { clock, nodeUsage }: StrategyContext,
): NodeMetrics | undefined {
  const { name, labels, creationTimestamp } = metadata;
  const own = nodeUsage?.(name);
  const nowMs = clock.nowMs();
  const sample = sampleOf(parseTime(creationTimestamp) ?? nowMs, nowMs);
  if (!own || !sample) return undefined;
  return {
    kind: 'NodeMetrics',
    apiVersion: `${GROUP}/v1beta1`,
    metadata: { name, creationTimestamp: formatTime(nowMs), ...(labels ? { labels } : {}) },
    ...sample,
    usage: usageOf(sumOf([own, ...(byNode.get(name) ?? [])])),
  };
}
