// A connection to a pod's port, byte by byte: HTTP/1.1 for programs that speak it, an echo for others.
// Called by: connector.ts. Must not know: who forwards.
import type { PortConnection } from '../apiserver/types.ts';
import type { Pod } from '../resources/pod.ts';
import type { ConnectorWorld } from './connector.ts';

export function openPodPort(_world: ConnectorWorld, _pod: Pod, _port: number): PortConnection {
  return { send: async () => [], isClosed: true };
}
