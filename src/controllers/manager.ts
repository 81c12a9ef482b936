// Runs the controllers: store events → keys → reconcile, until nothing is left to do at this instant; then waits for due times.
// Called by: sim/loop.ts and tests. Must not know: any single controller, the disk, who moves the clock.
import type { LoopbackClient } from '../client/loopback.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import { reasonOf, StatusError } from '../machinery/status.ts';
import { groupResourceString } from '../machinery/types.ts';
import type { Store, StoredEvent } from '../storage/types.ts';
import type { ClusterSettings, Controller, ControllerContext, PodUsageReader } from './controller.ts';
import { DueQueue } from './duequeue.ts';
import { CustomWatches, type WatchEntry } from './manager.custom.ts';
import { createRecorder, registerRecorderIndexes } from './recorder.ts';

export interface ManagerOptions {
  /** In the order in which they work. */
  controllers: readonly Controller[];
  store: Store;
  client: LoopbackClient;
  clock: Clock;
  random: Random;
  settings: ClusterSettings;
  podUsage?: PodUsageReader;
}

/** What is saved of a manager at rest: by controller's name and key, the due time in ms and whether it is background (1). */
export interface ManagerSnapshot {
  revision: number;
  due: Record<string, Record<string, [dueAtMs: number, isBackground: 0 | 1]>>;
}

export interface Manager {
  /** Looks at every object once, as after a start without a snapshot. Ends at rest. */
  start(): void;
  /** Forgets the due times and enqueues every object for every controller, without running. */
  resync(): void;
  /** Works until no key is left at the current instant. @throws Error when it does not come to rest. */
  runToRest(): void;
  /** Returns the earliest instant, in ms, at which a key is due. */
  nextDueAtMs(options?: { foregroundOnly?: boolean }): number | undefined;
  /** Enqueues what is due at `nowMs` (the clock must already stand there) and runs to rest. */
  runDue(nowMs: number): void;
  /** Returns what `restore` takes, to be called at rest. */
  snapshot(): ManagerSnapshot;
  /** Takes a saved state in place of a start. Loads no object. Returns false, and changes nothing, when it does not fit. */
  restore(snapshot: ManagerSnapshot): boolean;
}

/** More rounds than any chain of controllers at one instant needs; passing it means that two of them undo each other's work. */
const MAX_ROUNDS = 1000;
/** A reconcile that the server refused is tried again on the next full minute: an instant that needs no memory. */
const RETRY_MS = 60_000;

class ControllerManager implements Manager {
  readonly #options: ManagerOptions;
  readonly #queues: Set<string>[];
  readonly #contexts: ControllerContext[];
  readonly #watches = new Map<string, WatchEntry[]>();
  readonly #custom: CustomWatches;
  readonly #caches = new Map<string, object>();
  #due = new DueQueue();
  #seenRevision = 0;
  #isResyncNeeded = true;

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.#queues = options.controllers.map(() => new Set());
    this.#custom = new CustomWatches(options);
    const shared = { caches: this.#caches, customResources: () => this.#custom.definitions() };
    this.#contexts = options.controllers.map((controller) => createContext(options, shared, controller));
    registerRecorderIndexes(options.store);
    for (const [place, controller] of options.controllers.entries()) {
      for (const { definition, name, index } of controller.indexes ?? [])
        options.store.addIndex(groupResourceString(definition.gvr), name, index);
      for (const watch of controller.watches) {
        const resource = groupResourceString(watch.definition.gvr);
        const entries = this.#watches.get(resource) ?? [];
        entries.push({ controller: place, watch });
        this.#watches.set(resource, entries);
      }
    }
  }

  start(): void {
    this.resync();
    this.runToRest();
  }

  resync(): void {
    this.#enqueueAll({ isAfterLoss: false });
  }

  /** `isAfterLoss`: events were missed, so that even what waits for an event must be looked at. */
  #enqueueAll({ isAfterLoss }: { isAfterLoss: boolean }): void {
    this.#due = new DueQueue();
    this.#caches.clear();
    this.#isResyncNeeded = false;
    const { store } = this.#options;
    const { revision } = store;
    this.#seenRevision = revision;
    for (const [resource, entries] of [...this.#watches, ...this.#custom.all()]) {
      for (const object of store.list(resource)) {
        for (const { controller, watch } of entries) {
          const context = this.#contexts[controller];
          if (!context) continue;
          const event: StoredEvent = { type: 'ADDED', revision, resource, object };
          const keys = watch.resync && !isAfterLoss ? watch.resync(object, context) : watch.enqueue(event, context);
          for (const key of keys) this.#queues[controller]?.add(key);
        }
      }
    }
  }

