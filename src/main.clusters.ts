// The clusters of a home: their sessions, how they are made, their addresses and their entries in the kubeconfig.
// Called by: main.ts and its siblings. Must not know: commands.
import path from 'node:path';
import { openKubeconfig } from './client/kubeconfig.ts';
import type { Kubeconfig, KubeconfigAccess } from './client/types.ts';
import type { ConnectionConfig } from './cli/runtime.ts';
import type { ClusterSettings } from './controllers/controller.ts';
import { readStarter, starterNames, type Home } from './main.home.ts';
import type { AuthoritySource } from './machinery/certificateauthority.ts';
import { Random } from './machinery/random.ts';
import type { JsonObject, KubeObject } from './machinery/types.ts';
import { Session, type SessionEdges } from './sim/session.ts';
import { DamagedStateError, type FileSystem } from './storage/files.ts';
import { removeDamagedState } from './storage/removal.ts';
import { openState } from './storage/state.ts';

/** A cluster of this home, whether it exists or not. */
export interface ClusterIdentity {
  /** Name of its folder and of its kubeconfig entries. */
  name: string;
  serverUrl: string;
  starter: string;
}

export const sandkubeCluster: ClusterIdentity = {
  name: 'sandkube',
  serverUrl: 'https://127.0.0.1:6443',
  starter: 'default',
};
export const minikubeCluster: ClusterIdentity = {
  name: 'minikube',
  serverUrl: 'https://192.168.49.2:8443',
  starter: 'minikube',
};

/** kubectl asks here when no context names a server. */
const NO_SERVER_URL = 'http://localhost:8080';
/** Clusters are this old when their maker first sees them: the system's pods have come up by then. */
const BOOT_MS = 10 * 60_000;
/** Where the manual clock stands at first, so that the same commands print the same dates. */
const MANUAL_START_MS = Date.UTC(2026, 0, 1);

/** Nobody else can make tokens of a cluster that lives in real time. */
const TOKEN_SECRET_BYTES = 32;

export interface NewCluster {
  identity: ClusterIdentity;
  clock: 'real' | 'manual';
  seed: string;
  allowsLegacyApis: boolean;
  /** What the cluster is made of. */
  objects: readonly KubeObject[];
}

/** How programs reach a served cluster: PEM texts and a token; only the URL for plain HTTP. */
export interface ServedAccess {
  url: string;
  ca?: string;
  client?: { certificate: string; key: string };
  token?: string;
}

export type ClusterEdges = Omit<SessionEdges, 'loadCluster'> & {
  warn(message: string): void;
  /** The disk, if another than the machine's own. */
  fs?: FileSystem;
};

export class Clusters {
  readonly home: Home;
  /** The world's own time, in which servers of another make live. */
  readonly wallClock: { nowMs(): number; sleep(ms: number): Promise<void> };
  readonly #edges: ClusterEdges;
  readonly #sessions = new Map<string, Session>();

  constructor(home: Home, edges: ClusterEdges) {
    this.home = home;
    this.#edges = edges;
    this.wallClock = { nowMs: () => edges.wallNowMs(), sleep: (ms) => edges.sleep(ms) };
  }

  /**
   * Returns the cluster that a connection means, or undefined. A context of the home's own kubeconfig that names no server
   * (`config set-context dev --namespace=dev`) means the cluster of the sandkube command, and so does no context before
   * there is any cluster.
   */
  identityOf({
    serverUrl,
    kubeconfigFiles,
    contextName,
  }: Pick<ConnectionConfig, 'serverUrl' | 'kubeconfigFiles' | 'contextName'>): ClusterIdentity | undefined {
    const identities = [sandkubeCluster, minikubeCluster];
    if (serverUrl === NO_SERVER_URL) {
      if (!kubeconfigFiles.includes(this.home.kubeconfig)) return undefined;
      const isFirstUse = !identities.some((identity) => this.exists(identity));
      return contextName !== '' || isFirstUse ? sandkubeCluster : undefined;
    }
    const url = serverUrl.replace(/\/$/, '');
    return identities.find((identity) => identity.serverUrl === url) ?? this.#servedAt(url);
  }

