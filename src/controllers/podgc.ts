// Removes pods that no kubelet will ever end: those of nodes that are gone.
// Called by: controllers/manager.ts through the index. Must not know: nodes' health.
import { formatTime } from '../machinery/clock.ts';
import { clone, keyOf, parseKey } from '../machinery/meta.ts';
import { isNotFound } from '../machinery/status.ts';
import { node as nodeResource } from '../resources/node.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { podNodeIndex, podsOnNode } from './nodepods.ts';
import { isPodFinished } from './podstate.ts';

/** Upstream: kubernetes pkg/controller/podgc/gc_controller.go gcOrphaned. */
export const podGCController: Controller = {
  name: 'pod-garbage-collector',
  watches: [
    {
      definition: nodeResource,
      enqueue: ({ type, object }: StoredEvent, { client }: ControllerContext) =>
        type === 'DELETED' ? podsOnNode(client, object.metadata.name).map(keyOf) : [],
    },
    {
      definition: podResource,
      // A pod may name a node that does not exist.
      enqueue: ({ object, previous }: StoredEvent, { client }: ControllerContext) => {
        const { nodeName } = (object as Pod).spec;
        const isNew = nodeName && (previous as Pod | undefined)?.spec.nodeName !== nodeName;
        return isNew && !client.get(nodeResource, { name: nodeName }) ? [keyOf(object)] : [];
      },
    },
  ],
  indexes: [podNodeIndex],
  reconcile({ client, nowMs }, key) {
    const pod = client.get(podResource, parseKey(key));
    if (!pod?.spec.nodeName || client.get(nodeResource, { name: pod.spec.nodeName })) return;
    try {
      if (!isPodFinished(pod)) client.updateStatus(podResource, failed(pod, nowMs));
      client.delete(podResource, parseKey(key), { gracePeriodSeconds: 0 });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
};

function failed(pod: Pod, nowMs: number): Pod {
  const changed = clone(pod);
  changed.status.phase = 'Failed';
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastTransitionTime: formatTime(nowMs),
    reason: 'DeletionByPodGC',
    message: 'PodGC: node no longer exists',
  };
  const others = changed.status.conditions?.filter(({ type }) => type !== condition.type) ?? [];
  changed.status.conditions = [...others, condition];
  return changed;
}
