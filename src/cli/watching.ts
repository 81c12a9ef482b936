// Waiting for objects to become what is wanted: list, then watch, until a condition holds or the time is over.
// Called by: commands wait, delete, rollout status, scale, run, attach … Must not know: commands.
// Upstream: client-go/tools/watch/until.go UntilWithSync.
import type { WatchEvent } from '../client/transport.ts';
import type { RESTMapping, RestClient } from '../client/types.ts';
import { StatusError, type Status } from '../machinery/status.ts';
import type { Unstructured } from '../machinery/types.ts';
import { ConnectionError } from './errors.ts';
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

/** A watch that brings nothing is begun again after a while, and then after a longer one. Upstream: reflector.go. */
const FIRST_PAUSE_MS = 800;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Calls `check` for every object there is and every event after, until it returns true. `onList` sees the objects first and
 * may end the wait by returning true. Returns the event that ended it, undefined when the list did.
 * A watch that ends or breaks off goes on where it ended; where that is too long ago, the objects are listed again.
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
  const pauses = new Pauses(clock, endMs);
  for (let isAgain = false; ; isAgain = true) {
    const list = await listed(
      () => rest.list(mapping, namespace || undefined, selectors),
      isAgain ? pauses : undefined,
    );
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
      for await (const event of openedWatch(() => rest.watch(mapping, namespace || undefined, options))) {
        isExpired = event.type === 'ERROR';
        if (isExpired) break;
        pauses.reset();
        resourceVersion = (event.object as Unstructured).metadata.resourceVersion ?? resourceVersion;
        if (event.type !== 'BOOKMARK' && (await check(event))) return event;
      }
      if (target.signal?.aborted) throw new WaitTimeoutError();
      await pauses.next();
      if (isExpired) break;
    }
  }
}

/** Waits longer and longer as long as nothing comes; the first time not at all. */
class Pauses {
  readonly #clock: CommandClock;
  readonly #endMs: number;
  #fruitless = 0;

  constructor(clock: CommandClock, endMs: number) {
    this.#clock = clock;
    this.#endMs = endMs;
  }

  get isOver(): boolean {
    return this.#clock.nowMs() >= this.#endMs;
  }

  reset(): void {
    this.#fruitless = 0;
  }

  async next(): Promise<void> {
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** (this.#fruitless - 1), LONGEST_PAUSE_MS);
    this.#fruitless += 1;
    const restMs = this.#endMs - this.#clock.nowMs();
    if (this.#fruitless > 1 && restMs > 0) await this.#clock.sleep(Math.min(ms, restMs));
  }
}

/** Once the objects were seen, a server that cannot be reached is asked again. @throws WaitTimeoutError */
async function listed<T>(list: () => Promise<T>, pauses: Pauses | undefined): Promise<T> {
  for (;;) {
    try {
      return await list();
    } catch (error) {
      if (!pauses || !(error instanceof ConnectionError)) throw error;
      await pauses.next();
      if (pauses.isOver) throw new WaitTimeoutError();
    }
  }
}

/** A watch that the server refuses because it would begin too long ago, or that cannot be opened, is one that ended. */
async function* openedWatch(open: () => AsyncIterable<WatchEvent>): AsyncIterable<WatchEvent> {
  try {
    yield* open();
  } catch (error) {
    if (error instanceof ConnectionError) return;
    if (!(error instanceof StatusError) || !isGone(error.status)) throw error;
    yield { type: 'ERROR', object: error.status };
  }
}

function isGone(status: Status): boolean {
  return status.code === 410;
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