  /** The cluster that is served at a URL, or was last. */
  #servedAt(url: string): ClusterIdentity | undefined {
    return this.servedUrl(sandkubeCluster) === url ? sandkubeCluster : undefined;
  }

  /** Returns where a cluster is served, or was last; undefined when it never was. */
  servedUrl(identity: ClusterIdentity): string | undefined {
    const url = this.session(identity).state.meta['servedUrl'];
    return typeof url === 'string' ? url : undefined;
  }

  /** Returns the folder of a cluster's certificate authority and keys. */
  credentialsFolder({ name }: ClusterIdentity): string {
    return path.join(this.home.clusterFolder(name), 'pki');
  }

  /** Returns the cluster's certificate authority, which its seed and its secret make. */
  async authority(identity: ClusterIdentity): Promise<AuthoritySource> {
    const { seed = '', settings } = this.session(identity).state.meta;
    const { authoritySource } = await import('./machinery/certificateauthority.ts');
    const secret = (settings as unknown as Partial<ClusterSettings> | undefined)?.tokenSecret ?? '';
    return authoritySource(new Random(seed), secret);
  }

  /** Returns the session on a cluster's state; nothing is written. @throws StateError for a state that cannot be read. */
  session({ name }: ClusterIdentity): Session {
    let session = this.#sessions.get(name);
    if (!session) {
      const { warn, fs } = this.#edges;
      const state = openState(this.home.clusterFolder(name), { warn, ...(fs ? { fs } : {}) });
      session = new Session(state, { ...this.#edges, loadCluster });
      this.#sessions.set(name, session);
    }
    return session;
  }

  /** Whether the cluster was made and not reset since. */
  exists(identity: ClusterIdentity): boolean {
    return this.session(identity).state.meta.seed !== undefined;
  }

  /**
   * Makes a cluster; its state is durable when this returns.
   * @returns false when another process made one meanwhile. @throws StatusError, StateError
   */
  async create({ identity, clock, seed, allowsLegacyApis, objects }: NewCluster): Promise<boolean> {
    const session = this.session(identity);
    const { defaultSettings } = await import('./sim/cluster.ts');
    const settings: ClusterSettings = {
      ...defaultSettings,
      allowsLegacyApis,
      ...(clock === 'real' ? { tokenSecret: newTokenSecret() } : {}),
    };
    // The manual clock knows nothing of the wall's: equal clusters have equal files.
    const wallMs = clock === 'manual' ? 0 : this.#edges.wallNowMs();
    const nowMs = clock === 'manual' ? MANUAL_START_MS : wallMs;
    const isMade = await session.create({
      seed,
      settings: settings as unknown as JsonObject,
      clock: { mode: clock, simulatedMs: nowMs, wallMs, speed: 1 },
      bootMs: BOOT_MS,
      objects,
    });
    if (isMade) this.writeKubeconfig(identity);
    return isMade;
  }

  /** Makes the default cluster where there is none yet. @returns whether it was made. */
  async ensure(identity: ClusterIdentity): Promise<boolean> {
    if (this.exists(identity)) return false;
    return this.create({
      identity,
      clock: 'real',
      seed: '1',
      allowsLegacyApis: true,
      objects: await starterObjects(identity.starter),
    });
  }

  /**
   * Deletes a cluster, its state and its entries in the kubeconfig, also when the state is damaged.
   * @returns whether there was one. @throws StateError, as for one of a newer format.
   */
  async remove(identity: ClusterIdentity): Promise<boolean> {
    try {
      if (!this.exists(identity)) return false;
      await this.session(identity).remove();
    } catch (error) {
      if (!(error instanceof DamagedStateError)) throw error;
      await removeDamagedState(this.home.clusterFolder(identity.name));
    }
    this.#sessions.delete(identity.name);
    this.removeFromKubeconfig(identity);
    return true;
  }

  /** Commits all sessions, lets go of their locks and writes out what is held back. */
  leave(): void {
    for (const session of this.#sessions.values()) session.leave();
    if (this.#sessions.size === 0) this.#edges.flush();
  }

  /** Writes out what is held back, without letting go of anything. */
  flush(): void {
    this.#edges.flush();
  }

  /** Gives up what is not durable, and the locks. */
  abandon(): void {
    for (const session of this.#sessions.values()) session.abandon();
  }

  /** Commits all sessions, keeping their locks. */
  commit(): void {
    for (const session of this.#sessions.values()) session.commit();
  }

  /** Adds the cluster, its administrator and a context of its name, and makes that the current one where it is due. */
  writeKubeconfig(identity: ClusterIdentity, served?: ServedAccess): void {
    const { name } = identity;
    const access = this.#kubeconfig();
    const config = access.load();
    const added = this.kubeconfigOf(identity, served ?? { url: identity.serverUrl });
    const user = served ? added.users.get(name) : config.users.get(name);
    config.clusters.set(name, { ...(served ? {} : config.clusters.get(name)), ...added.clusters.get(name) });
    config.users.set(name, user ?? {});
    config.contexts.set(name, { ...config.contexts.get(name), cluster: name, user: name });
    if (config.currentContext === '' || name === minikubeCluster.name) config.currentContext = name;
    access.save(config);
  }

  /** Returns the cluster of the home that the current context names, if there is one. */
  current(): ClusterIdentity | undefined {
    const { currentContext, contexts } = this.#kubeconfig().load();
    const name = contexts.get(currentContext)?.['cluster'];
    const identity = [sandkubeCluster, minikubeCluster].find((known) => known.name === name);
    return identity && this.exists(identity) ? identity : undefined;
  }

  /** Whether the kubeconfig leads to the cluster. */
  isInKubeconfig({ name, serverUrl }: ClusterIdentity): boolean {
    return this.#kubeconfig().load().clusters.get(name)?.['server'] === serverUrl;
  }

  /** Takes the cluster, its administrator and the context of its name away. Contexts that people made stay. */
  removeFromKubeconfig({ name }: ClusterIdentity): void {
    const access = this.#kubeconfig();
    const config = access.load();
    for (const entries of [config.clusters, config.users, config.contexts]) entries.delete(name);
    if (config.currentContext === name) config.currentContext = '';
    access.save(config);
  }

  #kubeconfig(): KubeconfigAccess {
    return openKubeconfig({ env: {}, cwd: '/', explicitFile: '', defaultFile: this.home.kubeconfig });
  }

  /** Returns a kubeconfig of this cluster alone. */
  kubeconfigOf({ name }: ClusterIdentity, { url, ca, client, token }: ServedAccess): Kubeconfig {
    const data = (text: string): string => Buffer.from(text).toString('base64');
    const authority = ca === undefined ? {} : { 'certificate-authority-data': data(ca) };
    const user = {
      ...(client && { 'client-certificate-data': data(client.certificate), 'client-key-data': data(client.key) }),
      ...(token === undefined ? {} : { token }),
    };
    return {
      clusters: new Map([[name, { ...authority, server: url }]]),
      users: new Map([[name, user]]),
      contexts: new Map([[name, { cluster: name, user: name }]]),
      currentContext: name,
      preferences: {},
    };
  }
}

function newTokenSecret(): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  return randomBytes(TOKEN_SECRET_BYTES).toString('base64url');
}

const loadCluster: SessionEdges['loadCluster'] = async ({ state, clock, time }) => {
  const { createCluster, defaultSettings } = await import('./sim/cluster.ts');
  const settings = { ...defaultSettings, ...(state.meta.settings as Partial<ClusterSettings> | undefined) };
  return createCluster({
    store: state.store,
    clock,
    seed: state.meta.seed ?? '',
    settings,
    savedDue: () => state.meta['due'],
    time,
  });
};

/** Returns the objects of a starter cluster. @throws Error when there is none of that name. */
export async function starterObjects(name: string): Promise<KubeObject[]> {
  const text = readStarter(name);
  if (text === undefined) {
    throw new Error(`there is no starter cluster ${JSON.stringify(name)}; there are: ${starterNames().join(', ')}`);
  }
  return objectsIn(text);
}

/** Returns the objects of a YAML text. @throws Error with the parser's text. */
export async function objectsIn(text: string): Promise<KubeObject[]> {
  const { parseYamlDocuments } = await import('./machinery/yaml.ts');
  return [...parseYamlDocuments(text)].filter((object) => object !== null) as KubeObject[];
}
