// What the commands of a container reach over the network.
// Called by: connector.ts, kubelet.ts. Must not know: shells.
import type { NodeWorld } from './runs.ts';
import type { ScriptNetwork } from './sh/host.ts';
import type { ContainerRun } from './view.ts';

export function networkOfRun(_world: NodeWorld, _run: ContainerRun): ScriptNetwork {
  return {
    http: () => ({ failure: 'dns', address: '', latencyMs: 0 }),
    connect: () => 'unreachable',
    resolve: () => undefined,
  };
}
