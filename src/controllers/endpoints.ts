// Endpoints: the legacy list of a Service's addresses, still written for those who read it.
// Called by: controllers/manager.ts through the index. Must not know: EndpointSlices.
import type { EndpointAddress, EndpointPort, EndpointSubset } from 'kubernetes-types/core/v1';
import { clone, deepEqual, isDeleting, keyOf, parseKey } from '../machinery/meta.ts';
import { isNotFound, StatusError } from '../machinery/status.ts';
import { endpoints as endpointsResource, type Endpoints } from '../resources/endpoints.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import { service as serviceResource, type Service } from '../resources/service.ts';
import type { Controller, ControllerContext } from './controller.ts';
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

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const MAX_ADDRESSES = 1000;

/** Upstream: kubernetes pkg/controller/endpoint/endpoints_controller.go. */
export const endpointsController: Controller = {
  name: 'endpoint-controller',
  watches: [
    { definition: serviceResource, enqueue: self },
    { definition: podResource, enqueue: servicesOfPod },
    // Endpoints that someone deletes come back.
    { definition: endpointsResource, enqueue: (event) => (event.type === 'DELETED' ? [keyOf(event.object)] : []) },
  ],
  reconcile(context, key) {
    const service = context.client.get(serviceResource, parseKey(key));
    if (!service) return deleteLeftover(context, key);
    if (!isDeleting(service) && hasSelector(service)) syncService(context, service);
  },
};

/** The endpoints of a Service that is gone. Those without a Service from the start never get here. */
function deleteLeftover({ client }: ControllerContext, key: string): void {
  if (!client.get(endpointsResource, parseKey(key))) return;
  try {
    client.delete(endpointsResource, parseKey(key));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function syncService(context: ControllerContext, service: Service): void {
  const { client } = context;
  const { name, namespace, labels: serviceLabels = {} } = service.metadata;
  const pods = podsOfService(context, service);
  const { subsets, isTruncated } = subsetsOf(service, pods);
  const labels: Record<string, string> = { ...serviceLabels, [MANAGED_BY]: 'endpoint-controller' };
  if (isHeadless(service)) labels[HEADLESS] = '';
  else delete labels[HEADLESS];
  const current = client.get(endpointsResource, { namespace, name });
  const isTruncatedNow = current?.metadata.annotations?.[OVER_CAPACITY] === 'truncated';
  if (
    current &&
    deepEqual(current.subsets ?? [], subsets) &&
    deepEqual(current.metadata.labels ?? {}, labels) &&
    isTruncated === isTruncatedNow
  )
    return;
  const { [TRIGGER_TIME]: last, [OVER_CAPACITY]: _old, ...annotations } = current?.metadata.annotations ?? {};
  const trigger = triggerTime(service, pods, { isNew: !current, last });
  if (trigger !== undefined) annotations[TRIGGER_TIME] = trigger;
  if (isTruncated) annotations[OVER_CAPACITY] = 'truncated';
  write(context, current, {
    metadata: {
      name,
      namespace: namespace ?? '',
      labels,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    ...(subsets.length > 0 ? { subsets } : {}),
  });
}

function write(
  context: ControllerContext,
  current: Endpoints | undefined,
  wanted: {
    metadata: { name: string; namespace: string; labels: Record<string, string>; annotations?: Record<string, string> };
  } & {
    subsets?: EndpointSubset[];
  },
): void {
  const { client, recorder } = context;
  try {
    if (!current) {
      client.create(endpointsResource, wanted);
      return;
    }
    const changed = clone(current);
    changed.metadata.labels = wanted.metadata.labels;
    if (wanted.metadata.annotations) changed.metadata.annotations = wanted.metadata.annotations;
    else delete changed.metadata.annotations;
    if (wanted.subsets) changed.subsets = wanted.subsets;
    else delete changed.subsets;
    client.update(endpointsResource, changed);
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    if (error instanceof StatusError) {
      const { name, namespace } = wanted.metadata;
      const object = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace } };
      if (current)
        recorder.event(
          current,
          'Warning',
          'FailedToUpdateEndpoint',
          `Failed to update endpoint ${namespace}/${name}: ${error.message}`,
        );
      else
        recorder.event(
          object,
          'Warning',
          'FailedToCreateEndpoint',
          `Failed to create endpoint for service ${namespace}/${name}: ${error.message}`,
        );
    }
    throw error;
  }
}

function addressOf(service: Service, pod: Pod): EndpointAddress {
  const { name, namespace, uid } = pod.metadata;
  const hostname = hostnameWithin(service, pod);
  return {
    ip: pod.status.podIP ?? '',
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: {
      kind: 'Pod',
      ...(namespace ? { namespace } : {}),
      name,
      ...(uid === undefined ? {} : { uid }),
    },
  };
}

function portsOf(service: Service, pod: Pod): EndpointPort[] {
  const ports = (service.spec.ports ?? []).flatMap((servicePort): EndpointPort[] => {
    const port = portOnPod(pod, servicePort);
    if (port === undefined) return [];
    const { name, protocol = 'TCP', appProtocol } = servicePort;
    return [{ ...(name ? { name } : {}), port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
  return ports.sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}

function ipOrder(a: EndpointAddress, b: EndpointAddress): number {
  const [x, y] = [a.ip.split('.').map(Number), b.ip.split('.').map(Number)];
  for (const [i, part] of x.entries()) if (part !== y[i]) return part - (y[i] ?? 0);
  return (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1;
}

/** Groups the pods' addresses by the ports they share. Upstream: kubernetes pkg/api/v1/endpoints RepackSubsets. */
function subsetsOf(service: Service, pods: readonly Pod[]): { subsets: EndpointSubset[]; isTruncated: boolean } {
  const { publishNotReadyAddresses = false } = service.spec;
  const groups = new Map<string, { ports: EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  const isPortless = (service.spec.ports ?? []).length === 0;
  for (const pod of pods) {
    if (isDeleting(pod) && !publishNotReadyAddresses) continue;
    const ports = portsOf(service, pod);
    if (ports.length === 0 && !(isPortless && isHeadless(service))) continue;
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, ready: [], notReady: [] };
    groups.set(key, group);
    (publishNotReadyAddresses || isPodReady(pod) ? group.ready : group.notReady).push(addressOf(service, pod));
  }
  let room = MAX_ADDRESSES;
  let total = 0;
  const take = (addresses: EndpointAddress[]) => {
    const taken = addresses.sort(ipOrder).slice(0, room);
    room -= taken.length;
    total += addresses.length;
    return taken;
  };
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  const ready = sorted.map((group) => take(group.ready));
  const subsets = sorted.map((group, i): EndpointSubset => {
    const notReadyAddresses = take(group.notReady);
    const addresses = ready[i] ?? [];
    return {
      ...(addresses.length > 0 ? { addresses } : {}),
      ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
      ...(group.ports.length > 0 ? { ports: group.ports } : {}),
    };
  });
  return { subsets: subsets.filter((s) => s.addresses ?? s.notReadyAddresses), isTruncated: total > MAX_ADDRESSES };
}
