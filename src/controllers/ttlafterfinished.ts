// Deletes Jobs some time after they have ended (spec.ttlSecondsAfterFinished).
// Called by: controllers/manager.ts through the index. Must not know: how Jobs end.
import { parseTime } from '../machinery/clock.ts';
import { isDeleting, parseKey } from '../machinery/meta.ts';
import { isConflict, isNotFound } from '../machinery/status.ts';
import { job as jobResource } from '../resources/job.ts';
import type { Controller } from './controller.ts';
import { self } from './enqueue.ts';

/** Upstream: kubernetes pkg/controller/ttlafterfinished. */
export const ttlAfterFinishedController: Controller = {
  name: 'ttl-after-finished-controller',
  watches: [{ definition: jobResource, enqueue: self }],
  reconcile({ client, nowMs }, key) {
    const job = client.get(jobResource, parseKey(key));
    const ttlSeconds = job?.spec.ttlSecondsAfterFinished;
    if (!job || ttlSeconds === undefined || isDeleting(job)) return;
    const end = job.status.conditions?.find(
      ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
    );
    const endedMs = parseTime(end?.lastTransitionTime);
    if (endedMs === undefined) return;
    const dueMs = endedMs + ttlSeconds * 1000;
    if (nowMs < dueMs) return { requeueAtMs: dueMs, isBackground: true };
    const { uid = '' } = job.metadata;
    try {
      client.delete(jobResource, parseKey(key), { propagationPolicy: 'Foreground', preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  },
};
