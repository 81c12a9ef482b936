// The events of an object: finding them, and the table at the end of a description.
// Called by: the describers of kinds, cli/genericdescriber.ts. Must not know: any kind but Event.
import { parseTime } from '../machinery/clock.ts';
import { translateTimestampSince } from '../machinery/duration.ts';
import { goSort } from '../machinery/gosort.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { DescribeContext } from './describe.ts';
import type { PrefixWriter } from './describe.writer.ts';
import { event as eventDefinition, type Event } from './event.ts';

/** What events say they are about; an empty kind or uid asks for any. */
interface Involved {
  name: string;
  namespace?: string | undefined;
  kind?: string;
  uid?: string | undefined;
}

/** Returns the events about the object, or undefined when the user wants none. Upstream: searchEvents. */
export function eventsOf(object: KubeObject, context: DescribeContext): Promise<Event[] | undefined> {
  const { name, namespace, uid } = object.metadata;
  return searchEvents({ name, namespace, kind: object.kind, uid }, context);
}

export async function searchEvents(
  { name, namespace = '', kind = '', uid = '' }: Involved,
  { reader, showsEvents }: DescribeContext,
): Promise<Event[] | undefined> {
  if (!showsEvents) return undefined;
  const fields = [`involvedObject.name=${name}`, `involvedObject.namespace=${namespace}`];
  if (kind !== '') fields.push(`involvedObject.kind=${kind}`);
  if (uid !== '') fields.push(`involvedObject.uid=${uid}`);
  return reader.list(eventDefinition, { namespace: namespace || undefined, fieldSelector: fields.join(',') });
}

/** Writes the events, those seen last at the end; nothing when the user wants none. Upstream: DescribeEvents. */
export function writeEvents(w: PrefixWriter, events: readonly Event[] | undefined, { nowMs }: DescribeContext): void {
  if (!events) return;
  if (events.length === 0) {
    w.field(0, 'Events', '<none>');
    return;
  }
  w.flush();
  const sorted = [...events];
  goSort(sorted, (a, b) => lastMs(a) < lastMs(b));
  w.write(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage\n');
  w.row(1, '----', '------', '----', '----', '-------');
  for (const event of sorted) {
    const { fieldPath } = event.involvedObject;
    const message = (event.message ?? '').trim();
    const from = event.source?.component || event.reportingComponent;
    w.row(1, event.type, event.reason, ageText(event, nowMs), from, fieldPath ? `${fieldPath}: ${message}` : message);
  }
}

function lastMs({ lastTimestamp }: Event): number {
  return parseTime(lastTimestamp) ?? Number.NEGATIVE_INFINITY;
}

function ageText({ eventTime, firstTimestamp, lastTimestamp, series, count = 0 }: Event, nowMs: number): string {
  const first = translateTimestampSince(eventTime || firstTimestamp, nowMs);
  if (series) return `${translateTimestampSince(series.lastObservedTime, nowMs)} (x${series.count ?? 0} over ${first})`;
  return count > 1 ? `${translateTimestampSince(lastTimestamp, nowMs)} (x${count} over ${first})` : first;
}
