// Which pods stand behind a Service, on which ports; and which Services a pod concerns.
// Called by: endpoints, endpointslice. Must not know: Endpoints, EndpointSlices.
import type { ServicePort } from 'kubernetes-types/core/v1';
import { parseTime } from '../machinery/clock.ts';
import { deepEqual, isDeleting, keyOf } from '../machinery/meta.ts';
import { matchesLabels, selectorFromSet } from '../machinery/selectors.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { service as serviceResource, type Service } from '../resources/service.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { ControllerContext } from './controller.ts';
import { isPodFinished, isPodReady, podCondition } from './podstate.ts';

export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';
export const HEADLESS = 'service.kubernetes.io/headless';

/** Returns true for a Service whose endpoints the controllers make from pods. */
export function hasSelector(service: Service): boolean {
  return service.spec.selector !== undefined && service.spec.type !== 'ExternalName';
}

export function isHeadless(service: Service): boolean {
  return service.spec.clusterIP === 'None' || !service.spec.clusterIP;
}

/** Returns the pods that a Service selects and that have an address, in key order. */
export function podsOfService({ client }: ControllerContext, service: Service): Pod[] {
  const selector = selectorFromSet(service.spec.selector);
  return client
    .list(podResource, service.metadata.namespace)
    .filter((pod) => pod.status.podIP && !isPodFinished(pod) && matchesLabels(selector, pod.metadata.labels ?? {}));
}

/** Returns a pod's number for a port of a Service, or undefined when the pod has no port of that name. Upstream: endpointslice FindPort. */
export function portOnPod(pod: Pod, { targetPort, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (typeof targetPort !== 'string') return targetPort || port;
  const containers = [
    ...pod.spec.containers,
    ...(pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always'),
  ];
  for (const container of containers) {
    for (const { name, containerPort, protocol: actual = 'TCP' } of container.ports ?? [])
      if (name === targetPort && actual === protocol) return containerPort;
  }
  return undefined;
}

/** Returns the hostname that a pod has within a headless Service, or undefined. */
export function hostnameWithin(service: Service, pod: Pod): string | undefined {
  const { hostname, subdomain } = pod.spec;
  return hostname && subdomain === service.metadata.name ? hostname : undefined;
}

/** What of a pod endpoints show; a change of anything else does not concern them. */
function endpointView(pod: Pod): unknown {
  const { labels = {} } = pod.metadata;
  const { nodeName, hostname, subdomain } = pod.spec;
  return [
    labels,
    nodeName,
    hostname,
    subdomain,
    pod.status.podIP,
    isPodReady(pod),
    isPodFinished(pod),
    isDeleting(pod),
  ];
}

/** Enqueues the Services that select the pod, or did before. Upstream: endpointslice util GetServicesToUpdate. */
export function servicesOfPod(event: StoredEvent, { client }: ControllerContext): Iterable<string> {
  const pod = event.object as Pod;
  const previous = event.previous as Pod | undefined;
  if (event.type === 'MODIFIED' && previous && deepEqual(endpointView(pod), endpointView(previous))) return [];
  const labels = [pod, previous].filter((p) => p !== undefined).map(({ metadata }) => metadata.labels ?? {});
  return client
    .list(serviceResource, pod.metadata.namespace)
    .filter(
      (service) => hasSelector(service) && labels.some((l) => matchesLabels(selectorFromSet(service.spec.selector), l)),
    )
    .map(keyOf);
}

/**
 * Returns when what changed the endpoints happened: the Service's creation or the earliest readiness newer than what is stored.
 * Upstream: endpointslice util TriggerTimeTracker (which remembers; this reads it off the objects).
 */
export function triggerTime(
  service: Service,
  pods: readonly Pod[],
  stored: { isNew: boolean; last: string | undefined },
) {
  const lastMs = parseTime(stored.last) ?? (stored.isNew ? -1 : parseTime(service.metadata.creationTimestamp)) ?? 0;
  const times = pods.map((pod) => podCondition(pod, 'Ready')?.lastTransitionTime);
  if (stored.isNew) times.push(service.metadata.creationTimestamp);
  const newer = times.filter((time) => time !== undefined && (parseTime(time) ?? 0) > lastMs);
  return newer.sort()[0];
}
