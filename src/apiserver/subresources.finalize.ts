// namespaces/finalize: the namespace controller takes its finalizer off.
// Called by: subresources.ts, loopback.ts. Must not know: the namespace controller.
import type { KubeObject } from '../machinery/types.ts';
import { namespace } from '../resources/namespace.ts';
import { updatedFrom } from './bodies.ts';
import type { Exchange } from './exchange.ts';
import { namespaceFinalizers } from './finalizers.ts';
import type { Registry } from './registry.ts';
import type { ApiResponse } from './types.ts';

/** PUT namespaces/x/finalize. Upstream: kubernetes pkg/registry/core/namespace FinalizeREST. */
export function updateFinalizers(exchange: Exchange): ApiResponse {
  const { served, registry, key } = exchange;
  const given = updatedFrom(exchange);
  const updated = (existing: KubeObject | undefined): KubeObject => {
    const object = given.updated(existing);
    return existing ? withFinalizers(existing, object) : object;
  };
  const result = registry.update(served.definition, { ...given, key, subresource: 'finalize', updated });
  return exchange.respond(result.object);
}

/** Writes spec.finalizers of `object`; a deleted namespace without any goes. */
export function finalizeNamespace(registry: Registry, object: KubeObject): void {
  const updated = (existing: KubeObject | undefined): KubeObject => withFinalizers(existing ?? object, object);
  registry.update(namespace, { key: { name: object.metadata.name }, subresource: 'finalize', updated });
}

function withFinalizers(existing: KubeObject, given: KubeObject): KubeObject {
  const finalizers = namespaceFinalizers(given);
  const { resourceVersion } = given.metadata;
  const spec = { ...(existing as KubeObject & { spec?: object }).spec };
  const metadata = { ...existing.metadata, ...(resourceVersion ? { resourceVersion } : {}) };
  return { ...existing, metadata, spec: { ...spec, finalizers: [...finalizers] } } as KubeObject;
}
