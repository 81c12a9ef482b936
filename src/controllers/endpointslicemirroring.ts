// Mirrors hand-made Endpoints (of Services without a selector) into EndpointSlices.
// Called by: controllers/manager.ts through the index. Must not know: pods.
import type { EndpointSubset } from 'kubernetes-types/core/v1';
import type { Endpoint } from 'kubernetes-types/discovery/v1';
import { isDeleting, keyString, parseKey } from '../machinery/meta.ts';
import { isNotFound } from '../machinery/status.ts';
import { endpoints as endpointsResource, type Endpoints } from '../resources/endpoints.ts';
import { endpointSlice as sliceResource } from '../resources/endpointslice.ts';
import { service as serviceResource } from '../resources/service.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { reconcileSlices, type PortGroup } from './endpointslice.reconcile.ts';
import { SERVICE_NAME, SLICE_MANAGED_BY, sliceIndex, slicesOf } from './endpointslice.ts';
import { self } from './enqueue.ts';
import { isNamespaceTerminating } from './podcontrol.ts';

const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MAX_ADDRESSES = 1000;

function enqueueForSlice({ object, type }: StoredEvent): Iterable<string> {
  const { namespace, labels = {} } = object.metadata;
  const name = labels[SERVICE_NAME];
  return type === 'ADDED' || name === undefined || labels[SLICE_MANAGED_BY] !== MANAGER
    ? []
    : [keyString({ namespace, name })];
}

/** Upstream: kubernetes pkg/controller/endpointslicemirroring. */
export const endpointSliceMirroringController: Controller = {
  name: 'endpointslice-mirroring-controller',
  watches: [
    { definition: endpointsResource, enqueue: self },
    { definition: serviceResource, enqueue: self },
    { definition: sliceResource, enqueue: enqueueForSlice },
  ],
  indexes: [sliceIndex],
  reconcile(context, key) {
    const service = context.client.get(serviceResource, parseKey(key));
    const source = context.client.get(endpointsResource, parseKey(key));
    const existing = slicesOf(context, key, MANAGER);
    const isWanted =
      service && !isDeleting(service) && service.spec.selector === undefined && source && isMirrored(source);
    if (!isWanted)
      return deleteSlices(
        context,
        existing.map(({ metadata }) => metadata),
      );
    const groups = (source.subsets ?? []).map(groupOf).filter((group) => group.endpoints.length > 0);
    if (groups.length === 0)
      return deleteSlices(
        context,
        existing.map(({ metadata }) => metadata),
      );
    const labels = { ...source.metadata.labels, [SERVICE_NAME]: service.metadata.name, [SLICE_MANAGED_BY]: MANAGER };
    const { [LAST_APPLIED]: _applied, ...annotations } = source.metadata.annotations ?? {};
    const hasAnnotations = Object.keys(annotations).length > 0;
    try {
      reconcileSlices(context, {
        owner: source,
        existing,
        groups,
        labels,
        annotations: hasAnnotations ? annotations : undefined,
      });
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  },
};

function isMirrored({ metadata: { labels = {}, annotations = {} } }: Endpoints): boolean {
  return labels[SKIP_MIRROR] !== 'true' && annotations[LEADER] === undefined;
}

function deleteSlices({ client }: ControllerContext, keys: readonly { namespace?: string; name: string }[]): void {
  for (const { namespace, name } of keys) {
    try {
      client.delete(sliceResource, { namespace, name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function groupOf({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset): PortGroup {
  const all = [
    ...addresses.map((a) => ({ ...a, isReady: true })),
    ...notReadyAddresses.map((a) => ({ ...a, isReady: false })),
  ];
  const endpoints = all.slice(0, MAX_ADDRESSES).map(({ ip, hostname, nodeName, targetRef, isReady }): Endpoint => ({
    addresses: [ip],
    conditions: { ready: isReady },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef ? { targetRef } : {}),
  }));
  const named = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
    name,
    port,
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }));
  return { ports: named, endpoints };
}
