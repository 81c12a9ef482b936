// Metrics between their autoscaling/v2 form and the flatter one that autoscaling/v1 keeps in annotations.
// Called by: horizontalpodautoscaler.v1.ts. Must not know: the rest of the autoscaler.
import type { MetricSpec, MetricStatus } from 'kubernetes-types/autoscaling/v2';

type Fields = Record<string, unknown>;

/** The source's field is named as its type, with a small first letter. */
function sourceOf(metric: { type: string }): Fields {
  const name = metric.type.charAt(0).toLowerCase() + metric.type.slice(1);
  return ((metric as unknown as Fields)[name] ?? {}) as Fields;
}

function fieldOfType(type: string, source: Fields): Fields {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
  return { type, [type.charAt(0).toLowerCase() + type.slice(1)]: present };
}

/** Returns the v1 form of a wanted metric. */
export function toV1Metric(metric: MetricSpec): Fields {
  const source = sourceOf(metric);
  const { type } = metric;
  const target = (source['target'] ?? {}) as Fields;
  const { name, selector } = (source['metric'] ?? {}) as Fields;
  if (type === 'Pods')
    return fieldOfType(type, { metricName: name, targetAverageValue: target['averageValue'], selector });
  if (type === 'Object') {
    const { value, averageValue } = target;
    const described = { target: source['describedObject'], metricName: name };
    return fieldOfType(type, { ...described, targetValue: value ?? '0', selector, averageValue });
  }
  if (type === 'External') {
    const { value, averageValue } = target;
    return fieldOfType(type, {
      metricName: name,
      metricSelector: selector,
      targetValue: value,
      targetAverageValue: averageValue,
    });
  }
  return fieldOfType(type, {
    name: source['name'],
    targetAverageUtilization: target['averageUtilization'],
    targetAverageValue: target['averageValue'],
    container: source['container'],
  });
}

/** Returns the v2 form of a wanted metric. */
export function fromV1Metric(metric: Fields): MetricSpec {
  const type = String(metric['type']);
  const source = sourceOf({ ...metric, type });
  const { metricName, selector, metricSelector, name, container } = source;
  const averageValue = source['targetAverageValue'] ?? source['averageValue'];
  const value = source['targetValue'];
  const utilization = source['targetAverageUtilization'];
  const target = definedOnly({
    type:
      utilization !== undefined
        ? 'Utilization'
        : averageValue !== undefined || type === 'Pods'
          ? 'AverageValue'
          : 'Value',
    averageUtilization: utilization,
    averageValue,
    value: averageValue === undefined ? value : undefined,
  });
  const identified = definedOnly({ name: metricName, selector: selector ?? metricSelector });
  if (type === 'Resource' || type === 'ContainerResource')
    return fieldOfType(type, { name, container, target }) as unknown as MetricSpec;
  const describedObject = type === 'Object' ? source['target'] : undefined;
  return fieldOfType(type, { metric: identified, target, describedObject }) as unknown as MetricSpec;
}

/** Returns the v1 form of a measured metric. */
export function toV1Status(metric: MetricStatus): Fields {
  const source = sourceOf(metric);
  const { type } = metric;
  const current = (source['current'] ?? {}) as Fields;
  const { name, selector } = (source['metric'] ?? {}) as Fields;
  if (type === 'Pods')
    return fieldOfType(type, { metricName: name, currentAverageValue: current['averageValue'], selector });
  if (type === 'Object') {
    const { value = '0', averageValue } = current;
    const described = { target: source['describedObject'], metricName: name };
    return fieldOfType(type, { ...described, currentValue: value, selector, averageValue });
  }
  if (type === 'External') {
    const { value = '0', averageValue } = current;
    const identified = { metricName: name, metricSelector: selector };
    return fieldOfType(type, { ...identified, currentValue: value, currentAverageValue: averageValue });
  }
  return fieldOfType(type, {
    name: source['name'],
    currentAverageUtilization: current['averageUtilization'],
    currentAverageValue: current['averageValue'] ?? '0',
    container: source['container'],
  });
}

/** Returns the v2 form of a measured metric. */
export function fromV1Status(metric: Fields): MetricStatus {
  const type = String(metric['type']);
  const source = sourceOf({ ...metric, type });
  const { metricName, selector, metricSelector, name, container } = source;
  const current = definedOnly({
    averageUtilization: source['currentAverageUtilization'],
    averageValue: source['currentAverageValue'] ?? source['averageValue'],
    value: source['currentValue'],
  });
  const identified = definedOnly({ name: metricName, selector: selector ?? metricSelector });
  if (type === 'Resource' || type === 'ContainerResource')
    return fieldOfType(type, { name, container, current }) as unknown as MetricStatus;
  const describedObject = type === 'Object' ? source['target'] : undefined;
  return fieldOfType(type, { metric: identified, current, describedObject }) as unknown as MetricStatus;
}

function definedOnly(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
