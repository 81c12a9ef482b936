// Watches: the store's events as one client may see them.
// Called by: handler. Must not know: sockets; whoever reads pulls.
import { StatusError } from '../machinery/status.ts';
import { groupResourceString, groupVersionString, type KubeObject } from '../machinery/types.ts';
import { createWatch, type Watch } from '../storage/watch.ts';
import { isExpired } from './events.ts';
import { tooLarge } from './list.ts';
import { parseResourceVersion, predicateFor, requestedNamespace, type ListOptions } from './listoptions.ts';
import { addParts } from './registry.create.ts';
import { readStored } from './registry.context.ts';
import type { Registry } from './registry.ts';
import { encodeObject, type ServedResource } from './scheme.ts';
import { addRequiredStructs } from './structs.ts';
import { partialMetadata, tableFor, type Output } from './tables.ts';
import type { WatchCursor, WatchEvent } from './types.ts';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';
const BOOKMARK_INTERVAL_MS = 60_000;
/** The last bookmark before a watch times out. */
const BEFORE_TIMEOUT_MS = 2000;

export interface WatchRequest {
  registry: Registry;
  served: ServedResource;
  namespace: string | undefined;
  options: ListOptions;
  output: Output;
}

/**
 * Opens a watch at the options' resourceVersion.
 * @throws StatusError for a version that is none. Upstream: apiserver pkg/storage/cacher and handlers/watch.go.
 */
export class RegistryWatch implements WatchCursor {
  readonly #request: WatchRequest;
  readonly #watch: Watch;
  readonly endsAtMs: number | undefined;
  #refusal: StatusError | undefined;
  /** Whether the end of the initial events is still to be marked. */
  #owesEnd: boolean;
  #bookmarkAtMs: number | undefined;
  #isEnded = false;
  #outlasts = false;
  #hasSentColumns = false;

  constructor(request: WatchRequest) {
    const { registry, served, options } = request;
    const { definition } = served;
    const { store, clock } = registry.context;
    this.#request = request;
    const wanted = parseResourceVersion(options.resourceVersion);
    const startsWithState = options.sendsInitialEvents ?? wanted === 0;
    // Who asks for a state that is yet to come is told so by an event.
    if (options.sendsInitialEvents && wanted > store.revision) this.#refusal = tooLarge(wanted, store.revision, 1);
    const selected = predicateFor(served, options);
    const namespace = request.namespace ?? requestedNamespace(options);
    this.#watch = createWatch(store, {
      resource: groupResourceString(definition.gvr),
      namespace: definition.namespaced ? namespace : undefined,
      fromRevision: startsWithState ? undefined : wanted === 0 ? store.revision : wanted,
      predicate: (object) =>
        !isExpired(definition, object, clock.nowMs()) && (!selected || selected(readStored(definition, object))),
    });
    this.#owesEnd = options.sendsInitialEvents === true && options.allowsBookmarks;
    const { timeoutSeconds } = options;
    if (timeoutSeconds) this.endsAtMs = clock.nowMs() + timeoutSeconds * 1000;
    if (options.allowsBookmarks) this.#planBookmark();
  }

  get isEnded(): boolean {
    if (!this.#isEnded && !this.#outlasts && this.endsAtMs !== undefined) this.#isEnded = this.#nowMs >= this.endsAtMs;
    return this.#isEnded;
  }

  get bookmarkAtMs(): number | undefined {
    return this.#isEnded ? undefined : this.#bookmarkAtMs;
  }

  next(): WatchEvent[] {
    if (this.#isEnded) return [];
    try {
      if (this.#refusal) throw this.#refusal;
      const { definition } = this.#request.served;
      const events = this.#watch
        .next()
        .map(({ type, object }): WatchEvent => ({ type, object: this.#encode(readStored(definition, object)) }));
      if (this.#owesEnd) {
        this.#owesEnd = false;
        events.push(this.#bookmarkWith({ [INITIAL_EVENTS_END]: 'true' }));
      }
      if (this.#bookmarkAtMs !== undefined && this.#nowMs >= this.#bookmarkAtMs) events.push(...this.bookmark());
      return events;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#isEnded = true;
      return [{ type: 'ERROR', object: error.status }];
    }
  }

  bookmark(): WatchEvent[] {
    if (this.#bookmarkAtMs === undefined || this.#isEnded) return [];
    this.#planBookmark();
    return [this.#bookmarkWith(undefined)];
  }

  outlast(): void {
    this.#outlasts = true;
  }

  close(): void {
    this.#isEnded = true;
  }

  get #nowMs(): number {
    return this.#request.registry.context.clock.nowMs();
  }

  // Upstream: cacheWatcher.nextBookmarkTime.
  #planBookmark(): void {
    const nowMs = this.#nowMs;
    const atMs = Math.min(
      nowMs + BOOKMARK_INTERVAL_MS,
      (this.endsAtMs ?? Number.POSITIVE_INFINITY) - BEFORE_TIMEOUT_MS,
    );
    this.#bookmarkAtMs = atMs > nowMs ? atMs : undefined;
  }

  #bookmarkWith(annotations: Record<string, string> | undefined): WatchEvent {
    const { served, output } = this.#request;
    const { definition } = served;
    const resourceVersion = String(this.#watch.revision);
    const metadata = { ...(annotations ? { annotations } : {}), resourceVersion } as unknown as KubeObject['metadata'];
    const object: KubeObject = { kind: definition.kind, apiVersion: groupVersionString(definition.gvr), metadata };
    addParts(definition, object);
    // Cells are made of what Go's types always have.
    if (output.form === 'table') addRequiredStructs(object, definition.schema);
    return { type: 'BOOKMARK', object: this.#encode(object) };
  }

  #encode(stored: KubeObject): KubeObject {
    const { registry, served, output } = this.#request;
    const { clock } = registry.context;
    const object = served.definition.decorate?.(stored, clock) ?? stored;
    // What cannot be had in the form asked for comes as it is.
    if (output.form === 'object' || output.form === 'metadatalist') return encodeObject(served, object);
    if (output.form === 'metadata') return partialMetadata(served, object, output.apiVersion) as KubeObject;
    const omitsColumns = this.#hasSentColumns;
    this.#hasSentColumns = true;
    const { resourceVersion = '' } = object.metadata;
    const options = { output, nowMs: clock.nowMs(), omitsColumns };
    const encode = (hub: KubeObject): unknown => encodeObject(served, hub);
    return tableFor(served, [object], { ...options, metadata: { resourceVersion }, encode }) as unknown as KubeObject;
  }
}
