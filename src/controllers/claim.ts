// Which objects belong to a controller: those it controls, orphans it adopts; those that no longer match it releases.
// Called by: controllers that own pods, replica sets or revisions. Must not know: any kind.
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { clone, isDeleting, newControllerRef } from '../machinery/meta.ts';
import { isConflict, isNotFound, reasonOf } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { ControllerContext } from './controller.ts';
import { CONTROLLER_INDEX, orphanValue, selects } from './enqueue.ts';

export interface ClaimOptions<T extends KubeObject> {
  definition: ResourceDefinition<T>;
  owner: KubeObject;
  selector: LabelSelector | undefined;
  /** Whether an object without a controller is worth adopting. Default: every one. */
  canAdopt?(object: T): boolean;
}

/**
 * Returns what the owner controls, in key order, after adopting matching orphans and releasing what no longer matches.
 * Upstream: kubernetes pkg/controller/controller_ref_manager.go ClaimObject.
 */
export function claimObjects<T extends KubeObject>(context: ControllerContext, options: ClaimOptions<T>): T[] {
  const { definition, owner, selector, canAdopt } = options;
  const { client } = context;
  const claimed: T[] = [];
  for (const object of client.byIndex(definition, CONTROLLER_INDEX, owner.metadata.uid ?? '')) {
    if (selects(selector, object)) claimed.push(object);
    else if (!isDeleting(owner)) release(context, definition, object, owner);
  }
  if (isDeleting(owner)) return claimed;
  let isAdopting = false;
  for (const object of client.byIndex(definition, CONTROLLER_INDEX, orphanValue(owner.metadata.namespace))) {
    if (isDeleting(object) || !selects(selector, object) || canAdopt?.(object) === false) continue;
    const adopted = adopt(context, definition, object, owner);
    if (adopted) claimed.push(adopted);
    isAdopting = true;
  }
  if (isAdopting) claimed.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return claimed;
}

function isGone(error: unknown): boolean {
  return isNotFound(error) || isConflict(error) || reasonOf(error) === 'Invalid';
}

function adopt<T extends KubeObject>(
  { client }: ControllerContext,
  definition: ResourceDefinition<T>,
  object: T,
  owner: KubeObject,
): T | undefined {
  const changed = clone(object);
  changed.metadata.ownerReferences = [...(changed.metadata.ownerReferences ?? []), newControllerRef(owner)];
  try {
    return client.update(definition, changed);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function release<T extends KubeObject>(
  { client }: ControllerContext,
  definition: ResourceDefinition<T>,
  object: T,
  owner: KubeObject,
): void {
  const changed = clone(object);
  const others = changed.metadata.ownerReferences?.filter((ref) => ref.uid !== owner.metadata.uid) ?? [];
  if (others.length > 0) changed.metadata.ownerReferences = others;
  else delete changed.metadata.ownerReferences;
  try {
    client.update(definition, changed);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
