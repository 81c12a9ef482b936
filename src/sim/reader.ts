// Reads of a settled state: the API server alone, without controllers, kubelets or the lock.
// Called by: main.runtime.ts. Must not know: commands, the disk.
import { createApiServer, type ApiServer } from '../apiserver/server.ts';
import type { ClusterSettings } from '../controllers/controller.ts';
import { Random } from '../machinery/random.ts';
import { resourceDefinitions } from '../resources/index.ts';
import type { Session } from './session.ts';

/** Returns a server that answers GET requests from what is stored. */
export function createReader({ state, clock }: Session): ApiServer {
  const settings = state.meta.settings as unknown as ClusterSettings;
  return createApiServer({
    store: state.store,
    definitions: resourceDefinitions,
    clock,
    random: new Random(state.meta.seed ?? ''),
    settings,
    version: settings.version,
  });
}
