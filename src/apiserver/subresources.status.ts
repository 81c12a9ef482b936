// …/status and …/approval: the half of an object that is not its spec.
// Called by: subresources.ts. Must not know: kinds.
import type { ApiResponse } from './types.ts';
import type { Exchange } from './exchange.ts';
import { updatedFrom } from './bodies.ts';

/** Upstream: the Status strategies; spec and metadata of the request do not count. */
export function objectStatus(exchange: Exchange): ApiResponse {
  const { served, registry, key, info } = exchange;
  if (info.verb === 'get') return exchange.respond(registry.get(served.definition, key));
  const result = registry.update(served.definition, { ...updatedFrom(exchange), key, subresource: info.subresource });
  return exchange.respond(result.object);
}
