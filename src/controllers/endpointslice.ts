// EndpointSlices of Services with a selector.
// Called by: controllers/manager.ts through the index. Must not know: Endpoints.
import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1';
import { isDeleting, keyString, parseKey } from '../machinery/meta.ts';
import { StatusError } from '../machinery/status.ts';
import { endpointSlice as sliceResource, type EndpointSlice } from '../resources/endpointslice.ts';
import { node as nodeResource } from '../resources/node.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { service as serviceResource, type Service } from '../resources/service.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext, ControllerIndex } from './controller.ts';
import { reconcileSlices, type PortGroup } from './endpointslice.reconcile.ts';
import { self } from './enqueue.ts';
import { isNamespaceTerminating } from './podcontrol.ts';
import { isPodReady } from './podstate.ts';
import {
  hasSelector,
  HEADLESS,
  hostnameWithin,
  isHeadless,
  podsOfService,
  portOnPod,
  servicesOfPod,
  triggerTime,
  TRIGGER_TIME,
} from './serviceendpoints.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const SLICE_MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const SERVICE_INDEX = 'serviceName';

/** Slices by the key of the Service whose they are. */
export const sliceIndex: ControllerIndex = {
  definition: sliceResource,
  name: SERVICE_INDEX,
  index: ({ metadata: { namespace, labels } }) => {
    const name = labels?.[SERVICE_NAME];
    return name === undefined ? [] : [keyString({ namespace, name })];
  },
};

/** Returns the slices of a Service that one manager made, in key order. */
export function slicesOf({ client }: ControllerContext, key: string, manager: string): EndpointSlice[] {
  return client
    .byIndex(sliceResource, SERVICE_INDEX, key)
    .filter((slice) => slice.metadata.labels?.[SLICE_MANAGED_BY] === manager && !isDeleting(slice));
}

/** Enqueues the Service of a slice that is changed by someone or goes. */
function enqueueForSlice({ object, type }: StoredEvent): Iterable<string> {
  const { namespace, labels = {} } = object.metadata;
  const name = labels[SERVICE_NAME];
  return type === 'ADDED' || name === undefined || labels[SLICE_MANAGED_BY] !== MANAGER
    ? []
    : [keyString({ namespace, name })];
}

/** Upstream: kubernetes pkg/controller/endpointslice/endpointslice_controller.go. */
export const endpointSliceController: Controller = {
  name: 'endpointslice-controller',
  watches: [
    { definition: serviceResource, enqueue: self },
    { definition: podResource, enqueue: servicesOfPod },
    { definition: sliceResource, enqueue: enqueueForSlice },
  ],
  indexes: [sliceIndex],
  reconcile(context, key) {
    const service = context.client.get(serviceResource, parseKey(key));
    if (!service || isDeleting(service) || !hasSelector(service)) return;
    const existing = slicesOf(context, key, MANAGER);
    const pods = podsOfService(context, service);
    const labels: Record<string, string> = { ...service.metadata.labels, [SERVICE_NAME]: service.metadata.name };
    labels[SLICE_MANAGED_BY] = MANAGER;
    if (isHeadless(service)) labels[HEADLESS] = '';
    else delete labels[HEADLESS];
    const last = existing
      .map(({ metadata }) => metadata.annotations?.[TRIGGER_TIME] ?? '')
      .sort()
      .at(-1);
    const trigger = triggerTime(service, pods, { isNew: existing.length === 0, last: last || undefined });
    const annotations = trigger === undefined ? undefined : { [TRIGGER_TIME]: trigger };
    try {
      reconcileSlices(context, {
        owner: service,
        existing,
        groups: groupsOf(context, service, pods),
        labels,
        annotations,
      });
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      if (error instanceof StatusError) {
        const message = `Error updating Endpoint Slices for Service ${key}: ${error.message}`;
        context.recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', message);
      }
      throw error;
    }
  },
};

function endpointOf({ client }: ControllerContext, service: Service, pod: Pod): Endpoint {
  const { name, namespace, uid } = pod.metadata;
  const isServing = isPodReady(pod);
  const isTerminating = isDeleting(pod);
  const { nodeName } = pod.spec;
  const node = nodeName ? client.get(nodeResource, { name: nodeName }) : undefined;
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  const hostname = hostnameWithin(service, pod);
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: {
      ready: service.spec.publishNotReadyAddresses || (isServing && !isTerminating),
      serving: isServing,
      terminating: isTerminating,
    },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: 'Pod', ...(namespace ? { namespace } : {}), name, ...(uid === undefined ? {} : { uid }) },
    ...(zone ? { zone } : {}),
  };
}

function groupsOf(context: ControllerContext, service: Service, pods: readonly Pod[]): PortGroup[] {
  const groups = new Map<string, PortGroup>();
  for (const pod of pods) {
    const ports = (service.spec.ports ?? []).flatMap((servicePort): EndpointPort[] => {
      const port = portOnPod(pod, servicePort);
      const { name = '', protocol = 'TCP', appProtocol } = servicePort;
      return port === undefined
        ? []
        : [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
    });
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(endpointOf(context, service, pod));
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
