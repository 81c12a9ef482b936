// The name on the URL and the name in the body must agree.
// Called by: handler, subresources. Must not know: the store.
import { newBadRequest } from '../machinery/status.ts';
import type { KubeObject, ObjectKey } from '../machinery/types.ts';

/** @throws StatusError BadRequest. Upstream: apiserver pkg/endpoints/handlers/rest.go checkName. */
export function namedObject({ metadata }: KubeObject, { namespace, name }: ObjectKey): void {
  if (namespace && metadata.namespace && metadata.namespace !== namespace)
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (!metadata.name)
    throw newBadRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name)
    throw newBadRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
}
