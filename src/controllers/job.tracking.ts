// The finalizer that keeps a Job's pods until they are counted.
// Called by: job*.ts. Must not know: when a pod counts.
import { clone } from '../machinery/meta.ts';
import { isNotFound } from '../machinery/status.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { ControllerContext } from './controller.ts';

export const JOB_TRACKING = 'batch.kubernetes.io/job-tracking';

export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(JOB_TRACKING) ?? false;
}

/** Takes the finalizer off a pod. Upstream patches: whatever else has happened to the pod meanwhile stays. */
export function removeFinalizer({ client }: ControllerContext, { metadata }: Pod): void {
  const current = client.get(podResource, metadata);
  if (!current || current.metadata.uid !== metadata.uid) return;
  const changed = clone(current);
  const rest = changed.metadata.finalizers?.filter((finalizer) => finalizer !== JOB_TRACKING) ?? [];
  if (rest.length > 0) changed.metadata.finalizers = rest;
  else delete changed.metadata.finalizers;
  try {
    client.update(podResource, changed);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
