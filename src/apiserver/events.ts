// Events live for an hour after their last write; the store keeps them longer, reads do not show them.
// Called by: registry, watch. Must not know: who records events.
import { parseTime } from '../machinery/clock.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';

const EVENT_TTL_MS = 3_600_000;

type Timed = KubeObject & {
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { lastObservedTime?: string };
};

/** Returns true when the object is an Event past its time to live. Upstream: kube-apiserver --event-ttl. */
export function isExpired(definition: ResourceDefinition, object: KubeObject, nowMs: number): boolean {
  const { group, resource } = definition.gvr;
  if (resource !== 'events' || group !== '') return false;
  const { series, lastTimestamp, eventTime, metadata } = object as Timed;
  const text = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  const writtenMs = parseTime(text ?? undefined);
  return writtenMs !== undefined && nowMs - writtenMs >= EVENT_TTL_MS;
}
