// Writes Events as client-go's two recorders do, from what is stored already: nothing is remembered between calls.
// Called by: controllers/manager.ts (one recorder a controller), kubelet. Must not know: any kind but Event.
import type { LoopbackClient } from '../client/loopback.ts';
import { formatMicroTime, formatTime, parseTime } from '../machinery/clock.ts';
import { clone } from '../machinery/meta.ts';
import type { Random } from '../machinery/random.ts';
import { isAlreadyExists, reasonOf } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import { event as eventResource, type Event } from '../resources/event.ts';
import type { Store } from '../storage/types.ts';
import type { EventOptions, EventRecorder } from './controller.ts';

const INVOLVED_OBJECT_INDEX = 'involvedObject.uid';
/** From the tenth different message of one reason within ten minutes on, messages are combined into one event. */
const MAX_SIMILAR = 10;
const SIMILAR_WITHIN_MS = 600_000;
/** At most 25 events of one source about one object at once, and one more every five minutes. */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
const COMBINED = '(combined from similar events): ';
/** events.k8s.io refuses longer notes. */
const MAX_NOTE_LENGTH = 1024;

export interface RecorderOptions {
  client: LoopbackClient;
  random: Random;
  /** 'replicaset-controller': source.component and reportingComponent. */
  component: string;
}

interface NewEvent {
  object: KubeObject;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  component: string;
  options: EventOptions;
}

/** Registers the index by which the recorder finds earlier events of an object. */
export function registerRecorderIndexes(store: Store): void {
  store.addIndex('events', INVOLVED_OBJECT_INDEX, (object) => {
    const { uid } = (object as Event).involvedObject;
    return uid === undefined ? [] : [uid];
  });
}

/** Returns a recorder for one component. Upstream: client-go tools/record/event.go and tools/events/event_recorder.go. */
export function createRecorder({ client, random, component }: RecorderOptions): EventRecorder {
  return {
    event(object, type, reason, message, options = {}) {
      const made: NewEvent = { object, type, reason, message, component: options.component ?? component, options };
      try {
        if (options.action === undefined) recordCorrelated(client, random, made);
        else createEvent(client, random, made, { isNewStyle: true });
      } catch (error) {
        // Recorders drop what the server refuses (a namespace that is being terminated), they never fail their caller.
        if (reasonOf(error) === undefined) throw error;
      }
    },
  };
}

/** Raises the count of an equal event, or writes a new one. Upstream: client-go tools/record/events_cache.go EventCorrelate. */
function recordCorrelated(client: LoopbackClient, random: Random, made: NewEvent): void {
  const nowMs = client.clock.nowMs();
  const { object, type, reason, component, options } = made;
  const ofSource = client
    .byIndex(eventResource, INVOLVED_OBJECT_INDEX, object.metadata.uid ?? '')
    // Indexes show expired events too; `get` does not.
    .filter((e) => client.get(eventResource, e.metadata) !== undefined)
    .filter(
      (e) => e.type === type && e.source?.component === component && (e.source.host ?? '') === (options.host ?? ''),
    );
  if (isSpam(ofSource, nowMs)) return;
  const similar = ofSource.filter((e) => e.reason === reason);
  const lastMs = Math.max(...similar.map((e) => parseTime(e.lastTimestamp) ?? 0));
  const combined = similar.find((e) => e.message?.startsWith(COMBINED));
  const single = similar.filter((e) => e !== combined);
  const isKnown = single.some((e) => e.message === made.message);
  const size = single.length + (isKnown ? 0 : 1);
  if (nowMs - lastMs <= SIMILAR_WITHIN_MS && !isKnown && size >= MAX_SIMILAR) {
    const message = COMBINED + made.message;
    if (combined) repeatEvent(client, combined, message);
    else createEvent(client, random, { ...made, message }, { isNewStyle: false });
    return;
  }
  const equal = single.find(
    (e) => e.message === made.message && (e.involvedObject.fieldPath ?? '') === (options.fieldPath ?? ''),
  );
  if (equal) repeatEvent(client, equal, made.message);
  else createEvent(client, random, made, { isNewStyle: false });
}

function isSpam(ofSource: readonly Event[], nowMs: number): boolean {
  if (ofSource.length === 0) return false;
  const written = ofSource.reduce((sum, e) => sum + (e.count ?? 1), 0);
  const sinceMs = Math.min(...ofSource.map((e) => parseTime(e.firstTimestamp) ?? nowMs));
  return written >= SPAM_BURST + Math.floor((nowMs - sinceMs) / SPAM_REFILL_MS);
}

function repeatEvent(client: LoopbackClient, old: Event, message: string): void {
  const changed = clone(old);
  changed.count = (old.count ?? 1) + 1;
  changed.lastTimestamp = formatTime(client.clock.nowMs());
  changed.message = message;
  client.update(eventResource, changed);
}

function createEvent(
  client: LoopbackClient,
  random: Random,
  made: NewEvent,
  { isNewStyle }: { isNewStyle: boolean },
): void {
  const nowMs = client.clock.nowMs();
  const { object, type, reason, component, options } = made;
  const { name, namespace, uid } = object.metadata;
  const fieldPath = options.fieldPath === undefined ? {} : { fieldPath: options.fieldPath };
  const involvedObject = { ...referenceTo(object), ...fieldPath };
  const host = options.host === undefined ? {} : { host: options.host };
  const times = isNewStyle
    ? {
        eventTime: formatMicroTime(nowMs),
        action: options.action ?? '',
        ...(options.related ? { related: referenceTo(options.related) } : {}),
        source: {},
        reportingInstance: `${component}-${options.host ?? 'control-plane'}`,
      }
    : {
        firstTimestamp: formatTime(nowMs),
        lastTimestamp: formatTime(nowMs),
        count: 1,
        source: { component, ...host },
        reportingInstance: options.host ?? '',
      };
  const message = isNewStyle ? truncate(made.message) : made.message;
  const nano = nameNano(client, uid, nowMs, random.int('event', `${uid}/${reason}/${nowMs}`, 1000));
  for (let attempt = 0n; ; attempt++) {
    try {
      client.create(eventResource, {
        metadata: { name: `${name}.${(nano + attempt).toString(16)}`, namespace: namespace || 'default' },
        involvedObject,
        type,
        reason,
        ...(message === '' ? {} : { message }),
        reportingComponent: component,
        ...times,
      });
      return;
    } catch (error) {
      if (!isAlreadyExists(error) || attempt >= 100n) throw error;
    }
  }
}

function referenceTo({ apiVersion, kind, metadata }: KubeObject) {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    kind,
    ...(namespace ? { namespace } : {}),
    name,
    ...(uid === undefined ? {} : { uid }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

/** Returns the nanoseconds that name an event: later than those of all events about the object, so that names sort by time. */
function nameNano(client: LoopbackClient, uid: string | undefined, nowMs: number, jitter: number): bigint {
  let nano = BigInt(nowMs) * 1_000_000n;
  for (const { metadata } of client.byIndex(eventResource, INVOLVED_OBJECT_INDEX, uid ?? '')) {
    const suffix = metadata.name.slice(metadata.name.lastIndexOf('.') + 1);
    const other = /^[0-9a-f]{16}$/.test(suffix) ? BigInt(`0x${suffix}`) : 0n;
    if (other > nano) nano = other;
  }
  return nano + 1n + BigInt(jitter);
}

function truncate(message: string): string {
  return message.length <= MAX_NOTE_LENGTH ? message : `${message.slice(0, MAX_NOTE_LENGTH - 4)} ...`;
}
