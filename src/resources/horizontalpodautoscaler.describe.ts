// What `kubectl describe horizontalpodautoscaler` says.
// Called by: horizontalpodautoscaler.ts. Must not know: HTTP, storage.
import type {
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from 'kubernetes-types/autoscaling/v2';
import { quote } from '../machinery/strconv.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { timeText, writeHead } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import type { HorizontalPodAutoscaler } from './horizontalpodautoscaler.ts';

const UNKNOWN = '<unknown>';
/** How Go prints a quantity that is not there. */
const NIL = '<nil>';

/** Upstream: describeHorizontalPodAutoscalerV2. */
export async function describeHorizontalPodAutoscaler(
  autoscaler: HorizontalPodAutoscaler,
  context: DescribeContext,
): Promise<string> {
  const { metadata, spec, status } = autoscaler;
  const { kind, name } = spec.scaleTargetRef;
  const events = await eventsOf(autoscaler, context);
  return tabbed((w) => {
    writeHead(w, autoscaler);
    w.field(0, 'CreationTimestamp', timeText(metadata.creationTimestamp, context));
    w.field(0, 'Reference', `${kind}/${name}`);
    w.field(0, 'Metrics', '( current / target )');
    (spec.metrics ?? []).forEach((metric, i) => {
      const title = metricTitle(metric);
      if (title === undefined) w.write(1, `<unknown metric type ${quote(metric.type)}>\n`);
      else w.field(1, title, metricValues(metric, status.currentMetrics?.[i]));
    });
    w.field(0, 'Min replicas', spec.minReplicas ?? '<unset>');
    w.field(0, 'Max replicas', spec.maxReplicas);
    if (spec.behavior) {
      w.write(0, 'Behavior:\n');
      writeRules(w, 'Scale Up', spec.behavior.scaleUp);
      writeRules(w, 'Scale Down', spec.behavior.scaleDown);
    }
    w.field(0, `${kind} pods`, `${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`);
    writeConditionsWithMessages(w, autoscaler);
    writeEvents(w, events, context);
  });
}

/** Returns what is measured of what; undefined for types newer than this program. */
function metricTitle(metric: MetricSpec): string | undefined {
  const { type, external, pods, object, resource, containerResource } = metric;
  const onRequest = '  (as a percentage of request)';
  if (type === 'External' && external) {
    const target = external.target.averageValue === undefined ? 'target value' : 'target average value';
    return `${quote(external.metric.name)} (${target})`;
  }
  if (type === 'Pods' && pods) return `${quote(pods.metric.name)} on pods`;
  if (type === 'Object' && object) {
    const target = object.target.type === 'AverageValue' ? 'target average value' : 'target value';
    const { kind, name } = object.describedObject;
    return `"${object.metric.name}" on ${kind}/${name} (${target})`;
  }
  if (type === 'Resource' && resource)
    return `resource ${resource.name} on pods${resource.target.averageValue === undefined ? onRequest : ''}`;
  if (type === 'ContainerResource' && containerResource) {
    const { name, container, target } = containerResource;
    const title = `resource ${name} of container "${container}" on pods`;
    return target.averageValue === undefined ? title + onRequest : title;
  }
  return undefined;
}

/** Returns `current / target`. */
function metricValues(metric: MetricSpec, status: MetricStatus | undefined): string {
  const { type, external, pods, object, resource, containerResource } = metric;
  if (type === 'External' && external) {
    const current = status?.external?.current;
    if (external.target.averageValue === undefined) return valuePair(current, external.target);
    return `${current?.averageValue ?? UNKNOWN} / ${external.target.averageValue}`;
  }
  if (type === 'Pods' && pods) return averagePair(status?.pods?.current, pods.target);
  if (type === 'Object' && object) {
    const current = status?.object?.current;
    return object.target.type === 'AverageValue'
      ? averagePair(current, object.target)
      : valuePair(current, object.target);
  }
  if (type === 'Resource' && resource) return resourcePair(status?.resource?.current, resource.target);
  return resourcePair(status?.containerResource?.current, containerResource?.target ?? { type: '' });
}

function valuePair(current: MetricValueStatus | undefined, target: MetricTarget): string {
  return `${current ? (current.value ?? NIL) : UNKNOWN} / ${target.value ?? NIL}`;
}
function averagePair(current: MetricValueStatus | undefined, target: MetricTarget): string {
  return `${current ? (current.averageValue ?? NIL) : UNKNOWN} / ${target.averageValue ?? NIL}`;
}

function resourcePair(current: MetricValueStatus | undefined, target: MetricTarget): string {
  if (target.averageValue !== undefined) return averagePair(current, target);
  const used = current?.averageUtilization;
  const currentText = used === undefined ? UNKNOWN : `${used}% (${current?.averageValue ?? NIL})`;
  return `${currentText} / ${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}

/** Upstream: printDirectionBehavior. */
function writeRules(w: PrefixWriter, direction: string, rules: HPAScalingRules | undefined): void {
  if (!rules) return;
  const { stabilizationWindowSeconds, selectPolicy = 'Max', policies = [] } = rules;
  w.write(1, `${direction}:\n`);
  if (stabilizationWindowSeconds !== undefined)
    w.write(2, `Stabilization Window: ${stabilizationWindowSeconds} seconds\n`);
  if (policies.length === 0) return;
  w.write(2, `Select Policy: ${selectPolicy}\n`);
  w.write(2, 'Policies:\n');
  for (const { type, value, periodSeconds } of policies)
    w.row(3, `- Type: ${type}`, `Value: ${value}`, `Period: ${periodSeconds} seconds`);
}

function writeConditionsWithMessages(w: PrefixWriter, { status }: HorizontalPodAutoscaler): void {
  const { conditions = [] } = status;
  if (conditions.length === 0) return;
  w.write(0, 'Conditions:\n');
  w.row(1, 'Type', 'Status', 'Reason', 'Message');
  w.row(1, '----', '------', '------', '-------');
  for (const { type, status: value, reason, message } of conditions) w.row(1, type, value, reason, message);
}
