// pods/exec: one command, or a shell at a terminal, in a running container.
// Called by: connector.ts. Must not know: how clients are connected.
import type { StreamHandler } from '../apiserver/types.ts';
import { statusSuccess } from '../machinery/status.ts';
import type { Pod } from '../resources/pod.ts';
import type { ConnectorWorld } from './connector.ts';
import type { ExecOptions } from './types.ts';

export function execIn(_world: ConnectorWorld, _pod: Pod, _options: ExecOptions): StreamHandler {
  return async () => statusSuccess();
}
