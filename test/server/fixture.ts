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

export interface ServedCluster {
  url: string;
  credentials: Credentials;
  engine: Engine;
  server: HttpServer;
  /** A kubeconfig for genuine programs. */
  kubeconfig: string;
  directory: string;
  close(): Promise<void>;
}

export interface ServedOptions {
  isPlain?: boolean;
  advancesOnWait?: boolean;
  /** Default: manual. */
  clock?: 'real' | 'manual';
  /** A state folder to begin with; else a new cluster. */
  copyOf?: string;
  /** Where the certificates lie, made at a time; else they are new. */
  pki?: { directory: string; nowMs: number };
}

/** Returns a cluster that answers on a free port of 127.0.0.1. */
export async function serveCluster({
  isPlain = false,
  advancesOnWait = false,
  clock = 'manual',
  copyOf,
  pki,
}: ServedOptions = {}): Promise<ServedCluster> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-served-'));
  const clusters = new Clusters(findHome({ SANDKUBE_HOME: root }, root), {
    wallNowMs: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    command: 'sandkube serve',
    flush: () => undefined,
    discard: () => undefined,
    warn: () => undefined,
  });
  const session = await openSession(clusters, clock, copyOf);
  const reported: string[] = [];
  const fail = (error: Error): void => void reported.push(error.message);
  const engine = new Engine({ session, advancesOnWait, graceMs: 30, fail });
  await engine.start();
  const credentials = await openCredentials({
    hosts: [],
    ...(pki ?? { directory: path.join(root, 'pki'), nowMs: Date.now() }),
  });
  const { ca, server: pair, token } = credentials;
  const server = createHttpServer({
    engine,
    ...(isPlain ? {} : { tls: { ...pair, ca } }),
    authentication: { token, trustsAnonymous: isPlain, serviceAccount: () => undefined },
    hosts: [],
    report: (message) => void reported.push(message),
  });
  const { port } = await server.listen(0, '127.0.0.1');
  const url = `${isPlain ? 'http' : 'https'}://127.0.0.1:${port}`;
  const kubeconfig = path.join(root, 'genuine.kubeconfig');
  fs.writeFileSync(kubeconfig, kubeconfigText(url, credentials));
  return {
    url,
    credentials,
    engine,
    server,
    kubeconfig,
    directory: root,
    async close() {
      await server.close();
      await engine.stop();
      fs.rmSync(root, { recursive: true, force: true });
      if (reported.length > 0) throw new Error(`the server reported: ${reported.join('; ')}`);
    },
  };
}

async function openSession(clusters: Clusters, clock: 'real' | 'manual', copyOf?: string): Promise<Session> {
  const identity = sandkubeCluster;
  if (copyOf !== undefined) {
    fs.cpSync(copyOf, clusters.home.clusterFolder(identity.name), { recursive: true });
    return clusters.session(identity);
  }
  const objects = await starterObjects('default');
  return clusters.create({ identity, clock, seed: '1', allowsLegacyApis: true, objects });
}

function kubeconfigText(server: string, { ca, token }: Credentials): string {
  const authority = server.startsWith('https:')
    ? { 'certificate-authority-data': Buffer.from(ca).toString('base64') }
    : {};
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'served', cluster: { server, ...authority } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'served', context: { cluster: 'served', user: 'admin' } }],
    'current-context': 'served',
  });
}
