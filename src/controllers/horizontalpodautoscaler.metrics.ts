// How many replicas a metric asks for: the use of pods against what they request, or against a value.
// Called by: horizontalpodautoscaler.ts. Must not know: the target, behaviour, events.
import type { MetricSpec, MetricStatus, MetricTarget } from 'kubernetes-types/autoscaling/v2';
import { parseTime } from '../machinery/clock.ts';
import { isDeleting } from '../machinery/meta.ts';
import { formatQuantity, milliValue, newMilliQuantity, parseQuantity } from '../machinery/quantity.ts';
import type { Pod } from '../resources/pod.ts';
import type { ControllerContext } from './controller.ts';
import { podCondition } from './podstate.ts';

const CPU_INITIALIZATION_MS = 300_000;
const INITIAL_READINESS_MS = 30_000;
/** Over how long the metrics server averages: younger samples of a pod that has just become ready do not count. */
const METRIC_WINDOW_MS = 30_000;

/** Thrown when a metric cannot be had; `reason` is the condition's. */
export class MetricError extends Error {
  readonly reason: string;
  /** What goes before the message where several metrics are summed up. */
  readonly prefix: string;
  /** True when there is no source of metrics at all: then it is no use to ask again. */
  readonly isFinal: boolean;
  constructor(reason: string, prefix: string, message: string, { isFinal }: { isFinal: boolean }) {
    super(message);
    this.name = 'MetricError';
    this.reason = reason;
    this.prefix = prefix;
    this.isFinal = isFinal;
  }
}

export interface Tolerances {
  up: number;
  down: number;
}

export interface MetricInput {
  context: ControllerContext;
  spec: MetricSpec;
  pods: readonly Pod[];
  currentReplicas: number;
  tolerances: Tolerances;
}

export interface Proposal {
  replicas: number;
  /** 'cpu resource utilization (percentage of request)'. */
  name: string;
  status: MetricStatus;
  /** True while a pod's first samples do not count yet. */
  isWaiting: boolean;
}

interface Resource {
  name: string;
  container: string | undefined;
  target: MetricTarget;
}

/** Returns what a metric proposes. @throws MetricError. Upstream: kubernetes pkg/controller/podautoscaler computeReplicasForMetric. */
export function proposeReplicas(input: MetricInput): Proposal {
  const { spec } = input;
  if (spec.resource) {
    const { name, target } = spec.resource;
    return proposeForResource(input, { name, target, container: undefined });
  }
  if (spec.containerResource) {
    const { name, target, container } = spec.containerResource;
    return proposeForResource(input, { name, target, container });
  }
  const custom = 'no custom metrics API (custom.metrics.k8s.io) registered';
  const unable = 'unable to fetch metrics from custom metrics API';
  if (spec.pods) {
    const message = `unable to get metric ${spec.pods.metric.name}: ${unable}: ${custom}`;
    throw new MetricError('FailedGetPodsMetric', 'failed to get pods metric value', message, { isFinal: true });
  }
  if (spec.object) {
    const { metric, describedObject } = spec.object;
    const subject = `${describedObject.kind} on ${describedObject.name}`;
    const message = `unable to get metric ${metric.name}: ${subject}/${unable}: ${custom}`;
    throw new MetricError('FailedGetObjectMetric', 'failed to get object metric value', message, { isFinal: true });
  }
  const name = spec.external?.metric.name ?? '';
  const external = 'no external metrics API (external.metrics.k8s.io) registered';
  const message = `unable to get external metric ${name}: unable to fetch metrics from external metrics API: ${external}`;
  throw new MetricError('FailedGetExternalMetric', `failed to get ${name} external metric value`, message, {
    isFinal: true,
  });
}