  #dispatch(event: StoredEvent): void {
    const entries = this.#watches.get(event.resource) ?? this.#custom.of(event.resource);
    for (const { controller, watch } of entries) {
      const context = this.#contexts[controller];
      if (!context) continue;
      for (const key of watch.enqueue(event, context)) this.#queues[controller]?.add(key);
    }
  }

  /** Hands on what was written since the last look. */
  #collect(): void {
    const { store } = this.#options;
    if (this.#isResyncNeeded) this.resync();
    if (store.revision === this.#seenRevision) return;
    let events: readonly StoredEvent[];
    try {
      events = store.eventsSince(this.#seenRevision);
    } catch (error) {
      if (reasonOf(error) !== 'Expired') throw error;
      this.#enqueueAll({ isAfterLoss: true });
      return;
    }
    this.#seenRevision = store.revision;
    for (const event of events) this.#dispatch(event);
  }

  runToRest(): void {
    this.#collect();
    for (let round = 0; this.#queues.some((queue) => queue.size > 0); round++) {
      if (round >= MAX_ROUNDS) throw new Error(`controllers do not come to rest: ${this.#busiest().join(', ')}`);
      for (const place of this.#queues.keys()) {
        if (this.#runQueue(place)) this.#collect();
      }
    }
  }

  #busiest(): string[] {
    const { controllers } = this.#options;
    return this.#queues
      .flatMap((queue, place) => [...queue].map((key) => `${controllers[place]?.name} ${key}`))
      .slice(0, 10);
  }

  /** Works off the keys that are queued now. Returns whether there was one. */
  #runQueue(place: number): boolean {
    const queue = this.#queues[place];
    if (!queue || queue.size === 0) return false;
    const keys = [...queue];
    queue.clear();
    for (const key of keys) this.#reconcile(place, key);
    return true;
  }

  #reconcile(place: number, key: string): void {
    const controller = this.#options.controllers[place];
    const context = this.#contexts[place];
    if (!controller || !context) return;
    this.#due.delete(place, key);
    const nowMs = context.nowMs;
    try {
      const { requeueAtMs, isBackground = false } = controller.reconcile(context, key) ?? {};
      if (requeueAtMs === undefined) return;
      if (requeueAtMs <= nowMs) this.#queues[place]?.add(key);
      else this.#due.set({ controller: place, key, dueAtMs: Math.ceil(requeueAtMs), isBackground });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const dueAtMs = (Math.floor(nowMs / RETRY_MS) + 1) * RETRY_MS;
      this.#due.set({ controller: place, key, dueAtMs, isBackground: true });
    }
  }

  nextDueAtMs(options?: { foregroundOnly?: boolean }): number | undefined {
    return this.#due.nextDueAtMs(options);
  }

  runDue(nowMs: number): void {
    for (const { controller, key } of this.#due.takeDue(nowMs)) this.#queues[controller]?.add(key);
    this.runToRest();
  }

  snapshot(): ManagerSnapshot {
    const due: ManagerSnapshot['due'] = {};
    for (const { controller, key, dueAtMs, isBackground } of this.#due.entries()) {
      const name = this.#options.controllers[controller]?.name ?? '';
      (due[name] ??= {})[key] = [dueAtMs, isBackground ? 1 : 0];
    }
    return { revision: this.#seenRevision, due };
  }

  restore({ revision, due }: ManagerSnapshot): boolean {
    const places = new Map(this.#options.controllers.map(({ name }, place) => [name, place]));
    if (revision > this.#options.store.revision || Object.keys(due).some((name) => !places.has(name))) return false;
    this.#due = new DueQueue();
    this.#caches.clear();
    for (const [name, keys] of Object.entries(due)) {
      const controller = places.get(name) ?? 0;
      for (const [key, [dueAtMs, isBackground]] of Object.entries(keys))
        this.#due.set({ controller, key, dueAtMs, isBackground: isBackground === 1 });
    }
    this.#seenRevision = revision;
    this.#isResyncNeeded = false;
    return true;
  }
}

function createContext(
  options: ManagerOptions,
  shared: Pick<ControllerContext, 'caches' | 'customResources'>,
  { name: component, fieldManager = 'kube-controller-manager' }: Controller,
): ControllerContext {
  const { clock, random, settings, podUsage } = options;
  const client = options.client.as(fieldManager);
  return {
    client,
    get nowMs() {
      return clock.nowMs();
    },
    random,
    recorder: createRecorder({ client, random, component }),
    settings,
    ...shared,
    ...(podUsage ? { podUsage } : {}),
  };
}

/** Returns a manager that has seen nothing yet: call `start` or `restore` first (`runToRest` starts it otherwise). */
export function createManager(options: ManagerOptions): Manager {
  return new ControllerManager(options);
}
