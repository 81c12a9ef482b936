// The node side of a pod's subresources: logs, exec, attach, ports, metrics.
// Called by: sim, which hands it to the API server. Must not know: HTTP requests of clients.
import type { LoopbackClient } from '../client/loopback.ts';
import type { ClusterSettings } from '../controllers/controller.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import { newServiceUnavailable } from '../machinery/status.ts';
import type { NodeConnector } from './types.ts';

export interface NodeConnectorOptions {
  client: LoopbackClient;
  clock: Clock;
  random: Random;
  settings: ClusterSettings;
}

/** Returns what the API server's pod subresources call. */
export function createNodeConnector(_options: NodeConnectorOptions): NodeConnector {
  const later = (): never => {
    throw newServiceUnavailable('not served yet');
  };
  return { logs: later, exec: later, attach: later, openPort: later, proxy: later, usage: () => undefined };
}