function proposeForResource(input: MetricInput, resource: Resource): Proposal {
  const { target, name, container } = resource;
  const isContainer = container !== undefined;
  const reason = isContainer ? 'FailedGetContainerResourceMetric' : 'FailedGetResourceMetric';
  const prefix = `failed to get ${isContainer ? `${container} container` : `${name} resource`} metric value`;
  const isRaw = target.averageValue !== undefined;
  try {
    const { replicas, raw, utilization, isWaiting } = calculate(input, resource);
    const current = {
      ...(utilization === undefined ? {} : { averageUtilization: utilization }),
      averageValue: formatQuantity(newMilliQuantity(Math.trunc(raw), name === 'memory' ? 'BinarySI' : 'DecimalSI')),
    };
    const status: MetricStatus = isContainer
      ? { type: 'ContainerResource', containerResource: { name, container, current } }
      : { type: 'Resource', resource: { name, current } };
    const kind = isContainer && !isRaw ? 'container resource' : 'resource';
    const title = isRaw ? `${name} ${kind}` : `${name} ${kind} utilization (percentage of request)`;
    return { replicas, name: title, status, isWaiting };
  } catch (error) {
    if (!(error instanceof NoMetrics)) throw error;
    const message = `failed to get ${name} ${isRaw ? 'usage' : 'utilization'}: ${error.message}`;
    throw new MetricError(reason, prefix, message, { isFinal: !input.context.podUsage });
  }
}

class NoMetrics extends Error {}

/** Returns each pod's use in thousandths, by name; pods that report nothing are absent. */
function samples({ context, pods }: MetricInput, { name, container }: Resource): Map<string, number> {
  const found = new Map<string, number>();
  for (const pod of pods) {
    if (pod.status.phase !== 'Running') continue;
    const usage = context.podUsage?.(pod.metadata, context.nowMs);
    const counted = usage?.containers.filter((c) => container === undefined || c.name === container) ?? [];
    if (counted.length === 0) continue;
    const sum = counted.reduce((total, c) => total + (name === 'memory' ? c.memoryBytes * 1000 : c.cpuMilli), 0);
    found.set(pod.metadata.name, sum);
  }
  return found;
}

interface Groups {
  ready: number;
  unready: Set<string>;
  missing: Set<string>;
  ignored: Set<string>;
  /** Some pod is only waiting for its first sample to count. */
  isWaiting: boolean;
}

/** Upstream: replica_calculator.go groupPods. */
function groupPods({ pods, context }: MetricInput, metrics: ReadonlyMap<string, number>, resource: string): Groups {
  const groups: Groups = { ready: 0, unready: new Set(), missing: new Set(), ignored: new Set(), isWaiting: false };
  for (const pod of pods) {
    const { name } = pod.metadata;
    if (isDeleting(pod) || pod.status.phase === 'Failed') groups.ignored.add(name);
    else if (pod.status.phase === 'Pending') groups.unready.add(name);
    else if (!metrics.has(name)) groups.missing.add(name);
    else {
      const verdict = resource === 'cpu' ? readiness(pod, context.nowMs) : 'counts';
      if (verdict === 'counts') groups.ready += 1;
      else groups.unready.add(name);
      if (verdict === 'waits') groups.isWaiting = true;
    }
  }
  return groups;
}

function readiness(pod: Pod, nowMs: number): 'counts' | 'unready' | 'waits' {
  const condition = podCondition(pod, 'Ready');
  const startMs = parseTime(pod.status.startTime);
  const changedMs = parseTime(condition?.lastTransitionTime);
  if (!condition || startMs === undefined || changedMs === undefined) return 'unready';
  if (startMs + CPU_INITIALIZATION_MS > nowMs) {
    if (condition.status === 'False') return 'unready';
    return nowMs < changedMs + METRIC_WINDOW_MS ? 'waits' : 'counts';
  }
  return condition.status === 'False' && startMs + INITIAL_READINESS_MS > changedMs ? 'unready' : 'counts';
}

/** Upstream: replica_calculator.go calculatePodRequestsFromContainers. */
function requestsOf(pods: readonly Pod[], { name, container }: Resource): Map<string, number> {
  const requests = new Map<string, number>();
  for (const pod of pods) {
    const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
    let sum = 0;
    for (const c of [...pod.spec.containers, ...sidecars]) {
      if (container !== undefined && c.name !== container) continue;
      const text = c.resources?.requests?.[name];
      if (text === undefined)
        throw new NoMetrics(`missing request for ${name} in container ${c.name} of Pod ${pod.metadata.name}`);
      sum += milliValue(parseQuantity(text));
    }
    requests.set(pod.metadata.name, sum);
  }
  return requests;
}

