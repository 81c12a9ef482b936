// Waiting for objects to become what is wanted: list, then watch, until a condition holds or the time is over.
// Called by: commands wait, delete, rollout status, scale, run, attach … Must not know: commands.
// Upstream: client-go/tools/watch/until.go UntilWithSync.
import type { WatchEvent } from '../client/transport.ts';
import type { RESTMapping, RestClient } from '../client/types.ts';
import { StatusError, type Status } from '../machinery/status.ts';
import type { Unstructured } from '../machinery/types.ts';
import type { CommandClock } from './factory.ts';
import { extractItems } from './visitors.ts';

/** A week: what upstream takes for 'no limit'. */
export const WEEK_MS = 168 * 3600 * 1000;

/** The time was over before the condition held. Upstream: wait.ErrorInterrupted. */
export class WaitTimeoutError extends Error {
  constructor() {
    super('timed out waiting for the condition');
    this.name = 'WaitTimeoutError';
  }
}

export interface WaitTarget {
  rest: RestClient;
  clock: CommandClock;
  mapping: RESTMapping;
  namespace: string;
  fieldSelector?: string;
  labelSelector?: string;
  /** Simulated or wall time from now. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Returns the field selector of one object. */
export function nameSelector(name: string): string {
  return `metadata.name=${name}`;
}

/**
 * Calls `check` for every object there is and every event after, until it returns true. `onList` sees the objects first and
 * may end the wait by returning true. Returns the event that ended it, undefined when the list did.
 * @throws WaitTimeoutError; whatever the callbacks throw.
 */
export async function waitUntil(
  target: WaitTarget,
  onList: (items: readonly Unstructured[]) => boolean,
  check: (event: WatchEvent) => boolean | Promise<boolean>,
): Promise<WatchEvent | undefined> {
  const { rest, mapping, namespace, clock } = target;
  const endMs = clock.nowMs() + target.timeoutMs;
  const selectors = { fieldSelector: target.fieldSelector, labelSelector: target.labelSelector };
  for (;;) {
    const list = await rest.list(mapping, namespace || undefined, selectors);
    const items = extractItems(list);
    if (onList(items)) return undefined;
    for (const object of items) {
      const event: WatchEvent = { type: 'ADDED', object };
      if (await check(event)) return event;
    }
    let { resourceVersion } = list.metadata as { resourceVersion?: string };
    for (;;) {
      const timeoutMs = endMs - clock.nowMs();
      if (timeoutMs <= 0) throw new WaitTimeoutError();
      const options = { ...selectors, resourceVersion, timeoutMs, signal: target.signal };
      let isExpired = false;
      for await (const event of rest.watch(mapping, namespace || undefined, options)) {
        if (event.type === 'ERROR') {
          isExpired = true;
          if (!isGone(event.object as Status)) await check(event);
          break;
        }
        resourceVersion = (event.object as Unstructured).metadata.resourceVersion ?? resourceVersion;
        if (event.type !== 'BOOKMARK' && (await check(event))) return event;
      }
      if (target.signal?.aborted) throw new WaitTimeoutError();
      if (isExpired) break;
    }
  }
}

function isGone(status: Status): boolean {
  return status.code === 410;
}

/** Returns the error that an ERROR event carries. */
export function errorOfEvent(event: WatchEvent): StatusError {
  return new StatusError(event.object as Status);
}

/** Calls `isDone` at once and then every interval until it returns true. @throws WaitTimeoutError. */
export async function poll(
  clock: CommandClock,
  options: { intervalMs: number; timeoutMs: number },
  isDone: () => Promise<boolean>,
): Promise<void> {
  const endMs = clock.nowMs() + options.timeoutMs;
  while (!(await isDone())) {
    if (clock.nowMs() + options.intervalMs > endMs) throw new WaitTimeoutError();
    await clock.sleep(options.intervalMs);
  }
}
