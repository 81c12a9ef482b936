// Creates and deletes pods for an owner, with the events that tell of it.
// Called by: controllers that own pods. Must not know: which controller it is.
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import { clone, newControllerRef } from '../machinery/meta.ts';
import { isNotFound, StatusError } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { ControllerContext } from './controller.ts';

export interface CreatePodOptions {
  owner: KubeObject;
  template: PodTemplateSpec;
  /** Default: the owner's name and a dash. */
  generateName?: string;
  /** Changes the pod's spec and metadata before it is sent. */
  adjust?(pod: { metadata: Pod['metadata']; spec: Pod['spec'] }): void;
}

/** Returns true when the server refused because the namespace is going: upstream then writes no event. */
export function isNamespaceTerminating(error: unknown): boolean {
  if (!(error instanceof StatusError)) return false;
  return error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false;
}

/**
 * Creates a pod from a template, owned by the owner. Returns it.
 * @throws StatusError as the server refused, after the event FailedCreate.
 * Upstream: kubernetes pkg/controller/controller_utils.go RealPodControl.
 */
export function createPod(context: ControllerContext, options: CreatePodOptions): Pod {
  const { owner, template, generateName, adjust } = options;
  const { labels, annotations, finalizers } = clone(template.metadata ?? {});
  const made = {
    metadata: {
      name: '',
      generateName: generateName ?? `${owner.metadata.name}-`,
      ...(owner.metadata.namespace ? { namespace: owner.metadata.namespace } : {}),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [newControllerRef(owner)],
    } as Pod['metadata'],
    spec: clone(template.spec ?? { containers: [] }),
  };
  adjust?.(made);
  try {
    const { name, ...metadata } = made.metadata;
    const created = context.client.create(podResource, {
      metadata: name === '' ? metadata : { ...metadata, name },
      spec: made.spec,
    });
    context.recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
    return created;
  } catch (error) {
    if (error instanceof StatusError && !isNamespaceTerminating(error))
      context.recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    throw error;
  }
}

/** Deletes a pod of the owner; one that is gone already counts as deleted. @throws StatusError as the server refused. */
export function deletePod(context: ControllerContext, owner: KubeObject, pod: Pod): void {
  const { name, namespace, uid } = pod.metadata;
  try {
    context.client.delete(podResource, { namespace, name }, uid === undefined ? {} : { preconditions: { uid } });
  } catch (error) {
    if (isNotFound(error)) return;
    if (error instanceof StatusError)
      context.recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
    throw error;
  }
  context.recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
}

/**
 * Calls `step` up to `count` times in batches of 1, 2, 4, …; stops after the batch in which one failed, so that a quota is not
 * run against a hundred times. Returns how many succeeded and the first refusal.
 * Upstream: kubernetes pkg/controller/replicaset slowStartBatch.
 */
export function slowStart(count: number, step: (index: number) => void): { done: number; error?: StatusError } {
  let done = 0;
  for (let from = 0, batch = 1; from < count; from += batch, batch *= 2) {
    let failure: StatusError | undefined;
    for (let i = from; i < Math.min(count, from + batch); i++) {
      try {
        step(i);
        done += 1;
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        failure ??= error;
      }
    }
    if (failure) return { done, error: failure };
  }
  return { done };
}