interface Ratio {
  ratio: number;
  utilization: number | undefined;
  raw: number;
}

/** Upstream: podautoscaler/metrics/utilization.go. */
function ratioOf(
  metrics: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number> | undefined,
  target: number,
): Ratio {
  const total = [...metrics.values()].reduce((a, b) => a + b, 0);
  const raw = Math.trunc(total / metrics.size);
  if (!requests) return { ratio: raw / target, utilization: undefined, raw };
  const requested = [...metrics.keys()].reduce((sum, name) => sum + (requests.get(name) ?? 0), 0);
  if (requested === 0) throw new NoMetrics('no metrics returned matched known pods');
  const utilization = Math.trunc((total * 100) / requested);
  return { ratio: utilization / target, utilization, raw };
}

interface Calculated {
  replicas: number;
  raw: number;
  utilization: number | undefined;
  isWaiting: boolean;
}

/** Upstream: replica_calculator.go GetResourceReplicas and calcPlainMetricReplicas. */
function calculate(input: MetricInput, resource: Resource): Calculated {
  const { context, pods, currentReplicas, tolerances } = input;
  const { name, target } = resource;
  const unable = `unable to get metrics for resource ${name}`;
  if (!context.podUsage) {
    const notFound = 'the server could not find the requested resource (get pods.metrics.k8s.io)';
    throw new NoMetrics(`${unable}: unable to fetch metrics from resource metrics API: ${notFound}`);
  }
  const metrics = samples(input, resource);
  if (metrics.size === 0) throw new NoMetrics(`${unable}: no metrics returned from resource metrics API`);
  const groups = groupPods(input, metrics, name);
  for (const pod of [...groups.ignored, ...groups.unready]) metrics.delete(pod);
  if (metrics.size === 0) throw new NoMetrics('did not receive metrics for targeted pods (pods might be unready)');
  const goal =
    target.averageValue === undefined
      ? (target.averageUtilization ?? 0)
      : milliValue(parseQuantity(target.averageValue));
  const requests = target.averageValue === undefined ? requestsOf(pods, resource) : undefined;
  const first = ratioOf(metrics, requests, goal);
  const base = { raw: first.raw, utilization: first.utilization, isWaiting: groups.isWaiting };
  const isWithin = (ratio: number) => 1 - tolerances.down <= ratio && ratio <= 1 + tolerances.up;
  const growsWithUnready = groups.unready.size > 0 && first.ratio > 1;
  if (!growsWithUnready && groups.missing.size === 0)
    return { ...base, replicas: isWithin(first.ratio) ? currentReplicas : Math.ceil(first.ratio * groups.ready) };
  fillIn(metrics, groups, { ratio: first.ratio, requests, goal });
  const second = ratioOf(metrics, requests, goal).ratio;
  const isTurned = (first.ratio < 1 && second > 1) || (first.ratio > 1 && second < 1);
  const replicas = Math.ceil(second * metrics.size);
  const isReversed = (second < 1 && replicas > currentReplicas) || (second > 1 && replicas < currentReplicas);
  return { ...base, replicas: isWithin(second) || isTurned || isReversed ? currentReplicas : replicas };
}

/** Assumes of pods without samples what speaks against a change. Changes `metrics`. */
function fillIn(
  metrics: Map<string, number>,
  { missing, unready }: Groups,
  { ratio, requests, goal }: { ratio: number; requests: ReadonlyMap<string, number> | undefined; goal: number },
): void {
  for (const pod of missing) {
    if (ratio < 1)
      metrics.set(pod, requests ? Math.trunc(((requests.get(pod) ?? 0) * Math.max(100, goal)) / 100) : goal);
    else if (ratio > 1) metrics.set(pod, 0);
  }
  if (ratio > 1) for (const pod of unready) metrics.set(pod, 0);
}
