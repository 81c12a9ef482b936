// PodMetrics: computed, never stored; what the containers of a pod use.
// Called by: resources/index.ts. Must not know: kubelets, HTTP. Upstream: metrics-server pkg/api/pod.go, pkg/storage/pod.go.
import { formatTime, parseTime } from '../machinery/clock.ts';
import { newNotFound } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import { defineResource, type StrategyContext } from './definition.ts';
import { metricsColumns, pathOf, sampleOf, totalOf, usageOf, type Sample, type Usage } from './metrics.ts';
import type { Pod } from './pod.ts';

export interface PodMetrics extends KubeObject, Sample {
  containers: { name: string; usage: Usage }[];
}

const GROUP = 'metrics.k8s.io';

export const podMetrics = defineResource<PodMetrics>({
  gvr: { group: GROUP, version: 'v1beta1', resource: 'pods' },
  kind: 'PodMetrics',
  singular: '',
  namespaced: true,
  verbs: ['get', 'list'],
  subresources: [],
  schema: 'io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetrics',
  strategy: {},
  table: {
    columns: metricsColumns,
    row(object) {
      const { cpu, memory } = totalOf(object.containers.map(({ usage }) => usage));
      return [object.metadata.name, cpu, memory, object.window];
    },
  },
  virtual: (context, namespace) =>
    (context.reader.list('pods', namespace) as readonly Pod[]).flatMap((pod) => metricsOf(pod, context) ?? []),
  virtualObject(context, key) {
    const pod = context.reader.get('pods', key) as Pod | undefined;
    if (!pod) throw newNotFound({ group: '', resource: 'pods' }, key.name);
    const found = metricsOf(pod, context);
    if (!found) throw newNotFound({ group: GROUP, resource: 'podmetrics' }, pathOf(key));
    return found;
  },
});

// A pod is told of when all of its containers are.
function metricsOf({ metadata, status }: Pod, { clock, podUsage }: StrategyContext): PodMetrics | undefined {
  const used = podUsage?.(metadata)?.containers ?? [];
  const states = new Map(
    [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].map(({ name, state }) => [
      name,
      state,
    ]),
  );
  const nowMs = clock.nowMs();
  const samples = used.map(({ name }) => {
    const startedAtMs = parseTime(states.get(name)?.running?.startedAt);
    return startedAtMs === undefined ? undefined : sampleOf(startedAtMs, nowMs);
  });
  const [first] = samples;
  if (!first || samples.some((sample) => sample === undefined)) return undefined;
  const { name, namespace, labels } = metadata;
  return {
    kind: 'PodMetrics',
    apiVersion: `${GROUP}/v1beta1`,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      creationTimestamp: formatTime(nowMs),
      ...(labels ? { labels } : {}),
    },
    ...first,
    containers: used.map((container) => ({ name: container.name, usage: usageOf(container) })),
  };
}
