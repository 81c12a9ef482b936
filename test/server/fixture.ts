// A served cluster for tests: a state folder of its own, a free port of this machine.
// Called by: test/server/*.test.ts, test/programs/*.test.ts.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Clusters, sandkubeCluster, starterObjects } from '../../src/main.clusters.ts';
import { findHome } from '../../src/main.home.ts';
import { Engine } from '../../src/server/engine.ts';
import { createHttpServer, type HttpServer } from '../../src/server/http.ts';
import { openCredentials, type Credentials } from '../../src/server/tls.ts';
import type { Session } from '../../src/sim/session.ts';
import { throwawayFileSystem } from '../../src/storage/files.ts';
import { copyTemplate } from '../template.ts';

export interface ServedCluster {
  url: string;
  credentials: Credentials;
  readonly engine: Engine;
  readonly server: HttpServer;
  /** A kubeconfig for genuine programs. */
  kubeconfig: string;
  directory: string;
  /** Ends the server and starts it again on its state, at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface ServedOptions {
  isPlain?: boolean;
  advancesOnWait?: boolean;
  /** Default: manual. */
  clock?: 'real' | 'manual';
  patience?: { headersMs: number; requestMs: number };
  /** A state folder to begin with; else a new cluster. */
  copyOf?: string;
  /** Where the certificates lie, made at a time; else they are new. */
  pki?: { directory: string; nowMs: number };
}

/** Returns a cluster that answers on a free port of 127.0.0.1. */
export async function serveCluster(options: ServedOptions = {}): Promise<ServedCluster> {
  const { isPlain = false, clock = 'manual', copyOf, pki } = options;
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-served-'));
  const clusters = clustersIn(root);
  const session = await openSession(clusters, clock, copyOf);
  const reported: string[] = [];
  const credentials = await openCredentials({
    hosts: [],
    authority: await clusters.authority(sandkubeCluster),
    ...(pki ?? { directory: path.join(root, 'pki'), nowMs: Date.now() }),
  });
  const open = (opened: Session, port: number) => listen(options, { session: opened, credentials, reported, port });
  let current = await open(session, 0);
  const url = `${isPlain ? 'http' : 'https'}://127.0.0.1:${current.port}`;
  const kubeconfig = path.join(root, 'genuine.kubeconfig');
  fs.writeFileSync(kubeconfig, kubeconfigText(url, credentials));
  const closeCurrent = async (): Promise<void> => {
    await current.server.close();
    await current.engine.stop();
  };
  return {
    url,
    credentials,
    kubeconfig,
    directory: root,
    get engine() {
      return current.engine;
    },
    get server() {
      return current.server;
    },
    async restart() {
      await closeCurrent();
      current = await open(clustersIn(root).session(sandkubeCluster), current.port);
    },
    async close() {
      await closeCurrent();
      fs.rmSync(root, { recursive: true, force: true });
      if (reported.length > 0) throw new Error(`the server reported: ${reported.join('; ')}`);
    },
  };
}

function clustersIn(root: string): Clusters {
  return new Clusters(findHome({ SANDKUBE_HOME: root }, root), {
    wallNowMs: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    command: 'sandkube serve',
    flush: () => undefined,
    discard: () => undefined,
    warn: () => undefined,
    fs: throwawayFileSystem,
  });
}

interface Place {
  session: Session;
  credentials: Credentials;
  /** What the server reports goes here. */
  reported: string[];
  /** 0: a free one. */
  port: number;
}

/** Works on the session from now on, and answers on the port. */
async function listen(
  { isPlain = false, advancesOnWait = false, patience }: ServedOptions,
  { session, credentials, reported, port: wantedPort }: Place,
) {
  const fail = (error: Error): void => void reported.push(error.message);
  const engine = new Engine({ session, advancesOnWait, graceMs: 30, fail });
  await engine.start();
  const { ca, server: pair, token } = credentials;
  const server = createHttpServer({
    engine,
    ...(isPlain ? {} : { tls: { ...pair, ca } }),
    authentication: {
      token,
      trustsAnonymous: isPlain,
      serviceAccount: (given) => engine.userOf(given),
      nowMs: () => engine.nowMs,
      authority: ca,
    },
    hosts: [],
    ...(patience && { patience }),
    report: (message) => void reported.push(message),
  });
  const { port } = await server.listen(wantedPort, '127.0.0.1');
  return { engine, server, port };
}

async function openSession(clusters: Clusters, clock: 'real' | 'manual', copyOf?: string): Promise<Session> {
  const identity = sandkubeCluster;
  const { home } = clusters;
  const create = async (made: Clusters): Promise<void> => {
    const objects = await starterObjects('default');
    await made.create({ identity, clock, seed: '1', allowsLegacyApis: true, objects });
  };
  if (copyOf !== undefined) fs.cpSync(copyOf, home.clusterFolder(identity.name), { recursive: true });
  // On the real clock a cluster is as old as the test, with a secret of its own.
  else if (clock === 'real') await create(clusters);
  else
    await copyTemplate('served', home.directory, async (folder) => {
      const made = clustersIn(folder);
      await create(made);
      made.leave();
    });
  return clusters.session(identity);
}

function kubeconfigText(server: string, { ca, token }: Credentials): string {
  const authority = server.startsWith('https:')
    ? { 'certificate-authority-data': Buffer.from(ca).toString('base64') }
    : // Without it client-node speaks no plain HTTP.
      { 'insecure-skip-tls-verify': true };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'served', cluster: { server, ...authority } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'served', context: { cluster: 'served', user: 'admin' } }],
    'current-context': 'served',
  });
}
