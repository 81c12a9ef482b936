// pods/attach: what a container's main process prints from now on.
// Called by: connector.ts. Must not know: terminals.
import type { StreamHandler } from '../apiserver/types.ts';
import { statusSuccess } from '../machinery/status.ts';
import type { Pod } from '../resources/pod.ts';
import type { ConnectorWorld } from './connector.ts';
import type { ExecOptions } from './types.ts';

export function attachTo(_world: ConnectorWorld, _pod: Pod, _options: ExecOptions): StreamHandler {
  return async () => statusSuccess();
}
