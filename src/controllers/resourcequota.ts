// ResourceQuota: counts what is there, when a quota changes and when something goes.
// Called by: controllers/manager.ts through the index. Must not know: what is refused; that is admission's.
import { clone, deepEqual, keyOf, parseKey } from '../machinery/meta.ts';
import { formatQuantity, parseQuantity } from '../machinery/quantity.ts';
import { groupResourceString, type KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { resourceDefinitions } from '../resources/index.ts';
import type { Pod } from '../resources/pod.ts';
import { resourceQuota, type ResourceQuota } from '../resources/resourcequota.ts';
import {
  addCounted,
  isQuotaPod,
  matchesScopes,
  quotaUsage,
  resourcesCountedAs,
} from '../resources/resourcequota.usage.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext } from './controller.ts';

/** Everything that can count. */
const COUNTED = resourceDefinitions.filter(
  ({ namespaced, kind, virtual }) => namespaced && kind !== 'Event' && !virtual,
);
const BY_RESOURCE = new Map(COUNTED.map((definition) => [groupResourceString(definition.gvr), definition]));

/** What is created counts on admission; what goes, or counts no longer, is told here. */
function countsLess({ type, resource, object, previous }: StoredEvent): boolean {
  if (type === 'DELETED') return true;
  if (!previous) return false;
  if (resource === 'pods') return isQuotaPod(previous as Pod) && !isQuotaPod(object as Pod);
  if (resource !== 'services' && resource !== 'persistentvolumeclaims') return false;
  const text = (one: KubeObject) => [...quotaUsage(resource, one)].map(([name, q]) => `${name}=${formatQuantity(q)}`);
  return !deepEqual(text(object), text(previous));
}

function enqueueForObject(event: StoredEvent, { client }: ControllerContext): Iterable<string> {
  const quotas = client.list(resourceQuota, event.object.metadata.namespace);
  return quotas.length > 0 && countsLess(event) ? quotas.map(keyOf) : [];
}

function enqueueQuota({ object, previous }: StoredEvent): Iterable<string> {
  const isSame = previous && deepEqual((object as ResourceQuota).spec, (previous as ResourceQuota).spec);
  return isSame ? [] : [keyOf(object)];
}

function watchCounted(definition: ResourceDefinition) {
  return { definition, enqueue: definition.namespaced ? enqueueForObject : () => [], resync: () => [] };
}

/** Upstream: kubernetes pkg/controller/resourcequota/resource_quota_controller.go. */
export const resourceQuotaController: Controller = {
  name: 'resourcequota-controller',
  watches: [{ definition: resourceQuota, enqueue: enqueueQuota }, ...COUNTED.map(watchCounted)],
  custom: { watch: watchCounted },
  reconcile({ client, customResources }, key) {
    const quota = client.get(resourceQuota, parseKey(key));
    if (!quota) return;
    const hard = quota.spec.hard ?? {};
    const used = usedBy(quota, (resource) => {
      const isMeant = ({ gvr }: ResourceDefinition) => groupResourceString(gvr) === resource;
      const definition = BY_RESOURCE.get(resource) ?? customResources().find(isMeant);
      return definition?.namespaced ? client.list(definition, quota.metadata.namespace) : [];
    });
    const status = { hard: { ...hard }, used };
    if (deepEqual(status, quota.status)) return;
    const changed = clone(quota);
    changed.status = status;
    client.updateStatus(resourceQuota, changed);
  },
};

function usedBy(quota: ResourceQuota, list: (resource: string) => readonly KubeObject[]): Record<string, string> {
  const names = Object.keys(quota.spec.hard ?? {});
  const total = new Map(names.map((name) => [name, parseQuantity('0')]));
  for (const resource of new Set(names.flatMap(resourcesCountedAs)))
    for (const object of list(resource))
      if (matchesScopes(quota, resource, object)) addCounted(total, quotaUsage(resource, object));
  return Object.fromEntries([...total].map(([name, quantity]) => [name, formatQuantity(quantity)]));
}
