// Subresources: which function answers which part of an object's path.
// Called by: handler through server.ts. Must not know: sockets, how kubelets work.
import type { Authorizer } from './authorization.ts';
import type { NodeConnector } from './connector.ts';
import { newBadRequest, newNoSuchRoute, newServiceUnavailable } from '../machinery/status.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { Exchange } from './exchange.ts';
import type { Registry } from './registry.ts';
import { createBinding } from './subresources.binding.ts';
import { evictPod } from './subresources.eviction.ts';
import { updateFinalizers } from './subresources.finalize.ts';
import { attachToPod, execInPod, forwardPorts } from './subresources.connect.ts';
import { podLogs } from './subresources.log.ts';
import { proxyToNode } from './subresources.nodeproxy.ts';
import { updatePodPart } from './subresources.podparts.ts';
import { proxyToPod, proxyToService } from './subresources.proxy.ts';
import { scaleObject } from './subresources.scale.ts';
import { objectStatus } from './subresources.status.ts';
import { requestToken } from './subresources.token.ts';
import type { TokenAuthority } from './tokens.ts';
import type { ApiResponse } from './types.ts';

export interface SubresourceContext {
  registry: Registry;
  definitions: readonly ResourceDefinition[];
  /** @throws StatusError ServiceUnavailable while no kubelet is wired. */
  connector(): NodeConnector;
  tokens: TokenAuthority;
  authorizer: Authorizer;
}

type Answer = (exchange: Exchange, context: SubresourceContext) => ApiResponse;

/** Streams and proxied requests: nothing of them is an object. */
const CONNECTED: Readonly<Record<string, Answer>> = {
  exec: execInPod,
  attach: attachToPod,
  portforward: forwardPorts,
};

const SUBRESOURCES: Readonly<Record<string, Answer>> = {
  status: objectStatus,
  scale: scaleObject,
  ephemeralcontainers: updatePodPart,
  resize: updatePodPart,
  approval: objectStatus,
  finalize: updateFinalizers,
  binding: createBinding,
  eviction: evictPod,
  token: requestToken,
  log: podLogs,
};

const PROXIES: Readonly<Record<string, Answer>> = {
  pods: proxyToPod,
  services: proxyToService,
  nodes: proxyToNode,
};

/** Returns the function that answers a request to a subresource the kind has. */
export function createSubresources(options: {
  registry: Registry;
  definitions: readonly ResourceDefinition[];
  connector(): NodeConnector | undefined;
  tokens: TokenAuthority;
  authorizer: Authorizer;
}): (exchange: Exchange) => ApiResponse {
  const { registry, definitions, tokens, authorizer } = options;
  const connector = (): NodeConnector => {
    const found = options.connector();
    if (!found) throw newServiceUnavailable('no kubelet is connected to the API server');
    return found;
  };
  const context: SubresourceContext = { registry, definitions, connector, tokens, authorizer };
  return (exchange) => {
    const { subresource, resource } = exchange.info;
    const connected = subresource === 'proxy' ? (PROXIES[resource] ?? proxyToPod) : CONNECTED[subresource];
    if (connected) {
      if (exchange.request.query.has('dryRun')) throw newBadRequest('dryRun is not supported');
      return connected(exchange, context);
    }
    const answer = SUBRESOURCES[subresource];
    // Who takes nothing of what there is changes nothing.
    if (!answer || !exchange.output) throw newNoSuchRoute();
    return answer(exchange, context);
  };
}
