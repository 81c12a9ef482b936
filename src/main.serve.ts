// Serving a cluster of this home: takes it over, puts its API on a port, and lets go of it whole.
// Called by: main.programs.ts. Must not know: how commands are worded.
import fs from 'node:fs';
import path from 'node:path';
import type { ClusterServer, ServeOptions, ServeReport } from './cli/sandkube/serve.ts';
import { formatKubeconfig } from './client/kubeconfig.files.ts';
import { sandkubeCluster, type ClusterIdentity, type Clusters, type ServedAccess } from './main.clusters.ts';
import { projectFolder } from './main.home.ts';
import type { RuntimeOptions } from './main.runtime.ts';
import { isLoopback } from './server/hosts.ts';
import { openCredentials, type Credentials } from './server/tls.ts';
import { ServedStateError } from './storage/lock.ts';

/** Wakes up this often while it waits for a process in the background. */
const POLL_MS = 20;
const READY_TIMEOUT_MS = 30_000;
const identity: ClusterIdentity = sandkubeCluster;

/** Returns what serves the home's cluster. */
export function createClusterServer(options: RuntimeOptions): ClusterServer {
  const { clusters } = options;
  return {
    serve: (serveOptions, onReady) => serve(options, serveOptions, onReady),
    serveInBackground: (serveOptions) => serveInBackground(options, serveOptions),
    async kubeconfig() {
      await clusters.ensure(identity);
      const credentials = await credentialsOf(clusters, { hosts: [] });
      return formatKubeconfig(clusters.kubeconfigOf(identity, accessOf(urlOf(clusters), credentials)));
    },
  };
}

/** Returns where the cluster is served, or was last. */
function urlOf(clusters: Clusters): string {
  return clusters.servedUrl(identity) ?? identity.serverUrl;
}

function accessOf(url: string, { ca, client, token }: Credentials): ServedAccess {
  return url.startsWith('https:') ? { url, ca, client, token } : { url };
}

async function credentialsOf(clusters: Clusters, { hosts, token }: { hosts: readonly string[]; token?: string }) {
  const directory = clusters.credentialsFolder(identity);
  const authority = await clusters.authority(identity);
  return openCredentials({ directory, hosts, nowMs: Date.now(), authority, ...(token ? { token } : {}) });
}

async function serve(
  { clusters, onInterrupt, streams }: RuntimeOptions,
  options: ServeOptions,
  onReady: (report: ServeReport) => void,
): Promise<void> {
  const { address, port, token, isPlain, advancesOnWait } = options;
  const isOpen = !isLoopback(address);
  // From here on Ctrl-C ends the server, not the process in the middle of its work.
  const interruption = new Promise<undefined>((resolve) => onInterrupt(() => resolve(undefined)));
  if (isPlain && isOpen && token === '') throw new Error('--http on an address that others can reach needs --token');
  refuseSecond(clusters);
  await clusters.ensure(identity);
  const session = clusters.session(identity);
  const { Engine } = await import('./server/engine.ts');
  const { createHttpServer } = await import('./server/http.ts');
  const { createControl } = await import('./main.serve.control.ts');
  let end: (error?: Error) => void = () => undefined;
  const ended = new Promise<Error | undefined>((resolve) => (end = resolve));
  const engine = new Engine({ session, advancesOnWait, fail: end });
  await engine.start();
  const credentials = await credentialsOf(clusters, { hosts: [address], token });
  const { server: pair, ca } = credentials;
  const server = createHttpServer({
    engine,
    ...(isPlain ? {} : { tls: { ...pair, ca } }),
    authentication: {
      token: credentials.token,
      trustsAnonymous: isPlain && token === '',
      serviceAccount: (given) => engine.userOf(given),
      nowMs: () => engine.nowMs,
      ...(isPlain ? {} : { authority: ca }),
    },
    hosts: [address],
    control: createControl({ engine, clusters, identity, stop: () => end() }),
    report: (message) => {
      streams.err.write(`sandkube: ${message}\n`);
      clusters.flush();
    },
  });
  try {
    const { port: used } = await server.listen(port, address);
    const host = address.includes(':') ? `[${address}]` : address;
    const url = `${isPlain ? 'http' : 'https'}://${host}:${used}`;
    await engine.perform('sandkube serve', async ({ startServer, loop }) => {
      startServer();
      await loop.runToRest();
      session.setRunning(true);
      session.state.updateMeta({ servedUrl: url });
      session.commit({ command: 'sandkube serve' });
    });
    clusters.writeKubeconfig(identity, accessOf(url, credentials));
    engine.publish(localUrl(url, address));
    onReady({ url, kubeconfig: clusters.home.kubeconfig, isOpen });
    clusters.flush();
    const failure = await Promise.race([ended, interruption]);
    if (failure) throw failure;
  } finally {
    await server.close();
    await engine.stop();
  }
}

/** Where commands on this machine reach a server that listens everywhere. */
function localUrl(url: string, address: string): string {
  return address === '0.0.0.0' || address === '::' ? url.replace(/\/\/[^/]*:/, '//127.0.0.1:') : url;
}

function refuseSecond(clusters: Clusters): void {
  const owner = clusters.session(identity).state.lockOwner();
  if (owner?.address !== undefined) throw new ServedStateError(owner);
}

/** The same command in a process of its own, which goes on when this one ends. */
async function serveInBackground({ clusters, env, cwd }: RuntimeOptions, options: ServeOptions): Promise<ServeReport> {
  refuseSecond(clusters);
  await clusters.ensure(identity);
  const session = clusters.session(identity);
  clusters.leave();
  // Several may start at once: each has a log of its own until it is known which of them serves.
  const log = path.join(session.state.directory, `serve.${process.pid}.log`);
  const output = fs.openSync(log, 'w', 0o600);
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [path.join(projectFolder, 'bin/sandkube'), 'serve', ...flagsOf(options)], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  fs.closeSync(output);
  const state = { hasEnded: false };
  child.on('exit', () => (state.hasEnded = true));
  child.on('error', () => (state.hasEnded = true));
  const startMs = Date.now();
  while (session.state.lockOwner()?.pid !== child.pid || session.state.lockOwner()?.address === undefined) {
    if (state.hasEnded || Date.now() - startMs > READY_TIMEOUT_MS) {
      child.kill();
      throw new Error(takeReason(log));
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  child.unref();
  fs.renameSync(log, path.join(session.state.directory, 'serve.log'));
  session.state.sync();
  return { url: urlOf(clusters), kubeconfig: clusters.home.kubeconfig, isOpen: !isLoopback(options.address) };
}

function flagsOf({ port, address, token, isPlain, advancesOnWait }: ServeOptions): string[] {
  return [
    `--port=${port}`,
    `--address=${address}`,
    ...(token === '' ? [] : [`--token=${token}`]),
    `--http=${isPlain}`,
    `--advance-on-wait=${advancesOnWait}`,
  ];
}

/** Returns why a server did not start, by its log, which is removed. */
function takeReason(log: string): string {
  const text = fs.readFileSync(log, 'utf8').trim();
  fs.rmSync(log);
  const last = text.split('\n').findLast((line) => line.startsWith('error: '));
  return last?.slice('error: '.length) ?? `the server did not start; it said: ${text === '' ? 'nothing' : text}`;
}
