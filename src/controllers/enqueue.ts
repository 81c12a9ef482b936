// Which keys a change puts into a controller's queue: the object's own, its controller's, those whose selector takes it.
// Called by: controllers, in their watches. Must not know: queues.
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { controllerOf, deepEqual, keyOf, keyString } from '../machinery/meta.ts';
import { labelSelectorAsSelector, matchesLabels } from '../machinery/selectors.ts';
import { parseGroupVersion, type KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { ControllerContext, ControllerIndex } from './controller.ts';

/** Name of the index of objects by the uid of their controller; objects without one are found by `orphanValue`. */
export const CONTROLLER_INDEX = 'controllerUid';

/** Returns the index value of the objects of a namespace that have no controller. */
export function orphanValue(namespace: string | undefined): string {
  return `orphans/${namespace ?? ''}`;
}

/** Returns the index by controller's uid for a kind. Several controllers may declare it. */
export function controllerIndex(definition: ResourceDefinition): ControllerIndex {
  return {
    definition,
    name: CONTROLLER_INDEX,
    index: (object) => [controllerOf(object)?.uid ?? orphanValue(object.metadata.namespace)],
  };
}

/** Enqueues the object itself. */
export function self(event: StoredEvent): Iterable<string> {
  return [keyOf(event.object)];
}

function ownerKey(object: KubeObject | undefined, kind: string, group: string): string | undefined {
  const owner = object && controllerOf(object);
  if (!owner || owner.kind !== kind || parseGroupVersion(owner.apiVersion).group !== group) return undefined;
  return keyString({ namespace: object.metadata.namespace, name: owner.name });
}

/** Enqueues the controller of the object, and the one it had before. */
export function ownerOfKind({ kind, group }: { kind: string; group: string }) {
  return (event: StoredEvent): Iterable<string> => {
    const keys = [ownerKey(event.object, kind, group), ownerKey(event.previous, kind, group)];
    return keys.filter((key) => key !== undefined);
  };
}

const selectors = new WeakMap<LabelSelector, ReturnType<typeof labelSelectorAsSelector>>();

/** Selectors of stored objects never change, and are asked once for every pod. */
function selectorOf(selector: LabelSelector | undefined): ReturnType<typeof labelSelectorAsSelector> {
  if (!selector) return labelSelectorAsSelector(selector);
  let known = selectors.get(selector);
  if (!known) selectors.set(selector, (known = labelSelectorAsSelector(selector)));
  return known;
}

/** Returns whether a selector that selects something matches the labels of an object. Both are as stored. */
export function selects(selector: LabelSelector | undefined, object: KubeObject): boolean {
  return matchesLabels(selectorOf(selector), object.metadata.labels ?? {});
}

/**
 * Enqueues the controller, or for an object without one every object of `owners` whose selector could adopt it.
 * `selectorFor` returns what an owner selects by; default its spec.selector.
 */
export function ownerOrAdopters<T extends KubeObject>(
  owners: ResourceDefinition<T>,
  selectorFor: (owner: T) => LabelSelector | undefined = (owner) =>
    (owner as T & { spec: { selector?: LabelSelector } }).spec.selector,
) {
  const byOwner = ownerOfKind({ kind: owners.kind, group: owners.gvr.group });
  return (event: StoredEvent, context: ControllerContext): Iterable<string> => {
    const keys = [...byOwner(event)];
    const { object, previous } = event;
    if (event.type === 'DELETED' || controllerOf(object)) return keys;
    const isNews =
      !previous || controllerOf(previous) || !deepEqual(previous.metadata.labels ?? {}, object.metadata.labels ?? {});
    if (!isNews) return keys;
    for (const owner of context.client.list(owners, object.metadata.namespace))
      if (selects(selectorFor(owner), object)) keys.push(keyOf(owner));
    return keys;
  };
}
