// Watches: the store's events as one client may see them.
// Called by: handler. Must not know: sockets; whoever reads pulls.
import { StatusError } from '../machinery/status.ts';
import { groupResourceString, type KubeObject } from '../machinery/types.ts';
import { createWatch, type Watch } from '../storage/watch.ts';
import { isExpired } from './events.ts';
import { parseResourceVersion, predicateFor, type ListOptions } from './listoptions.ts';
import type { Registry } from './registry.ts';
import { encodeObject, type ServedResource } from './scheme.ts';
import { partialMetadata, tableFor, type Output } from './tables.ts';
import type { WatchCursor, WatchEvent } from './types.ts';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export interface WatchRequest {
  registry: Registry;
  served: ServedResource;
  namespace: string | undefined;
  options: ListOptions;
  output: Output;
}

/** Opens a watch at the options' resourceVersion. Upstream: apiserver pkg/storage/cacher and handlers/watch.go. */
export class RegistryWatch implements WatchCursor {
  readonly #request: WatchRequest;
  readonly #watch: Watch;
  readonly endsAtMs: number | undefined;
  #owesBookmark: boolean;
  #isEnded = false;
  #hasSentColumns = false;

  constructor(request: WatchRequest) {
    const { registry, served, options, namespace } = request;
    const { definition } = served;
    const { store, clock } = registry.context;
    this.#request = request;
    const wanted = parseResourceVersion(options.resourceVersion);
    const startsWithState = options.sendsInitialEvents ?? wanted === 0;
    const selected = predicateFor(definition, options);
    this.#watch = createWatch(store, {
      resource: groupResourceString(definition.gvr),
      namespace: definition.namespaced ? namespace : undefined,
      fromRevision: startsWithState ? undefined : wanted === 0 ? store.revision : wanted,
      predicate: (object) => !isExpired(definition, object, clock.nowMs()) && (!selected || selected(object)),
    });
    this.#owesBookmark = options.sendsInitialEvents === true && options.allowsBookmarks;
    if (options.timeoutSeconds !== undefined) this.endsAtMs = clock.nowMs() + options.timeoutSeconds * 1000;
  }

  get isEnded(): boolean {
    if (!this.#isEnded && this.endsAtMs !== undefined)
      this.#isEnded = this.#request.registry.context.clock.nowMs() >= this.endsAtMs;
    return this.#isEnded;
  }

  next(): WatchEvent[] {
    if (this.#isEnded) return [];
    try {
      const events = this.#watch.next().map(({ type, object }): WatchEvent => ({ type, object: this.#encode(object) }));
      if (!this.#owesBookmark) return events;
      this.#owesBookmark = false;
      return [...events, this.#bookmark()];
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#isEnded = true;
      return [{ type: 'ERROR', object: error.status }];
    }
  }

  close(): void {
    this.#isEnded = true;
  }

  #bookmark(): WatchEvent {
    const { served } = this.#request;
    const metadata = {
      resourceVersion: String(this.#watch.revision),
      creationTimestamp: null,
      annotations: { [INITIAL_EVENTS_END]: 'true' },
    };
    const { group, version } = served.gvr;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return { type: 'BOOKMARK', object: { kind: served.kind, apiVersion, metadata } };
  }

  #encode(stored: KubeObject): KubeObject {
    const { registry, served, output } = this.#request;
    const { clock } = registry.context;
    const object = served.definition.decorate?.(stored, clock) ?? stored;
    if (output.form === 'object') return encodeObject(served, object);
    if (output.form === 'metadata') return partialMetadata(served, object) as KubeObject;
    const omitsColumns = this.#hasSentColumns;
    this.#hasSentColumns = true;
    const { resourceVersion = '' } = object.metadata;
    const options = { includeObject: output.includeObject, nowMs: clock.nowMs(), omitsColumns };
    const encode = (hub: KubeObject): unknown => encodeObject(served, hub);
    return tableFor(served, [object], { ...options, metadata: { resourceVersion }, encode }) as unknown as KubeObject;
  }
}
