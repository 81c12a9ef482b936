// Event: its names, its second version events.k8s.io/v1, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Event as UpstreamEvent } from 'kubernetes-types/core/v1';
import { translateTimestampSince } from '../machinery/duration.ts';
import { clone } from '../machinery/meta.ts';
import type { Kind, KubeObject } from '../machinery/types.ts';
import { nameIsPathSegment } from '../machinery/metavalidation.ts';
import { nameColumn, textColumn, wideColumn } from './columns.ts';
import { type Cell, type ServedVersion, defineResource } from './definition.ts';
import { validateEvent } from './event.validation.ts';

export type Event = Kind<UpstreamEvent>;

/** Fields that the two versions name differently: [core/v1, events.k8s.io/v1]. */
const RENAMED = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
] as const;

const eventsV1: ServedVersion<Event> = {
  gvr: { group: 'events.k8s.io', version: 'v1', resource: 'events' },
  kind: 'Event',
  schema: 'io.k8s.api.events.v1.Event',
  toHub: (object) => rename(object, 'v1', (pair) => [pair[1], pair[0]]) as Event,
  fromHub: (object) => rename(clone<KubeObject>(object), 'events.k8s.io/v1', (pair) => pair),
};

function rename(
  object: KubeObject,
  apiVersion: string,
  direction: (pair: readonly [string, string]) => readonly [string, string],
): KubeObject {
  const fields = object as KubeObject & { [field: string]: unknown };
  fields.apiVersion = apiVersion;
  for (const pair of RENAMED) {
    const [from, to] = direction(pair);
    if (fields[from] === undefined) continue;
    fields[to] = fields[from];
    delete fields[from];
  }
  return fields;
}

export const event = defineResource<Event>({
  gvr: { group: '', version: 'v1', resource: 'events' },
  kind: 'Event',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.core.v1.Event',
  versions: [eventsV1],
  strategy: {
    allowsCreateOnUpdate: true,
    validateName: nameIsPathSegment,
    validate: validateEvent,
    validateUpdate: validateEvent,
  },
  table: {
    columns: [
      textColumn('Last Seen'),
      textColumn('Type'),
      textColumn('Reason'),
      textColumn('Object'),
      wideColumn('Subobject'),
      wideColumn('Source'),
      textColumn('Message'),
      wideColumn('First Seen'),
      wideColumn('Count'),
      { ...nameColumn, priority: 1 },
    ],
    row: eventRow,
  },
  fieldLabels,
});

/** Upstream: kubernetes pkg/printers/internalversion/printers.go printEvent. */
function eventRow(object: Event, nowMs: number): Cell[] {
  const since = (time: string | undefined): string => translateTimestampSince(time, nowMs);
  const first = since(object.firstTimestamp ?? object.eventTime);
  const last = object.series
    ? since(object.series.lastObservedTime)
    : object.lastTimestamp
      ? since(object.lastTimestamp)
      : first;
  const { involvedObject } = object;
  const kind = (involvedObject.kind ?? '').toLowerCase();
  return [
    last,
    object.type ?? '',
    object.reason ?? '',
    involvedObject.name ? `${kind}/${involvedObject.name}` : kind,
    involvedObject.fieldPath ?? '',
    sourceCell(object),
    (object.message ?? '').trim(),
    first,
    object.series ? (object.series.count ?? 0) : object.count || 1,
    object.metadata.name,
  ];
}

function sourceCell({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || '';
  const host = source?.host || reportingInstance || '';
  return host === '' ? component : `${component}, ${host}`;
}

function fieldLabels(object: Event): Record<string, string> {
  const { involvedObject } = object;
  return {
    'involvedObject.kind': involvedObject.kind ?? '',
    'involvedObject.namespace': involvedObject.namespace ?? '',
    'involvedObject.name': involvedObject.name ?? '',
    'involvedObject.uid': involvedObject.uid ?? '',
    'involvedObject.apiVersion': involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': involvedObject.fieldPath ?? '',
    reason: object.reason ?? '',
    reportingComponent: object.reportingComponent ?? '',
    source: object.source?.component || object.reportingComponent || '',
    type: object.type ?? '',
  };
}
