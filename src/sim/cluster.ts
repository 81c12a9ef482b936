// A whole cluster: the API server, the controllers, the kubelets and the loop that moves them, on one store.
// Called by: sim/session.ts through main.ts, index.ts, tests. Must not know: the disk, commands, sockets.
import { ensurePolicy } from '../apiserver/bootstrappolicy.ts';
import { createApiServer, type ApiServer } from '../apiserver/server.ts';
import type { LoopbackClient } from '../client/loopback.ts';
import type { ClusterSettings } from '../controllers/controller.ts';
import { controllers } from '../controllers/index.ts';
import { createManager, type Manager, type ManagerSnapshot } from '../controllers/manager.ts';
import { createNodeConnector, type NodeTime } from '../kubelet/connector.ts';
import { kubeletController } from '../kubelet/kubelet.ts';
import { volumeCleaner } from '../kubelet/volumecleaner.ts';
import type { SettableClock } from '../machinery/clock.ts';
import { Random } from '../machinery/random.ts';
import type { KubeObject } from '../machinery/types.ts';
import { resourceDefinitions } from '../resources/index.ts';
import type { Store } from '../storage/types.ts';
import { bootstrap } from './bootstrap.ts';
import { Loop } from './loop.ts';

export interface ClusterOptions {
  store: Store;
  clock: SettableClock;
  seed: string;
  settings: ClusterSettings;
  /** Returns the saved due times, or undefined when there are none: then every object is looked at once. */
  savedDue?(): unknown;
  /** How streams of containers let time pass; without it, it stands still while they run. */
  time?: NodeTime;
}

export interface Cluster {
  server: ApiServer;
  client: LoopbackClient;
  loop: Loop;
  /** Creates the system's objects and those given. @throws StatusError with the server's refusal. */
  bootstrap(objects: readonly KubeObject[]): void;
  /** Does what the API server does whenever it starts: sees to its roles and bindings. */
  startServer(): void;
  /** Returns the due times to save: a cache, which may be dropped. */
  snapshot(): ManagerSnapshot;
  /** Takes the saved due times again, after another process worked on the state. */
  restore(): void;
}

/** Returns the running parts over a store. Nothing is written before the first request or step. */
export function createCluster(options: ClusterOptions): Cluster {
  const { store, clock, settings } = options;
  const random = new Random(options.seed);
  const server = createApiServer({
    store,
    definitions: resourceDefinitions,
    clock,
    random,
    settings,
    version: settings.version,
  });
  const client = server.loopback;
  const connector = createNodeConnector({
    client,
    clock,
    random,
    settings,
    ...(options.time ? { time: options.time } : {}),
  });
  server.setConnector(connector);
  const manager = createManager({
    controllers: [...controllers, kubeletController, volumeCleaner],
    store,
    client,
    clock,
    random,
    settings,
    podUsage: (pod) => connector.usage(pod),
  });
  restoreDue(manager, options.savedDue?.());
  const settle = (): void => manager.runToRest();
  return {
    server,
    client,
    loop: new Loop({ clock, work: manager }),
    bootstrap: (objects) => bootstrap({ client, handle: server.handle, random, settings, settle, objects }),
    startServer: () => ensurePolicy(client),
    snapshot: () => manager.snapshot(),
    restore: () => restoreDue(manager, options.savedDue?.()),
  };
}

function restoreDue(manager: Manager, saved: unknown): void {
  if (saved === undefined || !manager.restore(saved as ManagerSnapshot)) manager.resync();
}

/** What a cluster is made with unless the person says otherwise. */
export const defaultSettings: ClusterSettings = {
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/12',
  clusterDomain: 'cluster.local',
  version: 'v1.35.2',
  allowsLegacyApis: true,
  loadBalancer: 'none',
};
