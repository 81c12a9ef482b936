// Handles for watches of state that no API serves: the store tells of changes to it as of any other object.
// Called by: kubelet. Must not know: what the state is.
import type { ResourceDefinition } from '../resources/definition.ts';

/**
 * Returns a definition that serves as the handle of an internal resource such as '_containers'; it is never served.
 */
export function internalResource(resource: `_${string}`): ResourceDefinition {
  return {
    gvr: { group: '', version: '', resource },
    kind: resource,
    singular: resource,
    namespaced: true,
    schema: '',
    strategy: {},
    table: { columns: [], row: () => [] },
  };
}
