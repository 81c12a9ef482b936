// What commands get from this process: the way to a cluster of this home, its clock, the kubeconfig's place.
// Called by: main.ts and tests. Must not know: any command.
import type { ApiServer } from './apiserver/server.ts';
import type { ApiRequest, ApiResponse } from './apiserver/types.ts';
import { InProcessTransport } from './client/inprocess.ts';
import type { Transport } from './client/transport.ts';
import type { IOStreams } from './cli/command.ts';
import { ConnectionError } from './cli/errors.ts';
import type { ConnectionConfig, KubectlRuntime, LocalNetwork } from './cli/runtime.ts';
import type { Authenticate, AuthenticationOptions } from './main.authentication.ts';
import { hasCredentials } from './main.credentials.ts';
import { sandkubeCluster, type ClusterIdentity, type Clusters } from './main.clusters.ts';
import { newUnauthorized } from './machinery/status.ts';
import { HandoverTransport } from './main.handover.ts';
import type { ServedConnection } from './main.serve.client.ts';
import type { Session } from './sim/session.ts';

export interface RuntimeOptions {
  clusters: Clusters;
  streams: IOStreams;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  onInterrupt: KubectlRuntime['onInterrupt'];
  /** Default: the sockets of this machine. */
  network?: LocalNetwork;
}

/** Returns the runtime of one invocation of kubectl. */
export function createRuntime({ clusters, streams, env, cwd, onInterrupt, network }: RuntimeOptions): KubectlRuntime {
  let session: Session | undefined;
  let served: ServedConnection | undefined;
  return {
    streams,
    env,
    cwd,
    defaultKubeconfig: clusters.home.kubeconfig,
    clockFor: (config) => {
      const identity = config ? clusters.identityOf(config) : sandkubeCluster;
      if (!identity) return clusters.wallClock;
      const own = (): Session => session ?? clusters.session(identity);
      return {
        nowMs: () => {
          if (served) return served.clock.nowMs();
          return own().isEntered ? own().clock.nowMs() : own().targetMs();
        },
        sleep: async (ms) => (served?.clock ?? own()).sleep(ms),
      };
    },
    connect: async (config) => {
      const identity = await reachableCluster(config, clusters, streams);
      if (!identity) {
        const { connectForeign } = await import('./main.serve.client.ts');
        return connectForeign(config, { clusters, streams, env, cwd });
      }
      session = clusters.session(identity);
      const address = session.state.lockOwner()?.address;
      const surroundings = { clusters, streams, env, cwd };
      const connectTo = async (server: string): Promise<Transport> => {
        const { connectServed } = await import('./main.serve.client.ts');
        served = connectServed({ clusters, identity, address: server }, config, surroundings);
        return served.transport;
      };
      if (address !== undefined) return connectTo(address);
      await checkFiles(config);
      const directory = clusters.credentialsFolder(identity);
      const authority = () => clusters.authority(identity);
      const { clock, state } = session;
      return new HandoverTransport({
        inProcess: transportOf(session, { user: config.user, directory, authority, surroundings }),
        connectTo,
        seen: () => ({ nowMs: clock.nowMs(), revision: state.store.revision }),
      });
    },
    yieldState: async () => clusters.leave(),
    onInterrupt,
    network,
  };
}

/** Nothing is encrypted in process, but what the command line names is looked at as if it were. */
async function checkFiles({ cluster, user }: ConnectionConfig): Promise<void> {
  if (!cluster['certificate-authority'] && !user['client-certificate']) return;
  const { checkTlsFiles } = await import('./client/http.credentials.ts');
  checkTlsFiles({ cluster, user });
}

/**
 * Finds the cluster of this home that a connection means, undefined for a server of another make; the first use makes the
 * default one. @throws ConnectionError for a machine that is off.
 */
async function reachableCluster(
  config: ConnectionConfig,
  clusters: Clusters,
  streams: IOStreams,
): Promise<ClusterIdentity | undefined> {
  const identity = clusters.identityOf(config);
  if (!identity) return undefined;
  if (clusters.exists(identity)) {
    const isDown = identity !== sandkubeCluster && clusters.session(identity).state.meta['isStopped'] === true;
    if (isDown) throw refused(config.serverUrl);
    return identity;
  }
  if (identity !== sandkubeCluster) throw refused(config.serverUrl);
  await clusters.ensure(identity);
  if (streams.err.isTerminal)
    streams.err.write(`Started a new cluster in ${clusters.session(identity).state.directory}\n`);
  return identity;
}

function refused(serverUrl: string): ConnectionError {
  const { host } = new URL(serverUrl);
  return new ConnectionError(host, `dial tcp ${host}: connect: connection refused`, true);
}

/** Returns a transport that answers reads of a settled state without the lock, and everything else inside the session. */
function transportOf(session: Session, credentials: AuthenticationOptions): Transport {
  let reader: ApiServer | undefined;
  let authenticate: Promise<Authenticate> | undefined;
  const handle = async (server: ApiServer, request: ApiRequest): Promise<ApiResponse> => {
    if (!hasCredentials(credentials.user)) return server.handle(request);
    authenticate ??= import('./main.authentication.ts').then(({ openAuthentication }) =>
      openAuthentication(credentials),
    );
    const user = await (await authenticate)(server);
    return user ? server.handle({ ...request, user }) : unauthorized();
  };
  const read = async (request: ApiRequest): Promise<ApiResponse> => {
    if (!reader) {
      const { createReader } = await import('./sim/reader.ts');
      reader = createReader(session);
    }
    session.clock.advanceTo(session.targetMs());
    return handle(reader, request);
  };
  return new InProcessTransport({
    request: async (request) => {
      if (!session.isEntered && isPlainRead(request) && session.isSettled()) return read(request);
      const { server, loop } = await session.enter();
      const response = await handle(server, request);
      if (request.method !== 'GET') await loop.runToRest();
      if (!request.path.includes('kubernetes-dashboard')) return response;
      const { withDashboard } = await import('./server/dashboard.ts');
      return withDashboard(request, response, (read) => handle(server, read));
    },
    waitForEvent: (endsAtMs, signal) => session.waitForEvent(endsAtMs, signal),
    beforeWaitingOutside: () => session.leave(),
    afterWaitingOutside: async () => void (await session.enter()),
  });
}

function unauthorized(): ApiResponse {
  const { status } = newUnauthorized();
  return { status: 401, headers: { 'content-type': 'application/json' }, warnings: [], body: status };
}

/** A GET that neither watches nor asks a node. */
function isPlainRead({ method, path, query }: ApiRequest): boolean {
  if (method !== 'GET' || query.has('watch')) return false;
  return !/\/(log|exec|attach|portforward|proxy)(\/|$)|^\/apis\/metrics/.test(path);
}
