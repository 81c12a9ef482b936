// Events with their fields in the order of Go's type, as kubectl prints objects that it has decoded.
// Called by: commands/events.ts. Must not know: where events come from. Upstream: k8s.io/api/core/v1 Event.
import type { Unstructured } from '../../machinery/types.ts';
import type { Event } from '../../resources/event.ts';

const META = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'];
const REFERENCE = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

/** Returns the fields of `object` in that order, then its others. */
function ordered(object: object | undefined, order: readonly string[]): Record<string, unknown> {
  const source = (object ?? {}) as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const key of order) if (source[key] !== undefined) result[key] = source[key];
  return { ...result, ...source };
}

/** Returns the event as Go would write it: fields that are never left out are there. */
export function typedEvent(event: Event): Unstructured {
  const { action, series, related, count } = event;
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: ordered(event.metadata, META) as never,
    involvedObject: ordered(event.involvedObject, REFERENCE),
    ...(event.reason ? { reason: event.reason } : {}),
    ...(event.message ? { message: event.message } : {}),
    source: ordered(event.source, ['component', 'host']),
    firstTimestamp: event.firstTimestamp ?? null,
    lastTimestamp: event.lastTimestamp ?? null,
    ...(count ? { count } : {}),
    ...(event.type ? { type: event.type } : {}),
    eventTime: event.eventTime ?? null,
    ...(series ? { series: ordered(series, ['count', 'lastObservedTime']) } : {}),
    ...(action ? { action } : {}),
    ...(related ? { related: ordered(related, REFERENCE) } : {}),
    reportingComponent: event.reportingComponent ?? '',
    reportingInstance: event.reportingInstance ?? '',
  };
}

/** Returns an EventList of them. */
export function typedEventList(events: readonly Event[]): Unstructured {
  const list = { kind: 'EventList', apiVersion: 'v1', metadata: {}, items: events.map(typedEvent) };
  return list as unknown as Unstructured;
}
