// Subresources: which function answers which part of an object's path.
// Called by: handler through server.ts. Must not know: sockets, how kubelets work.
import type { NodeConnector } from './connector.ts';
import { newMethodNotAllowed, newPathNotFound, newServiceUnavailable } from '../machinery/status.ts';
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
import type { ApiResponse } from './types.ts';

export interface SubresourceContext {
  registry: Registry;
  definitions: readonly ResourceDefinition[];
  /** @throws StatusError ServiceUnavailable while no kubelet is wired. */
  connector(): NodeConnector;
}

type Answer = (exchange: Exchange, context: SubresourceContext) => ApiResponse;

const READ_WRITE = ['get', 'update', 'patch'];
const CONNECT = ['get', 'create'];
const ANY = ['get', 'create', 'update', 'patch', 'delete'];

const SUBRESOURCES: Readonly<Record<string, { verbs: readonly string[]; answer: Answer }>> = {
  status: { verbs: READ_WRITE, answer: objectStatus },
  scale: { verbs: READ_WRITE, answer: scaleObject },
  ephemeralcontainers: { verbs: READ_WRITE, answer: updatePodPart },
  resize: { verbs: READ_WRITE, answer: updatePodPart },
  approval: { verbs: READ_WRITE, answer: objectStatus },
  finalize: { verbs: ['update'], answer: updateFinalizers },
  binding: { verbs: ['create'], answer: createBinding },
  eviction: { verbs: ['create'], answer: evictPod },
  token: { verbs: ['create'], answer: requestToken },
  log: { verbs: ['get'], answer: podLogs },
  exec: { verbs: CONNECT, answer: execInPod },
  attach: { verbs: CONNECT, answer: attachToPod },
  portforward: { verbs: CONNECT, answer: forwardPorts },
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
}): (exchange: Exchange) => ApiResponse {
  const { registry, definitions } = options;
  const connector = (): NodeConnector => {
    const found = options.connector();
    if (!found) throw newServiceUnavailable('no kubelet is connected to the API server');
    return found;
  };
  const context: SubresourceContext = { registry, definitions, connector };
  return (exchange) => {
    const { subresource, resource, verb } = exchange.info;
    const found =
      subresource === 'proxy' ? { verbs: ANY, answer: PROXIES[resource] ?? proxyToPod } : SUBRESOURCES[subresource];
    if (!found) throw newPathNotFound();
    if (!found.verbs.includes(verb)) throw newMethodNotAllowed();
    return found.answer(exchange, context);
  };
}
