// HorizontalPodAutoscaler as autoscaling/v1 serves it: one CPU target; all else travels in annotations.
// Called by: horizontalpodautoscaler.ts. Must not know: HTTP, storage.
import type { HorizontalPodAutoscaler as V1HPA } from 'kubernetes-types/autoscaling/v1';
import type {
  HPAScalingRules,
  HorizontalPodAutoscalerBehavior,
  MetricSpec,
  MetricStatus,
} from 'kubernetes-types/autoscaling/v2';
import { clone } from '../machinery/meta.ts';
import type { Kind, KubeObject } from '../machinery/types.ts';
import type { ServedVersion } from './definition.ts';
import type { HorizontalPodAutoscaler } from './horizontalpodautoscaler.ts';
import { fromV1Metric, fromV1Status, toV1Metric, toV1Status } from './horizontalpodautoscaler.v1metrics.ts';

type V1 = Kind<V1HPA>;

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';

export const autoscalingV1: ServedVersion<HorizontalPodAutoscaler> = {
  gvr: { group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers' },
  kind: 'HorizontalPodAutoscaler',
  schema: 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler',
  subresources: ['status'],
  setDefaults(object) {
    const { spec } = object as V1;
    if (spec) spec.minReplicas ??= 1;
  },
  toHub: (object) => toHub(object as V1),
  fromHub,
};

/** An object may come without its spec: managers of fields are told from parts. Upstream: pkg/apis/autoscaling/v1/conversion.go. */
function toHub(object: V1): HorizontalPodAutoscaler {
  const { targetCPUUtilizationPercentage: target, ...spec } = object.spec ?? {};
  const { currentCPUUtilizationPercentage: current, ...status } = object.status ?? {};
  const annotations = { ...object.metadata.annotations };
  const cpu: MetricSpec[] = target === undefined ? [] : [cpuMetric(target)];
  const metrics = [...readList(annotations[METRICS], fromV1Metric), ...cpu];
  const statuses = readList(annotations[CURRENT_METRICS], fromV1Status);
  const behavior = readJson(annotations[BEHAVIOR]);
  const conditions = readJson(annotations[CONDITIONS]);
  for (const key of [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR]) delete annotations[key];
  const hub = {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: { ...object.metadata, annotations },
    ...(object.spec
      ? {
          spec: { ...spec, metrics: metrics.length > 0 ? metrics : [cpuMetric(80)], ...(behavior ? { behavior } : {}) },
        }
      : {}),
    status: {
      ...status,
      ...(statuses.length > 0 || current === undefined
        ? { currentMetrics: statuses }
        : { currentMetrics: [cpuStatus(current)] }),
      ...(conditions ? { conditions } : {}),
    },
  };
  if (Object.keys(annotations).length === 0) delete (hub.metadata as { annotations?: object }).annotations;
  return hub as unknown as HorizontalPodAutoscaler;
}

function cpuMetric(averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}
function cpuStatus(averageUtilization: number): MetricStatus {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } };
}

function isCpuUtilization(metric: MetricSpec): boolean {
  return (
    metric.type === 'Resource' &&
    metric.resource?.name === 'cpu' &&
    metric.resource.target.averageUtilization !== undefined
  );
}

function fromHub(object: HorizontalPodAutoscaler): KubeObject {
  const { spec, status, ...rest } = clone(object);
  const { metrics = [], behavior, ...v1Spec } = (spec as HorizontalPodAutoscaler['spec'] | undefined) ?? {};
  const { currentMetrics, conditions, ...v1Status } = status ?? {};
  const annotations: Record<string, string> = { ...rest.metadata.annotations };
  const others = metrics.filter((metric) => !isCpuUtilization(metric));
  if (others.length > 0) annotations[METRICS] = JSON.stringify(others.map(toV1Metric));
  if (currentMetrics?.length) annotations[CURRENT_METRICS] = JSON.stringify(currentMetrics.map(toV1Status));
  if (behavior) annotations[BEHAVIOR] = JSON.stringify(internalBehavior(behavior));
  if (conditions?.length) annotations[CONDITIONS] = JSON.stringify(conditions);
  const target = metrics.find(isCpuUtilization)?.resource?.target.averageUtilization;
  const current = currentMetrics?.find((m) => m.type === 'Resource' && m.resource?.name === 'cpu')?.resource?.current
    .averageUtilization;
  return {
    ...rest,
    apiVersion: 'autoscaling/v1',
    metadata: { ...rest.metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    ...(spec
      ? { spec: { ...v1Spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) } }
      : {}),
    status: {
      ...v1Status,
      currentReplicas: v1Status.currentReplicas ?? 0,
      desiredReplicas: v1Status.desiredReplicas ?? 0,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  } as KubeObject;
}

/** The behaviour is written with the names of the server's internal type: capitalised, nothing left out. */
function internalBehavior({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): object {
  return { ScaleUp: internalRules(scaleUp), ScaleDown: internalRules(scaleDown) };
}

function internalRules(rules: (HPAScalingRules & { tolerance?: string }) | undefined): object | null {
  if (!rules) return null;
  const policies = rules.policies?.map((p) => ({ Type: p.type, Value: p.value, PeriodSeconds: p.periodSeconds }));
  return {
    StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
    SelectPolicy: rules.selectPolicy ?? null,
    Policies: policies ?? null,
    Tolerance: rules.tolerance ?? null,
  };
}

/** Returns the value of an annotation with its keys in this API's case (Go reads keys in any case), or undefined. */
function readJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return lowerFirst(JSON.parse(text));
  } catch {
    // An annotation that does not parse is ignored, as upstream does.
    return undefined;
  }
}

function lowerFirst(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerFirst);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(
    entries.map(([key, item]) => [key.charAt(0).toLowerCase() + key.slice(1), lowerFirst(item)]),
  );
}

function readList<T>(text: string | undefined, convert: (item: Record<string, unknown>) => T): T[] {
  const list = readJson(text);
  return Array.isArray(list) ? list.map((item) => convert(item as Record<string, unknown>)) : [];
}
