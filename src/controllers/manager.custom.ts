// What controllers watch of the kinds that users define, which come and go.
// Called by: manager.ts. Must not know: any single controller.
import { groupResourceString } from '../machinery/types.ts';
import { customResourcesIn } from '../resources/customresource.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { Store } from '../storage/types.ts';
import type { Controller, ControllerWatch } from './controller.ts';

export interface WatchEntry {
  /** The controller's place in the index. */
  controller: number;
  watch: ControllerWatch;
}

const NONE: readonly WatchEntry[] = [];

export class CustomWatches {
  readonly #controllers: readonly Controller[];
  readonly #store: Store;
  readonly #list: () => readonly ResourceDefinition[];
  /** Kinds stay when their definitions go: events of their last objects may still be on the way. */
  readonly #entries = new Map<string, readonly WatchEntry[]>();
  #seen: readonly ResourceDefinition[] | undefined;

  constructor({ controllers, store }: { controllers: readonly Controller[]; store: Store }) {
    this.#controllers = controllers;
    this.#store = store;
    this.#list = customResourcesIn(store);
  }

  /** Returns the kinds that are defined now; their indexes are there. */
  definitions(): readonly ResourceDefinition[] {
    const definitions = this.#list();
    if (definitions === this.#seen) return definitions;
    this.#seen = definitions;
    for (const definition of definitions) this.#add(definition);
    return definitions;
  }

  all(): Iterable<[string, readonly WatchEntry[]]> {
    this.definitions();
    return this.#entries;
  }

  of(resource: string): readonly WatchEntry[] {
    this.definitions();
    return this.#entries.get(resource) ?? NONE;
  }

  #add(definition: ResourceDefinition): void {
    const resource = groupResourceString(definition.gvr);
    const entries: WatchEntry[] = [];
    for (const [controller, { custom }] of this.#controllers.entries()) {
      if (!custom) continue;
      const index = custom.index?.(definition);
      if (index) this.#store.addIndex(resource, index.name, index.index);
      entries.push({ controller, watch: custom.watch(definition) });
    }
    this.#entries.set(resource, entries);
  }
}
