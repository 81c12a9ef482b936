// pods/ephemeralcontainers and pods/resize: the two parts of a running pod's spec that have a path of their own.
// Called by: subresources.ts. Must not know: kubelets.
import { deepEqual } from '../machinery/meta.ts';
import { duplicate, forbidden, invalid, notFound, Path, required, type FieldErrors } from '../machinery/field.ts';
import { newInvalid } from '../machinery/status.ts';
import { isDNS1123Label } from '../machinery/validation.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { Pod } from '../resources/pod.ts';
import { updatedFrom } from './bodies.ts';
import type { Exchange } from './exchange.ts';
import type { ApiResponse } from './types.ts';

type Containers = NonNullable<Pod['spec']['ephemeralContainers']>;

/** Upstream: kubernetes pkg/registry/core/pod strategy.go podEphemeralContainersStrategy and podResizeStrategy. */
export function updatePodPart(exchange: Exchange): ApiResponse {
  const { served, registry, key, info } = exchange;
  if (info.verb === 'get') return exchange.respond(registry.get(served.definition, key));
  const given = updatedFrom(exchange);
  const isResize = info.subresource === 'resize';
  const updated = (existing: KubeObject | undefined): KubeObject => {
    const wanted = given.updated(existing) as Pod;
    if (!existing) return wanted;
    served.definition.setDefaults?.(wanted);
    const old = existing as Pod;
    const spec = isResize
      ? { ...old.spec, containers: resized(old, wanted) }
      : { ...old.spec, ephemeralContainers: wanted.spec.ephemeralContainers ?? [] };
    const errors = isResize ? [] : validateEphemeral(wanted, old);
    if (errors.length > 0) throw newInvalid({ group: '', kind: 'Pod' }, key.name, errors);
    const { resourceVersion } = wanted.metadata;
    const generation = (old.metadata.generation ?? 0) + (deepEqual(spec, old.spec) ? 0 : 1);
    const metadata = { ...old.metadata, ...(generation > 0 ? { generation } : {}) };
    return { ...old, metadata: { ...metadata, ...(resourceVersion ? { resourceVersion } : {}) }, spec } as Pod;
  };
  const result = registry.update(served.definition, { ...given, key, subresource: info.subresource, updated });
  return exchange.respond(result.object);
}

// Only the resources of containers that are there may change.
function resized(old: Pod, wanted: Pod): Pod['spec']['containers'] {
  return old.spec.containers.map((container) => {
    const found = wanted.spec.containers.find(({ name }) => name === container.name);
    const { resources, resizePolicy } = found ?? container;
    return { ...container, ...(resources ? { resources } : {}), ...(resizePolicy ? { resizePolicy } : {}) };
  });
}

// Ephemeral containers are added, never changed or removed. Upstream: ValidatePodEphemeralContainersUpdate.
function validateEphemeral(wanted: Pod, old: Pod): FieldErrors {
  const path = Path.of('spec', 'ephemeralContainers');
  const before: Containers = old.spec.ephemeralContainers ?? [];
  const after: Containers = wanted.spec.ephemeralContainers ?? [];
  const errors: FieldErrors = [];
  const taken = new Set([...old.spec.containers, ...(old.spec.initContainers ?? [])].map(({ name }) => name));
  after.forEach((container, i) => {
    const at = path.index(i);
    if (!container.name) errors.push(required(at.child('name')));
    else errors.push(...isDNS1123Label(container.name).map((why) => invalid(at.child('name'), container.name, why)));
    if (taken.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    taken.add(container.name);
    if (!container.image) errors.push(required(at.child('image')));
    const target = container.targetContainerName;
    if (target && !old.spec.containers.some(({ name }) => name === target))
      errors.push(notFound(at.child('targetContainerName'), target));
  });
  for (const container of before) {
    const now = after.find(({ name }) => name === container.name);
    if (!now) errors.push(forbidden(path, `existing ephemeral containers "${container.name}" may not be removed\n`));
    else if (!deepEqual(now, container))
      errors.push(forbidden(path, `existing ephemeral containers "${container.name}" may not be changed\n`));
  }
  return errors;
}
