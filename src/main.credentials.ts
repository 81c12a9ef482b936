// What credentials of a kubeconfig need of the process that uses them.
// Called by: main.serve.client.ts, main.authentication.ts, main.runtime.ts. Must not know: servers, who a user is.
import type { IOStreams } from './cli/command.ts';
import { errorLine } from './cli/klog.ts';
import type { ConnectionConfig } from './cli/runtime.ts';
import type { ClientLog } from './client/http.credentials.ts';
import type { Clusters } from './main.clusters.ts';

/** What connections need of the process that makes them. */
export interface ClientSurroundings {
  clusters: Clusters;
  streams: IOStreams;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

/** Fields of a kubeconfig's user that say who asks. */
const CREDENTIAL_FIELDS = /^(token(File)?|username|password|exec|client-(certificate|key)(-data)?)$/;

/** Whether an entry says who asks. */
export function hasCredentials(user: ConnectionConfig['user']): boolean {
  return Object.keys(user).some((field) => CREDENTIAL_FIELDS.test(field) && user[field] !== '');
}

/** Returns what credentials need of the process. */
export function credentialOptions({ clusters, streams, env, cwd }: ClientSurroundings) {
  const terminal = {
    get isTerminal() {
      return streams.in.isTerminal;
    },
    get usedBy() {
      return streams.in.usedBy;
    },
    flush: () => clusters.leave(),
  };
  const log = (entry: ClientLog): void => streams.err.write(errorLine(Date.now(), entry));
  return { env, cwd, terminal, nowMs: () => Date.now(), log };
}
