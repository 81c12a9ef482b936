// The generic registry: every read and write of an object, with the hooks in upstream's order.
// Called by: handler, subresources, loopback. Must not know: HTTP, versions (objects are in hub form), any kind's inside.
import { newNotFound } from '../machinery/status.ts';
import { groupResourceString, type KubeObject, type ObjectKey } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { createInStore } from './registry.create.ts';
import { updateInStore, type UpdateRequest, type UpdateResult } from './registry.update.ts';
import { deleteFromStore, type DeleteResult } from './deletion.ts';
import type { DeleteOptions } from './deleteoptions.ts';
import { isExpired } from './events.ts';
import { keyFor, readStored, type RegistryContext, type WriteOptions } from './registry.context.ts';

/** Objects by kind, in hub form. What it returns is shared and frozen in tests: clone before changing. */
export class Registry {
  readonly context: RegistryContext;

  constructor(options: Omit<RegistryContext, 'reader'>) {
    const { store } = options;
    const reader = {
      get: (resource: string, key: ObjectKey) => store.get(resource, key),
      list: (resource: string, namespace?: string) => store.list(resource, namespace),
    };
    this.context = { ...options, reader };
  }

  /** Returns the object or undefined. */
  find(definition: ResourceDefinition, key: ObjectKey): KubeObject | undefined {
    if (definition.virtualObject) return definition.virtualObject(this.context, key);
    if (definition.virtual) return definition.virtual(this.context).find((o) => o.metadata.name === key.name);
    const found = this.context.store.get(groupResourceString(definition.gvr), keyFor(definition, key));
    if (!found || isExpired(definition, found, this.context.clock.nowMs())) return undefined;
    return readStored(definition, found);
  }

  /** @throws StatusError NotFound. */
  get(definition: ResourceDefinition, key: ObjectKey): KubeObject {
    const found = this.find(definition, key);
    if (!found) throw newNotFound(definition.gvr, key.name);
    return found;
  }

  /** Returns the objects in the store's order; all namespaces without `namespace`. */
  list(definition: ResourceDefinition, namespace?: string): readonly KubeObject[] {
    if (definition.virtual) return definition.virtual(this.context, namespace);
    const resource = groupResourceString(definition.gvr);
    const objects = this.context.store.list(resource, definition.namespaced ? namespace : undefined);
    const { custom } = definition;
    if (custom) return objects.map((object) => custom.fromStorage(object));
    if (resource !== 'events') return objects;
    const nowMs = this.context.clock.nowMs();
    return objects.some((o) => isExpired(definition, o, nowMs))
      ? objects.filter((o) => !isExpired(definition, o, nowMs))
      : objects;
  }

  /** Creates an object, which becomes the registry's: the caller keeps no hold of it. */
  create(definition: ResourceDefinition, object: KubeObject, options: WriteOptions & { namespace?: string } = {}) {
    return createInStore(this.context, definition, object, options);
  }

  /** Replaces what `request.updated` makes of the stored object. */
  update(definition: ResourceDefinition, request: UpdateRequest): UpdateResult {
    return updateInStore(this.context, definition, request);
  }

  delete(
    definition: ResourceDefinition,
    key: ObjectKey,
    deleteOptions: DeleteOptions = {},
    options: WriteOptions = {},
  ): DeleteResult {
    return deleteFromStore(this.context, definition, keyFor(definition, key), { deleteOptions, options });
  }
}
