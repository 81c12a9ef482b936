// Fits endpoints into slices of at most a hundred: keeps what is there, fills gaps, makes and removes slices.
// Called by: endpointslice.ts (Services), endpointslicemirroring.ts (hand-made Endpoints). Must not know: where endpoints come from.
import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1';
import { clone, deepEqual, newControllerRef } from '../machinery/meta.ts';
import { isNotFound } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import { endpointSlice as sliceResource, type EndpointSlice } from '../resources/endpointslice.ts';
import type { ControllerContext } from './controller.ts';

const MAX_ENDPOINTS = 100;

/** Endpoints that are served on the same ports. */
export interface PortGroup {
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

export interface SliceOptions {
  /** What owns the slices; its name prefixes theirs. */
  owner: KubeObject;
  existing: readonly EndpointSlice[];
  groups: readonly PortGroup[];
  labels: Record<string, string>;
  /** For slices whose endpoints change; undefined removes what is there. */
  annotations: Record<string, string> | undefined;
}

interface Plan {
  slice: EndpointSlice | undefined;
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

function endpointKey({ targetRef, addresses }: Endpoint): string {
  return `${targetRef?.uid ?? ''} ${addresses.join(',')}`;
}

/** Writes the slices that differ from what is wanted. Upstream: endpointslice/reconciler.go reconcileByPortMapping and finalize. */
export function reconcileSlices(context: ControllerContext, options: SliceOptions): void {
  const { existing, groups } = options;
  const wanted = groups.filter((group) => group.endpoints.length > 0);
  const leftover = new Set(existing);
  const plans = wanted.flatMap((group) => planGroup(group, existing, leftover));
  // A Service without endpoints keeps one empty slice.
  if (plans.length === 0) plans.push({ slice: takeEmpty(existing, leftover), ports: [], endpoints: [] });
  for (const plan of plans) {
    if (plan.slice) continue;
    // A slice that would be removed is used again for one that would be made.
    const [reused] = leftover;
    if (reused) leftover.delete(reused);
    plan.slice = reused;
  }
  for (const plan of plans) writeSlice(context, options, plan);
  for (const slice of leftover) deleteSlice(context, slice);
}

function takeEmpty(existing: readonly EndpointSlice[], leftover: Set<EndpointSlice>): EndpointSlice | undefined {
  const empty = existing.find((slice) => slice.endpoints.length === 0 && (slice.ports ?? []).length === 0);
  if (empty) leftover.delete(empty);
  return empty;
}

function planGroup(group: PortGroup, existing: readonly EndpointSlice[], leftover: Set<EndpointSlice>): Plan[] {
  const { ports } = group;
  const open = new Map(group.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const plans: Plan[] = [];
  for (const slice of existing) {
    if (!deepEqual(slice.ports ?? [], ports)) continue;
    const endpoints: Endpoint[] = [];
    for (const old of slice.endpoints) {
      const endpoint = open.get(endpointKey(old));
      if (!endpoint) continue;
      endpoints.push(endpoint);
      open.delete(endpointKey(old));
    }
    if (endpoints.length === 0) continue;
    plans.push({ slice, ports, endpoints });
    leftover.delete(slice);
  }
  const missing = [...open.values()];
  const isTouched = ({ slice, endpoints }: Plan) => !deepEqual(slice?.endpoints, endpoints);
  for (const plan of plans.filter(isTouched))
    plan.endpoints.push(...missing.splice(0, MAX_ENDPOINTS - plan.endpoints.length));
  const fitting = plans
    .filter((plan) => plan.endpoints.length + missing.length <= MAX_ENDPOINTS)
    .sort((a, b) => b.endpoints.length - a.endpoints.length);
  fitting[0]?.endpoints.push(...missing.splice(0));
  while (missing.length > 0) plans.push({ slice: undefined, ports, endpoints: missing.splice(0, MAX_ENDPOINTS) });
  return plans;
}

function writeSlice({ client }: ControllerContext, options: SliceOptions, { slice, ports, endpoints }: Plan): void {
  const { owner, labels, annotations } = options;
  if (!slice) {
    const { name, namespace } = owner.metadata;
    client.create(sliceResource, {
      metadata: {
        generateName: `${name}-`,
        ...(namespace ? { namespace } : {}),
        labels,
        ...(annotations ? { annotations } : {}),
        ownerReferences: [newControllerRef(owner)],
      },
      addressType: 'IPv4',
      endpoints,
      ports,
    });
    return;
  }
  const isSame = deepEqual(slice.endpoints, endpoints) && deepEqual(slice.ports ?? [], ports);
  if (isSame && deepEqual(slice.metadata.labels ?? {}, labels)) return;
  const changed = clone(slice);
  changed.metadata.labels = labels;
  if (!isSame) {
    if (annotations) changed.metadata.annotations = annotations;
    else delete changed.metadata.annotations;
  }
  changed.endpoints = endpoints;
  changed.ports = ports;
  client.update(sliceResource, changed);
}

function deleteSlice({ client }: ControllerContext, { metadata: { namespace, name } }: EndpointSlice): void {
  try {
    client.delete(sliceResource, { namespace, name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
